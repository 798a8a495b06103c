use crate::{ApiServerAt, World};
use seawall_controls_macros::control;
use seawall_model::{At, Object, Report};

/// # foreign-audience-accepted
///
/// ## What it finds
/// A kube-apiserver whose `--api-audiences` names an audience that belongs to somebody else: a cloud's identity
/// service, a secret store, a mesh, a signing service.
///
/// ## Why it matters
/// An audience says for whom a token is made. Pods send tokens with these audiences away on purpose; when the API
/// server accepts them, everyone who receives one has the pod's rights in the cluster.
///
/// ## Fix
/// Name only the API server's own audience, usually its issuer. Workload identity of clouds needs nothing in this
/// flag: they check the tokens by the issuer's public keys.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-tokens
/// - https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#serviceaccount-token-volume-projection
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["authentication", "token-rotation"]
)]
pub fn foreign_audience_accepted(server: ApiServerAt<'_>, world: &World, out: &mut Report) {
    let setting = server.setting("api-audiences");
    let issuer = server.setting("service-account-issuer");
    let issuers = issuer.list().unwrap_or_default();
    for audience in setting.list().unwrap_or_default() {
        let owner = FOREIGN.iter().find(|(known, _)| *known == audience);
        let Some((_, owner)) = owner.filter(|_| !issuers.contains(&audience)) else { continue };
        let message = format!("tokens made for {owner} (`{audience}`) are accepted by the API server");
        let mut finding = out.finding(setting.at(), message);
        for at in projected(world, audience).take(3) {
            finding = finding.related(at, "a pod gets such a token");
        }
    }
}

/// The audiences of widespread receivers of service-account tokens.
const FOREIGN: [(&str, &str); 9] = [
    ("sts.amazonaws.com", "AWS"),
    ("api://AzureADTokenExchange", "Azure"),
    ("sts.googleapis.com", "Google Cloud"),
    ("vault", "Vault"),
    ("openbao", "OpenBao"),
    ("conjur", "Conjur"),
    ("istio-ca", "Istio"),
    ("sigstore", "Sigstore"),
    ("spire-server", "SPIRE"),
];

/// The pods' volumes that ask for a token with this audience.
fn projected<'w>(world: &'w World, audience: &'w str) -> impl Iterator<Item = At<'w>> {
    let volumes = world.cluster().objects().flat_map(Object::pods).flat_map(|pod| pod.volumes());
    let sources = volumes.flat_map(|volume| volume.get("projected.sources").items());
    let audiences = sources.map(|source| source.get("serviceAccountToken.audience"));
    audiences.filter(move |at| at.str() == Some(audience))
}

use crate::support::client_ca::holds_client_ca;
use crate::{ObjectAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, WellKnown};

/// # issuer-signs-as-client-ca
///
/// ## What it finds
/// A cert-manager Issuer or ClusterIssuer whose `spec.ca.secretName` is the authority that the API server believes for
/// client certificates.
///
/// ## Why it matters
/// Whoever may create a Certificate or CertificateRequest for it gets a client certificate of any user or group,
/// `system:masters` among them. Rights on custom resources of cert-manager are then rights to everything.
///
/// ## Fix
/// Give the issuer an authority of its own, and replace the cluster's authority: its key was within reach.
///
/// ## References
/// - https://cert-manager.io/docs/configuration/ca/
/// - https://kubernetes.io/docs/reference/access-authn-authz/authentication/#x509-client-certificates
#[control(
    since = "0.1.0",
    severity = Critical,
    practices = ["authentication", "escalation", "third-party"]
)]
pub fn issuer_signs_as_client_ca(object: ObjectAt<'_>, world: &World, out: &mut Report) {
    let issuer = object.object();
    if issuer.group() != "cert-manager.io" || !matches!(issuer.kind(), "Issuer" | "ClusterIssuer") {
        return;
    }
    let at = object.get("spec.ca.secretName");
    let Some(name) = at.str() else { return };
    // Those of a ClusterIssuer lie in a namespace that a flag of cert-manager names.
    let own = (issuer.kind() == "Issuer").then(|| issuer.namespace());
    let secrets = world.cluster().of(WellKnown::Secret).filter(|secret| secret.name() == name);
    let mut secrets = secrets.filter(|secret| own.is_none_or(|namespace| secret.namespace() == namespace));
    if let Some(found) = secrets.find_map(|secret| holds_client_ca(secret, world)) {
        let message =
            format!("{} `{}` signs with the authority for client certificates", issuer.kind(), issuer.name());
        out.finding(at, message).related(found, "the authority's certificate");
    }
}

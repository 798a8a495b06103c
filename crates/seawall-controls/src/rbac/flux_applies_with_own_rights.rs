use crate::support::effective::{Undecided, account, chain, explain, has_bindings, undecided};
use crate::support::takeover::wide;
use crate::{ObjectAt, World};
use seawall_controls_macros::control;
use seawall_model::{Object, PodAt, Report};

/// # flux-applies-with-own-rights
///
/// ## What it finds
/// A Flux Kustomization or HelmRelease without `spec.serviceAccountName`, outside the namespace of Flux, in an input that
/// holds the controller that applies it, whose account has rights in the whole cluster and which names no
/// `--default-service-account`.
///
/// ## Why it matters
/// What stands in the repository is applied with the controller's own rights. Whoever may create such an object in their
/// namespace, or push to the repository it names, is cluster administrator.
///
/// ## Fix
/// Name a service account of the namespace in `spec.serviceAccountName`, and start the controllers with
/// `--default-service-account=default`.
///
/// ## References
/// - https://fluxcd.io/flux/installation/configuration/multitenancy/
/// - https://fluxcd.io/flux/components/kustomize/kustomizations/#service-account-reference
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["team-isolation", "escalation", "third-party"]
)]
pub fn flux_applies_with_own_rights(object: ObjectAt<'_>, world: &World, out: &mut Report) {
    let controller = match (object.object().group(), object.object().kind()) {
        ("kustomize.toolkit.fluxcd.io", "Kustomization") => "kustomize-controller",
        ("helm.toolkit.fluxcd.io", "HelmRelease") => "helm-controller",
        _ => return,
    };
    let at = object.get("spec.serviceAccountName");
    // Another cluster's rights are that one's business.
    let elsewhere = object.get("spec.kubeConfig").exists();
    if at.str().is_some_and(|name| !name.is_empty()) || elsewhere || !has_bindings(world) {
        return;
    }
    let Some(pod) =
        world.cluster().objects().filter(|one| one.name() == controller).flat_map(Object::pods).next()
    else {
        return;
    };
    // Who writes to the namespace of Flux has its controllers anyway.
    if pod.namespace() == object.object().namespace() || has_default(pod) {
        return;
    }
    let user = account(pod.namespace(), pod.service_account());
    let name = object.object().name();
    let Some(way) = wide(world, &user) else {
        let why = undecided(world, &user, |judge| Some(wide(judge, &user)?.asked));
        Undecided::default().report(at, why, || format!("with which rights `{name}` is applied"), out);
        return;
    };
    let chain = chain(world, &user, &way.asked);
    let message = format!("`{name}` is applied with the rights of `{controller}`, which may {}", way.effect);
    explain(out.finding(at, message), &chain)
        .related(pod.service_account_at(), "the controller that applies it");
}

fn has_default(pod: PodAt<'_>) -> bool {
    pod.containers().any(|container| {
        let mut words = ["command", "args"].into_iter().flat_map(|list| container.get(list).items());
        words.any(|word| {
            word.str().is_some_and(|text| text.trim_start_matches('-').starts_with("default-service-account"))
        })
    })
}

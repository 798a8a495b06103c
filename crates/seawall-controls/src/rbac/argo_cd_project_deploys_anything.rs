use crate::{ObjectAt, World};
use seawall_controls_macros::control;
use seawall_model::{At, Report};

/// # argo-cd-project-deploys-anything
///
/// ## What it finds
/// An Argo CD AppProject that lets its Applications take any repository, write to any namespace, and make every kind of
/// cluster-wide object. The project `default` is so unless somebody narrows it.
///
/// ## Why it matters
/// Argo CD applies with its own rights, which are cluster-admin in the usual installation. Whoever may create an
/// Application in this project brings any manifest into the cluster, a binding of `cluster-admin` among them.
///
/// ## Fix
/// Name the repositories, destinations and cluster-wide kinds that the team needs; leave `clusterResourceWhitelist` out
/// where it needs none. Empty the project `default`.
///
/// ## References
/// - https://argo-cd.readthedocs.io/en/stable/user-guide/projects/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["team-isolation", "escalation", "third-party"]
)]
pub fn argo_cd_project_deploys_anything(object: ObjectAt<'_>, _: &World, out: &mut Report) {
    let project = object.object();
    if project.group() != "argoproj.io" || project.kind() != "AppProject" {
        return;
    }
    let any = |at: At<'_>, key| at.key(key).str() == Some("*");
    let from_anywhere = object.get("spec.sourceRepos").contains("*");
    let mut destinations = object.get("spec.destinations").items();
    let everywhere = destinations.any(|one| {
        any(one, "namespace")
            && (any(one, "server") || any(one, "name") || one.key("server").str() == Some(HERE))
    });
    // A list of what is forbidden takes back what a wildcard gives.
    let narrowed = ["spec.clusterResourceBlacklist", "spec.namespaceResourceBlacklist"]
        .into_iter()
        .any(|list| object.get(list).items().next().is_some());
    let kinds = object.get("spec.clusterResourceWhitelist");
    let wide = kinds.items().find(|one| any(*one, "group") && any(*one, "kind"));
    if let Some(at) = wide.filter(|_| from_anywhere && everywhere && !narrowed) {
        out.finding(at, format!("Applications of project `{}` may deploy anything anywhere", project.name()));
    }
}

/// The cluster that Argo CD runs in.
const HERE: &str = "https://kubernetes.default.svc";

//! Which resources does the server have?

use super::request::{Failure, Patience, get};
use kube_client::Client;
use serde::Deserialize;

/// A resource as the server describes it.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Resource {
    pub(super) group: String,
    pub(super) resource: String,
    /// The version that the server prefers.
    pub(super) version: String,
    pub(super) kind: String,
    pub(super) namespaced: bool,
    pub(super) listable: bool,
}

/// What was found out.
#[derive(Debug, Default)]
pub(super) struct Discovered {
    pub(super) resources: Vec<Resource>,
    /// Groups whose server does not answer, and why.
    pub(super) problems: Vec<(String, String)>,
}

/// Aggregated discovery (KEP-3352), in use since 1.27; plain discovery from servers that do not know it.
const AGGREGATED: &str =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    #[serde(default)]
    kind: String,
    /// Aggregated.
    #[serde(default)]
    items: Vec<Group>,
    /// Plain, `/apis`.
    #[serde(default)]
    groups: Vec<PlainGroup>,
    /// Plain, `/api`.
    #[serde(default)]
    versions: Vec<String>,
}

#[derive(Deserialize)]
struct Group {
    #[serde(default)]
    metadata: Named,
    #[serde(default)]
    versions: Vec<GroupVersion>,
}

#[derive(Default, Deserialize)]
struct Named {
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GroupVersion {
    version: String,
    #[serde(default)]
    freshness: String,
    #[serde(default)]
    resources: Vec<Described>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Described {
    resource: String,
    #[serde(default)]
    response_kind: Option<ResponseKind>,
    #[serde(default)]
    scope: String,
    #[serde(default)]
    verbs: Vec<String>,
}

#[derive(Deserialize)]
struct ResponseKind {
    #[serde(default)]
    kind: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PlainGroup {
    name: String,
    #[serde(default)]
    versions: Vec<PlainVersion>,
    #[serde(default)]
    preferred_version: Option<PlainVersion>,
}

#[derive(Clone, Deserialize)]
struct PlainVersion {
    version: String,
}

#[derive(Deserialize)]
struct ResourceList {
    #[serde(default)]
    resources: Vec<PlainResource>,
}

#[derive(Deserialize)]
struct PlainResource {
    name: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    namespaced: bool,
    #[serde(default)]
    verbs: Vec<String>,
}

/// Asks for everything the server has.
pub(super) async fn discover(client: &Client, patience: &Patience) -> Result<Discovered, Failure> {
    let mut out = Discovered::default();
    for root in ["/api", "/apis"] {
        let answer = get(client, patience, root, AGGREGATED).await?;
        let answer: Answer = serde_json::from_slice(&answer).map_err(|error| {
            Failure::Unreachable(format!("{root} is no answer of a Kubernetes API server ({error})"))
        })?;
        if answer.kind == "APIGroupDiscoveryList" {
            answer.items.into_iter().for_each(|group| aggregated(group, &mut out));
        } else {
            plain(client, patience, answer, &mut out).await;
        }
    }
    out.resources.sort();
    out.resources.dedup_by(|next, kept| (&next.group, &next.resource) == (&kept.group, &kept.resource));
    if out.resources.is_empty() {
        return Err(Failure::Unreachable(
            "the server names no resources: it is no Kubernetes API server".into(),
        ));
    }
    Ok(out)
}

fn aggregated(group: Group, out: &mut Discovered) {
    let name = group.metadata.name;
    let mut seen: Vec<String> = Vec::new();
    // The preferred version comes first; a resource that it lacks is taken from the next that has it.
    for version in group.versions {
        if version.freshness == "Stale" {
            let problem = "the server of this API group does not answer".to_owned();
            out.problems.push((name.clone(), problem));
        }
        for described in version.resources {
            if seen.contains(&described.resource) {
                continue;
            }
            seen.push(described.resource.clone());
            out.resources.push(Resource {
                group: name.clone(),
                resource: described.resource,
                version: version.version.clone(),
                kind: described.response_kind.map(|kind| kind.kind).unwrap_or_default(),
                namespaced: described.scope == "Namespaced",
                listable: described.verbs.iter().any(|verb| verb == "list"),
            });
        }
    }
}

async fn plain(client: &Client, patience: &Patience, answer: Answer, out: &mut Discovered) {
    let core = answer.versions.into_iter().map(|version| (String::new(), vec![version]));
    let groups = answer.groups.into_iter().map(|group| {
        let preferred = group.preferred_version.into_iter();
        let versions = preferred.chain(group.versions).map(|version| version.version).collect();
        (group.name, versions)
    });
    let groups: Vec<(String, Vec<String>)> = core.chain(groups).collect();
    for (group, mut versions) in groups {
        let mut seen = Vec::new();
        versions.retain(|version| {
            let new = !seen.contains(version);
            seen.push(version.clone());
            new
        });
        let mut known: Vec<String> = Vec::new();
        for version in versions {
            let path =
                if group.is_empty() { format!("/api/{version}") } else { format!("/apis/{group}/{version}") };
            let read = get(client, patience, &path, "application/json").await;
            let list = read.map_err(|failure| failure.reason()).and_then(|bytes| {
                serde_json::from_slice::<ResourceList>(&bytes).map_err(|error| error.to_string())
            });
            match list {
                Err(problem) => out.problems.push((group.clone(), problem)),
                Ok(list) => {
                    for resource in list.resources.into_iter().filter(|one| !one.name.contains('/')) {
                        if known.contains(&resource.name) {
                            continue;
                        }
                        known.push(resource.name.clone());
                        out.resources.push(Resource {
                            group: group.clone(),
                            resource: resource.name,
                            version: version.clone(),
                            kind: resource.kind,
                            namespaced: resource.namespaced,
                            listable: resource.verbs.iter().any(|verb| verb == "list"),
                        });
                    }
                }
            }
        }
    }
}

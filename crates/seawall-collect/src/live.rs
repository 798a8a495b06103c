//! What is in this cluster? Everything that analyses use, asked of the API server and nobody else.
//!
//! Only `list` is asked, kind by kind ([`WANTED`]), page by page; each page is reduced and sealed before the next one
//! is asked for. What may not be read is told with the rule that would allow it, and never passes for absent.

mod connect;
mod discovery;
mod impersonate;
mod kinds;
mod list;
mod proxy;
mod rbac;
pub(crate) mod reduce;
mod request;
pub(crate) mod seal;
pub(crate) mod sink;

pub use connect::{ConnectError, Target, contexts};
pub(crate) use impersonate::impersonated_patch;
use kinds::wanted;
pub use kinds::{WANTED, Wanted};
pub use rbac::role;
pub use request::Patience;
pub use sink::SinkError;

use crate::snapshot::{ClusterAbout, Counted, Extent, FORMAT, Header, KindRead};
use connect::{Connected, connect};
use discovery::{Discovered, Resource, discover};
use list::{Wish, list};
use request::{Failure, get};
use seal::Sealer;
use sink::Sink;

/// What to read.
#[derive(Clone, Debug, Default)]
pub struct ClusterInput {
    /// Which cluster, and who asks.
    pub target: Target,
    /// Only this namespace of kinds that live in namespaces; all of them else.
    pub namespace: Option<String>,
    /// How patiently.
    pub patience: Patience,
}

/// Nothing could be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClusterError {
    /// There is no connection to be made.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The server does not answer the first questions.
    #[error("failed to read the cluster at {server}: {reason}")]
    Server {
        /// Its address.
        server: String,
        /// Why.
        reason: String,
    },
    /// `-n` is no name.
    #[error("`{0}` is no name of a namespace")]
    Namespace(String),
    /// What was read cannot be kept.
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// The system gives no randomness, threads or files.
    #[error("failed to prepare for reading: {0}")]
    System(String),
}

/// A kind that would be read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Planned {
    /// The resource, such as `deployments.apps`.
    pub resource: String,
    /// The group and version, such as `apps/v1`.
    pub api_version: String,
    /// Whether the question is limited to the namespace of `-n`.
    pub in_namespace: bool,
    /// What for; `None`: it is only counted.
    pub reason: Option<&'static str>,
}

/// What reading would ask.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// As the kubeconfig calls the cluster.
    pub cluster: String,
    /// Its address.
    pub server: String,
    /// What the server says it is.
    pub version: Option<String>,
    /// Kind by kind.
    pub kinds: Vec<Planned>,
    /// API groups whose server does not answer, and why.
    pub problems: Vec<(String, String)>,
}

/// What reading would ask; asks discovery alone.
///
/// # Errors
/// When the server does not answer.
pub fn plan(input: &ClusterInput) -> Result<Plan, ClusterError> {
    runtime()?.block_on(async {
        let (connected, discovered, version) = greet(input).await?;
        let limited = |resource: &Resource| input.namespace.is_some() && resource.namespaced;
        let kinds = discovered.resources.iter().filter(|resource| resource.listable).filter_map(|resource| {
            let wanted = wanted(&resource.group, &resource.resource);
            if wanted.is_none() && !is_custom(&resource.group) {
                return None;
            }
            let dot = if resource.group.is_empty() { "" } else { "." };
            Some(Planned {
                resource: format!("{}{dot}{}", resource.resource, resource.group),
                api_version: api_version(resource),
                in_namespace: limited(resource),
                reason: wanted.map(|wanted| wanted.reason),
            })
        });
        Ok(Plan {
            kinds: kinds.collect(),
            cluster: connected.cluster,
            server: connected.server,
            version,
            problems: discovered.problems,
        })
    })
}

/// Reads the cluster into the sink.
pub(crate) fn read(
    input: &ClusterInput,
    sealer: &Sealer,
    sink: &mut dyn Sink,
    progress: &dyn Fn(usize, usize),
) -> Result<Header, ClusterError> {
    runtime()?.block_on(async {
        let (connected, discovered, version) = greet(input).await?;
        let mut reading = Reading { input, client: &connected.client, sealer, sink, namespaces: None };
        let mut header = Header {
            seawall_snapshot: FORMAT,
            cluster: Some(ClusterAbout {
                name: crate::limits::bounded(&connected.cluster),
                uid: None,
                version,
                namespace: input.namespace.clone(),
            }),
            ..Header::default()
        };
        for (group, reason) in &discovered.problems {
            let group = crate::limits::bounded(group);
            header.problems.push(format!("the kinds of API group {group} are not known: {reason}"));
        }
        let all = WANTED.len();
        for (done, wanted) in WANTED.iter().enumerate() {
            progress(done, all);
            if let Some(kind) = reading.kind(wanted, &discovered, &mut header).await? {
                header.objects += kind.objects;
                header.kinds.push(kind);
            }
        }
        reading.count(&discovered, &mut header).await;
        progress(all, all);
        Ok(header)
    })
}

/// The URL of the API server that would be asked; asks nothing.
///
/// # Errors
/// When the kubeconfig cannot be used.
pub fn server(target: &Target) -> Result<String, ClusterError> {
    Ok(runtime()?.block_on(connect(target))?.server)
}

/// One thread: the server is the slow one.
fn runtime() -> Result<tokio::runtime::Runtime, ClusterError> {
    let built = tokio::runtime::Builder::new_current_thread().enable_all().build();
    built.map_err(|error| ClusterError::System(error.to_string()))
}

/// Connects, and asks for version and resources.
async fn greet(input: &ClusterInput) -> Result<(Connected, Discovered, Option<String>), ClusterError> {
    if let Some(namespace) = input.namespace.as_ref().filter(|name| !is_label(name)) {
        return Err(ClusterError::Namespace(namespace.clone()));
    }
    let connected = connect(&input.target).await?;
    let server = |failure: Failure| ClusterError::Server {
        server: connected.server.clone(),
        reason: failure.reason(),
    };
    let discovered = discover(&connected.client, &input.patience).await.map_err(server)?;
    let version = get(&connected.client, &input.patience, "/version", "application/json").await.ok();
    let version = version.and_then(|bytes| {
        let version: serde_json::Value = serde_json::from_slice(&bytes).ok()?;
        Some(crate::limits::bounded(version.get("gitVersion")?.as_str()?))
    });
    Ok((connected, discovered, version))
}

/// `[a-z0-9]([-a-z0-9]*[a-z0-9])?`, at most 63 (`IsDNS1123Label`): it becomes part of a path.
fn is_label(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (1..=63).contains(&name.len())
        && name.bytes().all(|byte| plain(byte) || byte == b'-')
        && !name.starts_with('-')
        && !name.ends_with('-')
}

fn api_version(resource: &Resource) -> String {
    let slash = if resource.group.is_empty() { "" } else { "/" };
    format!("{}{slash}{}", resource.group, resource.version)
}

/// Groups of Kubernetes itself end in `k8s.io`, or are one word.
fn is_custom(group: &str) -> bool {
    group.contains('.') && (!group.ends_with(".k8s.io") || group.ends_with(".x-k8s.io"))
}

/// Namespaces that are asked for one by one.
const MOST_NAMESPACES: usize = 5_000;

/// Where a resource is listed: in one namespace, or in the whole cluster.
fn path(resource: &Resource, namespace: Option<&str>) -> String {
    let Resource { group, version, resource: name, namespaced, .. } = resource;
    let root = if group.is_empty() { format!("/api/{version}") } else { format!("/apis/{group}/{version}") };
    match namespace {
        Some(namespace) if *namespaced => format!("{root}/namespaces/{namespace}/{name}"),
        _ => format!("{root}/{name}"),
    }
}

struct Reading<'r> {
    input: &'r ClusterInput,
    client: &'r kube_client::Client,
    sealer: &'r Sealer,
    sink: &'r mut dyn Sink,
    /// All namespaces, where they could be listed.
    namespaces: Option<Vec<String>>,
}

impl Reading<'_> {
    /// Reads one kind; `None` where there is no such kind.
    async fn kind(
        &mut self,
        wanted: &Wanted,
        discovered: &Discovered,
        header: &mut Header,
    ) -> Result<Option<KindRead>, SinkError> {
        let mut found = discovered.resources.iter();
        let found = found.find(|one| one.group == wanted.group && one.resource == wanted.resource);
        let Some(resource) = found else {
            let problem = discovered.problems.iter().find(|(group, _)| group == wanted.group);
            return Ok(problem.map(|(_, reason)| KindRead {
                group: wanted.group.to_owned(),
                resource: wanted.resource.to_owned(),
                kind: wanted.kind.to_owned(),
                extent: Extent::NotCollected,
                reason: Some(reason.clone()),
                ..KindRead::default()
            }));
        };
        let mut kind = KindRead {
            group: resource.group.clone(),
            version: resource.version.clone(),
            resource: resource.resource.clone(),
            kind: crate::limits::bounded(&resource.kind),
            namespaced: resource.namespaced,
            ..KindRead::default()
        };
        let listed = self.list(resource, self.input.namespace.as_deref()).await?;
        kind.objects = listed.objects;
        kind.resource_version = crate::limits::bounded(&listed.resource_version);
        if let (Some(uid), Some(cluster)) = (listed.cluster_uid, &mut header.cluster) {
            cluster.uid = Some(uid);
        }
        if wanted.kind == "Namespace" && listed.ended.is_none() && listed.broken == 0 {
            self.namespaces = Some(listed.namespaces);
        }
        if listed.broken > 0 {
            kind.extent = Extent::Partial;
            kind.reason = Some(format!("{} of its objects cannot be read", listed.broken));
        }
        let Some(failure) = listed.ended else { return Ok(Some(kind)) };
        kind.extent = if listed.objects > 0 { Extent::Partial } else { Extent::NotCollected };
        if matches!(failure, Failure::Forbidden(_)) {
            kind.rule = Some(rbac::rule(wanted.group, wanted.resource));
            if resource.namespaced && self.input.namespace.is_none() && listed.objects == 0 {
                self.by_namespace(resource, &mut kind).await?;
            }
        }
        if kind.extent == Extent::Complete {
            kind.rule = None;
        } else {
            kind.reason.get_or_insert_with(|| failure.reason());
        }
        Ok(Some(kind))
    }

    async fn list(
        &mut self,
        resource: &Resource,
        namespace: Option<&str>,
    ) -> Result<list::Listed, SinkError> {
        let (path, api_version) = (path(resource, namespace), api_version(resource));
        let wish = Wish { path: &path, api_version: &api_version, kind: &resource.kind };
        list(self.client, &self.input.patience, &wish, self.sealer, self.sink).await
    }

    /// Whoever may not list a kind in the whole cluster may be allowed to in some namespaces: each is asked for.
    async fn by_namespace(&mut self, resource: &Resource, kind: &mut KindRead) -> Result<(), SinkError> {
        let Some(namespaces) = self.namespaces.clone() else { return Ok(()) };
        let (mut missing, mut why) = (0, None);
        for namespace in namespaces.iter().take(MOST_NAMESPACES) {
            let listed = self.list(resource, Some(namespace)).await?;
            kind.objects += listed.objects;
            match listed.ended {
                None if listed.broken == 0 => kind.complete_in.push(namespace.clone()),
                ended => {
                    missing += 1;
                    why = why.or_else(|| ended.map(|failure| failure.reason()));
                }
            }
        }
        missing += namespaces.len().saturating_sub(MOST_NAMESPACES);
        match (missing, kind.complete_in.is_empty()) {
            (0, false) => {
                kind.extent = Extent::Complete;
                kind.complete_in.clear();
            }
            (_, false) => {
                let why = why.map(|why| format!("; {why}")).unwrap_or_default();
                kind.extent = Extent::Partial;
                kind.reason = Some(format!("not in {missing} of {} namespaces{why}", namespaces.len()));
            }
            _ => {}
        }
        Ok(())
    }

    /// Counts the custom resources that no analysis uses. That they may not be seen makes no answer less complete.
    async fn count(&mut self, discovered: &Discovered, header: &mut Header) {
        let quick = Patience { retries: 1, ..self.input.patience };
        let custom = discovered.resources.iter().filter(|resource| {
            resource.listable
                && is_custom(&resource.group)
                && wanted(&resource.group, &resource.resource).is_none()
        });
        for resource in custom {
            let objects =
                list::count(self.client, &quick, &path(resource, self.input.namespace.as_deref())).await.ok();
            header.counted.push(Counted {
                group: crate::limits::bounded(&resource.group),
                kind: crate::limits::bounded(&resource.kind),
                objects,
            });
        }
    }
}

//! One kind, page by page, as it was at one moment.

use super::request::{Failure, Patience, get};
use super::seal::Sealer;
use super::sink::{Sink, SinkError, prepare};
use kube_client::Client;
use serde::Deserialize;
use serde_json::value::RawValue;

/// Objects of a page, as kubectl asks.
const PAGE: u32 = 500;
/// How often a list is begun anew because its state was gone; the last time it is asked for as a whole, as client-go's
/// pager does (`tools/pager/pager.go`, `FullListIfExpired`).
const RESTARTS: u32 = 3;

/// What is listed.
pub(super) struct Wish<'w> {
    /// Such as `/api/v1/pods`.
    pub(super) path: &'w str,
    pub(super) api_version: &'w str,
    pub(super) kind: &'w str,
}

/// What came of a list.
#[derive(Debug, Default)]
pub(super) struct Listed {
    /// How many objects the sink has.
    pub(super) objects: u64,
    /// The state that all pages show.
    pub(super) resource_version: String,
    /// Objects that could not be read.
    pub(super) broken: u64,
    /// Why the list ended before its end.
    pub(super) ended: Option<Failure>,
    /// The uid of the namespace `kube-system`, if it was among them.
    pub(super) cluster_uid: Option<String>,
    /// Of namespaces: their names.
    pub(super) namespaces: Vec<String>,
}

#[derive(Deserialize)]
struct Page<'p> {
    #[serde(default)]
    metadata: ListMeta,
    #[serde(borrow, deserialize_with = "Option::deserialize")]
    items: Option<Vec<&'p RawValue>>,
}

/// A page; a list of Kubernetes always says which items it has, though null.
fn read_page(bytes: &[u8]) -> Result<Page<'_>, Failure> {
    let page = if bytes.trim_ascii_start().starts_with(b"{") {
        serde_json::from_slice(bytes).map_err(|error| error.to_string())
    } else {
        Err("no JSON object".to_owned())
    };
    page.map_err(|error| Failure::Unreachable(format!("the answer is no list of objects ({error})")))
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListMeta {
    #[serde(default)]
    resource_version: String,
    #[serde(default)]
    r#continue: String,
    #[serde(default)]
    remaining_item_count: Option<u64>,
}

/// Lists everything into the sink.
///
/// # Errors
/// When the sink can take no more. What the server does wrong stands in [`Listed::ended`].
pub(super) async fn list(
    client: &Client,
    patience: &Patience,
    wish: &Wish<'_>,
    sealer: &Sealer,
    sink: &mut dyn Sink,
) -> Result<Listed, SinkError> {
    sink.begin()?;
    let mut restarts = 0;
    loop {
        let page = (restarts < RESTARTS).then_some(PAGE);
        let listed = attempt(client, patience, wish, page, sealer, sink).await?;
        if !matches!(listed.ended, Some(Failure::Expired)) || restarts == RESTARTS {
            return Ok(listed);
        }
        restarts += 1;
        sink.restart()?;
    }
}

async fn attempt(
    client: &Client,
    patience: &Patience,
    wish: &Wish<'_>,
    page: Option<u32>,
    sealer: &Sealer,
    sink: &mut dyn Sink,
) -> Result<Listed, SinkError> {
    let mut out = Listed::default();
    let mut token = String::new();
    let mut first = true;
    loop {
        let target = target(wish.path, page, &token);
        let bytes = match get(client, patience, &target, "application/json").await {
            Ok(bytes) => bytes,
            Err(failure) => return Ok(Listed { ended: Some(failure), ..out }),
        };
        let page = match read_page(&bytes) {
            Ok(page) => page,
            Err(failure) => return Ok(Listed { ended: Some(failure), ..out }),
        };
        if first {
            out.resource_version = page.metadata.resource_version;
        } else if out.resource_version != page.metadata.resource_version {
            // Another moment than that of the pages before: together they show no state that ever was.
            return Ok(Listed { ended: Some(Failure::Expired), ..out });
        }
        first = false;
        let items = page.items.unwrap_or_default();
        let none = items.is_empty();
        for item in items {
            match prepare(item, wish.api_version, wish.kind, sealer) {
                None => out.broken += 1,
                Some(document) => {
                    if wish.kind == "Namespace" && wish.api_version == "v1" {
                        out.cluster_uid = out.cluster_uid.or_else(|| uid_of_kube_system(&document));
                        out.namespaces.extend(name_of(&document));
                    }
                    sink.object(document)?;
                    out.objects += 1;
                }
            }
        }
        if page.metadata.r#continue.is_empty() {
            return Ok(out);
        }
        if none || page.metadata.r#continue == token {
            let ended = Failure::Unreachable("the server sends the same page without end".into());
            return Ok(Listed { ended: Some(ended), ..out });
        }
        token = page.metadata.r#continue;
    }
}

/// A name that may become part of a path.
fn name_of(document: &seawall_yaml::Document) -> Option<String> {
    let name = document.root().get("metadata")?.get("name")?.as_str()?;
    super::is_label(name).then(|| name.to_owned())
}

fn uid_of_kube_system(document: &seawall_yaml::Document) -> Option<String> {
    let metadata = document.root().get("metadata")?;
    let is_it = metadata.get("name")?.as_str() == Some("kube-system");
    metadata.get("uid")?.as_str().filter(|_| is_it).map(crate::limits::bounded)
}

fn target(path: &str, page: Option<u32>, token: &str) -> String {
    let mut out = path.to_owned();
    if let Some(page) = page {
        out.push_str(&format!("?limit={page}"));
        if !token.is_empty() {
            out.push_str("&continue=");
            escape(token, &mut out);
        }
    }
    out
}

/// As a query's value (RFC 3986): a token may hold anything.
fn escape(text: &str, out: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(byte as char);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
}

/// How many objects there are, told by one of them; no field of it but its metadata is sent.
pub(super) async fn count(client: &Client, patience: &Patience, path: &str) -> Result<u64, Failure> {
    const METADATA: &str =
        "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
    let bytes = get(client, patience, &format!("{path}?limit=1"), METADATA).await?;
    let page = read_page(&bytes)?;
    let here = page.items.unwrap_or_default().len() as u64;
    match page.metadata.remaining_item_count {
        Some(more) => Ok(here.saturating_add(more)),
        None if page.metadata.r#continue.is_empty() => Ok(here),
        None => Err(Failure::Refused("the server does not say how many there are".into())),
    }
}

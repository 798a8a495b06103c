//! The objects that tokens are checked against.

use super::time;
use seawall_model::decode::base64;
use seawall_model::{Cluster, Object, WellKnown};
use std::sync::Arc;

/// What became of a look-up.
#[derive(Clone, Debug)]
pub enum Lookup<'a> {
    /// The object.
    Found(&'a Arc<Object>),
    /// There is none.
    Absent,
    /// It is not at hand, which proves nothing; says what is missing.
    Unknown(String),
}

/// Where ServiceAccounts, Pods, Secrets and Nodes are found.
pub trait Objects {
    /// The object of a kind by namespace (`""` for Nodes) and name.
    fn find(&self, kind: WellKnown, namespace: &str, name: &str) -> Lookup<'_>;
}

/// The objects of a cluster model.
#[derive(Clone, Copy, Debug)]
pub struct ClusterObjects<'a> {
    cluster: &'a Cluster,
    complete: bool,
}

impl<'a> ClusterObjects<'a> {
    /// `complete`: whether what is not in the model does not exist (snapshots and live clusters, not files).
    pub fn new(cluster: &'a Cluster, complete: bool) -> Self {
        Self { cluster, complete }
    }
}

impl Objects for ClusterObjects<'_> {
    fn find(&self, kind: WellKnown, namespace: &str, name: &str) -> Lookup<'_> {
        match self.cluster.find(kind, Some(namespace).filter(|text| !text.is_empty()), name) {
            Some(object) => Lookup::Found(object),
            None if self.complete => Lookup::Absent,
            None => Lookup::Unknown(format!("{} is not in the input", described(kind, namespace, name))),
        }
    }
}

/// `Secret kube-system/x`, escaped and bounded.
pub(super) fn described(kind: WellKnown, namespace: &str, name: &str) -> String {
    let slash = if namespace.is_empty() { "" } else { "/" };
    let full = format!("{namespace}{slash}{name}");
    format!("{} `{}`", kind.name(), seawall_model::decode::shown(&full))
}

/// `metadata.uid`; manifests have none.
pub(super) fn uid(object: &Arc<Object>) -> Option<&str> {
    object.at().get("metadata.uid").str().filter(|uid| !uid.is_empty())
}

/// `metadata.deletionTimestamp`, if it is being deleted.
pub(super) fn deleted_at(object: &Arc<Object>) -> Option<i64> {
    object.at().get("metadata.deletionTimestamp").str().and_then(time::parse)
}

/// Whether a value of a Secret was left out when its cluster was read: nothing can be compared with it.
pub(super) fn is_left_out(secret: &Arc<Object>, key: &str) -> bool {
    secret.is_sealed() && secret.at().key("data").entries().any(|(known, at)| known == key && !at.exists())
}

/// A value of a Secret: what `stringData` writes over it, else `data`.
pub(super) fn secret_value(secret: &Arc<Object>, key: &str) -> Option<Vec<u8>> {
    let written = secret.at().key("stringData").entries().filter(|(known, _)| *known == key).last();
    if let Some((_, at)) = written {
        return at.str().map(|text| text.as_bytes().to_vec());
    }
    let (_, at) = secret.at().key("data").entries().filter(|(known, _)| *known == key).last()?;
    base64(at.str().unwrap_or(""))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use seawall_model::{Origin, objects_of};
    use seawall_yaml::{Source, parse_documents};

    /// The objects in a text.
    pub(crate) fn cluster(text: &str) -> Cluster {
        Cluster::new(parse_documents(&Source::new("a.yaml", text)).into_iter().flat_map(|document| {
            let document = Arc::new(document.unwrap());
            objects_of(&document, &Origin::File).unwrap_or_default().into_iter().map(Arc::new)
        }))
    }

    #[test]
    fn secrets() {
        let value = |body: &str, key: &str| {
            let text = format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\n{body}\n");
            let cluster = cluster(&text);
            let secret = cluster.of(WellKnown::Secret).next().unwrap();
            secret_value(secret, key).map(|bytes| String::from_utf8(bytes).unwrap())
        };
        assert_eq!(value("data: {a: YQ==}", "a").as_deref(), Some("a"));
        assert_eq!(value("data: {a: YQ==}\nstringData: {a: b}", "a").as_deref(), Some("b"));
        assert_eq!(value("data: {a: '?'}", "a"), None);
        assert_eq!(value("data: {}", "a"), None);
    }
}

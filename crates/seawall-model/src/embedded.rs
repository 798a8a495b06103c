//! Component configuration that a ConfigMap holds as text: `kube-system/kube-proxy`, `kubelet-config`,
//! `kubeadm-config`, and the files that a component mounts.

use crate::at::push_step;
use crate::{Object, WellKnown, plain_file};
use seawall_yaml::{NodeRef, Place, parse_embedded};
use std::sync::Arc;

/// The ConfigMap that holds an object as text.
#[derive(Clone, Debug)]
pub struct Host {
    /// Its namespace.
    pub namespace: Option<Box<str>>,
    /// Its name.
    pub name: Box<str>,
    /// The key under which the text stands: the file's name where the ConfigMap is mounted.
    pub key: Box<str>,
}

/// A text that says it is component configuration and cannot be read.
#[derive(Clone, Debug)]
pub struct Unread {
    /// Where.
    pub place: Place,
    /// The field of the ConfigMap.
    pub field: String,
    /// Why, as a fragment.
    pub message: String,
    /// It holds `{{`: something fills it in before Kubernetes sees it.
    pub template: bool,
}

/// Texts of ConfigMaps are at most this long in Kubernetes, all together (validation of ConfigMap, 1 MiB).
const LONGEST: usize = 1 << 20;

/// What component configuration names in its `apiVersion`.
const GROUPS: [&str; 5] =
    [".config.k8s.io/", "kubeadm.k8s.io/", "audit.k8s.io/", "apiserver.k8s.io/", "apiserver.config.k8s.io/"];

/// The component configurations in the texts of `object`, if it is a ConfigMap.
pub(crate) fn configurations(object: &Object) -> Vec<Result<Object, Unread>> {
    if object.well_known() != WellKnown::ConfigMap {
        return Vec::new();
    }
    let data = object.root().get("data").into_iter().flat_map(NodeRef::entries);
    data.filter(|(_, value)| value.as_str().is_some_and(may_be_configuration))
        .flat_map(|(key, value)| read(object, key.text(), value))
        .collect()
}

/// The texts of `object` that say they are component configuration and cannot be read.
pub fn unread_configurations(object: &Object) -> impl Iterator<Item = Unread> {
    configurations(object).into_iter().filter_map(Result::err)
}

/// Whether a line of the text begins with an `apiVersion` of component configuration, or it may be etcd's: most texts
/// end here.
fn may_be_configuration(text: &str) -> bool {
    if text.len() > LONGEST {
        return false;
    }
    if text.contains("listen-client-urls:") || text.contains("client-transport-security:") {
        return true;
    }
    if !text.contains("apiVersion") || !text.contains(".k8s.io/") {
        return false;
    }
    text.lines().any(|line| {
        let line = line.trim_start_matches(['{', ' ', '\t', '"', '\'']);
        line.strip_prefix("apiVersion").is_some_and(|rest| GROUPS.iter().any(|group| rest.contains(group)))
    })
}

fn read(object: &Object, key: &str, value: NodeRef<'_>) -> Vec<Result<Object, Unread>> {
    let mut field = object.path().unwrap_or_default().to_owned();
    push_step(&mut field, Some("data"), 0);
    push_step(&mut field, Some(key), 0);
    let mut out = Vec::new();
    for (index, document) in parse_embedded(value).into_iter().enumerate() {
        let document = match document {
            Ok(document) => Arc::new(document),
            Err(error) => {
                let template = value.text().contains("{{");
                out.push(Err(Unread {
                    place: error.place,
                    field: field.clone(),
                    message: error.message,
                    template,
                }));
                continue;
            }
        };
        let own = |key: &str| document.root().get(key).and_then(|value| value.as_str());
        let named = own("apiVersion").zip(own("kind"));
        let Some((api_version, kind)) = named.or_else(|| plain_file::kind_of(document.root())) else {
            continue;
        };
        let inner =
            Object::new(document.clone(), document.root().id(), object.origin().clone(), api_version, kind);
        if !inner.well_known().is_configuration() {
            continue;
        }
        let mut path = field.clone();
        if index > 0 {
            push_step(&mut path, None, index);
        }
        let host = Host {
            namespace: object.namespace().map(Into::into),
            name: object.name().into(),
            key: key.into(),
        };
        out.push(Ok(inner.in_host(host, &path)));
    }
    out
}

//! Objects of live clusters and snapshots: which cluster, who manages them, and how a person sees a field of them.

use crate::{FieldRef, Object, Origin};
use seawall_yaml::NodeRef;
use std::fmt::Write;

/// The annotation of Secrets that were read from a cluster: a JSON object that gives for each key of `data` whose value
/// was left out its `size` in bytes and a `digest`, equal for equal values of one reading. A value in its place is null.
pub const SEALED: &str = "seawall.dev/sealed";

/// Where live objects come from; all objects of one reading share it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Live {
    /// The name of the cluster, as the kubeconfig calls it.
    pub cluster: Box<str>,
    /// The kubeconfig's context, if the reader named one.
    pub context: Option<Box<str>>,
    /// The snapshot file.
    pub snapshot: Option<Box<str>>,
    /// The object was read from a file before it came into a snapshot, so that no cluster need have it.
    pub from_file: bool,
}

impl Object {
    /// The live cluster or snapshot it was read from.
    pub fn live(&self) -> Option<&Live> {
        match self.origin() {
            Origin::Live(live) => Some(live),
            _ => None,
        }
    }

    /// `metadata.uid`, which manifests do not have.
    pub fn uid(&self) -> Option<&str> {
        self.root().get("metadata")?.get("uid")?.as_str().filter(|uid| !uid.is_empty())
    }

    /// `metadata.resourceVersion`.
    pub fn resource_version(&self) -> Option<&str> {
        self.root().get("metadata")?.get("resourceVersion")?.as_str()
    }

    /// Who wrote fields of it (`metadata.managedFields[].manager`), in order, each once.
    pub fn managers(&self) -> Vec<&str> {
        let fields = self.root().get("metadata").and_then(|metadata| metadata.get("managedFields"));
        let mut out: Vec<&str> = Vec::new();
        for manager in fields.into_iter().flat_map(NodeRef::items).take(32) {
            if let Some(name) = manager.get("manager").and_then(NodeRef::as_str)
                && !out.contains(&name)
            {
                out.push(name);
            }
        }
        out
    }

    /// Whether it is a Secret whose values were left out when it was read.
    pub fn is_sealed(&self) -> bool {
        self.annotation(SEALED).is_some()
    }
}

impl FieldRef {
    /// The kubectl command that shows the field, or its nearest parent where it is absent; `None` unless the object was
    /// read from a cluster. Names are quoted for a POSIX shell.
    pub fn kubectl(&self) -> Option<String> {
        let object = &self.object;
        let live = object.live().filter(|live| !live.from_file)?;
        // The text of a ConfigMap is shown by showing the ConfigMap.
        let (kind, namespace, name) = match object.host() {
            Some(host) => ("configmap".to_owned(), host.namespace.as_deref(), &*host.name),
            None => {
                let kind = object.kind().to_ascii_lowercase();
                let dot = if object.group().is_empty() { "" } else { "." };
                (format!("{kind}{dot}{}", object.group()), object.namespace(), object.name())
            }
        };
        let mut out = String::from("kubectl");
        if let Some(context) = &live.context {
            let _ = write!(out, " --context {}", shell(context));
        }
        let _ = write!(out, " get {} {}", shell(&kind), shell(name));
        if let Some(namespace) = namespace {
            let _ = write!(out, " -n {}", shell(namespace));
        }
        let path = match object.host() {
            Some(host) => format!(".data{}", step(&host.key)),
            None => self.json_path(),
        };
        if path.is_empty() {
            out.push_str(" -o yaml");
        } else {
            let _ = write!(out, " -o jsonpath={}", shell(&format!("{{{path}}}")));
        }
        Some(out)
    }

    /// The path of the nearest existing node in kubectl's JSONPath (`client-go/util/jsonpath`): dots in keys are
    /// escaped.
    fn json_path(&self) -> String {
        let mut out = String::new();
        self.object.root().path_to(self.node, &mut |key, index| match key {
            Some(key) => out.push_str(&step(key)),
            None => _ = write!(out, "[{index}]"),
        });
        out
    }
}

fn step(key: &str) -> String {
    if !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
    {
        return format!(".{key}");
    }
    let escaped = key.replace('\\', "\\\\").replace('\'', "\\'").replace('.', "\\.");
    format!("['{escaped}']")
}

/// A word of a command line, quoted for a POSIX shell when needed.
fn shell(word: &str) -> String {
    let plain =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | ',' | ':' | '=' | '@');
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects_of;
    use seawall_yaml::{Source, parse_documents};
    use std::sync::Arc;

    fn object(text: &str, live: Live) -> Arc<Object> {
        let document = parse_documents(&Source::new("x", text)).remove(0).unwrap();
        let origin = Origin::Live(Arc::new(live));
        Arc::new(objects_of(&Arc::new(document), &origin).unwrap().remove(0))
    }

    #[test]
    fn commands() {
        let text = r#"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop",
            "uid":"u-1","resourceVersion":"7","annotations":{"a.b/c":"x"},
            "managedFields":[{"manager":"helm"},{"manager":"kubectl"},{"manager":"helm"}]},
            "spec":{"template":{"spec":{"containers":[{"name":"app"}]}}}}"#;
        let web = object(text, Live::default());
        assert_eq!(web.managers(), ["helm", "kubectl"]);
        assert_eq!((web.uid(), web.resource_version()), (Some("u-1"), Some("7")));
        let at = web.at().get("metadata.annotations").key("a.b/c");
        assert_eq!(
            at.field_ref().kubectl().unwrap(),
            r"kubectl get deployment.apps web -n shop -o jsonpath='{.metadata.annotations['\''a\.b/c'\'']}'"
        );
        let container = web.pods().next().unwrap().containers().next().unwrap();
        assert_eq!(
            container.get("securityContext.privileged").field_ref().kubectl().unwrap(),
            "kubectl get deployment.apps web -n shop -o jsonpath='{.spec.template.spec.containers[0]}'"
        );
        assert_eq!(
            web.at().field_ref().kubectl().unwrap(),
            "kubectl get deployment.apps web -n shop -o yaml"
        );
        let role = r#"{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole",
            "metadata":{"name":"a b'$(x)"},"rules":[]}"#;
        let role = object(role, Live { context: Some("prod".into()), ..Live::default() });
        assert_eq!(
            role.at().key("rules").field_ref().kubectl().unwrap(),
            r"kubectl --context prod get clusterrole.rbac.authorization.k8s.io 'a b'\''$(x)' -o jsonpath='{.rules}'"
        );
    }
}

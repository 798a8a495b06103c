//! Which pods a namespace's Pod Security lets an attacker run.

use super::{Builder, DEFAULT};
use crate::fact::Name;
use seawall_admission::configuration::{PodSecurityConfiguration, load, pod_security};
use seawall_admission::pod_security::{LevelVersion, NamespacePolicy, passes};
use seawall_model::{ComponentKind, NamedFile, Object, Origin, Plugin, PodAt, WellKnown, objects_of};
use seawall_yaml::{Source, parse_one};
use std::sync::{Arc, OnceLock};

/// What the namespace lets through.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Admits {
    /// A pod that takes over its node: privileged, with the node's processes and files.
    pub(crate) host: bool,
    /// A pod that runs as root and mounts a volume claim.
    pub(crate) root_with_claim: bool,
    /// What must be assumed.
    pub(crate) requires: Option<&'static str>,
}

/// The pods that an attacker would send.
const HOST_POD: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: pod}
spec:
  hostPID: true
  containers:
  - name: main
    image: image
    securityContext: {privileged: true}
    volumeMounts: [{name: root, mountPath: /host}]
  volumes: [{name: root, hostPath: {path: /}}]
";
const CLAIM_POD: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: pod}
spec:
  containers:
  - name: main
    image: image
    securityContext: {runAsUser: 0, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, seccompProfile: {type: RuntimeDefault}}
    volumeMounts: [{name: root, mountPath: /host}]
  volumes: [{name: root, persistentVolumeClaim: {claimName: claim}}]
";

fn sample(text: &'static str, slot: &'static OnceLock<Option<Arc<Object>>>) -> Option<&'static Arc<Object>> {
    let read = || {
        let document = parse_one(&Source::new("sample", text)).ok()?;
        objects_of(&Arc::new(document), &Origin::File)?.pop().map(Arc::new)
    };
    slot.get_or_init(read).as_ref()
}

const UNLABELLED: &str = "the namespace, which is not in the input, sets no Pod Security level";

impl Builder<'_> {
    /// What Pod Security lets run in a namespace.
    pub(crate) fn admits(&mut self, namespace: Name) -> Admits {
        if let Some(known) = self.host_pods.get(&namespace) {
            return *known;
        }
        let answer = self.judge(namespace);
        self.host_pods.insert(namespace, answer);
        answer
    }

    fn judge(&self, namespace: Name) -> Admits {
        static HOST: OnceLock<Option<Arc<Object>>> = OnceLock::new();
        static CLAIM: OnceLock<Option<Arc<Object>>> = OnceLock::new();
        let Some((policy, requires)) = self.policy(namespace) else {
            return Admits { host: true, root_with_claim: true, requires: None };
        };
        let passes = |object: Option<&'static Arc<Object>>| {
            let mut pods = object.into_iter().flat_map(|object| object.pods());
            pods.next().is_some_and(|pod| self.passes(pod, policy))
        };
        Admits {
            host: passes(sample(HOST_POD, &HOST)),
            root_with_claim: passes(sample(CLAIM_POD, &CLAIM)),
            requires,
        }
    }

    fn passes(&self, pod: PodAt<'_>, policy: LevelVersion) -> bool {
        passes(pod, policy.level, policy.version.on(self.input.version))
    }

    /// Whether an update of this pod would pass its namespace's level as the pod stands.
    pub(crate) fn still_passes(&mut self, pod: PodAt<'_>, namespace: Name) -> bool {
        let known = self.policies.get(&namespace).copied();
        let policy = known.unwrap_or_else(|| {
            let policy = self.policy(namespace).map(|(policy, _)| policy);
            self.policies.insert(namespace, policy);
            policy
        });
        policy.is_none_or(|policy| self.passes(pod, policy))
    }

    /// The enforced level; `None` where nothing is checked.
    fn policy(&self, namespace: Name) -> Option<(LevelVersion, Option<&'static str>)> {
        let name = self.text(namespace);
        let servers = self.input.components.iter().filter(|one| one.kind() == ComponentKind::ApiServer);
        let server = servers.map(|one| one.in_version(self.input.version)).next();
        if server.is_some_and(|server| matches!(server.plugin("PodSecurity"), Plugin::Disabled(_))) {
            return None;
        }
        let file = server.map(|server| server.file("admission-control-config-file"));
        let place = match &file {
            Some(NamedFile::Found(at)) => load(*at)
                .ok()
                .and_then(|loaded| loaded.plugin("PodSecurity").and_then(|plugin| plugin.configuration)),
            _ => None,
        };
        let written = self.input.cluster.of(WellKnown::PodSecurityConfiguration).next().map(Object::at);
        let configured: Option<PodSecurityConfiguration<'_>> =
            place.or(written).and_then(|at| pod_security(at).ok());
        let mut defaults = NamespacePolicy::default();
        if let Some(configured) = &configured {
            defaults.enforce = configured.enforce;
            if configured.exemptions.namespaces.iter().any(|at| at.text() == Some(name)) {
                return None;
            }
        }
        let cluster = self.input.cluster;
        let object = cluster.find(WellKnown::Namespace, None, name);
        match object {
            Some(object) => {
                let (policy, _) = NamespacePolicy::of_labels(|key| object.label(key), defaults);
                Some((policy.enforce, None))
            }
            None => {
                let known = name == DEFAULT || self.input.coverage.is_complete(WellKnown::Namespace, None);
                Some((defaults.enforce, (!known).then_some(UNLABELLED)))
            }
        }
    }
}

//! The files that flags name, found among the objects of the input.

use super::mounts::{self, Mounted};
use super::{Base, Component, ComponentAt, ComponentKind, fields};
use crate::{At, Cluster, Object, WellKnown};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// What became of a file that a flag names.
#[derive(Clone, Debug)]
pub(super) enum Joined {
    /// It is this object.
    File(Arc<Object>),
    /// No such file is in the input.
    Missing,
    /// Several files of this kind are in the input and none, or more than one, has the name.
    Ambiguous,
}

/// A file that a flag of the component names.
#[derive(Clone, Debug)]
pub enum NamedFile<'a> {
    /// The flag is not given.
    NotGiven,
    /// The file's object.
    Found(At<'a>),
    /// The file cannot be looked into; the text says which one would decide.
    Unknown(String),
}

/// kube-apiserver's flags that name a structured file, and the kind of the file.
const SERVER_FILES: [(&str, WellKnown); 7] = [
    ("admission-control-config-file", WellKnown::AdmissionConfiguration),
    ("audit-policy-file", WellKnown::Policy),
    ("authentication-config", WellKnown::AuthenticationConfiguration),
    ("authorization-config", WellKnown::AuthorizationConfiguration),
    ("egress-selector-config-file", WellKnown::EgressSelectorConfiguration),
    ("encryption-provider-config", WellKnown::EncryptionConfiguration),
    ("tracing-config-file", WellKnown::TracingConfiguration),
];

/// The configuration files of the input, by kind and file name.
#[derive(Default)]
struct Index<'c> {
    /// The first of each kind and whether there are more.
    kinds: HashMap<WellKnown, (&'c Arc<Object>, bool)>,
    names: HashMap<(WellKnown, &'c str), (&'c Arc<Object>, bool)>,
    /// The texts of ConfigMaps by the ConfigMap's namespace and name, and key.
    hosted: HashMap<(WellKnown, Option<&'c str>, &'c str, &'c str), &'c Arc<Object>>,
}

impl<'c> Index<'c> {
    fn of(cluster: &'c Cluster) -> Self {
        let mut index = Self::default();
        let kinds = SERVER_FILES.iter().map(|(_, kind)| *kind);
        for kind in kinds.chain(ComponentKind::ALL.into_iter().filter_map(fields::config_kind)) {
            for object in cluster.of(kind) {
                if let Some(host) = object.host() {
                    let place = (kind, host.namespace.as_deref(), &*host.name, &*host.key);
                    index.hosted.insert(place, object);
                }
                if !is_in_effect(object) {
                    continue;
                }
                index.kinds.entry(kind).and_modify(|(_, more)| *more = true).or_insert((object, false));
                let name = (kind, own_name(object));
                index.names.entry(name).and_modify(|(_, more)| *more = true).or_insert((object, false));
            }
        }
        index
    }

    /// The object of `kind` that `flag` names: what the container mounts there, else the one with the file's name,
    /// else the only one there is.
    fn named(&self, cluster: &Cluster, component: &Component, flag: &str, kind: WellKnown) -> Option<Joined> {
        let path = path(component, flag)?;
        if path.is_some_and(str::is_empty) {
            return None;
        }
        match path.map(|path| mounts::find(cluster, component, path)) {
            Some(Mounted::ConfigMap { namespace, name, key }) => {
                let object = self.hosted.get(&(kind, namespace, name, key));
                return Some(object.map_or(Joined::Missing, |object| Joined::File((*object).clone())));
            }
            Some(Mounted::NotAtHand) | None => {}
        }
        let same_name = path.and_then(|path| self.names.get(&(kind, file_name(path))));
        Some(match (same_name, self.kinds.get(&kind)) {
            (Some((object, false)), _) | (None, Some((object, false))) => Joined::File((*object).clone()),
            (_, None) => Joined::Missing,
            _ => Joined::Ambiguous,
        })
    }
}

/// Finds the files that flags name, and makes components of configuration files that no flag names.
pub(super) fn join(cluster: &Cluster, all: &mut Vec<Component>) {
    let index = Index::of(cluster);
    let mut taken: HashSet<*const Object> = HashSet::new();
    for component in all.iter_mut() {
        if component.kind == ComponentKind::ApiServer {
            for (flag, kind) in SERVER_FILES {
                if let Some(joined) = index.named(cluster, component, flag, kind) {
                    component.files.push((flag, joined));
                }
            }
        } else if component.config.is_none()
            && let Some(kind) = fields::config_kind(component.kind)
            && let Some(joined) = index.named(cluster, component, fields::config_flag(component.kind), kind)
        {
            match joined {
                Joined::File(object) => component.config = Some(object),
                other => component.files.push((fields::config_flag(component.kind), other)),
            }
        }
        taken.extend(component.config.as_ref().map(Arc::as_ptr));
    }
    for kind in ComponentKind::ALL {
        let Some(config_kind) = fields::config_kind(kind) else { continue };
        let free = |object: &&Arc<Object>| is_in_effect(object) && !taken.contains(&Arc::as_ptr(object));
        for object in cluster.of(config_kind).filter(free) {
            let mut component = Component::new(kind, object, object.root().id(), Base::File);
            component.config = Some(object.clone());
            all.push(component);
        }
    }
}

/// The value of a flag; the inner `None` is a value that is not known.
fn path<'c>(component: &'c Component, flag: &str) -> Option<Option<&'c str>> {
    component.given.iter().rev().find(|given| &*given.name == flag).map(|given| given.value.as_deref())
}

/// Whether this is some component's configuration although nothing names it: every file is, and the ConfigMaps that
/// kubeadm and the distributions around it write into `kube-system` (kubeadm-config, kubelet-config, kubelet-config-1.N,
/// kube-proxy, kube-proxy-config). Other ConfigMaps count where a component mounts them.
pub(super) fn is_in_effect(object: &Object) -> bool {
    let Some(host) = object.host() else { return true };
    let name = match object.well_known() {
        WellKnown::KubeletConfiguration => "kubelet-config",
        WellKnown::KubeProxyConfiguration => "kube-proxy",
        WellKnown::ClusterConfiguration | WellKnown::InitConfiguration => "kubeadm-config",
        _ => return false,
    };
    host.namespace.as_deref().is_none_or(|namespace| namespace == "kube-system")
        && host.name.starts_with(name)
}

/// The name under which a component finds it.
fn own_name(object: &Object) -> &str {
    object.host().map_or_else(|| file_name(object.file()), |host| &host.key)
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// What would decide, for a file that is not at hand.
pub(super) fn missing(component: &Component, flag: &str) -> String {
    let file = path(component, flag).flatten().unwrap_or("?");
    let ambiguous =
        component.files.iter().any(|(name, joined)| *name == flag && matches!(joined, Joined::Ambiguous));
    if ambiguous {
        format!("`--{flag}` names `{file}`, and several files of the input may be it")
    } else {
        format!("the file `{file}` that `--{flag}` names is not in the input")
    }
}

impl<'a> ComponentAt<'a> {
    /// The structured file that a flag names (`authorization-config`, `audit-policy-file` …).
    pub fn file(self, flag: &str) -> NamedFile<'a> {
        let component = self.component;
        match component.files.iter().find(|(name, _)| *name == flag) {
            Some((_, Joined::File(object))) => NamedFile::Found(object.at()),
            Some(_) => NamedFile::Unknown(missing(component, flag)),
            None => match &component.hidden {
                Some(hidden) => NamedFile::Unknown(hidden.to_string()),
                None => NamedFile::NotGiven,
            },
        }
    }
}

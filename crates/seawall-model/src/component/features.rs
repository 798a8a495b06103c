//! Which feature gates does somebody set?

use super::fields;
use super::flag::boolean;
use super::{ComponentAt, ComponentKind};
use crate::At;
use std::collections::HashMap;

/// A feature gate set by somebody. Of several settings of one gate the one in effect.
#[derive(Clone, Copy, Debug)]
pub struct Gate<'a> {
    /// The gate's name, or `AllAlpha`, `AllBeta`.
    pub name: &'a str,
    /// On or off.
    pub enabled: bool,
    /// Where it is set.
    pub at: At<'a>,
}

impl<'a> ComponentAt<'a> {
    /// The feature gates that flags and the component's file set. Flags win over the file where they count at all;
    /// values that are not known or no booleans are left out. etcd has gates of its own.
    pub fn gates(self) -> Vec<Gate<'a>> {
        let mut out: Vec<Gate<'a>> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut put = |gate: Gate<'a>| match places.get(gate.name).and_then(|&at| out.get_mut(at)) {
            Some(old) => *old = gate,
            None => {
                places.insert(gate.name, out.len());
                out.push(gate);
            }
        };
        let in_file = matches!(self.kind(), ComponentKind::Kubelet | ComponentKind::KubeProxy);
        if let Some(config) = self.config().filter(|_| in_file) {
            for (name, at) in config.key("featureGates").entries() {
                if let Some(enabled) = at.bool() {
                    put(Gate { name, enabled, at });
                }
            }
        }
        let ignored = self.config().is_some() && fields::ignored_beside_config(self.kind(), "feature-gates");
        for given in self.component.given.iter().filter(|given| &*given.name == "feature-gates" && !ignored) {
            let at = At::new(&given.object, given.node);
            for pair in given.value.as_deref().unwrap_or("").split(',') {
                let Some((name, value)) = pair.split_once('=') else { continue };
                // Since 1.32 a gate may be written `kube:Name=true`.
                let name = name.trim().trim_start_matches("kube:");
                if let Some(enabled) = boolean(value.trim()) {
                    put(Gate { name, enabled, at });
                }
            }
        }
        out
    }
}

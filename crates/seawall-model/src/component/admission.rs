//! Which admission plugins does the API server run? (pkg/kubeapiserver/options/admission.go and
//! k8s.io/apiserver/pkg/server/options/admission.go)

use super::ComponentAt;
use crate::At;
use crate::tables::plugins;

/// Whether a plugin runs.
#[derive(Clone, Debug)]
pub enum Plugin<'a> {
    /// It runs; where that is said, or where it could be said.
    On(At<'a>),
    /// It does not run: somebody switched it off, or left it out of `--admission-control`.
    Disabled(At<'a>),
    /// It does not run because it is off by default and nobody enables it.
    NotEnabled(At<'a>),
    /// It cannot be known; the text says what would decide it.
    Unknown(String),
}

impl<'a> ComponentAt<'a> {
    /// Whether the API server runs the plugin `name`. Plugins that are on by default need no flag; a plugin that is
    /// both enabled and disabled is refused at start, and counts as disabled.
    pub fn plugin(self, name: &str) -> Plugin<'a> {
        let only = self.setting("admission-control");
        let enabled = self.setting("enable-admission-plugins");
        let disabled = self.setting("disable-admission-plugins");
        let settings = [&only, &enabled, &disabled];
        if let Some(decides) = settings.into_iter().find_map(|setting| setting.unknown()) {
            return Plugin::Unknown(decides.to_owned());
        }
        let names = |setting: &super::Setting<'_>| setting.list().is_some_and(|list| list.contains(&name));
        if only.is_set() {
            return if names(&only) { Plugin::On(only.at()) } else { Plugin::Disabled(only.at()) };
        }
        if names(&disabled) {
            Plugin::Disabled(disabled.at())
        } else if names(&enabled) || plugins::is_default_on(self.version, name) {
            Plugin::On(enabled.at())
        } else {
            Plugin::NotEnabled(enabled.at())
        }
    }
}

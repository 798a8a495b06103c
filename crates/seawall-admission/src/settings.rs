//! How an API server's admission is set up: which plugins run, feature gates, and the plugins' own configuration.

use crate::configuration;
use crate::configuration::{AdmissionConfiguration, PodSecurityConfiguration};
use crate::pod_security::NamespacePolicy;
use seawall_model::decode::Refusal;
use seawall_model::tables::{gates, plugins};
use seawall_model::{At, ComponentAt, Plugin, Version};
use std::collections::BTreeMap;

/// The admission set-up of one API server.
#[derive(Clone, Debug)]
pub struct Settings<'a> {
    /// The version whose behaviour counts.
    pub version: Version,
    /// The plugins that run, in upstream's order.
    pub plugins: Vec<&'static str>,
    /// Plugins of which cannot be known whether they run, and why.
    pub unsure: Vec<(&'static str, String)>,
    /// Feature gates that somebody set.
    pub gates: BTreeMap<String, bool>,
    /// What namespaces without labels get.
    pub pod_security: NamespacePolicy,
    /// Who and what Pod Security leaves alone.
    pub exempt: Exempt,
    /// PodNodeSelector's `clusterDefaultNodeSelector` and, by namespace, the selectors that pods may have.
    pub node_selectors: BTreeMap<String, String>,
    /// `--default-not-ready-toleration-seconds`.
    pub not_ready_seconds: i64,
    /// `--default-unreachable-toleration-seconds`.
    pub unreachable_seconds: i64,
    /// Configuration that is not understood: plugin, why.
    pub broken: Vec<(&'static str, String)>,
    /// The configuration of ResourceQuota, if it has any.
    pub limited_resources: Option<At<'a>>,
}

/// The exemptions of Pod Security.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Exempt {
    /// User names.
    pub users: Vec<String>,
    /// Namespaces.
    pub namespaces: Vec<String>,
    /// Runtime classes.
    pub runtime_classes: Vec<String>,
}

impl<'a> Settings<'a> {
    /// An API server without flags.
    pub fn defaults(version: Version) -> Self {
        Self {
            version,
            plugins: plugins::default_on(version).collect(),
            unsure: Vec::new(),
            gates: BTreeMap::new(),
            pod_security: NamespacePolicy::default(),
            exempt: Exempt::default(),
            node_selectors: BTreeMap::new(),
            not_ready_seconds: 300,
            unreachable_seconds: 300,
            broken: Vec::new(),
            limited_resources: None,
        }
    }

    /// The API server of a manifest in the input, and the AdmissionConfiguration that belongs to it, if it is there.
    pub fn of(server: ComponentAt<'_>, version: Version) -> Self {
        let mut settings = Self { plugins: Vec::new(), ..Self::defaults(version) };
        for name in plugins::known(version) {
            match server.plugin(name) {
                Plugin::On(_) => settings.plugins.push(name),
                Plugin::Disabled(_) | Plugin::NotEnabled(_) => {}
                Plugin::Unknown(why) => settings.unsure.push((name, why)),
            }
        }
        let number = |name| server.setting(name).int().unwrap_or(300);
        settings.not_ready_seconds = number("default-not-ready-toleration-seconds");
        settings.unreachable_seconds = number("default-unreachable-toleration-seconds");
        settings.gates =
            server.gates().into_iter().map(|gate| (gate.name.to_owned(), gate.enabled)).collect();
        settings
    }

    /// Takes in an AdmissionConfiguration; what stands in further files is left out and said.
    pub fn configure(&mut self, configuration: &AdmissionConfiguration<'a>) {
        for plugin in &configuration.plugins {
            let Some(at) = plugin.configuration else {
                if plugin.path.is_some() {
                    let known = plugins::known(self.version).find(|name| *name == plugin.name);
                    let why = "its configuration stands in a file that is not in the input";
                    self.broken.extend(known.map(|name| (name, why.to_owned())));
                }
                continue;
            };
            match plugin.name {
                "PodSecurity" => match configuration::pod_security(at) {
                    Ok(found) => self.pod_security(&found),
                    Err(refusals) => self.broken.push(("PodSecurity", words(&refusals))),
                },
                "PodNodeSelector" => {
                    let selectors = at.key("podNodeSelectorPluginConfig");
                    let text =
                        |(name, at): (&str, At<'_>)| (name.to_owned(), at.text().unwrap_or("").to_owned());
                    self.node_selectors = selectors.entries().map(text).collect();
                }
                "PodTolerationRestriction" => {
                    let why = "its own configuration is not read here: it decides for namespaces without annotations";
                    self.broken.push(("PodTolerationRestriction", why.to_owned()));
                }
                "ResourceQuota" => self.limited_resources = Some(at.key("limitedResources")),
                _ => {}
            }
        }
    }

    fn pod_security(&mut self, found: &PodSecurityConfiguration<'_>) {
        self.pod_security = NamespacePolicy { enforce: found.enforce, audit: found.audit, warn: found.warn };
        let texts = |list: &[At<'_>]| list.iter().filter_map(|at| at.text()).map(str::to_owned).collect();
        self.exempt = Exempt {
            users: texts(&found.exemptions.usernames),
            namespaces: texts(&found.exemptions.namespaces),
            runtime_classes: texts(&found.exemptions.runtime_classes),
        };
    }

    /// Whether a feature gate is on: as set, else as the version has it; off where it does not know it, unless the
    /// feature is older than the gate's removal.
    pub fn gate(&self, name: &str) -> bool {
        let set = self.gates.get(name).copied();
        set.unwrap_or_else(|| gates::lookup(self.version, name).is_some_and(|gate| gate.default))
    }

    /// Whether the version has the gate and it is off: the API server then drops the fields of the feature.
    pub(crate) fn is_off(&self, name: &str) -> bool {
        gates::lookup(self.version, name).is_some() && !self.gate(name)
    }

    /// Whether a plugin runs.
    pub fn runs(&self, plugin: &str) -> bool {
        self.plugins.contains(&plugin)
    }
}

fn words(refusals: &[Refusal<'_>]) -> String {
    let texts: Vec<String> = refusals.iter().map(|refusal| refusal.message.to_string()).collect();
    format!("the API server refuses its configuration: {}", texts.join("; "))
}

//! Findings about admission plugins.

use crate::ComponentAt;
use seawall_model::{At, Change, FindingBuilder, Plugin, Report};

/// A finding when the plugin does not run. `what` is the consequence.
pub(crate) fn off(server: &ComponentAt<'_>, out: &mut Report, plugin: &'static str, what: &str) {
    match server.plugin(plugin) {
        Plugin::On(_) => {}
        // Not disabling it would not enable it: there is no single change to offer.
        Plugin::Disabled(at) => drop(report_disabled(server, out, plugin, at, what)),
        Plugin::NotEnabled(at) => {
            let found = out.finding(at, format!("the admission plugin `{plugin}` is not enabled: {what}"));
            if let Some(change) = enabling(server, plugin) {
                found.unsafe_fix("enable the plugin", vec![change]);
            }
        }
        Plugin::Unknown(decides) => {
            let at = server.setting("enable-admission-plugins").at();
            out.unknown(at, format!("whether the admission plugin `{plugin}` runs"), decides);
        }
    }
}

/// A finding when a plugin that is on by default is switched off.
pub(crate) fn disabled(server: &ComponentAt<'_>, out: &mut Report, plugin: &'static str, what: &str) {
    let Plugin::Disabled(at) = server.plugin(plugin) else { return };
    let found = report_disabled(server, out, plugin, at, what);
    let setting = server.setting("disable-admission-plugins");
    let list = setting.list().unwrap_or_default();
    if !list.contains(&plugin) || setting.occurrences() != 1 {
        return;
    }
    let rest: Vec<&str> = list.into_iter().filter(|name| *name != plugin).collect();
    let changes = match rest.as_slice() {
        [] => setting.removal(),
        rest => setting.change(&rest.join(",")).into_iter().collect(),
    };
    if !changes.is_empty() {
        found.unsafe_fix("do not disable the plugin", changes);
    }
}

fn report_disabled<'r>(
    server: &ComponentAt<'_>,
    out: &'r mut Report,
    plugin: &str,
    at: At<'_>,
    what: &str,
) -> FindingBuilder<'r> {
    let listed =
        server.setting("disable-admission-plugins").list().is_some_and(|list| list.contains(&plugin));
    let how = if listed { "is disabled" } else { "is left out of `--admission-control`" };
    out.finding(at, format!("the admission plugin `{plugin}` {how}: {what}"))
}

/// The change that adds the plugin to the list, if one flag makes the list.
fn enabling(server: &ComponentAt<'_>, plugin: &str) -> Option<Change> {
    let setting = server.setting("enable-admission-plugins");
    if setting.occurrences() > 1 {
        return None;
    }
    let mut list = setting.list()?;
    list.push(plugin);
    setting.change(&list.join(","))
}

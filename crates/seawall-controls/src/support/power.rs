//! How much a binding gives, in a few steps: enough to rank who should not have it.

use crate::World;
use crate::support::rights::lower;
use seawall_auth::rbac::{PolicyRule, Resolved, rules_of};
use seawall_model::{Object, Severity};

/// What rules allow at most.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Power {
    /// Nothing, or only what every user may: paths, and reviews of one's own rights.
    Harmless,
    /// Reading objects other than Secrets.
    Reads,
    /// Changing objects or reading Secrets.
    Changes,
    /// Everything.
    Everything,
}

/// The power of one rule.
pub(crate) fn of_rule(rule: &impl PolicyRule) -> Power {
    let any = |mut list: Box<dyn Iterator<Item = &str> + '_>| list.any(|word| word == "*");
    let all_resources = any(Box::new(rule.resources()));
    if any(Box::new(rule.verbs())) && any(Box::new(rule.api_groups())) && all_resources {
        return Power::Everything;
    }
    let (mut groups, mut resources) = (rule.api_groups().peekable(), rule.resources().peekable());
    if groups.peek().is_none() || resources.peek().is_none() {
        return Power::Harmless;
    }
    // Token and access reviews tell the asker about itself, or need rights to be of use.
    if groups.all(|group| matches!(group, "authorization.k8s.io" | "authentication.k8s.io")) && !all_resources
    {
        return Power::Harmless;
    }
    let core = rule.api_groups().any(|group| matches!(group, "" | "*"));
    let secrets = core && rule.resources().any(|resource| matches!(resource, "secrets" | "*"));
    // A WebSocket opens exec and proxy connections with `get`.
    let connects = core
        && rule.resources().any(|resource| {
            matches!(
                resource,
                "pods/exec"
                    | "pods/attach"
                    | "pods/portforward"
                    | "pods/proxy"
                    | "services/proxy"
                    | "nodes/proxy"
            )
        });
    let changes = rule.verbs().any(|verb| !matches!(verb, "get" | "list" | "watch"));
    let named = rule.resource_names().next().is_some();
    if changes || connects || secrets && !named { Power::Changes } else { Power::Reads }
}

/// The power of what `binding` refers to; `None` if its role is neither in the input nor known.
pub(crate) fn of_binding(binding: &Object, world: &World) -> Option<Power> {
    let strongest = |powers: &mut dyn Iterator<Item = Power>| Some(powers.max().unwrap_or(Power::Harmless));
    match world.auth().resolve(world.cluster(), binding) {
        Resolved::Object(role) => {
            let sources = world.auth().sources(role);
            let sources = if sources.is_empty() { vec![role] } else { sources };
            strongest(&mut sources.into_iter().flat_map(rules_of).map(|rule| of_rule(&rule)))
        }
        Resolved::BuiltIn(Some(role)) => strongest(&mut role.rules.iter().map(of_rule)),
        Resolved::BuiltIn(None) | Resolved::Missing => None,
    }
}

/// `worst` for everything and for what is not known, less for less.
pub(crate) fn grade(power: Option<Power>, worst: Severity) -> Severity {
    match power {
        None | Some(Power::Everything | Power::Changes) => worst,
        Some(Power::Reads) => lower(worst),
        Some(Power::Harmless) => lower(lower(worst)),
    }
}

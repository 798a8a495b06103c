//! How much rules give, in a few steps: enough to rank what should not be held.

use super::PolicyRule;

/// What rules allow at most.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Power {
    /// Nothing, or only what every user may: paths, and reviews of one's own rights.
    Harmless,
    /// Reading objects other than Secrets.
    Reads,
    /// Changing objects or reading Secrets.
    Changes,
    /// Everything.
    Everything,
}

impl Power {
    /// Of all these rules together.
    pub fn of<R: PolicyRule>(rules: impl IntoIterator<Item = R>) -> Self {
        rules.into_iter().map(|rule| of_rule(&rule)).max().unwrap_or(Self::Harmless)
    }
}

fn of_rule(rule: &impl PolicyRule) -> Power {
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

use crate::support::rights::judged_rules;
use crate::{RoleAt, World};
use seawall_auth::rbac::PolicyRule;
use seawall_controls_macros::control;
use seawall_model::{At, Report};

/// # rule-matches-nothing
///
/// ## What it finds
/// Words in a rule that no request can match: `pods/*` and other stars that are not wildcards, Kubernetes' own
/// verbs and resources with capital letters, groups with a version (`apps/v1`) or named `core`, stars in `resourceNames`.
///
/// ## Why it matters
/// RBAC compares words as they are. The role grants less than it says; the usual answer to the failing program is
/// then a role with far too much.
///
/// ## Fix
/// Name each subresource (`pods/log`), write verbs in lower case, resources in lower case, groups without
/// version and `""` for the core group, and names in full.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["authorization"]
)]
pub fn rule_matches_nothing(role: RoleAt<'_>, world: &World, out: &mut Report) {
    for rule in judged_rules(role, world) {
        let resources = rule.resources_at().filter_map(resource);
        let verbs = rule.verbs_at().filter_map(verb);
        let groups = rule.api_groups_at().filter_map(group);
        let urls = rule.non_resource_urls_at().filter_map(url);
        // Signers have names like `example.com/*`, which means what it says.
        let signers = rule.resources().any(|resource| resource == "signers");
        let names = rule.at().key("resourceNames").items().filter(|_| !signers).filter_map(name);
        for (at, message) in resources.chain(verbs).chain(groups).chain(urls).chain(names) {
            out.finding(at, message);
        }
    }
}

type Dead<'a> = (At<'a>, String);

fn has_capital(text: &str) -> bool {
    text.chars().any(|letter| letter.is_ascii_uppercase())
}

fn resource(at: At<'_>) -> Option<Dead<'_>> {
    let text = at.str()?;
    let subresource = text.strip_prefix("*/");
    if text == "*" || subresource.is_some_and(|rest| !rest.contains('*')) {
        return None;
    }
    if text.contains('*') {
        return Some((at, format!("`{text}` matches nothing: `*` stands alone or before the `/`")));
    }
    has_capital(text).then(|| (at, format!("`{text}` matches nothing: resources have no capital letters")))
}

fn verb(at: At<'_>) -> Option<Dead<'_>> {
    let text = at.str()?;
    if text != "*" && text.contains('*') {
        return Some((at, format!("the verb `{text}` matches nothing: `*` stands alone")));
    }
    // Programs ask for verbs of their own, with capital letters too: only slips in Kubernetes' own are known.
    let slip = VERBS.iter().find(|verb| text != **verb && text.eq_ignore_ascii_case(verb))?;
    Some((at, format!("the verb `{text}` matches nothing: it is written `{slip}`")))
}

const VERBS: [&str; 12] = [
    "get",
    "list",
    "watch",
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
    "impersonate",
    "bind",
    "escalate",
    "use",
];

fn group(at: At<'_>) -> Option<Dead<'_>> {
    let text = at.str()?;
    match text {
        "*" => None,
        "core" | "v1" => Some((at, format!("the group `{text}` does not exist: the core group is `\"\"`"))),
        _ if text.contains('/') => Some((at, format!("`{text}` matches nothing: groups carry no version"))),
        _ if text.contains('*') => Some((at, format!("`{text}` matches nothing: `*` stands alone"))),
        _ => None,
    }
}

fn url(at: At<'_>) -> Option<Dead<'_>> {
    let text = at.str()?;
    text.trim_end_matches('*')
        .contains('*')
        .then(|| (at, format!("`{text}` matches that very path only: `*` stands at the end")))
}

fn name(at: At<'_>) -> Option<Dead<'_>> {
    let text = at.str()?;
    text.contains('*').then(|| (at, format!("`{text}` matches nothing: names are compared as they are")))
}

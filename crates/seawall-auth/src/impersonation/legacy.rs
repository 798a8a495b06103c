//! One check of the verb `impersonate` for each thing named (`impersonation.go`).

use super::headers::Wanted;
use super::{Authorize, Refusal, add_group, question};
use crate::authorizer::Decision;
use crate::user::{User, service_account_groups, split_service_account};
use crate::{Attributes, Request};
use seawall_model::Version;

const VERB: &str = "impersonate";
const AUTHENTICATION: &str = "authentication.k8s.io";

/// The user that the requestor may act as.
pub(super) fn impersonate(
    version: Version,
    requestor: &User,
    wanted: &Wanted,
    authorize: &mut Authorize<'_>,
) -> Result<(User, String), Refusal> {
    let mut check = |attributes: Attributes<'_>| {
        let answer = authorize(requestor, &attributes);
        if answer.decision == Decision::Allow && answer.error.is_none() {
            return Ok(());
        }
        Err(Refusal::of(version, requestor, &attributes, answer))
    };
    let wanted = &wanted.user;
    let mut user = User { groups: Vec::new(), ..wanted.clone() };
    match split_service_account(&wanted.name) {
        Some((namespace, name)) => {
            check(question(VERB, "", "serviceaccounts", name).in_namespace(namespace))?;
            if wanted.groups.is_empty() {
                user.groups = service_account_groups(namespace).into();
            }
        }
        None => check(question(VERB, "", "users", &wanted.name))?,
    }
    for group in &wanted.groups {
        check(question(VERB, "", "groups", group))?;
        user.groups.push(group.clone());
    }
    // Upstream walks the headers in random order.
    for (key, values) in &wanted.extra {
        for value in values {
            check(with_subresource(question(VERB, AUTHENTICATION, "userextras", value), key))?;
        }
    }
    if !wanted.uid.is_empty() {
        check(question(VERB, AUTHENTICATION, "uids", &wanted.uid))?;
    }
    add_group(&mut user);
    Ok((user, String::new()))
}

/// The same question about a subresource.
pub(super) fn with_subresource<'a>(mut attributes: Attributes<'a>, to: &'a str) -> Attributes<'a> {
    if let Request::Resource { subresource, .. } = &mut attributes.request {
        *subresource = to;
    }
    attributes
}

/// Upstream's text for groups, UID or extra without a user: Go's form of object references.
pub(super) fn refusal(wanted: &Wanted) -> String {
    let reference =
        |kind: &str, name: &str, version: &str, path: &str| format!("{{{kind}  {name}  {version}  {path}}}");
    let User { uid, groups, extra, .. } = &wanted.user;
    let mut all: Vec<String> = groups.iter().map(|group| reference("Group", group, "", "")).collect();
    let version = "authentication.k8s.io/v1";
    for (key, values) in extra {
        all.extend(values.iter().map(|value| reference("UserExtra", value, version, key)));
    }
    if !uid.is_empty() {
        all.push(reference("UID", uid, version, ""));
    }
    format!("requested [{}] without impersonating a user", all.join(" "))
}

//! The modes of KEP-5284 (`constrained_impersonation.go`, `mode.go`): first the permission to do this while
//! impersonating (`impersonate-on:<mode>:<verb>` on the request itself), then the permission to impersonate each
//! part (`impersonate:<mode>`). Upstream remembers which mode worked last; without that memory the modes are tried
//! in this order.

use super::headers::Wanted;
use super::legacy::with_subresource;
use super::{Authorize, Refusal, add_group, question};
use crate::authorizer::{Answer, Decision};
use crate::go_quote::quoted;
use crate::user::{
    NODE_NAME, NODE_USER_PREFIX, NODES_GROUP, SYSTEM_MASTERS, User, service_account_groups,
    split_service_account,
};
use crate::{Attributes, Request};
use seawall_model::Version;
use seawall_model::decode::{dns1123_subdomain, domain_prefixed_path};
use std::collections::BTreeMap;

const AUTHENTICATION: &str = "authentication.k8s.io";
/// From this many groups or values on, one check for all of them comes first.
const MANY: usize = 4;

#[derive(Clone, Copy, Eq, PartialEq)]
enum Mode {
    AssociatedNode,
    ArbitraryNode,
    ServiceAccount,
    UserInfo,
    Legacy,
}

/// Refusals read the same in all versions that have it.
const FINISHED: Version = Version::NEWEST;

/// The user that the requestor may act as, and the verb that allows it.
pub(super) fn impersonate(
    requestor: &User,
    attributes: &Attributes<'_>,
    wanted: &Wanted,
    authorize: &mut Authorize<'_>,
) -> Result<(User, String), Refusal> {
    let (mut first, mut unknown) = (None, None);
    for mode in
        [Mode::AssociatedNode, Mode::ArbitraryNode, Mode::ServiceAccount, Mode::UserInfo, Mode::Legacy]
    {
        if !mode.applies(&wanted.user, requestor) {
            continue;
        }
        let verb = mode.verb();
        match (Check { mode, verb: &verb, requestor, authorize }).run(attributes, &wanted.user) {
            // An undecided mode before this one might have given another user.
            Ok(_) if unknown.is_some() => break,
            Ok(user) => {
                let constraint = if mode == Mode::Legacy { String::new() } else { verb };
                return Ok((user, constraint));
            }
            Err(Refusal::Unknown(what)) => unknown = unknown.or(Some(what)),
            Err(refusal) => first = first.or(Some(refusal)),
        }
    }
    match (unknown, first) {
        (Some(what), _) => Err(Refusal::Unknown(what)),
        (None, Some(refusal)) => Err(refusal),
        (None, None) => Err(Refusal::Forbidden("all impersonation modes failed".into())),
    }
}

impl Mode {
    fn name(self) -> &'static str {
        match self {
            Self::AssociatedNode => "associated-node",
            Self::ArbitraryNode => "arbitrary-node",
            Self::ServiceAccount => "serviceaccount",
            Self::UserInfo => "user-info",
            Self::Legacy => "",
        }
    }

    fn verb(self) -> String {
        match self {
            Self::Legacy => "impersonate".to_owned(),
            _ => format!("impersonate:{}", self.name()),
        }
    }

    /// Whether the mode is for this user and this requestor.
    fn applies(self, wanted: &User, requestor: &User) -> bool {
        let name_only = wanted.uid.is_empty() && wanted.groups.is_empty() && wanted.extra.is_empty();
        let node = node_name(&wanted.name);
        let is_account = split_service_account(&wanted.name).is_some();
        match self {
            Self::AssociatedNode => {
                let own = requestor.extra.get(NODE_NAME).map(Vec::as_slice);
                let is_own = match (own, node) {
                    (Some([own]), Some(node)) => own == node,
                    _ => false,
                };
                name_only && is_own && split_service_account(&requestor.name).is_some()
            }
            Self::ArbitraryNode => name_only && node.is_some(),
            Self::ServiceAccount => name_only && is_account,
            Self::UserInfo => node.is_none() && !is_account,
            Self::Legacy => true,
        }
    }
}

/// The node of a node's user name.
fn node_name(user: &str) -> Option<&str> {
    user.strip_prefix(NODE_USER_PREFIX).filter(|name| dns1123_subdomain(name))
}

struct Check<'c, 'a> {
    mode: Mode,
    verb: &'c str,
    requestor: &'c User,
    authorize: &'c mut Authorize<'a>,
}

impl Check<'_, '_> {
    fn run(mut self, attributes: &Attributes<'_>, wanted: &User) -> Result<User, Refusal> {
        if self.mode != Mode::Legacy {
            let verb = format!("impersonate-on:{}:{}", self.mode.name(), attributes.verb);
            self.allowed(Attributes { verb: &verb, ..*attributes })?;
        }
        let mut user = wanted.clone();
        self.user_name(wanted, &mut user)?;
        if !wanted.uid.is_empty() {
            self.allowed(question(self.verb, AUTHENTICATION, "uids", &wanted.uid))?;
        }
        self.groups(&wanted.groups)?;
        self.extra(&wanted.extra)?;
        add_group(&mut user);
        Ok(user)
    }

    fn allowed(&mut self, mut attributes: Attributes<'_>) -> Result<(), Refusal> {
        let answer = if self.mode == Mode::AssociatedNode {
            // The question is the same for all nodes: no name, and of the requestor's attributes the keys alone.
            if self.verb == attributes.verb
                && let Request::Resource { name, .. } = &mut attributes.request
            {
                *name = "*";
            }
            let keys = self.requestor.extra.keys().cloned().collect();
            let key = "authentication.kubernetes.io/associated-node-keys".to_owned();
            let requestor = User { extra: BTreeMap::from([(key, keys)]), ..self.requestor.clone() };
            (self.authorize)(&requestor, &attributes)
        } else {
            (self.authorize)(self.requestor, &attributes)
        };
        if answer.decision == Decision::Allow {
            return Ok(());
        }
        let Answer { reason, error, .. } = &answer;
        let reason = match (error, reason.as_str()) {
            (Some(error), "") => error.clone(),
            (Some(error), reason) => format!("{error}: {reason}"),
            (None, reason) => reason.to_owned(),
        };
        Err(Refusal::of(FINISHED, self.requestor, &attributes, Answer { reason, ..answer }))
    }

    /// The API group of users, service accounts, nodes and groups.
    fn group(&self) -> &'static str {
        if self.mode == Mode::Legacy { "" } else { AUTHENTICATION }
    }

    fn user_name(&mut self, wanted: &User, user: &mut User) -> Result<(), Refusal> {
        let (verb, group) = (self.verb, self.group());
        if let Some((namespace, name)) = split_service_account(&wanted.name) {
            if wanted.groups.is_empty() {
                user.groups = service_account_groups(namespace).into();
            }
            return self.allowed(question(verb, group, "serviceaccounts", name).in_namespace(namespace));
        }
        match node_name(&wanted.name).filter(|_| self.mode != Mode::Legacy) {
            Some(node) => {
                user.groups = vec![NODES_GROUP.to_owned()];
                self.allowed(question(verb, group, "nodes", node))
            }
            None => self.allowed(question(verb, group, "users", &wanted.name)),
        }
    }

    fn groups(&mut self, groups: &[String]) -> Result<(), Refusal> {
        let (verb, group) = (self.verb, self.group());
        let ask = |name| question(verb, group, "groups", name);
        if self.mode != Mode::Legacy {
            for (refused, text) in [
                ("", "impersonating the empty string group is not allowed"),
                (SYSTEM_MASTERS, "impersonating the system:masters group is not allowed"),
            ] {
                if groups.iter().any(|group| group == refused) {
                    return Err(Refusal::because(FINISHED, self.requestor, &ask(refused), text));
                }
            }
            if groups.len() >= MANY {
                return self.all_or_each(ask("*"), groups.iter().map(|group| ask(group)));
            }
        }
        groups.iter().try_for_each(|group| self.allowed(ask(group)))
    }

    fn extra(&mut self, extra: &BTreeMap<String, Vec<String>>) -> Result<(), Refusal> {
        let verb = self.verb;
        let ask = |name| question(verb, AUTHENTICATION, "userextras", name);
        if self.mode != Mode::Legacy {
            if let Err(text) = check_extra(extra) {
                return Err(Refusal::because(FINISHED, self.requestor, &ask(""), &text));
            }
            let many = extra.len() >= MANY || extra.values().map(Vec::len).sum::<usize>() >= MANY;
            if many {
                let all = with_subresource(ask("*"), "*");
                return self
                    .all_or_each(all, each(extra).map(|(key, value)| with_subresource(ask(value), key)));
            }
        }
        each(extra).try_for_each(|(key, value)| self.allowed(with_subresource(ask(value), key)))
    }

    /// One check that allows all; if it does not, the single ones decide, as far as it was certain.
    fn all_or_each<'q>(
        &mut self,
        all: Attributes<'_>,
        mut each: impl Iterator<Item = Attributes<'q>>,
    ) -> Result<(), Refusal> {
        let unknown = match self.allowed(all) {
            Ok(()) => return Ok(()),
            Err(Refusal::Unknown(what)) => Some(what),
            Err(Refusal::Forbidden(_)) => None,
        };
        let single = each.try_for_each(|attributes| self.allowed(attributes));
        match (single, unknown) {
            (Err(Refusal::Forbidden(_)), Some(what)) => Err(Refusal::Unknown(what)),
            (single, _) => single,
        }
    }
}

/// The single values with their keys.
fn each(extra: &BTreeMap<String, Vec<String>>) -> impl Iterator<Item = (&String, &String)> {
    extra.iter().flat_map(|(key, values)| values.iter().map(move |value| (key, value)))
}

/// Upstream's `validateExtra`.
fn check_extra(extra: &BTreeMap<String, Vec<String>>) -> Result<(), String> {
    for (key, values) in extra {
        if key.is_empty() {
            return Err("impersonating the empty string key in extra is not allowed".into());
        }
        if let Err(error) = domain_prefixed_path(key) {
            let key = quoted(key);
            return Err(format!(
                "impersonating an invalid key in extra is not allowed: extra.key: Invalid value: {key}: {error}"
            ));
        }
        if *key != key.to_lowercase() {
            let key = quoted(key);
            return Err(format!("impersonating a non-lowercase key in extra is not allowed: {key}"));
        }
        if values.is_empty() {
            return Err("impersonating empty values in extra is not allowed".into());
        }
        if values.iter().any(String::is_empty) {
            return Err("impersonating the empty string value in extra is not allowed".into());
        }
    }
    Ok(())
}

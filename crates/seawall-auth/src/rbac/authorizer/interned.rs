//! Requests in the index's own numbers, for those who ask the same questions many times.

use super::RbacAuthorizer;
use super::role_set::RoleSet;
use super::table::Found;
use crate::Attributes;
use crate::authorizer::Decision;
use crate::rbac::Subject;

/// A request and who asks, as numbers of one authorizer, which cannot change meanwhile.
#[derive(Clone, Debug)]
pub struct Interned<'a> {
    who: Subject<'a>,
    attributes: Attributes<'a>,
    /// The roles that they hold in the request's scopes.
    roles: RoleSet,
    found: Found<'a>,
}

impl RbacAuthorizer {
    /// The request in numbers.
    pub fn intern<'a>(&'a self, who: Subject<'a>, attributes: &Attributes<'a>) -> Interned<'a> {
        let mut roles = RoleSet::default();
        for scope in self.scopes(attributes) {
            for holds in self.holders.of(who).filter_map(|holder| self.holds(holder, scope)) {
                holds.roles.iter().for_each(|role| roles.insert(role));
            }
        }
        Interned { who, attributes: *attributes, roles, found: self.find(attributes) }
    }

    /// [`RbacAuthorizer::decide`] without a look at any string.
    pub fn decide_interned(&self, ask: &Interned<'_>) -> Decision {
        if self.grants(&ask.roles, &ask.attributes, &ask.found) {
            return Decision::Allow;
        }
        match self.doubt(ask.who, &ask.attributes, &ask.found) {
            Some(_) => Decision::Unknown,
            None => Decision::NoOpinion,
        }
    }
}

//! Requests in the index's own numbers, for those who ask the same questions many times.

use super::RbacAuthorizer;
use super::bindings::Holds;
use super::table::Found;
use crate::Attributes;
use crate::authorizer::Decision;
use crate::rbac::Subject;

/// A request and who asks, as numbers of one authorizer, which cannot change meanwhile.
#[derive(Clone, Debug)]
pub struct Interned<'a> {
    who: Subject<'a>,
    attributes: Attributes<'a>,
    /// What they hold in the request's scopes.
    holds: Box<[&'a Holds]>,
    found: Found<'a>,
}

impl RbacAuthorizer {
    /// The request in numbers.
    pub fn intern<'a>(&'a self, who: Subject<'a>, attributes: &Attributes<'a>) -> Interned<'a> {
        let scopes = self.scopes(attributes);
        let holds =
            scopes.flat_map(|scope| self.holders.of(who).filter_map(move |holder| self.holds(holder, scope)));
        Interned {
            who,
            attributes: *attributes,
            holds: holds.filter(|holds| !holds.list.is_empty()).collect(),
            found: self.table.find(&self.symbols, attributes),
        }
    }

    /// [`RbacAuthorizer::decide`] without a look at any string.
    pub fn decide_interned(&self, ask: &Interned<'_>) -> Decision {
        if ask.holds.iter().any(|holds| self.grants(holds, &ask.attributes, &ask.found)) {
            return Decision::Allow;
        }
        match self.doubt(ask.who, &ask.attributes, &ask.found) {
            Some(_) => Decision::Unknown,
            None => Decision::NoOpinion,
        }
    }
}

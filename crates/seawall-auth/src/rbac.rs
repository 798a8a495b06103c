//! RBAC: rules, subjects, bindings, aggregation (upstream: `plugin/pkg/auth/authorizer/rbac`,
//! `pkg/apis/rbac/v1/evaluation_helpers.go`).

mod aggregation;
pub mod authorizer;
mod built_in;
mod covers;
pub mod escalation;
mod grant;
mod index;
#[cfg(test)]
mod lists;
mod matching;
mod power;
mod remainder;
mod rule;
mod scope;
mod subject;
#[cfg(test)]
mod upstream;

pub use built_in::{BuiltInRole, StaticRule, built_in_objects, built_in_roles, is_as_made, is_built_in};
pub use covers::{Atom, AtomObject, covers, uncovered};
pub use grant::Grant;
pub use index::{Rbac, Resolved, Use};
pub use matching::{matches, resource_matches, url_matches, word_matches};
pub use power::Power;
pub use remainder::{Part, remainder};
pub use rule::{PolicyRule, PolicyRuleAt, rules_of};
pub use scope::is_cluster_scoped;
pub use subject::{RBAC_GROUP, Subject, SubjectAt, SubjectKind, service_account_of, subjects_of};

//! Would kube-apiserver let this in? The in-tree admission decisions, as pure functions over the model.
//!
//! [`admit`] runs the whole chain for one request: API defaulting, the plugins in upstream's order, validation as far
//! as it is modelled. Where something is not modelled or not known, the answer is unknown, never allowed.

mod amount;
mod chain;
pub mod configuration;
mod defaults;
mod json;
pub mod limit_range;
mod mend;
mod outcome;
mod pass;
mod plugin;
mod pod_resources;
pub mod pod_security;
mod quota;
mod request;
pub mod resource_quota;
pub mod service_account;
mod settings;
mod stored;
mod validate;
pub mod webhook;

pub use chain::admit;
pub use json::{object_of, value_of};
pub use mend::{Mending, mend};
pub use outcome::{Cause, Denial, Doubt, Outcome, Verdict};
pub use request::{Operation, Request, Requester};
pub use settings::{Exempt, Settings};
pub use stored::{Answered, Authorize, Found, Question, Stored};

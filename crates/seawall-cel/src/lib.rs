//! The Common Expression Language exactly as kube-apiserver runs it: parser, type checker, evaluator, the cost model
//! that stops expensive expressions, and the Kubernetes libraries by version.
//!
//! ```
//! use seawall_cel::{Environment, Purpose, Value, Variables};
//!
//! // A match condition of an authorization webhook: the variable `request` is a SubjectAccessReviewSpec.
//! let environment = Environment::new(36, Purpose::AuthorizationMatchCondition);
//! let program = environment.compile("request.user == 'admin' && 'dev' in request.groups").unwrap();
//! let groups = ["dev".to_string()];
//! let request = Value::object([
//!     ("user", Value::string("admin")),
//!     ("groups", Value::string_list(&groups)),
//! ]);
//! let evaluation = program.evaluate(&Variables::new([("request", request)]));
//! assert!(matches!(evaluation.result, Ok(Value::Bool(true))));
//!
//! // A claim mapping: the variable `claims` is map(string, any); numbers of a token are doubles.
//! let environment = Environment::new(36, Purpose::Claims);
//! let program = environment.compile("claims.sub + '@' + claims.?org.orValue('none')").unwrap();
//! let claims = serde_json::json!({"sub": "u"});
//! let evaluation = program.evaluate(&Variables::new([("claims", Value::from_claims(&claims))]));
//! assert!(matches!(evaluation.result, Ok(Value::String(text)) if &*text == "u@none"));
//! ```
//!
//! - [`Environment::compile`] checks syntax, types and literals; [`CompileError`] has upstream's words with the line
//!   and a mark under the place. [`Environment::compile_as`] checks the type of the result too.
//! - [`Program::evaluate`] gives a value or an error, and what it cost. An evaluation stops with
//!   `operation cancelled: actual cost limit exceeded` above [`PER_CALL_LIMIT`].
//! - A variable or field may be [`Value::Unknown`]: `false && unknown` is false, all else that needs it is unknown.
//! - [`Program::mentions_field`] tells whether `fieldSelector` or `labelSelector` must be filled
//!   (`CompilationResult.UsesFieldSelector` upstream).
//!
//! Upstream evaluates both purposes in its environment for stored expressions, so that all libraries known to a
//! release are there; that is what the minor version selects. The judge is `cargo xtask conformance cel`.
//!
//! Not here: protobuf messages and their wrapper types (no Kubernetes type has them), and functions of the
//! authorizer, which are declared but have no values in these environments.

// "Neither closed nor about to be" reads as it is meant.
#![allow(clippy::nonminimal_bool)]

mod check;
mod declare;
mod environment;
mod evaluate;
mod functions;
mod plan;
mod program;
mod source;
mod syntax;
mod types;
mod value;

pub use environment::{CompileError, Environment, Purpose};
pub use evaluate::PER_CALL_LIMIT;
pub use functions::format::Format;
pub use functions::quantity::Quantity;
pub use functions::semver::Semver;
pub use functions::url::Url;
pub use program::{Evaluation, Program, Variables};
pub use types::{Composite, Type};
pub use value::{
    Entries, EvaluationError, Extension, Key, Lazy, List, ListSource, Map, MapSource, Text, Timestamp, Value,
};

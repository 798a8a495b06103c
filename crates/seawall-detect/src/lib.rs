//! What is recorded, and what does it show?
//!
//! [`audit_policy`] decides for any request what an audit policy makes the API server log.

pub mod audit_policy;

//! Would kube-apiserver let this in? The in-tree admission decisions, as pure functions over the model.

pub mod configuration;
pub mod limit_range;
pub mod pod_security;
pub mod resource_quota;
pub mod service_account;
pub mod webhook;

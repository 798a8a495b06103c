//! AdmissionConfiguration: how the admission plugins of the API server are set up.
//!
//! Upstream: `k8s.io/apiserver/pkg/admission/config.go`; PodSecurity: `k8s.io/pod-security-admission/admission/api`
//! (`load`, `validation`, `v1/defaults.go`); EventRateLimit and ImagePolicyWebhook:
//! `k8s.io/kubernetes/plugin/pkg/admission/{eventratelimit,imagepolicy}`.

mod load;
mod plugins;
mod pod_security;

#[cfg(test)]
mod tests;

pub use load::{AdmissionConfiguration, Plugin, load};
pub use plugins::{EventRateLimit, ImagePolicy, Limit, event_rate_limit, image_policy};
pub use pod_security::{Exemptions, PodSecurityConfiguration, pod_security};

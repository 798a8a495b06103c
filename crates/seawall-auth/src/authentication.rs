//! What identity does this credential give, until when?
//!
//! Upstream: `k8s.io/kubernetes/pkg/kubeapiserver/authenticator/config.go` builds the chain, the parts are in
//! `k8s.io/apiserver/pkg/authentication` and `k8s.io/kubernetes/pkg/serviceaccount`. Everything that decides is an
//! argument: the configuration ([`Authenticators`]), the objects ([`Objects`]), the time. What would need somebody
//! else's answer (webhooks, keys of issuers that are not at hand, objects that the input does not hold) is
//! [`Verdict::Unknown`], never a guess. No token and no key is in any text or `Debug` output.

mod audiences;
mod bootstrap;
mod certificate;
mod chain;
mod configure;
mod features;
mod front_proxy;
mod held;
mod issuer;
mod json;
mod jwt;
mod keys;
mod objects;
mod pem;
mod request;
mod service_account;
mod time;
mod token_file;
mod token_review;
mod verdict;

#[cfg(test)]
mod tests;

pub use bootstrap::bearer as bootstrap_bearer;
pub use certificate::{Authorities, Certificate, CertificateRequest, certificates_of_pem};
pub use chain::{AnonymousRequests, Authenticators, Part};
pub use configure::Surroundings;
pub use features::Features;
pub use front_proxy::FrontProxy;
pub(crate) use front_proxy::extra_key;
pub use held::{Held, Holding, certificates_held, is_kubeconfig, kubeconfigs_in};
pub use issuer::{IssuerAuthenticator, IssuerOptions, KeySet, OidcFlags};
pub use keys::{PublicKey, public_keys};
pub use objects::{ClusterObjects, Lookup, Objects};
pub use request::{CredentialRequest, Headers};
pub use service_account::ServiceAccountTokens;
pub use time::{format as format_time, parse as parse_time};
pub use token_file::TokenFile;
pub use token_review::TokenReviewStatus;
pub use verdict::{Evidence, Expiry, Identity, Verdict};

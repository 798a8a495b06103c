//! What several controls share.

pub(crate) mod admission_configuration;
pub(crate) mod api;
pub(crate) mod authentication;
pub(crate) mod capabilities;
pub(crate) mod certificate;
pub(crate) mod component;
pub(crate) mod effective;
pub(crate) mod encryption;
pub(crate) mod host_path;
pub(crate) mod image;
pub(crate) mod namespaces;
pub(crate) mod network;
pub(crate) mod pod_security;
pub(crate) mod power;
pub(crate) mod resources;
pub(crate) mod rights;
pub(crate) mod secret;
pub(crate) mod secret_object;
pub(crate) mod server_file;
pub(crate) mod service_account;
pub(crate) mod takeover;

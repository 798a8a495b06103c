//! What the tests of `tests/hostile` and the fuzz target `credentials` do with any bytes: everything here reads them,
//! and nobody gets in.

use seawall_auth::authentication::{
    Authenticators, Authorities, Certificate, ClusterObjects, Features, IssuerAuthenticator, IssuerOptions,
    KeySet, OidcFlags, Part, ServiceAccountTokens, TokenFile, certificates_of_pem, parse_time, public_keys,
};
use seawall_auth::request_info::{RequestInfo, parse_field_selector, parse_label_selector};
use seawall_model::{Cluster, Version};

/// Reads the bytes as certificate, and if they are text as everything else that comes from outside.
pub(crate) fn judge(data: &[u8]) {
    let _ = Certificate::of_der(data);
    let Ok(text) = core::str::from_utf8(data) else { return };
    let _ =
        (certificates_of_pem(text), Authorities::of_pem(text), TokenFile::parse(text), KeySet::parse(text));
    let _ = (parse_time(text), parse_field_selector(text), parse_label_selector(text));
    let _ = RequestInfo::of_request("GET", text, true);
    let cluster = Cluster::new([]);
    let mut server = Authenticators::none(Features::default_of(Version::NEWEST));
    let keys = public_keys(text).unwrap_or_default();
    let issuers = vec!["https://a".to_owned()];
    server.service_accounts = Part::Known(ServiceAccountTokens { keys, issuers, lookup: true });
    server.bootstrap_tokens = Part::Known(());
    let flags = OidcFlags {
        issuer_url: "https://b".into(),
        client_id: "c".into(),
        username_claim: "sub".into(),
        ..OidcFlags::default()
    };
    let options =
        IssuerOptions { version: Version::NEWEST, algorithms: Vec::new(), keys: Some(KeySet::default()) };
    server.issuers = Part::Known(vec![IssuerAuthenticator::of_flags(&flags, &options)]);
    if let Ok(status) = server.token_review(text, &[], &ClusterObjects::new(&cluster, true), 0) {
        assert_ne!(status.authenticated, Some(true), "{text}");
    }
}

//! The rest of upstream's tables, and broken input.
//!
//! Ported elsewhere: `requestinfo_test.go` (`request_info/tests.rs`, 61 rows), `serviceaccount/util_test.go` and
//! `authenticated_group_adder_test.go` (`user/tests.rs`), `jwt_test.go`, `keyid_test.go`, `claims_test.go`
//! (`service_account/tests.rs`, `jwt/tests.rs`), `tokenfile_test.go`, and, with certificates and tokens of our own
//! because upstream's have run out or need its keys: `x509_test.go`, `requestheader_test.go` (`certificate/tests.rs`),
//! `oidc_test.go` (`issuer/tests.rs`), `impersonation_test.go`, `constrained_impersonation_test.go`
//! (`impersonation/tests.rs`).
//!
//! Not ported: the rows of `oidc_test.go` with distributed claims and with discovery, `jwks` metrics, egress (they need
//! servers; such tokens are unknown here); `cached_token_authenticator_test.go` (there is no cache);
//! `webhook_v1_test.go`, `webhook_v1beta1_test.go` (webhooks are unknown here); the cache and metrics parts of
//! `constrained_impersonation_test.go`; `authentication_test.go` of the filters (metrics, HTTP/2). The suite
//! `cargo xtask conformance` asks a real server about random certificates and tokens beside them.

use super::certificate::tests as certificates;
use super::jwt::tests::{ec_key, ec_token, rsa_key, rsa_token};
use super::objects::tests::cluster;
use super::request::{bearer_token, websocket_token};
use super::*;
use seawall_model::Version;

/// The headers of `bearertoken_test.go`.
#[test]
fn bearer_tokens() {
    for (header, token) in [
        ("Bearer token", Some("token")),
        ("bearer token", Some("token")),
        ("  Bearer token  ", Some("token")),
        ("Bearer token a b c", Some("token")),
        ("Bearer token   a", Some("token")),
        ("Bearer", None),
        ("Bearer   token", None),
        ("bear token", None),
        ("Bearer: token", None),
        ("", None),
    ] {
        assert_eq!(bearer_token(Some(header)), token, "{header}");
    }
    assert_eq!(bearer_token(None), None);
}

/// `protocol_test.go`.
#[test]
fn websocket_protocols() {
    let prefix = "base64url.bearer.authorization.k8s.io.";
    let ask = |protocols: &[&str]| {
        let mut headers = vec![("Connection", "keep-alive, Upgrade"), ("Upgrade", "WebSocket")];
        headers.extend(protocols.iter().map(|&value| ("Sec-WebSocket-Protocol", value)));
        websocket_token(Headers::new(&headers))
    };
    let token = format!("{prefix}dG9rZW4");
    assert_eq!(ask(&[&token, "dummy"]), Ok(Some("token".into())));
    assert_eq!(ask(&[&format!("dummy, {token}")]), Ok(Some("token".into())));
    assert_eq!(ask(&[&token]), Err("missing additional subprotocol"));
    assert_eq!(ask(&[&token, &token]), Err("multiple base64.bearer.authorization tokens specified"));
    assert_eq!(
        ask(&[&format!("{prefix}dG9rZW4="), "a"]),
        Err("invalid base64.bearer.authorization token encoding")
    );
    assert_eq!(ask(&[&format!("{prefix}_w"), "a"]), Err("invalid base64.bearer.authorization token"));
    assert_eq!(ask(&["dummy"]), Ok(None));
    assert_eq!(ask(&[prefix]), Ok(None));
    let plain = [("Sec-WebSocket-Protocol", token.as_str())];
    assert_eq!(websocket_token(Headers::new(&plain)), Ok(None));
    assert!(!format!("{:?}", Headers::new(&plain)).contains("dG9rZW4"));
}

/// `bootstrap_test.go`: name, further data, metadata, type, token, groups.
#[test]
fn bootstrap_tokens() {
    let good = "foobar.circumnavigation";
    let usage = "usage-bootstrap-authentication: 'true'";
    let kind = "bootstrap.kubernetes.io/token";
    let groups = |more: &str| format!("{usage}, {more}");
    for (name, data, metadata, kind, token, expected) in [
        ("bootstrap-token-foobar", usage, "", kind, good, Some("system:bootstrappers")),
        (
            "bootstrap-token-foobar",
            &groups("auth-extra-groups: 'system:bootstrappers:foo'"),
            "",
            kind,
            good,
            Some("system:bootstrappers system:bootstrappers:foo"),
        ),
        ("bootstrap-token-foobar", &groups("auth-extra-groups: foo"), "", kind, good, None),
        ("bad-name", usage, "", kind, good, None),
        ("bootstrap-token-foobar", "a: b", "", kind, good, None),
        ("bootstrap-token-foobar", usage, "", kind, "barfoo.circumnavigation", None),
        ("bootstrap-token-foobar", usage, "", kind, "foobar.circumnavigatiox", None),
        ("bootstrap-token-foobar", usage, ", deletionTimestamp: '2026-01-01T00:00:00Z'", kind, good, None),
        ("bootstrap-token-foobar", &groups("expiration: '2009-11-10T23:00:00Z'"), "", kind, good, None),
        ("bootstrap-token-foobar", &groups("expiration: never"), "", kind, good, None),
        (
            "bootstrap-token-foobar",
            &groups("expiration: '2109-11-10T23:00:00Z'"),
            "",
            kind,
            good,
            Some("system:bootstrappers"),
        ),
        ("bootstrap-token-foo", usage, "", kind, "foo.circumnavigation", None),
        ("bootstrap-token-foobar", usage, "", "Opaque", good, None),
    ] {
        let text = format!(
            "apiVersion: v1\nkind: Secret\nmetadata: {{name: {name}, namespace: kube-system{metadata}}}\ntype: {kind}\n\
             stringData: {{token-id: foobar, token-secret: circumnavigation, {data}}}\n"
        );
        let cluster = cluster(&text);
        let verdict = bootstrap::authenticate(token, &ClusterObjects::new(&cluster, true), 1_750_000_000);
        let found = verdict.identity().map(|identity| identity.user.groups.join(" "));
        assert_eq!(found.as_deref(), expected, "{name} {data}");
        assert!(verdict.identity().is_some() || verdict == Verdict::Abstained);
    }
}

#[test]
fn unions() {
    let good =
        || Verdict::authenticated(Identity { user: crate::user::User::named("a"), ..Identity::default() });
    let bad = Verdict::failed;
    let union = |verdicts: Vec<Verdict>| Verdict::union(verdicts);
    assert_eq!(union(vec![bad("x"), good(), bad("y")]), good());
    assert_eq!(union(vec![bad("x"), bad("y"), bad("x")]).error(), "[x, y]");
    assert_eq!(union(vec![bad("x"), Verdict::Abstained, bad("x")]).error(), "x");
    assert_eq!(union(vec![Verdict::Abstained]), Verdict::Abstained);
    // A success after an open question is open; one before it is certain.
    assert_eq!(union(vec![good(), Verdict::unknown("?")]), good());
    assert!(matches!(union(vec![Verdict::unknown("?"), good()]), Verdict::Unknown(_)));
    assert!(matches!(union(vec![Verdict::unknown("?"), bad("x")]), Verdict::Unknown(_)));
    assert_eq!(Verdict::union_fail_on_error(vec![bad("x"), good()]).error(), "x");
}

fn server() -> Authenticators {
    let mut server = Authenticators::none(Features::default_of(Version::NEWEST));
    server.api_audiences = vec!["https://a".into()];
    server.service_accounts = Part::Known(ServiceAccountTokens {
        keys: vec![rsa_key(), ec_key()],
        issuers: vec!["https://a".into()],
        lookup: true,
    });
    server.bootstrap_tokens = Part::Known(());
    server.anonymous = AnonymousRequests::Allowed;
    server
}

/// Upstream's answers to TokenReviews, texts included (the first error is that of the server's own token).
#[test]
fn token_reviews() {
    let cluster =
        cluster("apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: sa, namespace: ns, uid: u}\n");
    let objects = ClusterObjects::new(&cluster, true);
    let server = server();
    let claims = |exp: i64| {
        format!(
            r#"{{"iss":"https://a","aud":["https://a","v"],"exp":{exp},"kubernetes.io":{{"namespace":"ns","serviceaccount":{{"name":"sa","uid":"u"}}}}}}"#
        )
    };
    let review = |token: &str, audiences: &[&str]| {
        let audiences: Vec<String> = audiences.iter().map(|&audience| audience.to_owned()).collect();
        server.token_review(token, &audiences, &objects, 1000).unwrap()
    };
    let good = review(&ec_token(&claims(2000)), &[]);
    assert_eq!(good.authenticated, Some(true));
    let user = good.user.unwrap();
    assert_eq!(
        user.group_names(),
        ["system:serviceaccounts", "system:serviceaccounts:ns", "system:authenticated"]
    );
    assert_eq!(review(&ec_token(&claims(2000)), &["x", "v"]).audiences, ["v"]);
    let expired = review(&ec_token(&claims(900)), &[]);
    assert_eq!(expired.error, "[invalid bearer token, service account token has expired]");
    assert_eq!(review("garbage", &[]).error, "invalid bearer token");
    let foreign = review(&ec_token(&claims(2000)), &["x"]);
    assert!(
        foreign.error.starts_with("[invalid bearer token, token audiences [\"https://a\" \"v\"] is invalid")
    );
    assert!(server.token_review("", &[], &objects, 0).is_err());
}

/// Random bytes in credentials: no panic, and nobody is taken for somebody else.
#[test]
fn broken_credentials() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let (bundle, chain) = certificates::example();
    let authorities = Authorities::of_pem(&bundle).unwrap();
    let good = certificates_of_pem(&chain).unwrap().remove(0);
    let features = Features::default_of(Version::NEWEST);
    let mut read = 0;
    for _ in 0..3000 {
        let mut bytes = good.der().to_vec();
        for _ in 0..=random(3) {
            match random(3) {
                0 => bytes.truncate(random(bytes.len().max(1))),
                1 => bytes.insert(random(bytes.len() + 1), random(256) as u8),
                _ if bytes.is_empty() => {}
                _ => {
                    let at = random(bytes.len());
                    bytes[at] ^= 1 << random(8);
                }
            }
        }
        if let Ok(certificate) = Certificate::of_der(&bytes) {
            read += 1;
            let verdict =
                certificate::authenticate(&[certificate], &authorities, &features, certificates::NOW);
            let place = bytes.iter().zip(good.der()).position(|(one, other)| one != other);
            assert!(bytes == good.der() || verdict.identity().is_none(), "differs at {place:?}");
        }
    }
    assert!(read > 100, "{read}");
    let cluster =
        cluster("apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: sa, namespace: ns, uid: u}\n");
    let (server, objects) = (server(), ClusterObjects::new(&cluster, true));
    let token = rsa_token(
        r#"{"iss":"https://a","kubernetes.io":{"namespace":"ns","serviceaccount":{"name":"sa","uid":"u"}}}"#,
    );
    assert_eq!(server.token_review(&token, &[], &objects, 0).unwrap().authenticated, Some(true));
    let alphabet = b"ABCyz059-_.={\"\\ \n%\xc3\xa9";
    for _ in 0..1500 {
        let mut bytes = token.clone().into_bytes();
        for _ in 0..=random(3) {
            let at = random(bytes.len());
            match random(3) {
                0 => bytes[at] = alphabet[random(alphabet.len())],
                1 => bytes.insert(at, alphabet[random(alphabet.len())]),
                _ => drop(bytes.remove(at)),
            }
        }
        let mutant = String::from_utf8_lossy(&bytes).into_owned();
        let status = server.token_review(&mutant, &[], &objects, 0);
        let Ok(Some(user)) = status.map(|status| status.user) else { continue };
        // Beside the same token in other words, only one that is none gets in, as nobody.
        assert!(user.name == "system:serviceaccount:ns:sa" || mutant.starts_with([' ', '\n']), "{mutant}");
    }
}

/// Large and deep input ends soon.
#[test]
fn huge_credentials() {
    let cluster = cluster("");
    let (server, objects) = (server(), ClusterObjects::new(&cluster, true));
    for token in ["a".repeat(3 << 20), "a.".repeat(1 << 20), format!("a.{}.b", "W1tb".repeat(1 << 17))] {
        let status = server.token_review(&token, &[], &objects, 0).unwrap();
        assert_ne!(status.authenticated, Some(true));
    }
    assert!(Certificate::of_der(&vec![0x30; 2 << 20]).is_err());
    assert!(certificates_of_pem(&"-----BEGIN CERTIFICATE-----\n".repeat(1 << 16)).unwrap().is_empty());
    assert!(TokenFile::parse(&"\"".repeat(1 << 20)).is_err());
}

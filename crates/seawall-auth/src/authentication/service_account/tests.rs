//! Upstream's `jwt_test.go` `TestTokenGenerateAndValidate` and `claims_test.go` `TestValidatePrivateClaims` as data.

use super::super::jwt::tests::{ec_key, ec_token, rsa_key, rsa_token, rsa_token_with};
use super::super::objects::tests::cluster;
use super::super::{ClusterObjects, Verdict};
use super::*;
use crate::user::{CREDENTIAL_ID, NODE_NAME, NODE_UID, POD_NAME};
use seawall_model::{Cluster, Version};

const NOW: i64 = 1_514_764_800;

fn ask(cluster: &Cluster, features: &Features, keys: Vec<PublicKey>, token: &str) -> Verdict {
    let tokens = ServiceAccountTokens { keys, issuers: vec!["https://a".into()], lookup: true };
    let api = ["api".to_owned()];
    let objects = ClusterObjects::new(cluster, true);
    let request =
        TokenRequest { api_audiences: &api, audiences: Some(&api), objects: &objects, features, now: NOW };
    Verdict::union([tokens.legacy(token, &request), tokens.bound(token, &request)])
}

fn newest() -> Features {
    Features::default_of(Version::NEWEST)
}

/// A token of the service account `ns/saname` with this in its claim `kubernetes.io`, and further claims.
fn bound(kubernetes: &str, more: &str) -> String {
    rsa_token(&format!(
        r#"{{"iss":"https://a","aud":["api"],"sub":"x"{more},"kubernetes.io":{{"namespace":"ns",{kubernetes}}}}}"#
    ))
}

const ACCOUNT: &str = r#""serviceaccount":{"name":"saname","uid":"sauid"}"#;

/// ServiceAccount, Secret, Pod and Node, those that are named, one of them deleted at a time.
fn objects(names: &str, deleted: Option<(&str, i64)>) -> Cluster {
    let mut text = String::new();
    for name in names.split(' ') {
        let (kind, uid, namespace) = match name {
            "saname" => ("ServiceAccount", "sauid", "namespace: ns, "),
            "secretname" => ("Secret", "secretuid", "namespace: ns, "),
            "podname" => ("Pod", "poduid", "namespace: ns, "),
            "nodename" => ("Node", "nodeuid", ""),
            _ => continue,
        };
        let deletion = match deleted {
            Some((which, time)) if which == name => {
                format!(", deletionTimestamp: '{}'", super::super::time::format(time))
            }
            _ => String::new(),
        };
        text.push_str(&format!(
            "---\napiVersion: v1\nkind: {kind}\nmetadata: {{{namespace}name: {name}, uid: {uid}{deletion}}}\n"
        ));
    }
    cluster(&text)
}

/// `TestValidatePrivateClaims`, first list: objects, claims, further claims, error.
const CLAIMS: &[(&str, &str, &str, &str)] = &[
    ("saname", ACCOUNT, "", ""),
    ("saname", ACCOUNT, r#","exp":1511164800"#, "service account token has expired"),
    ("saname", ACCOUNT, r#","nbf":1518364800"#, "service account token is not valid yet"),
    ("", ACCOUNT, "", "serviceaccounts \"saname\" not found"),
    (
        "saname",
        r#""serviceaccount":{"name":"saname","uid":"sauid"},"secret":{"name":"secretname","uid":"secretuid"}"#,
        "",
        "service account token has been invalidated",
    ),
    (
        "saname",
        r#""serviceaccount":{"name":"saname","uid":"sauid"},"pod":{"name":"podname","uid":"poduid"}"#,
        "",
        "service account token has been invalidated",
    ),
    (
        "saname",
        r#""serviceaccount":{"name":"saname","uid":"sauid"},"node":{"name":"nodename","uid":"nodeuid"}"#,
        "",
        "service account token has been invalidated",
    ),
    (
        "saname",
        r#""serviceaccount":{"name":"saname","uid":"sauidold"}"#,
        "",
        "service account UID (sauid) does not match claim (sauidold)",
    ),
    (
        "saname secretname",
        r#""serviceaccount":{"name":"saname","uid":"sauid"},"secret":{"name":"secretname","uid":"secretuidold"}"#,
        "",
        "secret UID (secretuid) does not match service account secret ref claim (secretuidold)",
    ),
    (
        "saname podname",
        r#""serviceaccount":{"name":"saname","uid":"sauid"},"pod":{"name":"podname","uid":"poduidold"}"#,
        "",
        "pod UID (poduid) does not match service account pod ref claim (poduidold)",
    ),
];

#[test]
fn upstream_claims() {
    for &(names, claims, more, error) in CLAIMS {
        let more = format!(",\"exp\":{NOW}{more}");
        // A later `exp` cannot stand beside the first one: go-jose refuses repeated keys.
        let more = if more.matches("exp").count() == 2 {
            more.split_once(",\"exp\":1511").map_or(more.clone(), |(_, rest)| format!(",\"exp\":1511{rest}"))
        } else {
            more
        };
        let verdict = ask(&objects(names, None), &newest(), vec![rsa_key()], &bound(claims, &more));
        assert_eq!(verdict.error(), error, "{claims} {more}");
        assert_eq!(verdict.identity().is_some(), error.is_empty());
    }
}

/// `TestValidatePrivateClaims`, second list: deletion times by object.
#[test]
fn upstream_deletions() {
    let everything = "saname secretname podname nodename";
    for (offset, gone) in [
        (None, false),
        (Some(0), false),
        (Some(-1), false),
        (Some(1), false),
        (Some(-60), false),
        (Some(-61), true),
    ] {
        for (name, reference) in [
            ("saname", ""),
            ("secretname", r#","secret":{"name":"secretname","uid":"secretuid"}"#),
            ("podname", r#","pod":{"name":"podname","uid":"poduid"}"#),
            ("nodename", r#","node":{"name":"nodename","uid":"nodeuid"}"#),
        ] {
            let cluster = objects(everything, offset.map(|offset| (name, NOW + offset)));
            let token = bound(&format!("{ACCOUNT}{reference}"), &format!(",\"exp\":{NOW}"));
            let verdict = ask(&cluster, &newest(), vec![rsa_key()], &token);
            let expected = match (gone, name) {
                (false, _) => "",
                (true, "saname") => "service account ns/saname has been deleted",
                (true, _) => "service account token has been invalidated",
            };
            assert_eq!(verdict.error(), expected, "{name} {offset:?}");
        }
    }
}

#[test]
fn what_bound_tokens_tell() {
    let everything = objects("saname podname nodename secretname", None);
    let pod = r#","pod":{"name":"podname","uid":"poduid"},"node":{"name":"n","uid":"u"}"#;
    let token = bound(&format!("{ACCOUNT}{pod}"), &format!(",\"jti\":\"id\",\"exp\":{NOW}"));
    let verdict = ask(&everything, &newest(), vec![rsa_key()], &token);
    let identity = verdict.identity().unwrap();
    assert_eq!(identity.user.name, "system:serviceaccount:ns:saname");
    assert_eq!(identity.user.uid, "sauid");
    assert_eq!(identity.user.group_names(), ["system:serviceaccounts", "system:serviceaccounts:ns"]);
    let extra = |key: &str| identity.user.extra.get(key).map(|values| values.join(","));
    assert_eq!(extra(POD_NAME).as_deref(), Some("podname"));
    assert_eq!(extra(NODE_NAME).as_deref(), Some("n"));
    assert_eq!(extra(NODE_UID).as_deref(), Some("u"));
    assert_eq!(extra(CREDENTIAL_ID).as_deref(), Some("JTI=id"));
    assert_eq!(identity.audiences, ["api"]);
    let expires = identity.expires.unwrap();
    assert_eq!((expires.stated, expires.last_accepted), (NOW, NOW + 60));
    // 1.30 with its gates off tells neither.
    let old = Features::of(Version::OLDEST, |_| Some(false));
    let verdict = ask(&everything, &old, vec![rsa_key()], &token);
    assert_eq!(verdict.identity().unwrap().user.extra.len(), 2);
    let node = bound(&format!(r#"{ACCOUNT},"node":{{"name":"nodename","uid":"nodeuid"}}"#), "");
    let error = ask(&everything, &old, vec![rsa_key()], &node).error();
    assert!(error.contains("feature gate is disabled"), "{error}");
}

#[test]
fn audiences_and_issuers() {
    let cluster = objects("saname", None);
    let token = |head: &str| {
        rsa_token(&format!(
            r#"{{{head},"kubernetes.io":{{"namespace":"ns","serviceaccount":{{"name":"saname","uid":"sauid"}}}}}}"#
        ))
    };
    let error = |head: &str| ask(&cluster, &newest(), vec![rsa_key()], &token(head)).error();
    assert_eq!(
        error(r#""iss":"https://a","aud":["b","c"]"#),
        r#"token audiences ["b" "c"] is invalid for the target audiences ["api"]"#
    );
    // No audience is that of the server; one as a text is a list of one.
    assert_eq!(error(r#""iss":"https://a""#), "");
    assert_eq!(error(r#""iss":"https://a","aud":"api""#), "");
    // Keys in another case choose the authenticator, and nothing more.
    assert_eq!(error(r#""ISS":"https://a","iss":"b""#), "");
    assert_eq!(error(r#""iss":"b","ISS":"https://a""#), r#"token issuer "b" is invalid"#);
    for (head, text) in [
        (r#""iss":"https://a","sub":1"#, "json: cannot unmarshal number into Go value of type string"),
        (
            r#""iss":"https://a","exp":"1""#,
            "go-jose/go-jose/jwt: expected number value to unmarshal NumericDate",
        ),
        (
            r#""iss":"https://a","aud":null"#,
            "go-jose/go-jose/jwt: expected string or array value to unmarshal to Audience",
        ),
        (r#""iss":"https://a","a":1,"a":2"#, "json: duplicate key 'a' in object"),
    ] {
        assert_eq!(error(head), text);
    }
    // The module's old name.
    let old = Features::default_of(Version::new(32).unwrap());
    let verdict =
        ask(&cluster, &old, vec![ec_key()], &rsa_token_with(r#"{"alg":"RS256"}"#, r#"{"iss":"https://a"}"#));
    assert_eq!(verdict.error(), "square/go-jose: error in cryptographic primitive");
}

#[test]
fn keys_by_id() {
    let cluster = objects("saname", None);
    let good = bound(ACCOUNT, "");
    let error = |features: &Features, keys| ask(&cluster, features, keys, &good).error();
    assert_eq!(error(&newest(), vec![]), "invalid signature, no keys found");
    assert_eq!(error(&newest(), vec![ec_key()]), "invalid signature, no keys found");
    assert_eq!(error(&newest(), vec![ec_key(), rsa_key()]), "");
    let old = Features::default_of(Version::OLDEST);
    assert_eq!(error(&old, vec![ec_key()]), "square/go-jose: error in cryptographic primitive");
    assert_eq!(error(&old, vec![ec_key(), rsa_key()]), "");
}

#[test]
fn what_the_input_lacks_is_unknown() {
    let nothing = Cluster::new([]);
    let tokens =
        ServiceAccountTokens { keys: vec![rsa_key()], issuers: vec!["https://a".into()], lookup: true };
    let features = newest();
    let ask = |cluster: &Cluster, token: &str| {
        let objects = ClusterObjects::new(cluster, false);
        let request = TokenRequest {
            api_audiences: &[],
            audiences: None,
            objects: &objects,
            features: &features,
            now: NOW,
        };
        tokens.bound(token, &request)
    };
    let Verdict::Unknown(reasons) = ask(&nothing, &bound(ACCOUNT, "")) else { panic!() };
    assert_eq!(reasons, ["ServiceAccount `ns/saname` is not in the input"]);
    // A manifest has no UID.
    let manifest = cluster("apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: saname, namespace: ns}\n");
    assert!(matches!(ask(&manifest, &bound(ACCOUNT, "")), Verdict::Unknown(_)));
    // What is wrong anyway is wrong.
    assert!(matches!(ask(&nothing, &bound(ACCOUNT, ",\"exp\":1")), Verdict::Failed(_)));
}

mod legacy_tokens {
    use super::*;

    fn claims(secret: &str) -> String {
        format!(
            r#"{{"iss":"kubernetes/serviceaccount","sub":"system:serviceaccount:test:my-service-account","kubernetes.io/serviceaccount/namespace":"test","kubernetes.io/serviceaccount/secret.name":"{secret}","kubernetes.io/serviceaccount/service-account.name":"my-service-account","kubernetes.io/serviceaccount/service-account.uid":"12345"}}"#
        )
    }

    const ACCOUNT: &str = "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: my-service-account, namespace: test, uid: '12345'}\n";

    fn secret(token: &str, labels: &str) -> String {
        format!(
            "---\napiVersion: v1\nkind: Secret\nmetadata: {{name: s, namespace: test, uid: u{labels}}}\nstringData: {{token: {token}}}\n"
        )
    }

    /// The rows of `TestTokenGenerateAndValidate` with look-up, and what else `legacy.go` says.
    #[test]
    fn upstream() {
        let token = rsa_token(&claims("s"));
        let error = |objects: &str| ask(&cluster(objects), &newest(), vec![rsa_key()], &token).error();
        let both = format!("{ACCOUNT}{}", secret(&token, ""));
        assert_eq!(error(&both), "");
        assert_eq!(error(ACCOUNT), "Token has been invalidated");
        assert_eq!(error(&secret(&token, "")), "serviceaccounts \"my-service-account\" not found");
        let marked = secret(&token, ", labels: {kubernetes.io/legacy-token-invalid-since: '2022-12-20'}");
        assert!(error(&format!("{ACCOUNT}{marked}")).contains("has been marked invalid"));
        let other = format!("{ACCOUNT}{}", secret("x", ""));
        assert_eq!(error(&other), "Token does not match server's copy");
        let replaced = both.replace("'12345'", "'1'");
        assert_eq!(error(&replaced), "ServiceAccount UID (1) does not match claim (12345)");
        let ec = ec_token(&claims("s"));
        let objects = cluster(&format!("{ACCOUNT}{}", secret(&ec, "")));
        assert!(ask(&objects, &newest(), vec![rsa_key(), ec_key()], &ec).identity().is_some());
        assert_eq!(ask(&objects, &newest(), vec![rsa_key(), ec_key()], "invalid token"), Verdict::Abstained);
        let foreign = ec_token(&claims("s").replace("kubernetes/serviceaccount\"", "foo\""));
        assert_eq!(ask(&objects, &newest(), vec![ec_key()], &foreign), Verdict::Abstained);
    }

    /// The rows without look-up: signatures, issuers, missing claims.
    #[test]
    fn without_look_up() {
        let nothing = Cluster::new([]);
        let objects = ClusterObjects::new(&nothing, true);
        let features = newest();
        let api = ["api".to_owned()];
        let error = |token: &str, keys: Vec<PublicKey>| {
            let tokens = ServiceAccountTokens { keys, issuers: vec![], lookup: false };
            let request = TokenRequest {
                api_audiences: &api,
                audiences: Some(&api),
                objects: &objects,
                features: &features,
                now: NOW,
            };
            let verdict = tokens.legacy(token, &request);
            verdict.identity().map_or_else(|| verdict.error(), |identity| identity.user.name.clone())
        };
        let token = rsa_token(&claims("s"));
        assert_eq!(error(&token, vec![]), "invalid signature, no keys found");
        assert_eq!(error(&token, vec![ec_key()]), "invalid signature, no keys found");
        let name = "system:serviceaccount:test:my-service-account";
        assert_eq!(error(&token, vec![ec_key(), rsa_key()]), name);
        for (claim, text) in [
            ("sub", "sub claim is missing"),
            ("kubernetes.io/serviceaccount/namespace", "namespace claim is missing"),
            ("kubernetes.io/serviceaccount/secret.name", "secretName claim is missing"),
            ("kubernetes.io/serviceaccount/service-account.name", "serviceAccountName claim is missing"),
            ("kubernetes.io/serviceaccount/service-account.uid", "serviceAccountUID claim is missing"),
        ] {
            let token = rsa_token(&claims("s").replace(&format!("\"{claim}\""), "\"x\""));
            assert_eq!(error(&token, vec![rsa_key()]), text);
        }
        let renamed = rsa_token(&claims("s").replace("test:my-service-account", "test:other"));
        assert_eq!(error(&renamed, vec![rsa_key()]), "sub claim is invalid");
    }
}

//! The rows of upstream's `oidc_test.go` that need no server, in our own form.

use super::super::jwt::tests::{ec_key, ec_token, rsa_key, rsa_token, rsa_token_with};
use super::super::objects::tests::cluster;
use super::super::{ClusterObjects, Features};
use super::*;
use crate::authentication_config;
use seawall_model::{Object, Origin, Version, objects_of};
use seawall_yaml::{Source, parse_one};

const NOW: i64 = 1_257_894_000;

fn object(jwt: &str) -> Arc<Object> {
    let text =
        format!("apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\njwt:\n{jwt}");
    let document = Arc::new(parse_one(&Source::new("a.yaml", text)).unwrap());
    Arc::new(objects_of(&document, &Origin::File).unwrap().remove(0))
}

/// An issuer of one audience `k` with these mappings and rules.
fn issuer(mappings: &str, rules: &str, keys: Option<KeySet>) -> Result<IssuerAuthenticator, String> {
    let object = object(&format!(
        "- issuer: {{url: 'https://auth.example.com', audiences: [k]}}\n  claimMappings: {{{mappings}}}\n{rules}"
    ));
    let options = authentication_config::Options {
        version: Version::NEWEST,
        anonymous_gate: None,
        service_account_issuers: &[],
    };
    let loaded = authentication_config::load(object.at(), &options).map_err(|refusals| {
        refusals.iter().map(|refusal| refusal.message.clone()).collect::<Vec<_>>().join("; ")
    })?;
    let algorithms = vec!["RS256".to_owned(), "ES256".to_owned()];
    let options = IssuerOptions { version: Version::NEWEST, algorithms, keys };
    IssuerAuthenticator::of(&loaded.configuration.issuers[0], &options)
}

fn keys() -> Option<KeySet> {
    Some(KeySet::of([(String::new(), ec_key()), ("r".to_owned(), rsa_key())]))
}

fn ask(issuer: &IssuerAuthenticator, token: &str) -> Verdict {
    let empty = cluster("");
    let objects = ClusterObjects::new(&empty, true);
    let features = Features::default_of(Version::NEWEST);
    let request = TokenRequest {
        api_audiences: &[],
        audiences: None,
        objects: &objects,
        features: &features,
        now: NOW,
    };
    issuer.authenticate(token, &request)
}

const EXP: i64 = NOW + 100;

/// The user as `name [groups] uid`, or the error.
fn result(mappings: &str, rules: &str, claims: &str) -> String {
    let issuer = issuer(mappings, rules, keys()).unwrap();
    let token = ec_token(&format!(r#"{{"iss":"https://auth.example.com","aud":"k","exp":{EXP}{claims}}}"#));
    let verdict = ask(&issuer, &token);
    verdict.identity().map_or_else(
        || verdict.error(),
        |identity| {
            let user = &identity.user;
            format!("{} [{}] {}", user.name, user.groups.join(","), user.uid)
        },
    )
}

const NAME: &str = "username: {claim: username, prefix: ''}";

#[test]
fn claims_become_users() {
    let groups = format!("{NAME}, groups: {{claim: groups, prefix: 'g:'}}");
    for (mappings, claims, expected) in [
        (NAME, r#","username":"jane""#, "jane [] "),
        ("username: {claim: username, prefix: 'o:'}", r#","username":"jane""#, "o:jane [] "),
        (NAME, r#","user":"jane""#, r#"oidc: parse username claims "username": claim not present"#),
        (
            NAME,
            r#","username":1"#,
            r#"oidc: parse username claims "username": json: cannot unmarshal number into Go value of type string"#,
        ),
        (&groups, r#","username":"jane","groups":["a","b"]"#, "jane [g:a,g:b] "),
        (&groups, r#","username":"jane","groups":"a""#, "jane [g:a] "),
        (&groups, r#","username":"jane","groups":[]"#, "jane [] "),
        (&groups, r#","username":"jane""#, "jane [] "),
        (
            &groups,
            r#","username":"jane","groups":{}"#,
            r#"oidc: parse groups claim "groups": json: cannot unmarshal object into Go value of type string"#,
        ),
        ("username: {claim: email, prefix: ''}", r#","email":"a@b","email_verified":true"#, "a@b [] "),
        ("username: {claim: email, prefix: ''}", r#","email":"a@b""#, "a@b [] "),
        (
            "username: {claim: email, prefix: ''}",
            r#","email":"a@b","email_verified":false"#,
            "oidc: email not verified",
        ),
        (
            "username: {claim: email, prefix: ''}",
            r#","email":"a@b","email_verified":"false""#,
            "oidc: parse 'email_verified' claim: json: cannot unmarshal string into Go value of type bool",
        ),
        (
            "username: {claim: username, prefix: ''}, uid: {claim: uid}",
            r#","username":"jane","uid":"7""#,
            "jane [] 7",
        ),
    ] {
        assert_eq!(result(mappings, "", claims), expected, "{claims}");
    }
}

#[test]
fn expressions() {
    let all = "username: {expression: 'claims.username + \"@\" + claims.org.name'}, groups: {expression: \
               'dyn(claims.roles).map(r, \"x:\" + r)'}, uid: {expression: 'string(claims.id)'}";
    let claims = r#","username":"jane","org":{"name":"o"},"roles":["a",""],"id":"7""#;
    assert_eq!(result(all, "", claims), "jane@o [x:a,x:] 7");
    let name = "username: {expression: claims.username}";
    assert_eq!(
        result(name, "", r#","username":"""#),
        "oidc: empty username via CEL expression is not allowed"
    );
    assert_eq!(
        result(name, "", r#","username":1"#),
        "oidc: error evaluating username claim expression: username claim expression must return a string"
    );
    let missing = result(name, "", "");
    assert!(missing.starts_with("oidc: error evaluating username claim expression: expression 'claims.username' resulted in error: no such key"), "{missing}");
    let groups = format!("{NAME}, groups: {{expression: claims.roles}}");
    assert_eq!(result(&groups, "", r#","username":"a","roles":["x","","y"]"#), "a [x,y] ");
    assert!(result(&groups, "", r#","username":"a","roles":[1]"#).contains("must return a string or a list"));
    assert!(issuer("username: {expression: 'claims.('}", "", None).is_err());
}

#[test]
fn rules() {
    let required = "  claimValidationRules: [{claim: hd, requiredValue: example.com}]\n";
    let jane = r#","username":"jane""#;
    assert_eq!(result(NAME, required, &format!(r#"{jane},"hd":"example.com""#)), "jane [] ");
    assert_eq!(result(NAME, required, jane), "oidc: required claim hd not present in ID token");
    assert_eq!(
        result(NAME, required, &format!(r#"{jane},"hd":"x""#)),
        "oidc: required claim hd value does not match. Got = x, want = example.com"
    );
    let rule = "  claimValidationRules: [{expression: 'claims.hd == \"a\"', message: nope}]\n";
    assert_eq!(result(NAME, rule, &format!(r#"{jane},"hd":"a""#)), "jane [] ");
    assert_eq!(
        result(NAME, rule, &format!(r#"{jane},"hd":"b""#)),
        "oidc: error evaluating claim validation expression: validation expression 'claims.hd == \"a\"' failed: nope"
    );
    let rule = "  userValidationRules: [{expression: \"!user.username.startsWith('system:')\", message: reserved}]\n";
    assert_eq!(result(NAME, rule, jane), "jane [] ");
    assert_eq!(
        result(NAME, rule, r#","username":"system:admin""#),
        "oidc: error evaluating user info validation rule: validation expression '!user.username.startsWith('system:')' \
         failed: reserved"
    );
}

#[test]
fn extra_attributes() {
    let mappings = format!(
        "{NAME}, extra: [{{key: example.com/a, valueExpression: claims.a}}, {{key: example.com/b, valueExpression: \
         claims.b}}]"
    );
    let issuer = issuer(&mappings, "", keys()).unwrap();
    let token = ec_token(&format!(
        r#"{{"iss":"https://auth.example.com","aud":"k","exp":{EXP},"username":"u","a":["x","y"],"b":"","jti":"i"}}"#
    ));
    let verdict = ask(&issuer, &token);
    let extra = &verdict.identity().unwrap().user.extra;
    assert_eq!(extra["example.com/a"], ["x", "y"]);
    assert_eq!(extra["authentication.kubernetes.io/credential-id"], ["JTI=i"]);
    assert_eq!(extra.len(), 2);
}

#[test]
fn tokens_that_fail() {
    let issuer = issuer(NAME, "", keys()).unwrap();
    let error = |claims: &str| ask(&issuer, &ec_token(claims)).error();
    let with = |head: &str, exp: i64| {
        format!(r#"{{"iss":"https://auth.example.com",{head},"exp":{exp},"username":"u"}}"#)
    };
    assert_eq!(error(&with(r#""aud":["x","k"]"#, EXP)), "");
    assert_eq!(
        error(&with(r#""aud":"x""#, EXP)),
        r#"oidc: verify token: oidc: expected audience "k" got ["x"]"#
    );
    assert_eq!(
        error(&with(r#""aud":"k""#, NOW - 1)),
        "oidc: verify token: oidc: token is expired (Token Expiry: 2009-11-10 22:59:59 +0000 UTC)"
    );
    assert!(error(&with(r#""aud":"k","nbf":1257894061"#, EXP)).contains("before the nbf"));
    assert_eq!(error(&with(r#""aud":"k","nbf":1257894060"#, EXP)), "");
    assert!(error(r#"{"iss":"https://auth.example.com","aud":"k","username":"u"}"#).contains("expired"));
    assert_eq!(ask(&issuer, &ec_token(r#"{"iss":"https://other"}"#)), Verdict::Abstained);
    assert_eq!(ask(&issuer, "x"), Verdict::Abstained);
    let good = with(r#""aud":"k""#, EXP);
    let other = rsa_token_with(r#"{"alg":"RS256","kid":"unknown"}"#, &good);
    assert_eq!(
        ask(&issuer, &other).error(),
        "oidc: verify token: failed to verify signature: failed to verify id token signature"
    );
    assert!(ask(&issuer, &rsa_token_with(r#"{"alg":"RS256","kid":"r"}"#, &good)).identity().is_some());
    assert!(
        ask(&issuer, &rsa_token_with(r#"{"alg":"PS512","kid":"r"}"#, &good))
            .error()
            .contains("unsupported algorithm")
    );
}

#[test]
fn without_keys() {
    let issuer = issuer(NAME, "", None).unwrap();
    let token = |exp: i64| {
        rsa_token(&format!(r#"{{"iss":"https://auth.example.com","aud":"k","exp":{exp},"username":"u"}}"#))
    };
    let Verdict::Unknown(reasons) = ask(&issuer, &token(EXP)) else { panic!() };
    assert!(reasons[0].ends_with("if the signature is good, the user is `u`"), "{reasons:?}");
    // Expired is expired, whoever signed it.
    assert!(matches!(ask(&issuer, &token(1)), Verdict::Failed(_)));
    let groups = format!("{NAME}, groups: {{claim: groups, prefix: ''}}");
    let issuer = super::tests::issuer(&groups, "", keys()).unwrap();
    let token = ec_token(&format!(
        r#"{{"iss":"https://auth.example.com","aud":"k","exp":{EXP},"username":"u","_claim_names":{{"groups":"s"}},"_claim_sources":{{"s":{{"endpoint":"https://x"}}}}}}"#
    ));
    assert!(matches!(ask(&issuer, &token), Verdict::Unknown(_)));
}

#[test]
fn flags_and_key_sets() {
    let flags = OidcFlags {
        issuer_url: "https://auth.example.com".into(),
        client_id: "k".into(),
        username_claim: "sub".into(),
        ..OidcFlags::default()
    };
    let options = IssuerOptions {
        version: Version::NEWEST,
        algorithms: vec![],
        keys: Some(KeySet::of([(String::new(), rsa_key())])),
    };
    let token = rsa_token_with(
        r#"{"alg":"RS256"}"#,
        &format!(r#"{{"iss":"https://auth.example.com","aud":"k","exp":{EXP},"sub":"u"}}"#),
    );
    let name = |flags: &OidcFlags| {
        ask(&IssuerAuthenticator::of_flags(flags, &options), &token).identity().unwrap().user.name.clone()
    };
    assert_eq!(name(&flags), "https://auth.example.com#u");
    assert_eq!(name(&OidcFlags { username_prefix: "-".into(), ..flags.clone() }), "u");
    assert_eq!(name(&OidcFlags { username_prefix: "x:".into(), ..flags }), "x:u");
    let keys = r#"{"keys":[{"kty":"EC","crv":"P-256","kid":"a","x":"H6cuzP8XuD5wal6wf9M6xDljTOPLX2i8uIp_C_ASqiI","y":"BlHnikLV9PyEd6gl8k4T_3Wwoh6xd79XLoQTh2PAi1Y"},{"kty":"oct","k":"AA"}]}"#;
    let set = KeySet::parse(keys).unwrap();
    assert_eq!(set.candidates("a").count(), 1);
    assert_eq!(set.candidates("b").count(), 0);
    for broken in ["", "{}", r#"{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}"#, r#"{"keys":[{}]}"#]
    {
        assert!(KeySet::parse(broken).is_err(), "{broken}");
    }
}

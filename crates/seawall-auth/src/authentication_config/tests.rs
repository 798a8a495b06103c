use super::*;
use seawall_model::{Object, Origin, Version, objects_of};
use seawall_yaml::{Source, parse_one};
use std::sync::Arc;

const OPTIONS: Options<'static> = Options {
    version: Version::NEWEST,
    anonymous_gate: None,
    service_account_issuers: &["https://kubernetes"],
};

fn object(version: &str, body: &str) -> Arc<Object> {
    let text =
        format!("apiVersion: apiserver.config.k8s.io/{version}\nkind: AuthenticationConfiguration\n{body}");
    let document = Arc::new(parse_one(&Source::new("a.yaml", text)).unwrap());
    Arc::new(objects_of(&document, &Origin::File).unwrap().remove(0))
}

fn issuer(mappings: &str, rules: &str) -> String {
    format!(
        "jwt:\n- issuer: {{url: 'https://example.org', audiences: [k]}}\n  claimMappings: {mappings}\n{rules}"
    )
}

fn refused(body: &str) -> String {
    let object = object("v1", body);
    let all = load(object.at(), &OPTIONS).expect_err("accepted");
    all.iter().map(|refusal| format!("{}: {}\n", refusal.at.field_ref().field(), refusal.message)).collect()
}

fn system_names(mappings: &str, rules: &str) -> (SystemNames, SystemNames) {
    let object = object("v1", &issuer(mappings, rules));
    let loaded = load(object.at(), &OPTIONS).unwrap();
    let issuer = &loaded.configuration.issuers[0];
    (issuer.system_users(), issuer.system_groups())
}

#[test]
fn names_that_claims_can_make() {
    use SystemNames::*;
    let claims = |user: &str, groups: &str| {
        format!(
            "{{username: {{claim: sub, prefix: '{user}'}}, groups: {{claim: groups, prefix: '{groups}'}}}}"
        )
    };
    assert_eq!(system_names(&claims("", ""), ""), (Possible, Possible));
    assert_eq!(system_names(&claims("oidc:", "-"), ""), (Impossible, Impossible));
    assert_eq!(system_names(&claims("sys", "system:x"), ""), (Possible, Possible));
    assert_eq!(system_names("{username: {claim: sub, prefix: ''}}", ""), (Possible, Impossible));
    let expressions =
        "{username: {expression: \"'oidc:' + claims.sub\"}, groups: {expression: claims.roles}}";
    let (users, groups) = system_names(expressions, "");
    assert_eq!(users, Impossible);
    assert!(matches!(groups, Unknown(_)));
    let guard = "  userValidationRules:
  - expression: \"!user.username.startsWith('system:') && true\"
  - expression: user.groups.all(group, !group.startsWith(\"system:\"))
";
    assert_eq!(system_names(&claims("", ""), guard), (Impossible, Impossible));
    let other = "  userValidationRules: [{expression: user.username.size() > 3}]\n";
    assert!(matches!(system_names(&claims("", ""), other).0, Unknown(_)));
    let fixed = "  claimValidationRules: [{claim: sub, requiredValue: robot}]\n";
    assert_eq!(system_names(&claims("", ""), fixed), (Impossible, Possible));
    let tricky = "  userValidationRules: [{expression: \"!user.username.startsWith('system:') || true\"}]\n";
    assert!(matches!(system_names(&claims("", ""), tricky).0, Unknown(_)));
}

#[test]
fn refuses_what_upstream_refuses() {
    let mappings = "{username: {claim: sub, prefix: ''}}";
    let with_issuer =
        |issuer: &str| refused(&format!("jwt:\n- issuer: {issuer}\n  claimMappings: {mappings}\n"));
    assert!(with_issuer("{url: 'http://example.org', audiences: [k]}").contains("scheme must be https"));
    assert!(with_issuer("{url: 'https://kubernetes', audiences: [k]}").contains("must not overlap"));
    assert!(
        with_issuer("{url: 'https://a', discoveryURL: 'https://a/', audiences: [k]}").contains("different")
    );
    assert!(with_issuer("{url: 'https://a', audiences: [a, b]}").contains("MatchAny for multiple"));
    assert!(
        with_issuer("{url: 'https://a', audiences: [a, a], audienceMatchPolicy: MatchAny}").contains("twice")
    );
    assert!(
        with_issuer("{url: 'https://a', audiences: []}").starts_with("jwt[0].issuer.audiences: at least one")
    );
    assert!(
        with_issuer("{url: 'https://a', audiences: [a], certificateAuthority: x}")
            .contains("does not contain")
    );
    assert!(refused(&issuer("{username: {claim: sub}}", "")).contains("prefix is required"));
    assert!(refused(&issuer("{username: {claim: a, expression: b}}", "")).contains("can't both"));
    assert!(refused("anonymous: {enabled: false, conditions: [{path: /healthz}]}").contains("set to true"));
    let extra = "{username: {claim: sub, prefix: a}, extra: [{key: k8s.io/a, valueExpression: b}, {key: A}]}";
    let extra = refused(&issuer(extra, ""));
    assert!(extra.contains("reserved") && extra.contains("domain-prefixed") && extra.contains("lowercase"));
}

#[test]
fn versions() {
    let v1 = object("v1", "anonymous: {enabled: true}");
    let at = |minor| Options { version: Version::new(minor).unwrap(), ..OPTIONS };
    assert!(load(v1.at(), &at(34)).unwrap().undecided.is_empty());
    assert!(load(v1.at(), &at(33)).is_err());
    let beta = object("v1beta1", "anonymous: {enabled: true, conditions: [{path: /livez}]}");
    assert!(load(beta.at(), &at(30)).is_err());
    assert_eq!(load(beta.at(), &at(31)).unwrap().undecided.len(), 1);
    let loaded = load(beta.at(), &at(32)).unwrap();
    assert_eq!(loaded.configuration.anonymous.unwrap().paths, ["/livez"]);
}

#[test]
fn expressions_are_compiled() {
    let mapping = |expression: &str| format!("{{username: {{expression: \"{expression}\"}}}}");
    let accepted = |mappings: &str, rules: &str| {
        let object = object("v1", &issuer(mappings, rules));
        load(object.at(), &OPTIONS)
            .map(|loaded| loaded.undecided.len())
            .map_err(|refusals| refusals[0].message.clone())
    };
    assert_eq!(accepted(&mapping("claims.sub + '@x'"), ""), Ok(0));
    assert!(accepted(&mapping("claims.("), "").unwrap_err().starts_with("compilation failed"));
    assert!(accepted(&mapping("user.name"), "").is_err());
    let rule = |kind: &str, text: &str| format!("  {kind}: [{{expression: \"{text}\"}}]\n");
    let name = mapping("claims.sub");
    assert_eq!(accepted(&name, &rule("claimValidationRules", "claims.hd == 'a'")), Ok(0));
    assert_eq!(accepted(&name, &rule("claimValidationRules", "'a'")), Err("must evaluate to bool".into()));
    assert_eq!(accepted(&name, &rule("userValidationRules", "user.username != ''")), Ok(0));
    assert!(accepted(&name, &rule("userValidationRules", "claims.sub != ''")).is_err());
    // An unverified address is no name.
    assert!(
        accepted(&mapping("claims.email"), "").unwrap_err().starts_with("claims.email_verified must be used")
    );
    assert!(accepted(&mapping("claims.?email.orValue('a')"), "").is_err());
    assert_eq!(accepted(&mapping("claims.email_verified ? claims.email : ''"), ""), Ok(0));
    let verified = rule("claimValidationRules", "claims.email_verified == true");
    assert_eq!(accepted(&mapping("claims.email"), &verified), Ok(0));
    assert_eq!(accepted(&mapping("claims['email']"), ""), Ok(0));
    assert_eq!(accepted(&mapping("claims.other.email"), ""), Ok(0));
}

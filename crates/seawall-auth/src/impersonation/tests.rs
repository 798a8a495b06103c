//! The cases of upstream's `impersonation_test.go` and `constrained_impersonation_test.go` in our own form.

use super::*;
use crate::user::{NODE_NAME, SYSTEM_MASTERS};
use seawall_model::Version;

fn old() -> Features {
    Features::default_of(Version::OLDEST)
}

fn constrained() -> Features {
    Features::default_of(Version::NEWEST)
}

/// What is asked, as one word: verb, group, resource, namespace, name.
fn key(attributes: &Attributes<'_>) -> String {
    match attributes.request {
        Request::Resource { group, resource, subresource, namespace, name, .. } => {
            format!("{} {group}/{resource}/{subresource} {namespace} {name}", attributes.verb)
        }
        Request::Path(path) => format!("{} {path}", attributes.verb),
    }
}

/// The result with exactly these questions allowed, for a request to list pods.
fn ask(features: &Features, requestor: &User, headers: &[(&str, &str)], allowed: &[&str]) -> Impersonation {
    let attributes = Attributes::resource("list", "", "pods").in_namespace("n");
    let mut authorize = |_: &User, attributes: &Attributes<'_>| {
        if allowed.contains(&key(attributes).as_str()) { Answer::allow() } else { Answer::no_opinion("") }
    };
    impersonate(requestor, &attributes, Headers::new(headers), features, &mut authorize)
}

fn groups(result: &Impersonation) -> Vec<&str> {
    match result {
        Impersonation::As { user, .. } => user.group_names(),
        other => panic!("{other:?}"),
    }
}

const ANNA: &str = "impersonate /users/  anna";

#[test]
fn the_old_mode() {
    let me = User::named("me");
    let ask = |headers: &[(&str, &str)], allowed: &[&str]| ask(&old(), &me, headers, allowed);
    assert_eq!(ask(&[("accept", "*/*")], &[]), Impersonation::NotAsked);
    let anna = ("impersonate-user", "anna");
    assert_eq!(
        ask(&[anna], &[]),
        Impersonation::Forbidden(
            "users \"anna\" is forbidden: User \"me\" cannot impersonate resource \"users\" in API group \"\" at the \
             cluster scope"
                .into()
        )
    );
    assert_eq!(groups(&ask(&[anna], &[ANNA])), ["system:authenticated"]);
    let group = |name| ("Impersonate-Group", name);
    let dev = "impersonate /groups/  dev";
    assert!(matches!(ask(&[anna, group("dev")], &[ANNA]), Impersonation::Forbidden(_)));
    assert_eq!(groups(&ask(&[anna, group("dev")], &[ANNA, dev])), ["dev", "system:authenticated"]);
    let masters = "impersonate /groups/  system:masters";
    let result = ask(&[anna, group(SYSTEM_MASTERS)], &[ANNA, masters]);
    assert_eq!(groups(&result), [SYSTEM_MASTERS, "system:authenticated"]);
    let unauthenticated = "impersonate /groups/  system:unauthenticated";
    let result = ask(&[anna, group("system:unauthenticated")], &[ANNA, unauthenticated]);
    assert_eq!(groups(&result), ["system:unauthenticated"]);
    let nobody = "impersonate /users/  system:anonymous";
    let result = ask(&[("Impersonate-User", "system:anonymous")], &[nobody]);
    assert_eq!(groups(&result), ["system:unauthenticated"]);
}

#[test]
fn service_accounts_uids_and_extra() {
    let me = User::named("me");
    let ask = |headers: &[(&str, &str)], allowed: &[&str]| ask(&old(), &me, headers, allowed);
    let account = ("Impersonate-User", "system:serviceaccount:ns:sa");
    let may = "impersonate /serviceaccounts/ ns sa";
    let result = ask(&[account], &[may]);
    assert_eq!(
        groups(&result),
        ["system:serviceaccounts", "system:serviceaccounts:ns", "system:authenticated"]
    );
    let result = ask(&[account, ("Impersonate-Group", "g")], &[may, "impersonate /groups/  g"]);
    assert_eq!(groups(&result), ["g", "system:authenticated"]);
    let headers =
        [("Impersonate-User", "anna"), ("Impersonate-Uid", "7"), ("impersonate-extra-Scopes%2Fx", "view")];
    let uid = "impersonate authentication.k8s.io/uids/  7";
    let extra = "impersonate authentication.k8s.io/userextras/scopes/x  view";
    assert!(matches!(ask(&headers, &[ANNA, uid]), Impersonation::Forbidden(_)));
    let Impersonation::As { user, constraint } = ask(&headers, &[ANNA, uid, extra]) else { panic!() };
    assert_eq!((user.uid.as_str(), constraint.as_str()), ("7", ""));
    assert_eq!(user.extra["scopes/x"], ["view"]);
    let Impersonation::BadRequest(text) = ask(&[("Impersonate-Group", "g")], &[]) else { panic!() };
    assert_eq!(text, "requested [{Group  g    }] without impersonating a user");
}

#[test]
fn constrained_modes() {
    let me = User::named("me");
    let ask = |headers: &[(&str, &str)], allowed: &[&str]| ask(&constrained(), &me, headers, allowed);
    let on = |mode: &str| format!("impersonate-on:{mode}:list /pods/ n ");
    let (info, user) = (on("user-info"), "impersonate:user-info authentication.k8s.io/users/  anna");
    let anna = ("Impersonate-User", "anna");
    // Both permissions are needed; the old verb is enough alone.
    assert!(matches!(ask(&[anna], &[&info]), Impersonation::Forbidden(_)));
    let Impersonation::Forbidden(text) = ask(&[anna], &[user]) else { panic!() };
    assert!(text.contains("cannot impersonate-on:user-info:list resource \"pods\""), "{text}");
    let Impersonation::As { constraint, .. } = ask(&[anna], &[&info, user]) else { panic!() };
    assert_eq!(constraint, "impersonate:user-info");
    let Impersonation::As { constraint, .. } = ask(&[anna], &[ANNA]) else { panic!() };
    assert_eq!(constraint, "");
    // system:masters only by the old verb.
    let masters = [anna, ("Impersonate-Group", SYSTEM_MASTERS)];
    let all = "impersonate:user-info authentication.k8s.io/groups/  system:masters";
    let Impersonation::Forbidden(text) = ask(&masters, &[&info, user, all]) else { panic!() };
    assert!(text.ends_with("impersonating the system:masters group is not allowed"), "{text}");
    assert!(matches!(
        ask(&masters, &[ANNA, "impersonate /groups/  system:masters"]),
        Impersonation::As { .. }
    ));
    // Four groups are one question.
    let many: Vec<(&str, &str)> =
        [anna].into_iter().chain(["a", "b", "c", "d"].map(|name| ("Impersonate-Group", name))).collect();
    let star = "impersonate:user-info authentication.k8s.io/groups/  *";
    assert!(matches!(ask(&many, &[&info, user, star]), Impersonation::As { .. }));
    assert!(matches!(ask(&many[..4], &[&info, user, star]), Impersonation::Forbidden(_)));
    let Impersonation::BadRequest(text) = ask(&[("Impersonate-Uid", "7")], &[]) else { panic!() };
    assert_eq!(
        text,
        "requested &user.DefaultInfo{Name:\"\", UID:\"7\", Groups:[]string(nil), Extra:map[string][]string(nil)} \
         without impersonating a user name"
    );
}

#[test]
fn nodes() {
    let node = ("Impersonate-User", "system:node:n1");
    let on = |mode: &str| format!("impersonate-on:{mode}:list /pods/ n ");
    let me = User::named("me");
    let by_name = "impersonate:arbitrary-node authentication.k8s.io/nodes/  n1";
    let result = ask(&constrained(), &me, &[node], &[&on("arbitrary-node"), by_name]);
    assert_eq!(groups(&result), ["system:nodes", "system:authenticated"]);
    // A pod on that node may be its node, whatever its name is.
    let mut account = User::service_account("ns", "agent");
    account.extra.insert(NODE_NAME.to_owned(), vec!["n1".to_owned()]);
    let own = "impersonate:associated-node authentication.k8s.io/nodes/  *";
    let allowed = [on("associated-node"), own.to_owned()];
    let allowed: Vec<&str> = allowed.iter().map(String::as_str).collect();
    let result = ask(&constrained(), &account, &[node], &allowed);
    let Impersonation::As { constraint, .. } = &result else { panic!("{result:?}") };
    assert_eq!(constraint, "impersonate:associated-node");
    let other = ("Impersonate-User", "system:node:n2");
    assert!(matches!(ask(&constrained(), &account, &[other], &allowed), Impersonation::Forbidden(_)));
    assert!(matches!(ask(&constrained(), &me, &[node], &allowed), Impersonation::Forbidden(_)));
    // The authorizers see the keys of the attributes, not their values.
    let mut seen = Vec::new();
    let attributes = Attributes::resource("get", "", "pods");
    let mut authorize = |user: &User, _: &Attributes<'_>| {
        seen.push(user.extra.clone());
        Answer::allow()
    };
    let headers = [node];
    impersonate(&account, &attributes, Headers::new(&headers), &constrained(), &mut authorize);
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0]["authentication.kubernetes.io/associated-node-keys"], [NODE_NAME]);
}

#[test]
fn undecided_answers() {
    let attributes = Attributes::resource("get", "", "pods");
    let headers = [("Impersonate-User", "anna")];
    let mut authorize = |_: &User, attributes: &Attributes<'_>| {
        if attributes.verb == "impersonate" { Answer::allow() } else { Answer::unknown("a webhook") }
    };
    let me = User::named("me");
    let result = impersonate(&me, &attributes, Headers::new(&headers), &constrained(), &mut authorize);
    assert_eq!(result, Impersonation::Unknown("a webhook".into()));
    let result = impersonate(&me, &attributes, Headers::new(&headers), &old(), &mut authorize);
    assert!(matches!(result, Impersonation::As { .. }));
}

//! The tables of upstream's `requestinfo_test.go` (61 rows) and rows of our own.

use super::*;

/// Method, URL, verb, group, version, namespace, resource, subresource, name, parts
/// (`TestGetAPIRequestInfo`).
#[rustfmt::skip]
const RESOURCES: &[[&str; 10]] = &[
    ["GET", "/api/v1/namespaces", "list", "", "v1", "", "namespaces", "", "", "namespaces"],
    ["GET", "/api/v1/namespaces/other", "get", "", "v1", "other", "namespaces", "", "other", "namespaces/other"],
    ["GET", "/api/v1/namespaces/other/pods", "list", "", "v1", "other", "pods", "", "", "pods"],
    ["GET", "/api/v1/namespaces/other/pods/foo", "get", "", "v1", "other", "pods", "", "foo", "pods/foo"],
    ["HEAD", "/api/v1/namespaces/other/pods/foo", "get", "", "v1", "other", "pods", "", "foo", "pods/foo"],
    ["GET", "/api/v1/pods", "list", "", "v1", "", "pods", "", "", "pods"],
    ["HEAD", "/api/v1/pods", "list", "", "v1", "", "pods", "", "", "pods"],
    ["GET", "/api/v1/namespaces/other/pods/foo", "get", "", "v1", "other", "pods", "", "foo", "pods/foo"],
    ["GET", "/api/v1/namespaces/other/pods", "list", "", "v1", "other", "pods", "", "", "pods"],
    ["GET", "/api/v1/proxy/namespaces/other/pods/foo", "proxy", "", "v1", "other", "pods", "", "foo", "pods/foo"],
    ["GET", "/api/v1/proxy/namespaces/other/pods/foo/subpath/not/a/subresource", "proxy", "", "v1", "other", "pods", "", "foo", "pods/foo/subpath/not/a/subresource"],
    ["GET", "/api/v1/watch/pods", "watch", "", "v1", "", "pods", "", "", "pods"],
    ["GET", "/api/v1/pods?watch=true", "watch", "", "v1", "", "pods", "", "", "pods"],
    ["GET", "/api/v1/pods?watch=false", "list", "", "v1", "", "pods", "", "", "pods"],
    ["GET", "/api/v1/watch/namespaces/other/pods", "watch", "", "v1", "other", "pods", "", "", "pods"],
    ["GET", "/api/v1/namespaces/other/pods?watch=1", "watch", "", "v1", "other", "pods", "", "", "pods"],
    ["GET", "/api/v1/namespaces/other/pods?watch=0", "list", "", "v1", "other", "pods", "", "", "pods"],
    ["GET", "/api/v1/namespaces/other/pods/foo/status", "get", "", "v1", "other", "pods", "status", "foo", "pods/foo/status"],
    ["GET", "/api/v1/namespaces/other/pods/foo/proxy/subpath", "get", "", "v1", "other", "pods", "proxy", "foo", "pods/foo/proxy/subpath"],
    ["PUT", "/api/v1/namespaces/other/finalize", "update", "", "v1", "other", "namespaces", "finalize", "other", "namespaces/other/finalize"],
    ["PUT", "/api/v1/namespaces/other/status", "update", "", "v1", "other", "namespaces", "status", "other", "namespaces/other/status"],
    ["PATCH", "/api/v1/namespaces/other/pods/foo", "patch", "", "v1", "other", "pods", "", "foo", "pods/foo"],
    ["DELETE", "/api/v1/namespaces/other/pods/foo", "delete", "", "v1", "other", "pods", "", "foo", "pods/foo"],
    ["POST", "/api/v1/namespaces/other/pods", "create", "", "v1", "other", "pods", "", "", "pods"],
    ["DELETE", "/api/v1/nodes", "deletecollection", "", "v1", "", "nodes", "", "", "nodes"],
    ["DELETE", "/api/v1/namespaces", "deletecollection", "", "v1", "", "namespaces", "", "", "namespaces"],
    ["DELETE", "/api/v1/namespaces/other/pods", "deletecollection", "", "v1", "other", "pods", "", "", "pods"],
    ["DELETE", "/apis/extensions/v1/namespaces/other/pods", "deletecollection", "extensions", "v1", "other", "pods", "", "", "pods"],
    ["POST", "/apis/extensions/v1/namespaces/other/pods", "create", "extensions", "v1", "other", "pods", "", "", "pods"],
    ["POST", "/apis/extensions/v1beta3/namespaces/other/pods", "create", "extensions", "v1beta3", "other", "pods", "", "", "pods"],
];

/// URL, whether it is about a resource (`TestGetAPIRequestInfo` error cases, `TestGetNonAPIRequestInfo`).
const PATHS: &[(&str, bool)] = &[
    ("/", false),
    ("/api/version/", false),
    ("/apis/group/version/", false),
    ("/api/version/", false),
    ("/badprefix/version/resource", false),
    ("/apis/version/resource", false),
    ("/api/version/resource", true),
    ("/apis/group/version/resource/name/subresource", true),
    ("/api/version/resource/name/subresource", true),
    ("/apis/batch/v1/job", true),
    ("/apis/batch/v1/job/foo", true),
    ("/apis/batch/v1/job/foo/scale", true),
    ("/not-api/version/resource", false),
    ("/apis/extensions/v1beta1", false),
    ("/apis/extensions/v1beta1/", false),
    ("/api/version", false),
    ("/api", false),
    ("/", false),
    ("", false),
];

/// Method, URL, verb, name, field selector, label selector (`TestSelectorParsing`).
#[rustfmt::skip]
const SELECTORS: &[[&str; 6]] = &[
    ["GET", "/apis/group/version/resource", "list", "", "", ""],
    ["GET", "/apis/group/version/resource?fieldSelector=metadata.name=name1", "list", "name1", "metadata.name=name1", ""],
    ["GET", "/apis/group/version/resource?watch=true&fieldSelector=metadata.name=name1", "watch", "name1", "metadata.name=name1", ""],
    ["GET", "/apis/group/version/resource?fieldSelector=foo=bar&labelSelector=baz=qux", "list", "", "foo=bar", "baz=qux"],
    ["GET", "/apis/group/version/resource?fieldSelector=metadata.name=name1,foo", "list", "", "metadata.name=name1,foo", ""],
    ["GET", "/apis/group/version/resource?fieldSelector=metadata.name=name1,foo&watch=true", "watch", "", "metadata.name=name1,foo", ""],
    ["GET", "/apis/group/version/resource?fieldSelector=metadata.name=name1,foo&watch=false", "list", "", "metadata.name=name1,foo", ""],
    ["DELETE", "/apis/group/version/resource?fieldSelector=foo=bar&labelSelector=baz=qux", "deletecollection", "", "foo=bar", "baz=qux"],
    ["GET", "/apis/group/version/resource?fieldSelector=metadata.name=foo&fieldSelector=metadata.name=bar&labelSelector=foo=bar&labelSelector=foo=baz", "list", "foo", "metadata.name=foo", "foo=bar"],
    ["GET", "/apis/group/version/resource/name?fieldSelector=foo=bar&labelSelector=foo=bar", "get", "name", "", ""],
    ["GET", "/apis/group/version/watch/resource?fieldSelector=metadata.name=foo&labelSelector=foo=bar", "watch", "", "", ""],
    ["GET", "/apis/group/version/watch/resource/name?fieldSelector=metadata.name=foo&labelSelector=foo=bar", "watch", "name", "", ""],
];

fn read(method: &str, url: &str) -> RequestInfo {
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    RequestInfo::new(method, path, query, true).expect(url)
}

#[test]
fn upstream_resources() {
    assert_eq!(RESOURCES.len(), 30);
    for &[method, url, verb, group, version, namespace, resource, subresource, name, parts] in RESOURCES {
        let info = read(method, url);
        assert!(info.is_resource_request, "{url}");
        let found = [
            &info.verb,
            &info.api_group,
            &info.api_version,
            &info.namespace,
            &info.resource,
            &info.subresource,
            &info.name,
            &info.parts.join("/"),
        ];
        assert_eq!(found, [verb, group, version, namespace, resource, subresource, name, parts], "{url}");
    }
}

#[test]
fn upstream_paths() {
    assert_eq!(PATHS.len(), 19);
    for &(url, expected) in PATHS {
        assert_eq!(read("GET", url).is_resource_request, expected, "{url}");
    }
}

#[test]
fn upstream_selectors() {
    assert_eq!(SELECTORS.len(), 12);
    for &[method, url, verb, name, fields, labels] in SELECTORS {
        let info = read(method, url);
        let found = [&info.verb, &info.name, &info.field_selector, &info.label_selector];
        assert_eq!(found, [verb, name, fields, labels], "{url}");
    }
}

/// What upstream's code does beside its tables.
#[test]
fn corners() {
    let verb_and_name = |method: &str, url: &str| {
        let info = read(method, url);
        (info.verb, info.name)
    };
    let pair = |verb: &str, name: &str| (verb.to_owned(), name.to_owned());
    assert_eq!(verb_and_name("get", "/api/v1/pods"), pair("", ""));
    assert_eq!(verb_and_name("OPTIONS", "/api/v1/pods/a"), pair("", "a"));
    assert_eq!(verb_and_name("OPTIONS", "/version"), pair("options", ""));
    assert_eq!(verb_and_name("GET", "/api/v1/pods?watch"), pair("watch", ""));
    assert_eq!(verb_and_name("GET", "/api/v1/pods?watch=FALSE&watch=1"), pair("list", ""));
    assert_eq!(verb_and_name("GET", "/api/v1/pods?watch=fal%C5%BFe"), pair("list", ""));
    assert_eq!(verb_and_name("GET", "/api/v1/pods?limit=x&watch=fal%C5%BFe"), pair("watch", ""));
    // One parameter that cannot be decoded takes the name away.
    let selected = "/api/v1/pods?fieldSelector=metadata.name%3Da";
    assert_eq!(verb_and_name("GET", selected), pair("list", "a"));
    for broken in ["limit=", "timeoutSeconds=1.5", "labelSelector=a%20in%20b", "labelSelector=-a"] {
        assert_eq!(verb_and_name("GET", &format!("{selected}&{broken}")), pair("list", ""), "{broken}");
    }
    for kept in ["limit=%2B5", "resourceVersion=x", "labelSelector=%zz", "limit=1;2", "labelSelector=a,!b"] {
        assert_eq!(verb_and_name("GET", &format!("{selected}&{kept}")), pair("list", "a"), "{kept}");
    }
    let of = |selector: &str| verb_and_name("GET", &format!("/api/v1/pods?fieldSelector={selector}")).1;
    assert_eq!(of("metadata.name=b,metadata.name=a"), "a");
    assert_eq!(of("metadata.name==b,spec.nodeName!=a"), "b");
    assert_eq!(of("metadata.name!=b"), "");
    assert_eq!(of("metadata.name=a/b"), "");
    assert_eq!(of("metadata.name=.."), "");
    assert_eq!(of("metadata.name=a%5C,b"), "a,b");
    assert_eq!(
        verb_and_name("DELETE", "/api/v1/pods?fieldSelector=metadata.name=a"),
        pair("deletecollection", "")
    );
    assert_eq!(read("GET", "//api/v1/pods/").resource, "pods");
    assert_eq!(read("GET", "/api//pods/a").resource, "pods");
    for url in ["/api/v1/watch", "/apis/apps/v1/proxy/"] {
        assert_eq!(RequestInfo::new("GET", url, "", true), Err(RequestInfoError::NothingAfterVerb));
    }
    let old = RequestInfo::new("GET", "/api/v1/pods", "fieldSelector=metadata.name=a", false).unwrap();
    assert_eq!((old.name.as_str(), old.field_selector.as_str()), ("a", ""));
}

#[test]
fn targets() {
    let info = RequestInfo::of_request("GET", "/api/v1/namespaces/a%2Fb/pods/x?watch=0", true).unwrap();
    // An escaped slash separates as well: the path is decoded first.
    assert_eq!((info.namespace.as_str(), info.resource.as_str(), info.name.as_str()), ("a", "b", "pods"));
    let refused = |target| RequestInfo::of_request("GET", target, true).unwrap_err();
    assert_eq!(refused("/%zz"), TargetError::Escape.into());
    assert_eq!(refused("/a%4"), TargetError::Escape.into());
    assert_eq!(refused("/a\n"), TargetError::Control.into());
    assert_eq!(refused("api/v1"), TargetError::NotAPath.into());
    assert_eq!(RequestInfo::of_request("OPTIONS", "*", true).unwrap().path, "*");
    let plus = RequestInfo::of_request("GET", "/a+b%20c", true).unwrap();
    assert_eq!(plus.path, "/a+b c");
}

#[test]
fn second_checks() {
    let exec = "/api/v1/namespaces/n/pods/p/exec";
    assert_eq!(read("GET", exec).second_verb(true), Some("create"));
    assert_eq!(read("GET", exec).second_verb(false), None);
    assert_eq!(read("POST", exec).second_verb(true), None);
    assert_eq!(read("GET", "/api/v1/namespaces/n/pods/p/portforward").second_verb(true), Some("create"));
    assert_eq!(read("GET", "/api/v1/namespaces/n/pods/p/proxy").second_verb(true), None);
    assert_eq!(read("GET", "/api/v1/nodes/p/exec").second_verb(true), None);
}

#[test]
fn label_selectors() {
    let show = |text: &str| match parse_label_selector(text) {
        Ok(all) => all
            .iter()
            .map(|one| format!("{} {:?} {}", one.key, one.operator, one.values.join("|")))
            .collect::<Vec<_>>()
            .join("; "),
        Err(error) => error,
    };
    for (text, expected) in [
        ("", ""),
        ("x=a,y=b,z=c", "x Equals a; y Equals b; z Equals c"),
        ("b==1, a != 2", "a NotEquals 2; b DoubleEquals 1"),
        ("x in (b,,a),!y,z notin ()", "x In |a|b; y DoesNotExist ; z NotIn "),
        ("in in (in,notin)", "in In in|notin"),
        ("x=,y", "x Equals ; y Exists "),
        ("a>1,b<2", "a GreaterThan 1; b LessThan 2"),
        ("x in (,)", "x In "),
        ("example.com/x", "example.com/x Exists "),
    ] {
        assert_eq!(show(text), expected, "{text}");
    }
    for broken in [
        "x=a||y=b", "x==a==b", "!x=a", "x<a", "x in a", "x in (", "x in (a", ",x", "x,", "x,,y", "(a", "Ä",
        "a b",
    ] {
        assert!(parse_label_selector(broken).is_err(), "{broken}");
    }
}

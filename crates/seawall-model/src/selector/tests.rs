use super::{LabelSelector, Labels, matches_map};
use crate::{Object, Origin, objects_of};
use seawall_yaml::{Source, parse_one};
use std::sync::Arc;

fn object(yaml: &str) -> Arc<Object> {
    let text = format!("apiVersion: v1\nkind: Namespace\n{yaml}");
    let document = Arc::new(parse_one(&Source::new("test", text)).unwrap());
    Arc::new(objects_of(&document, &Origin::File).unwrap().remove(0))
}

fn matches(selector: &str, labels: &str) -> Option<bool> {
    let selector = object(&format!("selector: {selector}"));
    let labels = object(&format!("labels: {labels}"));
    LabelSelector::new(selector.at().key("selector"))?.matches(Labels::of(labels.at().key("labels")))
}

#[test]
fn conditions_are_joined_by_and() {
    for (selector, labels, expected) in [
        ("{}", "{}", true),
        ("{}", "{a: x}", true),
        ("{matchLabels: {}}", "{a: x}", true),
        ("{matchLabels: null, matchExpressions: []}", "{a: x}", true),
        ("{matchLabels: {a: x}}", "{a: x, b: y}", true),
        ("{matchLabels: {a: x}}", "{a: z}", false),
        ("{matchLabels: {a: x}}", "null", false),
        ("{matchLabels: {a: x, b: y}}", "{a: x}", false),
        ("{matchLabels: {a: ''}}", "{a: null}", true),
        ("{matchLabels: {a: '1'}}", "{a: '1'}", true),
        ("{matchLabels: {a.b/c: x}}", "{a.b/c: x}", true),
        ("{matchExpressions: [{key: a, operator: In, values: [x, y]}]}", "{a: y}", true),
        ("{matchExpressions: [{key: a, operator: In, values: [x, y]}]}", "{}", false),
        ("{matchExpressions: [{key: a, operator: NotIn, values: [x, y]}]}", "{a: y}", false),
        ("{matchExpressions: [{key: a, operator: NotIn, values: [x, y]}]}", "{a: z}", true),
        ("{matchExpressions: [{key: a, operator: NotIn, values: [x, y]}]}", "{}", true),
        ("{matchExpressions: [{key: a, operator: Exists}]}", "{a: ''}", true),
        ("{matchExpressions: [{key: a, operator: Exists}]}", "{b: ''}", false),
        ("{matchExpressions: [{key: a, operator: DoesNotExist}]}", "{b: ''}", true),
        ("{matchExpressions: [{key: a, operator: DoesNotExist, values: []}]}", "{a: ''}", false),
        ("{matchLabels: {a: x}, matchExpressions: [{key: b, operator: Exists}]}", "{a: x}", false),
    ] {
        assert_eq!(matches(selector, labels), Some(expected), "{selector} on {labels}");
    }
}

#[test]
fn an_absent_selector_is_left_to_the_caller() {
    assert_eq!(matches("null", "{a: x}"), None);
    let nothing = object("other: 1");
    let everything = LabelSelector::or_everything(nothing.at().key("selector"));
    assert!(everything.is_empty());
    assert_eq!(everything.matches(Labels::unknown()), Some(true));
}

#[test]
fn what_the_api_server_refuses_matches_nothing() {
    for selector in [
        "{matchExpressions: [{key: a, operator: in, values: [x]}]}",
        "{matchExpressions: [{key: a, operator: Gt, values: ['1']}]}",
        "{matchExpressions: [{key: a, operator: In}]}",
        "{matchExpressions: [{key: a, operator: NotIn, values: []}]}",
        "{matchExpressions: [{key: a, operator: Exists, values: [x]}]}",
        "{matchExpressions: [{operator: Exists}]}",
    ] {
        assert_eq!(matches(selector, "{a: x}"), Some(false), "{selector}");
        let object = object(&format!("selector: {selector}"));
        let selector = LabelSelector::new(object.at().key("selector")).unwrap();
        assert!(selector.problem().is_some());
        assert_eq!(selector.matches(Labels::unknown()), Some(false));
    }
}

#[test]
fn a_namespace_has_the_label_with_its_name() {
    let namespace = object("metadata: {name: web, labels: {team: a, kubernetes.io/metadata.name: lie}}");
    let by = |text: &str, labels: Labels<'_>| {
        let object = object(&format!("selector: {text}"));
        LabelSelector::new(object.at().key("selector")).unwrap().matches(labels)
    };
    let full = Labels::of_namespace(&namespace);
    assert_eq!(by("{matchLabels: {kubernetes.io/metadata.name: web}}", full), Some(true));
    assert_eq!(by("{matchLabels: {kubernetes.io/metadata.name: lie}}", full), Some(false));
    assert_eq!(by("{matchLabels: {team: a}}", full), Some(true));
    assert_eq!(full.entries().collect::<Vec<_>>(), [("kubernetes.io/metadata.name", "web"), ("team", "a")]);
    let named = Labels::of_namespace_name("web");
    assert_eq!(by("{matchLabels: {kubernetes.io/metadata.name: web}}", named), Some(true));
    assert_eq!(by("{matchLabels: {team: a}}", named), None);
    assert_eq!(by("{matchLabels: {team: a, kubernetes.io/metadata.name: other}}", named), Some(false));
    assert_eq!(by("{}", named), Some(true));
}

#[test]
fn an_empty_map_selects_nothing() {
    let ask = |selector: &str| {
        let selector = object(&format!("selector: {selector}"));
        let labels = object("labels: {a: x, b: y}");
        matches_map(selector.at().key("selector"), Labels::of(labels.at().key("labels")))
    };
    assert_eq!(ask("{}"), Some(false));
    assert_eq!(ask("null"), Some(false));
    assert_eq!(ask("{a: x}"), Some(true));
    assert_eq!(ask("{a: x, b: z}"), Some(false));
    assert_eq!(ask("{a: x, b: y}"), Some(true));
}

//! SubjectAccessReviews: from their JSON to attributes (upstream:
//! `k8s.io/kubernetes/pkg/registry/authorization/util/helpers.go`, `pkg/apis/authorization/validation`).

use crate::request_info::{
    FieldRequirement, LabelOperator, LabelRequirement, is_label_key, is_label_value, parse_field_selector,
    parse_label_selector,
};
use crate::user::User;
use crate::{Attributes, Request, Selectors};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;

/// `spec` of a SubjectAccessReview. Nulls are unset, as for the API server.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(default, rename_all = "camelCase")]
pub struct SubjectAccessReviewSpec {
    /// What is asked about a resource.
    pub resource_attributes: Option<ResourceAttributes>,
    /// What is asked about a path.
    pub non_resource_attributes: Option<NonResourceAttributes>,
    /// The user.
    #[serde(deserialize_with = "or_default")]
    pub user: String,
    /// The groups; none are implied.
    #[serde(deserialize_with = "or_default")]
    pub groups: Vec<String>,
    /// Further attributes of the user.
    #[serde(deserialize_with = "or_default")]
    pub extra: BTreeMap<String, Vec<String>>,
    /// The user's unique identifier.
    #[serde(deserialize_with = "or_default")]
    pub uid: String,
}

/// `resourceAttributes`.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(default, rename_all = "camelCase")]
#[allow(missing_docs)] // the fields of `authorizationv1.ResourceAttributes`
pub struct ResourceAttributes {
    #[serde(deserialize_with = "or_default")]
    pub namespace: String,
    #[serde(deserialize_with = "or_default")]
    pub verb: String,
    #[serde(deserialize_with = "or_default")]
    pub group: String,
    #[serde(deserialize_with = "or_default")]
    pub version: String,
    #[serde(deserialize_with = "or_default")]
    pub resource: String,
    #[serde(deserialize_with = "or_default")]
    pub subresource: String,
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    pub field_selector: Option<SelectorAttributes>,
    pub label_selector: Option<SelectorAttributes>,
}

/// `nonResourceAttributes`.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(default)]
#[allow(missing_docs)] // the fields of `authorizationv1.NonResourceAttributes`
pub struct NonResourceAttributes {
    #[serde(deserialize_with = "or_default")]
    pub path: String,
    #[serde(deserialize_with = "or_default")]
    pub verb: String,
}

/// `fieldSelector` or `labelSelector`.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(default, rename_all = "camelCase")]
#[allow(missing_docs)] // the fields of `authorizationv1.FieldSelectorAttributes` and `LabelSelectorAttributes`
pub struct SelectorAttributes {
    #[serde(deserialize_with = "or_default")]
    pub raw_selector: String,
    #[serde(deserialize_with = "or_default")]
    pub requirements: Vec<SelectorRequirement>,
}

/// One term of a selector.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(default)]
#[allow(missing_docs)] // the fields of `metav1.FieldSelectorRequirement` and `LabelSelectorRequirement`
pub struct SelectorRequirement {
    #[serde(deserialize_with = "or_default")]
    pub key: String,
    #[serde(deserialize_with = "or_default")]
    pub operator: String,
    #[serde(deserialize_with = "or_default")]
    pub values: Vec<String>,
}

fn or_default<'de, T: Default + Deserialize<'de>, D: Deserializer<'de>>(decoder: D) -> Result<T, D::Error> {
    Option::deserialize(decoder).map(Option::unwrap_or_default)
}

/// Why the API server refuses a review (422).
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{field}: {message}")]
pub struct Invalid {
    /// The field, such as `spec.user`.
    pub field: String,
    /// What is wrong with it, in upstream's words.
    pub message: &'static str,
}

impl SubjectAccessReviewSpec {
    /// What the API server refuses. A SelfSubjectAccessReview has no user of its own: `own_user` is false then.
    /// Without the gate `AuthorizeWithSelectors` (`selectors`) selectors are dropped before they are looked at.
    pub fn problems(&self, own_user: bool, selectors: bool) -> Vec<Invalid> {
        let mut out = Vec::new();
        let mut add = |field: &str, message| out.push(Invalid { field: field.to_owned(), message });
        match (&self.resource_attributes, &self.non_resource_attributes) {
            (Some(_), Some(_)) => {
                let message = "cannot be specified in combination with resourceAttributes";
                add("spec.nonResourceAttributes", message);
            }
            (None, None) => {
                let message = "exactly one of nonResourceAttributes or resourceAttributes must be specified";
                add("spec.resourceAttributes", message);
            }
            _ => {}
        }
        if own_user && self.user.is_empty() && self.groups.is_empty() {
            add("spec.user", "at least one of user or group must be specified");
        }
        if let Some(resource) = self.resource_attributes.as_ref().filter(|_| selectors) {
            for (name, selector) in
                [("fieldSelector", &resource.field_selector), ("labelSelector", &resource.label_selector)]
            {
                if let Some(selector) = selector {
                    out.extend(selector.problems(name));
                }
            }
        }
        out
    }

    /// The user, without implied groups.
    pub fn user(&self) -> User {
        User {
            name: self.user.clone(),
            uid: self.uid.clone(),
            groups: self.groups.clone(),
            extra: self.extra.clone(),
        }
    }

    /// The selectors, as far as they can be read; `None` without any, or without the gate.
    pub fn selectors(&self, gate: bool) -> Option<Selectors> {
        let resource = self.resource_attributes.as_ref().filter(|_| gate)?;
        if resource.field_selector.is_none() && resource.label_selector.is_none() {
            return None;
        }
        let mut out = Selectors::default();
        if let Some(selector) = &resource.field_selector {
            (out.fields, out.fields_error) = selector.fields();
        }
        if let Some(selector) = &resource.label_selector {
            (out.labels, out.labels_error) = selector.labels();
        }
        Some(out)
    }

    /// The attributes, with what [`SubjectAccessReviewSpec::selectors`] gave. `None` if nothing is asked.
    pub fn attributes<'a>(&'a self, selectors: Option<&'a Selectors>) -> Option<Attributes<'a>> {
        if let Some(resource) = &self.resource_attributes {
            let version = if resource.version.is_empty() { "*" } else { &resource.version };
            let request = Request::Resource {
                group: &resource.group,
                version,
                resource: &resource.resource,
                subresource: &resource.subresource,
                namespace: &resource.namespace,
                name: &resource.name,
            };
            return Some(Attributes { verb: &resource.verb, request, selectors });
        }
        let path = self.non_resource_attributes.as_ref()?;
        Some(Attributes::path(&path.verb, &path.path))
    }
}

/// `status.evaluationError`: the authorizers' own error, and selectors that could not be read.
pub fn evaluation_error(error: Option<&str>, selectors: Option<&Selectors>) -> String {
    let mut out: Vec<String> = error.map(str::to_owned).into_iter().collect();
    if let Some(selectors) = selectors {
        let mut add = |name, failed: bool, some: bool| {
            let partially = if some { "partially " } else { "" };
            if failed {
                out.push(format!("spec.resourceAttributes.{name} {partially}ignored due to parse error"));
            }
        };
        add("fieldSelector", selectors.fields_error.is_some(), !selectors.fields.is_empty());
        add("labelSelector", selectors.labels_error.is_some(), !selectors.labels.is_empty());
    }
    out.join("; ")
}

impl SelectorAttributes {
    fn problems(&self, name: &str) -> Vec<Invalid> {
        let at = format!("spec.resourceAttributes.{name}");
        let mut out = Vec::new();
        let mut add = |field: &str, message| out.push(Invalid { field: format!("{at}.{field}"), message });
        if !self.raw_selector.is_empty() && !self.requirements.is_empty() {
            add("rawSelector", "may not specified at the same time as requirements");
        }
        if self.raw_selector.is_empty() && self.requirements.is_empty() {
            add("requirements", "requirements or rawSelector is required");
        }
        let labels = name == "labelSelector";
        for (number, term) in self.requirements.iter().enumerate() {
            let mut add = |field: &str, message| add(&format!("requirements[{number}].{field}"), message);
            if !labels && term.key.is_empty() {
                add("key", "must be specified");
            }
            match term.operator.as_str() {
                "In" | "NotIn" if term.values.is_empty() => {
                    add("values", "must be specified when `operator` is 'In' or 'NotIn'");
                }
                "Exists" | "DoesNotExist" if !term.values.is_empty() => {
                    add("values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                }
                // Operators of newer clients are let through and then dropped.
                _ => {}
            }
            if labels && !is_label_key(&term.key) {
                add("key", "not a qualified name");
            }
            for (place, value) in term.values.iter().enumerate() {
                if labels && !is_label_value(value) {
                    add(&format!("values[{place}]"), "not a valid label value");
                }
            }
        }
        out
    }

    fn fields(&self) -> (Vec<FieldRequirement>, Option<String>) {
        if self.requirements.is_empty() {
            return split(parse_field_selector(&self.raw_selector));
        }
        let mut out = Vec::new();
        let mut errors = Vec::new();
        for term in &self.requirements {
            match (term.operator.as_str(), term.values.as_slice()) {
                (_, [_, _, ..]) => {
                    errors.push("fieldSelectors do not yet support multiple values".to_owned())
                }
                (operator @ ("In" | "NotIn"), [value]) => out.push(FieldRequirement {
                    field: term.key.clone(),
                    equal: operator == "In",
                    value: value.clone(),
                }),
                ("In", []) => errors.push("fieldSelectors in must have one value".to_owned()),
                ("NotIn", []) => errors.push("fieldSelectors not in must have one value".to_owned()),
                (operator @ ("Exists" | "DoesNotExist"), _) => {
                    errors.push(format!("fieldSelectors do not yet support {operator}"));
                }
                (operator, _) => {
                    let operator = crate::go_quote::quoted(operator);
                    errors.push(format!("{operator} is not a valid field selector operator"));
                }
            }
        }
        (out, joined(errors))
    }

    fn labels(&self) -> (Vec<LabelRequirement>, Option<String>) {
        if self.requirements.is_empty() {
            return split(parse_label_selector(&self.raw_selector));
        }
        let mut out = Vec::new();
        let mut errors = Vec::new();
        for term in &self.requirements {
            let operator = match term.operator.as_str() {
                "In" => LabelOperator::In,
                "NotIn" => LabelOperator::NotIn,
                "Exists" => LabelOperator::Exists,
                "DoesNotExist" => LabelOperator::DoesNotExist,
                other => {
                    let operator = crate::go_quote::quoted(other);
                    errors.push(format!("{operator} is not a valid label selector operator"));
                    continue;
                }
            };
            out.push(LabelRequirement { key: term.key.clone(), operator, values: term.values.clone() });
        }
        (out, joined(errors))
    }
}

fn split<T>(read: Result<Vec<T>, String>) -> (Vec<T>, Option<String>) {
    match read {
        Ok(terms) => (terms, None),
        Err(error) => (Vec::new(), Some(error)),
    }
}

fn joined(mut errors: Vec<String>) -> Option<String> {
    match errors.len() {
        0 => None,
        1 => errors.pop(),
        _ => Some(format!("[{}]", errors.join(", "))),
    }
}

//! Match conditions of authorization webhooks (upstream: `pkg/authorization/cel/{compile,matcher}.go`, and
//! `resourceAttributesFrom` of `plugin/pkg/authorizer/webhook/webhook.go`).

use super::Conditions;
use crate::request_info::{LabelOperator, LabelRequirement};
use crate::user::User;
use crate::{Attributes, Request, Selectors};
use seawall_cel::{Environment, Program, Purpose, Type, Value, Variables};
use seawall_model::Version;

/// The compiled conditions of one webhook.
#[derive(Debug)]
pub struct MatchConditions {
    programs: Vec<Program>,
}

impl MatchConditions {
    /// Compiles the expressions as the API server of this version does at its start.
    ///
    /// # Errors
    /// When it refuses one of them: its number from 0, and why.
    pub fn compile<'a>(
        expressions: impl IntoIterator<Item = &'a str>,
        version: Version,
    ) -> Result<Self, (usize, String)> {
        let environment = Environment::new(u32::from(version.minor()), Purpose::AuthorizationMatchCondition);
        let compile = |(number, expression)| {
            environment.compile_as(expression, &Type::Bool).map_err(|error| (number, error.to_string()))
        };
        let programs = expressions.into_iter().enumerate().map(compile).collect::<Result<_, _>>()?;
        Ok(Self { programs })
    }

    /// What they say about a request: one that is false passes the webhook over, even if others fail.
    pub fn evaluate(&self, user: &User, attributes: &Attributes<'_>) -> Conditions {
        let reads = |name| self.programs.iter().any(|program| program.mentions_field(name));
        let request = spec(user, attributes, reads("fieldSelector"), reads("labelSelector"));
        let variables = Variables::new([("request", request)]);
        let (mut errors, mut unknown) = (Vec::new(), None);
        for program in &self.programs {
            match program.evaluate(&variables).result {
                Ok(Value::Bool(true)) => {}
                Ok(Value::Bool(false)) => return Conditions::Skip,
                Ok(Value::Unknown(what)) => unknown = Some(what.to_string()),
                Ok(_) => errors.push(format!(
                    "cel evaluation error: expression '{}' eval result type should be bool",
                    program.source()
                )),
                Err(error) => errors.push(format!(
                    "cel evaluation error: expression '{}' resulted in error: {error}",
                    program.source()
                )),
            }
        }
        match (unknown, errors.as_slice()) {
            (Some(what), _) => Conditions::Unknown(what),
            (None, []) => Conditions::Match,
            (None, [only]) => Conditions::Fail(only.clone()),
            (None, several) => Conditions::Fail(format!("[{}]", several.join(", "))),
        }
    }
}

/// `spec` of the SubjectAccessReview that the webhook would get, every string set (`convertObjectToUnstructured`).
fn spec<'v>(user: &'v User, attributes: &Attributes<'v>, fields: bool, labels: bool) -> Value<'v> {
    let extra = user.extra.iter().map(|(key, values)| (key.as_str(), Value::string_list(values)));
    let mut out = vec![
        ("user", Value::string(&user.name)),
        ("groups", Value::string_list(&user.groups)),
        ("uid", Value::string(&user.uid)),
        ("extra", Value::object(extra)),
    ];
    let verb = ("verb", Value::string(attributes.verb));
    match attributes.request {
        Request::Path(path) => {
            out.push(("nonResourceAttributes", Value::object([("path", Value::string(path)), verb])));
        }
        Request::Resource { group, version, resource, subresource, namespace, name } => {
            let mut asked = vec![
                ("namespace", Value::string(namespace)),
                verb,
                ("group", Value::string(group)),
                ("version", Value::string(version)),
                ("resource", Value::string(resource)),
                ("subresource", Value::string(subresource)),
                ("name", Value::string(name)),
            ];
            if let Some(selectors) = attributes.selectors {
                let terms = field_terms(selectors);
                if fields && !terms.is_empty() {
                    asked.push(("fieldSelector", requirements(terms)));
                }
                let terms: Vec<_> = selectors.labels.iter().filter_map(label_term).collect();
                if labels && !terms.is_empty() {
                    asked.push(("labelSelector", requirements(terms)));
                }
            }
            out.push(("resourceAttributes", Value::object(asked)));
        }
    }
    Value::object(out)
}

fn requirements(terms: Vec<Value<'_>>) -> Value<'_> {
    Value::object([("requirements", Value::values(terms))])
}

fn field_terms(selectors: &Selectors) -> Vec<Value<'_>> {
    selectors
        .fields
        .iter()
        .map(|term| {
            requirement(
                &term.field,
                if term.equal { "In" } else { "NotIn" },
                std::slice::from_ref(&term.value),
            )
        })
        .collect()
}

/// Terms that SubjectAccessReviews cannot say are left out: the question becomes wider.
fn label_term(term: &LabelRequirement) -> Option<Value<'_>> {
    let operator = match term.operator {
        LabelOperator::Equals | LabelOperator::DoubleEquals | LabelOperator::In => "In",
        LabelOperator::NotEquals | LabelOperator::NotIn => "NotIn",
        LabelOperator::Exists => "Exists",
        LabelOperator::DoesNotExist => "DoesNotExist",
        LabelOperator::GreaterThan | LabelOperator::LessThan => return None,
    };
    Some(requirement(&term.key, operator, &term.values))
}

fn requirement<'v>(key: &'v str, operator: &'static str, values: &'v [String]) -> Value<'v> {
    Value::object([
        ("key", Value::string(key)),
        ("operator", Value::string(operator)),
        ("values", Value::string_list(values)),
    ])
}

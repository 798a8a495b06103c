use crate::{ObjectAt, World};
use seawall_controls_macros::control;
use seawall_model::{CustomWrong, Report};
use seawall_yaml::Kind;

/// # custom-resource-refused
///
/// ## What it finds
/// A custom resource that its CustomResourceDefinition in the input does not allow: a value of another type, a required
/// field that is missing, a value outside of an enumeration, or a version that is not served.
///
/// ## Why it matters
/// The API server refuses the object: what it was to configure, often a policy or a gateway, stays as it was, though
/// the file says otherwise.
///
/// ## Fix
/// Correct the value, or apply the definition that fits the object.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["versions"]
)]
pub fn custom_resource_refused(object: ObjectAt<'_>, world: &World, out: &mut Report) {
    let own = object.object();
    for problem in world.custom_schemas().check(own) {
        let kind = own.kind();
        let message = match &problem.wrong {
            CustomWrong::Kind { expected, found } => {
                format!(
                    "the definition of {kind} wants a value of type {expected} here, and this is {}",
                    name(*found)
                )
            }
            CustomWrong::Required(field) => {
                format!("the definition of {kind} requires the field `{}` here", shown(field))
            }
            CustomWrong::Enum(values) => {
                format!("the definition of {kind} allows {} here", list(values))
            }
            CustomWrong::NotServed(versions) => format!(
                "the definition of {kind} does not serve version `{}`: it serves {}",
                shown(own.version()),
                list(versions)
            ),
            _ => continue,
        };
        let at = object.child(own.document().node(problem.node));
        out.finding(at, message).related(problem.says, "what the definition says");
    }
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Null => "null",
        Kind::True | Kind::False => "a boolean",
        Kind::Int => "an integer",
        Kind::Float => "a number with a fraction or exponent",
        Kind::String => "a string",
        Kind::Mapping => "an object",
        Kind::Sequence => "an array",
    }
}

/// The first values, each in backquotes.
fn list(values: &[String]) -> String {
    const MOST: usize = 8;
    let first: Vec<String> = values.iter().take(MOST).map(|value| format!("`{}`", shown(value))).collect();
    let more = if values.len() > MOST { " …" } else { "" };
    format!("{}{more}", first.join(", "))
}

fn shown(text: &str) -> String {
    text.chars().take(60).collect()
}

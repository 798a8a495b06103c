use crate::{ObjectAt, World};
use seawall_controls_macros::control;
use seawall_model::schema::Wrong;
use seawall_model::{CustomWrong, Report};

/// # unknown-field
///
/// ## What it finds
/// A field that the object's type does not have in the Kubernetes version asked for: misspelt, wrongly
/// indented, or of another version. For custom resources the schema of their CustomResourceDefinition counts, where
/// it is part of the input.
///
/// ## Why it matters
/// The API server drops it with a warning: a misspelt `runAsNonRoot` or `networkPolicy` field protects
/// nothing, though the file says it does. With strict validation the object is refused.
///
/// ## Fix
/// Correct the name (case counts) or the indentation.
///
/// ## References
/// - https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["versions"],
    aliases = ["kube-linter:schema-validation"]
)]
pub fn unknown_field(object: ObjectAt<'_>, world: &World, out: &mut Report) {
    let own = object.object();
    let problems = own.problems(world.version());
    for problem in problems.iter().take(MOST) {
        let Wrong::Unknown { within } = problem.wrong else { continue };
        let key = own.document().node(problem.node);
        let name: String = key.text().chars().take(60).collect();
        // A strategic merge patch (`$patch`, `$retainKeys` …) is no whole object.
        if name.starts_with('$') {
            continue;
        }
        let near = within.fields().map(|field| field.name()).find(|field| is_near(field, &name));
        let hint = near.map_or(String::new(), |field| format!("; did you mean `{field}`?"));
        out.finding(object.child(key), format!("{} has no field `{name}`{hint}", within.short_name()));
    }
    let problems = world.custom_schemas().check(own);
    for problem in problems.iter().filter(|problem| problem.wrong == CustomWrong::Unknown).take(MOST) {
        let key = own.document().node(problem.node);
        let name: String = key.text().chars().take(60).collect();
        let mut fields = problem.says.key("properties").entries().map(|(field, _)| field).take(PROPERTIES);
        let hint = fields.find(|field| is_near(field, &name));
        let hint = hint.map_or(String::new(), |field| format!("; did you mean `{field}`?"));
        let message = format!("the definition of {} has no field `{name}` here{hint}", own.kind());
        out.finding(object.child(key), message).related(problem.says, "the schema of this value");
    }
}

/// Properties among which a similar name is looked for.
const PROPERTIES: usize = 200;

/// Of one object; the rest follows from them.
const MOST: usize = 30;

/// Whether one is the other with another case, one letter more or less, or two letters swapped.
fn is_near(field: &str, written: &str) -> bool {
    field.eq_ignore_ascii_case(written)
        || field.len() > 3
            && field.len().abs_diff(written.len()) <= 1
            && strsim::osa_distance(field, written) <= 1
}

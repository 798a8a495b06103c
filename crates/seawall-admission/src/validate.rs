//! The object's own validation (`pkg/apis/*/validation`), as far as it is modelled: what surely passes is known; for
//! everything else the answer stays open, and says which field makes it so.

mod container;
mod form;
mod metadata;
mod pod;
mod rights;
mod rules;
mod warnings;
mod workload;

use crate::defaults::kind_of;
use crate::json::{Json, object_of};
use crate::outcome::Denial;
use crate::pass::{Pass, Step};
use crate::request::Operation;
use seawall_model::WellKnown;
use seawall_model::schema::{Schema, Wrong};

pub(crate) use form::{is_image, is_label_key, is_label_value};

const BY: &str = "validation";

/// What the decoder refuses or drops.
pub(crate) fn decode(pass: &mut Pass<'_>) -> Step {
    let request = pass.request;
    let schema = Schema::for_version(pass.settings.version);
    let Some(kind) = schema.kind(&request.group, &request.version, &request.kind) else {
        let text =
            format!("the fields of {}/{} {} are not known", request.group, request.version, request.kind);
        pass.doubt(BY, text);
        return Ok(());
    };
    let Some(object) = object_of(&pass.object) else { return Ok(()) };
    let mut unknown = Vec::new();
    for problem in schema.check(object.root(), kind) {
        let at = object.at().child(object.document().node(problem.node));
        let field = at.field_ref().field();
        match problem.wrong {
            // The decoder names dropped fields by their path, and takes the object without them.
            Wrong::Unknown { .. } => unknown.push(field),
            wrong => {
                let message = format!(
                    "{} in version \"{}\" cannot be handled as a {}: {field}: {wrong:?}",
                    request.kind, request.version, request.kind
                );
                pass.vague(BY, "the decoder's own words are not modelled");
                return Err(Denial {
                    by: "decoding",
                    code: 400,
                    reason: "BadRequest",
                    message,
                    causes: Vec::new(),
                    fields: vec![field],
                });
            }
        }
    }
    for field in unknown {
        pass.warnings.push(format!("unknown field \"{field}\""));
    }
    Ok(())
}

/// The validation that stands between the plugins that may change the object and those that may not.
pub(crate) fn object(pass: &mut Pass<'_>) -> Step {
    if !pass.request.subresource.is_empty() {
        let text = format!("validation of the subresource {} is not modelled", pass.request.subresource);
        pass.doubt(BY, text);
        return Ok(());
    }
    if pass.request.operation == Operation::Update {
        // What may change is a matter of each kind.
        let same = pass.request.old.as_ref().is_some_and(|old| old.at("spec") == pass.object.at("spec"));
        if !same || kind_of(&pass.object) == WellKnown::Other {
            pass.doubt(BY, "which fields of an object may change is not modelled");
        }
    }
    let mut open = Vec::new();
    metadata::check(&pass.object, pass.request, &mut open);
    match kind_of(&pass.object) {
        WellKnown::Pod => pod::check(&pass.object, "", pass.settings, &mut open),
        kind if kind.template_path().is_some() => {
            workload::check(&pass.object, kind, pass.settings, &mut open)
        }
        kind @ (WellKnown::Role
        | WellKnown::ClusterRole
        | WellKnown::RoleBinding
        | WellKnown::ClusterRoleBinding) => {
            rights::check(&pass.object, kind, &mut open);
        }
        kind => rules::check(&pass.object, kind, &mut open),
    }
    for reason in open {
        pass.doubt(BY, reason);
    }
    let warnings = warnings::of(pass);
    pass.warnings.extend(warnings);
    Ok(())
}

//! Structured files of kube-apiserver: which servers of the input use one, and what was refused in one.

use crate::{ComponentAt, World};
use seawall_model::decode::Refusal;
use seawall_model::{At, ComponentKind, NamedFile, Report};
use std::sync::Arc;

/// The API servers of the input whose `flag` names the file at `at`.
pub(crate) fn servers<'w>(world: &'w World, at: At<'_>, flag: &str) -> Vec<ComponentAt<'w>> {
    let components = world.components().iter().map(|component| component.in_version(world.version()));
    let names = |server: &ComponentAt<'w>| match server.file(flag) {
        NamedFile::Found(file) => Arc::ptr_eq(file.object(), at.object()),
        _ => false,
    };
    components.filter(|component| component.kind() == ComponentKind::ApiServer).filter(names).collect()
}

/// Whether some API server of the input uses the file: then controls on the server judge it with its flags.
pub(crate) fn is_used(world: &World, at: At<'_>, flag: &str) -> bool {
    !servers(world, at, flag).is_empty()
}

/// Findings on one file: a hostile one could be refused in a million places.
const MOST: usize = 32;

/// Each refusal as a finding; the last one says how many are left out.
pub(crate) fn report(out: &mut Report, what: &str, refusals: &[Refusal<'_>]) {
    for (index, refusal) in refusals.iter().take(MOST).enumerate() {
        let field = refusal.at.field_ref().field();
        let place = if field.is_empty() { String::new() } else { format!("`{field}`: ") };
        let finding = out
            .finding(refusal.at, format!("kube-apiserver refuses this {what}: {place}{}", refusal.message));
        let left = refusals.len() - index - 1;
        if index + 1 == MOST && left > 0 {
            finding.evidence(format!("{left} more places of this file are refused"));
        }
    }
}

//! Missing rights as upstream writes them (`validation/policy_compact.go`, `CompactString` of
//! `pkg/apis/rbac/v1/evaluation_helpers.go`).

use crate::go_quote::quoted;
use crate::rbac::{Atom, AtomObject};
use std::collections::{BTreeMap, BTreeSet};

/// One line for each resource with all its verbs, one for each path and verb; sorted, without duplicates.
pub(super) fn lines(missing: &[Atom<'_>]) -> Vec<String> {
    let mut verbs: BTreeMap<AtomObject<'_>, Vec<&str>> = BTreeMap::new();
    let mut out = BTreeSet::new();
    for atom in missing {
        match atom.object {
            AtomObject::Resource { .. } => verbs.entry(atom.object).or_default().push(atom.verb),
            AtomObject::Path(path) => {
                out.insert(format!("{{NonResourceURLs:[{}], Verbs:[{}]}}", quoted(path), quoted(atom.verb)));
            }
        }
    }
    for (object, verbs) in verbs {
        let AtomObject::Resource { group, resource, name } = object else { continue };
        let name = name.map(|name| format!("ResourceNames:[{}], ", quoted(name))).unwrap_or_default();
        let verbs: Vec<String> = verbs.into_iter().map(quoted).collect();
        out.insert(format!(
            "{{APIGroups:[{}], Resources:[{}], {name}Verbs:[{}]}}",
            quoted(group),
            quoted(resource),
            verbs.join(" ")
        ));
    }
    out.into_iter().collect()
}

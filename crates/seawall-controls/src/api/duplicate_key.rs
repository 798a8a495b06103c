use crate::{ObjectAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # duplicate-key
///
/// ## What it finds
/// A key that stands twice in the same mapping.
///
/// ## Why it matters
/// Kubernetes takes the last value and forgets the first without a word, where other tools take the first
/// or refuse the file: what was reviewed is not what runs. `kubectl` of late and strict validation refuse
/// it.
///
/// ## Fix
/// Remove one of the two.
///
/// ## References
/// - https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation
/// - https://yaml.org/spec/1.2.2/#mapping
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["versions"]
)]
pub fn duplicate_key(object: ObjectAt<'_>, _: &World, out: &mut Report) {
    let own = object.object().root();
    let end = own.id().0.saturating_add(own.size());
    let all = own.document().duplicates();
    let first = all.partition_point(|id| id.0 < own.id().0);
    for &id in all.iter().skip(first).take_while(|id| id.0 < end).take(MOST) {
        let key = own.document().node(id);
        let name: String = key.text().chars().take(60).collect();
        out.finding(object.child(key), format!("`{name}` stands here twice; this value wins"));
    }
}

/// Hostile files repeat a key without end.
const MOST: usize = 20;

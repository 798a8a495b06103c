//! The byte edits of fixes, fit to be told.

use crate::redact::mask;
use seawall_model::{Change, Fix, plan_edits};
use seawall_yaml::Edit;
use std::borrow::Cow;

/// The edits for `changes` of one document; none when the text cannot be edited mechanically, or when what would
/// be written holds a secret.
pub(crate) fn plan<'c>(changes: impl IntoIterator<Item = &'c Change>) -> Vec<Edit> {
    let edits = plan_edits(changes).unwrap_or_default();
    let tells = |edit: &Edit| matches!(mask(&edit.text), Cow::Owned(_));
    if edits.iter().any(tells) { Vec::new() } else { edits }
}

/// `safe fix, re-checked` and so on: what a person must know before the description.
pub(crate) fn label(fix: &Fix) -> &'static str {
    use seawall_model::Safety::{Safe, Unsafe};
    match (fix.safety, fix.verified) {
        (Safe, true) => "safe fix, re-checked",
        (Safe, false) => "safe fix",
        (Unsafe, true) => "unsafe fix (may break the application), re-checked",
        (Unsafe, false) => "unsafe fix (may break the application)",
    }
}

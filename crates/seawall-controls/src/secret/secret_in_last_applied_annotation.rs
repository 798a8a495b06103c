use crate::{SecretAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # secret-in-last-applied-annotation
///
/// ## What it finds
/// A Secret whose annotation `kubectl.kubernetes.io/last-applied-configuration` repeats its values.
///
/// ## Why it matters
/// `kubectl apply` copied the whole manifest there, with `stringData` in plain text. Tools that hide `data`
/// show annotations, and logs and tickets get them.
///
/// ## Fix
/// Remove the annotation, and use `kubectl apply --server-side`, which does not write it.
///
/// ## References
/// - https://kubernetes.io/docs/reference/labels-annotations-taints/#kubectl-kubernetes-io-last-applied-configuration
/// - https://kubernetes.io/docs/reference/using-api/server-side-apply/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["encryption-at-rest"],
    fix = Safe
)]
pub fn secret_in_last_applied_annotation(secret: SecretAt<'_>, _: &World, out: &mut Report) {
    let at = secret.get("metadata.annotations").key("kubectl.kubernetes.io/last-applied-configuration");
    let text = at.text().unwrap_or("");
    if ["\"data\":{\"", "\"stringData\":{\""].iter().any(|part| text.contains(part)) {
        let message = format!("an annotation of Secret `{}` repeats its values", secret.object().name());
        out.finding(at, message).safe_fix("remove the annotation", vec![at.remove()]);
    }
}

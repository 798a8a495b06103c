use crate::support::component::finding;
use crate::{ComponentAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Safety};

/// # old-tls-versions
///
/// ## What it finds
/// A component that accepts TLS 1.0 or 1.1 (`--tls-min-version`, `tlsMinVersion`).
///
/// ## Why it matters
/// Both are withdrawn (RFC 8996): their hashes can be forged, and a machine in the middle can force two good
/// ends down to them.
///
/// ## Fix
/// Set VersionTLS12, the default, or VersionTLS13.
///
/// ## References
/// - https://www.rfc-editor.org/rfc/rfc8996
/// - https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["api-tls"],
    fix = Unsafe
)]
pub fn old_tls_versions(component: ComponentAt<'_>, _: &World, out: &mut Report) {
    let setting = component.setting("tls-min-version");
    if setting.is_set() && matches!(setting.text(), Some("VersionTLS10" | "VersionTLS11")) {
        let mend = (Safety::Unsafe, "accept TLS 1.2 and later", "VersionTLS12");
        finding(out, component, &setting, "withdrawn versions of TLS are accepted", Some(mend));
    }
}

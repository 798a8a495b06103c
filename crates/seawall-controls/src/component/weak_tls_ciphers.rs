use crate::support::component::shown;
use crate::{ComponentAt, World};
use seawall_controls_macros::control;
use seawall_model::{ComponentKind, Report};

/// # weak-tls-ciphers
///
/// ## What it finds
/// A component whose cipher suites include ones that Go counts as insecure: RC4, 3DES, CBC with SHA-256, or RSA
/// key exchange.
///
/// ## Why it matters
/// They fall to known attacks (Sweet32, Lucky13, ROBOT), or let recorded traffic be read once the key leaks.
///
/// ## Fix
/// Remove the flag: the default list is good. Or name ECDHE suites with GCM or ChaCha20 only.
///
/// ## References
/// - https://pkg.go.dev/crypto/tls#InsecureCipherSuites
/// - https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["api-tls"],
    cis = ["1.2.29", "4.2.12"],
    aliases = ["KCV-0092", "CKV_K8S_105", "CKV_K8S_151"],
    fix = Unsafe
)]
pub fn weak_tls_ciphers(component: ComponentAt<'_>, _: &World, out: &mut Report) {
    let setting = component.setting(if component.kind() == ComponentKind::Etcd {
        "cipher-suites"
    } else {
        "tls-cipher-suites"
    });
    let Some(suites) = setting.list().filter(|_| setting.is_set()) else { return };
    let (weak, good): (Vec<&str>, Vec<&str>) = suites.into_iter().partition(|suite| INSECURE.contains(suite));
    if weak.is_empty() {
        return;
    }
    let message =
        format!("{}: weak TLS cipher suites are allowed: {}", component.program(), shown(&weak.join(", ")));
    let found = out.finding(setting.at(), message);
    let change = if component.config().is_some() { None } else { setting.change(&good.join(",")) };
    if let Some(change) = change.filter(|_| !good.is_empty() && setting.occurrences() == 1) {
        found.unsafe_fix("allow the strong suites only", vec![change]);
    }
}

/// `tls.InsecureCipherSuites` of Go 1.24, with which 1.33 and later are built.
const INSECURE: [&str; 13] = [
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
    "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA",
    "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
    "TLS_ECDHE_RSA_WITH_RC4_128_SHA",
    "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
    "TLS_RSA_WITH_AES_128_CBC_SHA",
    "TLS_RSA_WITH_AES_128_CBC_SHA256",
    "TLS_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_RSA_WITH_AES_256_CBC_SHA",
    "TLS_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_RSA_WITH_RC4_128_SHA",
    "TLS_RSA_WITH_RC4_128_MD5",
];

use crate::support::probed::{name, transcript};
use crate::{ProbeAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # listener-takes-weak-cipher
///
/// ## What it finds
/// A listener of the cluster that was asked (`scan --cluster --probe`) and takes a cipher of TLS 1.2 without forward
/// secrecy, or a broken one: RSA key exchange, 3DES, RC4.
///
/// ## Why it matters
/// Whoever records the traffic and gets the server's key later reads all of it, tokens and secrets among it.
///
/// ## Fix
/// Name ciphers with ECDHE alone in `--tls-cipher-suites` (`tlsCipherSuites` of the kubelet), or require TLS 1.3.
///
/// ## References
/// - https://www.rfc-editor.org/rfc/rfc9325#section-4.2
#[control(since = "0.1.0", severity = Low, practices = ["api-tls", "kubelet", "etcd"])]
pub fn listener_takes_weak_cipher(probe: ProbeAt<'_>, _: &World, out: &mut Report) {
    let at = probe.get("tls.weakCipher");
    if let Some(cipher) = at.str() {
        let message = format!("{} takes the cipher {}", name(probe), seawall_model::decode::shown(cipher));
        transcript(out.finding(at, message), probe);
    }
}

use crate::support::component::shown;
use crate::{EtcdAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # etcd-plaintext-listener
///
/// ## What it finds
/// An etcd that listens for clients, peers or metrics on `http://` at an address that is no loopback.
///
/// ## Why it matters
/// TLS settings do not cover an `http://` address: no certificate is asked for there. The client port gives
/// every secret to whoever reaches it; the metrics port only numbers.
///
/// ## Fix
/// Use `https://` for clients and peers; keep plain metrics on 127.0.0.1.
///
/// ## References
/// - https://etcd.io/docs/v3.6/op-guide/security/
/// - https://kubernetes.io/docs/tasks/administer-cluster/configure-upgrade-etcd/#securing-etcd-clusters
#[control(
    since = "0.1.0",
    severity = Critical,
    practices = ["etcd", "exposure", "api-tls"]
)]
pub fn etcd_plaintext_listener(etcd: EtcdAt<'_>, _: &World, out: &mut Report) {
    for (name, what, severity) in LISTENERS {
        let setting = etcd.setting(name);
        if !setting.is_set() {
            continue;
        }
        for url in setting.list().unwrap_or_default() {
            if let Some(host) = url.strip_prefix("http://").filter(|host| !is_loopback(host)) {
                let message = format!("etcd listens for {what} without TLS on `{}`", shown(host));
                out.finding(setting.at(), message).severity(severity);
            }
        }
    }
}

const LISTENERS: [(&str, &str, Severity); 4] = [
    ("listen-client-urls", "clients", Severity::Critical),
    ("listen-client-http-urls", "clients", Severity::High),
    ("listen-peer-urls", "peers", Severity::High),
    ("listen-metrics-urls", "metrics", Severity::Low),
];

fn is_loopback(host: &str) -> bool {
    let name = host.split('/').next().unwrap_or("");
    name.starts_with("127.") || name.starts_with("localhost") || name.starts_with("[::1]")
}

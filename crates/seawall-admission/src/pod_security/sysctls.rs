//! Only sysctls that are namespaced and harmless to other pods (`policy/check_sysctls.go`).

use super::check::{Forbidden, Revision};
use super::text::string;
use super::{Check, Level, Offence};
use seawall_model::PodAt;

/// Baseline: only sysctls of the safe set, which grew in 1.27, 1.29, 1.32 and 1.37.
pub static SYSCTLS: Check = Check {
    id: "sysctls",
    level: Level::Baseline,
    revisions: &[
        Revision { since: 0, overrides: &[], run: |pod| unsafe_at(pod, 0) },
        Revision { since: 27, overrides: &[], run: |pod| unsafe_at(pod, 27) },
        Revision { since: 29, overrides: &[], run: |pod| unsafe_at(pod, 29) },
        Revision { since: 32, overrides: &[], run: |pod| unsafe_at(pod, 32) },
        Revision { since: 37, overrides: &[], run: |pod| unsafe_at(pod, 37) },
    ],
};

/// Safe sysctls and the minor version that allowed them.
const SAFE: [(&str, u64); 14] = [
    ("kernel.shm_rmid_forced", 0),
    ("net.ipv4.ip_local_port_range", 0),
    ("net.ipv4.tcp_syncookies", 0),
    ("net.ipv4.ping_group_range", 0),
    ("net.ipv4.ip_unprivileged_port_start", 0),
    ("net.ipv4.ip_local_reserved_ports", 27),
    ("net.ipv4.tcp_keepalive_time", 29),
    ("net.ipv4.tcp_fin_timeout", 29),
    ("net.ipv4.tcp_keepalive_intvl", 29),
    ("net.ipv4.tcp_keepalive_probes", 29),
    ("net.ipv4.tcp_rmem", 32),
    ("net.ipv4.tcp_wmem", 32),
    // https://github.com/kubernetes/kubernetes/pull/138389
    ("net.ipv4.tcp_slow_start_after_idle", 37),
    ("net.ipv4.tcp_notsent_lowat", 37),
];

fn unsafe_at(pod: PodAt<'_>, minor: u64) -> Option<Forbidden<'_>> {
    let names = pod.security_context().key("sysctls").items().map(|sysctl| sysctl.key("name"));
    let bad = names.filter(|&name| !SAFE.iter().any(|&(safe, since)| safe == string(name) && since <= minor));
    let offences: Vec<_> = bad.map(|at| Offence::pod(at, "name")).collect();
    (!offences.is_empty()).then(|| {
        let names: Vec<&str> = offences.iter().map(|offence| string(offence.at)).collect();
        Forbidden { reason: "forbidden sysctls", detail: names.join(", "), offences }
    })
}

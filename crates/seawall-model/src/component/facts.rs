//! What is known of a flag: does it exist, does it take a value, what is it when nobody sets it?

use super::ComponentKind;
use crate::Version;

/// etcd's boolean flags (etcd 3.5 and 3.6, server/embed/config.go): its flags do not depend on the Kubernetes version.
const ETCD_BOOLEANS: [&str; 17] = [
    "auto-tls",
    "client-cert-auth",
    "enable-grpc-gateway",
    "enable-pprof",
    "enable-v2",
    "experimental-compact-hash-check-enabled",
    "experimental-enable-lease-checkpoint",
    "experimental-initial-corrupt-check",
    "experimental-memory-mlock",
    "force-new-cluster",
    "peer-auto-tls",
    "peer-client-cert-auth",
    "peer-skip-client-san-verification",
    "pre-vote",
    "socket-reuse-address",
    "socket-reuse-port",
    "strict-reconfig-check",
];

/// etcd's defaults that some control asks for; every other flag is empty or zero.
const ETCD_DEFAULTS: [(&str, &str); 10] = [
    ("advertise-client-urls", "http://localhost:2379"),
    ("auto-tls", "false"),
    ("client-cert-auth", "false"),
    ("enable-pprof", "false"),
    ("listen-client-urls", "http://localhost:2379"),
    ("listen-peer-urls", "http://localhost:2380"),
    ("peer-auto-tls", "false"),
    ("peer-client-cert-auth", "false"),
    ("self-signed-cert-validity", "1"),
    ("tls-min-version", "TLS1.2"),
];

/// Flags that take no value, so that the word after them is not theirs.
pub(super) fn is_boolean(kind: ComponentKind, name: &str, next: Option<&str>) -> bool {
    if kind == ComponentKind::Etcd {
        return ETCD_BOOLEANS.contains(&name);
    }
    if BOOLEANS.contains(&name) {
        return true;
    }
    // A flag that no supported version knows: it takes the next word unless that looks like a flag.
    next.is_none_or(|next| next.starts_with('-'))
}

/// Whether the program of this version knows the flag; `None` when there is no table of its flags.
pub(super) fn exists(kind: ComponentKind, _version: Version, name: &str) -> Option<bool> {
    if kind == ComponentKind::Etcd { None } else { Some(!REMOVED.contains(&name)) }
}

/// The value of a flag that nobody sets; `None` if the flag is not known.
pub(super) fn default(kind: ComponentKind, _version: Version, name: &str) -> Option<&'static str> {
    if kind == ComponentKind::Etcd {
        let known = ETCD_DEFAULTS.iter().find(|(flag, _)| *flag == name);
        return Some(
            known.map_or(if ETCD_BOOLEANS.contains(&name) { "false" } else { "" }, |(_, value)| value),
        );
    }
    Some(match name {
        "anonymous-auth"
        | "profiling"
        | "service-account-lookup"
        | "service-account-extend-token-expiration" => "true",
        _ => "",
    })
}
const BOOLEANS: [&str; 0] = [];
const REMOVED: [&str; 0] = [];

/// Whether the plugin runs unless it is disabled.
pub(super) fn is_default_plugin(_version: Version, name: &str) -> bool {
    ["NamespaceLifecycle", "ServiceAccount", "PodSecurity"].contains(&name)
}

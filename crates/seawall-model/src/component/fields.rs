//! Flags and the fields of configuration files that say the same.

use super::ComponentKind;
use crate::WellKnown;

/// A setting that a flag, a field of the component's configuration file, or both can make.
#[derive(Debug)]
pub(super) struct Field {
    /// The flag; for fields without one, the field's path.
    pub flag: &'static str,
    /// The field's path in the file.
    pub path: &'static str,
    /// The value when neither is given and a configuration file is read (the file's own defaulting).
    pub default: &'static str,
}

const fn field(flag: &'static str, path: &'static str, default: &'static str) -> Field {
    Field { flag, path, default }
}

/// pkg/kubelet/apis/config/v1beta1/defaults.go and cmd/kubelet/app/options/options.go.
const KUBELET: [Field; 34] = [
    field("address", "address", "0.0.0.0"),
    field("allowed-unsafe-sysctls", "allowedUnsafeSysctls", ""),
    field("anonymous-auth", "authentication.anonymous.enabled", "false"),
    field("authentication-token-webhook", "authentication.webhook.enabled", "true"),
    field("authorization-mode", "authorization.mode", "Webhook"),
    field("client-ca-file", "authentication.x509.clientCAFile", ""),
    field("contention-profiling", "enableContentionProfiling", "false"),
    field("enable-debugging-handlers", "enableDebuggingHandlers", "true"),
    field("enable-server", "enableServer", "true"),
    field("enableDebugFlagsHandler", "enableDebugFlagsHandler", "true"),
    field("enableProfilingHandler", "enableProfilingHandler", "true"),
    field("enableSystemLogHandler", "enableSystemLogHandler", "true"),
    field("event-burst", "eventBurst", "100"),
    field("event-qps", "eventRecordQPS", "50"),
    field("feature-gates", "featureGates", ""),
    field("healthz-bind-address", "healthzBindAddress", "127.0.0.1"),
    field("healthz-port", "healthzPort", "10248"),
    field("make-iptables-util-chains", "makeIPTablesUtilChains", "true"),
    field("pod-manifest-path", "staticPodPath", ""),
    field("pod-max-pids", "podPidsLimit", "-1"),
    field("port", "port", "10250"),
    field("protect-kernel-defaults", "protectKernelDefaults", "false"),
    field("read-only-port", "readOnlyPort", "0"),
    field("rotate-certificates", "rotateCertificates", "false"),
    field("rotate-server-certificates", "serverTLSBootstrap", "false"),
    field("seccomp-default", "seccompDefault", "false"),
    field("streaming-connection-idle-timeout", "streamingConnectionIdleTimeout", "4h0m0s"),
    field("tls-cert-file", "tlsCertFile", ""),
    field("tls-cipher-suites", "tlsCipherSuites", ""),
    field("tls-min-version", "tlsMinVersion", ""),
    field("tls-private-key-file", "tlsPrivateKeyFile", ""),
    field("manifest-url", "staticPodURL", ""),
    field("max-open-files", "maxOpenFiles", "1000000"),
    field("fail-swap-on", "failSwapOn", "true"),
];

/// pkg/proxy/apis/config/v1alpha1/defaults.go and cmd/kube-proxy/app/options.go.
const KUBE_PROXY: [Field; 8] = [
    field("bind-address", "bindAddress", "0.0.0.0"),
    field("feature-gates", "featureGates", ""),
    field("healthz-bind-address", "healthzBindAddress", "0.0.0.0:10256"),
    field("iptables-localhost-nodeports", "iptables.localhostNodePorts", "true"),
    field("metrics-bind-address", "metricsBindAddress", "127.0.0.1:10249"),
    field("nodeport-addresses", "nodePortAddresses", ""),
    field("profiling", "enableProfiling", "false"),
    field("proxy-mode", "mode", ""),
];

/// pkg/scheduler/apis/config/v1/defaults.go; other flags are not part of the file.
const SCHEDULER: [Field; 3] = [
    field("contention-profiling", "enableContentionProfiling", "true"),
    field("leader-elect", "leaderElection.leaderElect", "true"),
    field("profiling", "enableProfiling", "true"),
];

/// etcd's file has the flags' names but for the two blocks of transport security (server/embed/config.go, `configYAML`
/// and `securityConfig`); what the file leaves out has the flag's default.
const ETCD: [Field; 29] = [
    field("advertise-client-urls", "advertise-client-urls", ""),
    field("auto-tls", "client-transport-security.auto-tls", ""),
    field("cert-file", "client-transport-security.cert-file", ""),
    field("cipher-suites", "cipher-suites", ""),
    field("client-cert-allowed-hostname", "client-transport-security.allowed-hostname", ""),
    field("client-cert-auth", "client-transport-security.client-cert-auth", ""),
    field("client-cert-file", "client-transport-security.client-cert-file", ""),
    field("client-key-file", "client-transport-security.client-key-file", ""),
    field("data-dir", "data-dir", ""),
    field("enable-pprof", "enable-pprof", ""),
    field("feature-gates", "feature-gates", ""),
    field("initial-advertise-peer-urls", "initial-advertise-peer-urls", ""),
    field("key-file", "client-transport-security.key-file", ""),
    field("listen-client-http-urls", "listen-client-http-urls", ""),
    field("listen-client-urls", "listen-client-urls", ""),
    field("listen-metrics-urls", "listen-metrics-urls", ""),
    field("listen-peer-urls", "listen-peer-urls", ""),
    field("peer-auto-tls", "peer-transport-security.auto-tls", ""),
    field("peer-cert-allowed-cn", "peer-transport-security.allowed-cn", ""),
    field("peer-cert-allowed-hostname", "peer-transport-security.allowed-hostname", ""),
    field("peer-cert-file", "peer-transport-security.cert-file", ""),
    field("peer-client-cert-auth", "peer-transport-security.client-cert-auth", ""),
    field("peer-client-cert-file", "peer-transport-security.client-cert-file", ""),
    field("peer-client-key-file", "peer-transport-security.client-key-file", ""),
    field("peer-key-file", "peer-transport-security.key-file", ""),
    field("peer-trusted-ca-file", "peer-transport-security.trusted-ca-file", ""),
    field("tls-max-version", "tls-max-version", ""),
    field("tls-min-version", "tls-min-version", ""),
    field("trusted-ca-file", "client-transport-security.trusted-ca-file", ""),
];

/// The field of this setting, by flag.
pub(super) fn find(kind: ComponentKind, flag: &str) -> Option<&'static Field> {
    let fields: &'static [Field] = match kind {
        ComponentKind::Kubelet => &KUBELET,
        ComponentKind::KubeProxy => &KUBE_PROXY,
        ComponentKind::Scheduler => &SCHEDULER,
        ComponentKind::Etcd => &ETCD,
        _ => &[],
    };
    fields.iter().find(|field| field.flag == flag)
}

/// The flag that names the component's configuration file.
pub(super) fn config_flag(kind: ComponentKind) -> &'static str {
    if kind == ComponentKind::Etcd { "config-file" } else { "config" }
}

/// The kind of the component's configuration file, which [`config_flag`] names.
pub(super) fn config_kind(kind: ComponentKind) -> Option<WellKnown> {
    match kind {
        ComponentKind::Kubelet => Some(WellKnown::KubeletConfiguration),
        ComponentKind::KubeProxy => Some(WellKnown::KubeProxyConfiguration),
        ComponentKind::Scheduler => Some(WellKnown::KubeSchedulerConfiguration),
        ComponentKind::Etcd => Some(WellKnown::EtcdConfiguration),
        _ => None,
    }
}

/// Whether the program ignores the flag once it reads a configuration file. The kubelet's flags win over its file;
/// kube-proxy keeps only a few (options.go, `Complete`); kube-scheduler ignores its deprecated ones
/// (options.go, `ApplyTo`); etcd reads its file in place of all flags and variables (server/etcdmain/config.go, `parse`).
pub(super) fn ignored_beside_config(kind: ComponentKind, flag: &str) -> bool {
    const PROXY_KEEPS: [&str; 6] =
        ["cleanup", "config", "hostname-override", "v", "vmodule", "write-config-to"];
    const SCHEDULER_DROPS: [&str; 6] = [
        "contention-profiling",
        "kube-api-burst",
        "kube-api-content-type",
        "kube-api-qps",
        "kubeconfig",
        "profiling",
    ];
    match kind {
        ComponentKind::KubeProxy => !PROXY_KEEPS.contains(&flag) && !flag.starts_with("log"),
        ComponentKind::Scheduler => SCHEDULER_DROPS.contains(&flag),
        ComponentKind::Etcd => !matches!(flag, "config-file" | "version"),
        _ => false,
    }
}

/// What the kubelet assumes without a configuration file (options.go, `applyLegacyDefaults`).
pub(super) fn legacy_default(flag: &str) -> Option<&'static str> {
    match flag {
        "anonymous-auth" => Some("true"),
        "authentication-token-webhook" => Some("false"),
        "authorization-mode" => Some("AlwaysAllow"),
        "read-only-port" => Some("10255"),
        _ => None,
    }
}

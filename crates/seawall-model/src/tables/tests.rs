//! Facts that release notes and the components' own help print.

use super::flags::{self, Flag, FlagState, Support};
use super::gates::{self, Stage};
use super::lifecycle::{self, Served};
use super::plugins;
use crate::{ComponentKind, Minor, Version};

fn version(minor: u8) -> Version {
    Version::new(minor).unwrap()
}

fn default_of(component: ComponentKind, minor: u8, name: &str) -> &'static str {
    match flags::lookup(component, version(minor), name) {
        FlagState::Known(flag) => flag.default,
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn flags_of_versions() {
    use ComponentKind::{ApiServer, ControllerManager, Etcd, KubeProxy, Kubelet, Scheduler};
    let anonymous = Flag { name: "anonymous-auth", kind: "bool", default: "true", support: Support::Full };
    for each in Version::all() {
        assert_eq!(flags::lookup(ApiServer, each, "anonymous-auth"), FlagState::Known(anonymous));
        assert_eq!(default_of(ApiServer, each.minor(), "authorization-mode"), "[]");
        assert_eq!(default_of(ControllerManager, each.minor(), "profiling"), "true");
        assert_eq!(default_of(Scheduler, each.minor(), "secure-port"), "10259");
        assert_eq!(default_of(Kubelet, each.minor(), "make-iptables-util-chains"), "true");
        assert_eq!(default_of(KubeProxy, each.minor(), "metrics-bind-address"), "127.0.0.1:10249");
        assert_eq!(default_of(Etcd, each.minor(), "client-cert-auth"), "false");
        assert_eq!(flags::lookup(ApiServer, each, "insecure-port"), FlagState::Unknown);
    }
    // KEP-3331: structured authentication came before 1.30, structured authorization too.
    assert!(matches!(flags::lookup(ApiServer, version(30), "authorization-config"), FlagState::Known(_)));
    // Changed with 1.35 or 1.36: audit logs are limited by themselves.
    assert_eq!(default_of(ApiServer, 33, "audit-log-maxage"), "0");
    assert_eq!(default_of(ApiServer, 36, "audit-log-maxage"), "366");
    assert!(matches!(flags::lookup(Kubelet, version(36), "register-schedulable"), FlagState::Removed(_)));
    assert!(matches!(flags::lookup(ApiServer, version(30), "tls-curve-preferences"), FlagState::NotYet(_)));
    assert_eq!(
        flags::lookup(ControllerManager, version(36), "concurrent_rc_syncs"),
        flags::lookup(ControllerManager, version(36), "concurrent-rc-syncs")
    );
    let FlagState::Known(port) = flags::lookup(Kubelet, version(36), "read-only-port") else {
        panic!("port")
    };
    assert_eq!(port.support, Support::ConfigFile);
}

#[test]
fn every_flag_is_found_again() {
    for component in ComponentKind::ALL {
        for each in Version::all() {
            let mut count = 0;
            for flag in flags::all(component, each) {
                assert_eq!(
                    flags::lookup(component, each, flag.name),
                    FlagState::Known(flag),
                    "{component:?} {each}"
                );
                count += 1;
            }
            assert!(count > 50, "{component:?} {each}: {count}");
        }
    }
}

#[test]
fn gates_of_versions() {
    let stage =
        |minor: u8, name: &str| gates::lookup(version(minor), name).map(|gate| (gate.stage, gate.default));
    assert_eq!(stage(30, "UserNamespacesSupport"), Some((Stage::Beta, false)));
    assert_eq!(stage(33, "UserNamespacesSupport"), Some((Stage::Beta, true)));
    assert_eq!(stage(36, "StructuredAuthenticationConfiguration").map(|found| found.0), Some(Stage::Stable));
    assert_eq!(stage(36, "AllAlpha"), Some((Stage::Alpha, false)));
    assert_eq!(stage(36, "NoSuchGate"), None);
    assert_eq!(gates::removed_in("NoSuchGate"), None);
    for each in Version::all() {
        let all: Vec<_> = gates::all(each).collect();
        assert!(all.len() > 150, "{each}: {}", all.len());
        for gate in all {
            assert_eq!(gates::lookup(each, gate.name), Some(gate));
            assert_eq!(
                gates::removed_in(gate.name).is_some(),
                gates::lookup(Version::NEWEST, gate.name).is_none()
            );
        }
    }
}

#[test]
fn plugins_of_versions() {
    for each in Version::all() {
        for name in
            ["NodeRestriction", "AlwaysPullImages", "EventRateLimit", "DenyServiceExternalIPs", "AlwaysAdmit"]
        {
            assert!(plugins::is_known(each, name) && !plugins::is_default_on(each, name), "{each} {name}");
        }
        for name in ["PodSecurity", "ServiceAccount", "NamespaceLifecycle", "ValidatingAdmissionPolicy"] {
            assert!(plugins::is_default_on(each, name), "{each} {name}");
        }
        assert!(
            !plugins::is_known(each, "PodSecurityPolicy") && !plugins::is_known(each, "SecurityContextDeny")
        );
        assert!(plugins::default_on(each).all(|name| plugins::is_known(each, name)));
    }
    assert!(
        !plugins::is_known(version(30), "PodTopologyLabels")
            && plugins::is_default_on(version(36), "PodTopologyLabels")
    );
}

fn removal(minor: u8, group: &str, api_version: &str, kind: &str) -> (u8, String) {
    match lifecycle::served(version(minor), group, api_version, kind) {
        Served::Removed { since, replacement } => (
            since.0,
            replacement
                .map_or(String::new(), |info| format!("{}/{} {}", info.group(), info.version(), info.kind())),
        ),
        other => panic!("{other:?}"),
    }
}

#[test]
fn removed_kinds() {
    let ingress = (22, "networking.k8s.io/v1 Ingress".to_owned());
    assert_eq!(removal(36, "extensions", "v1beta1", "Ingress"), ingress);
    assert_eq!(removal(30, "networking.k8s.io", "v1beta1", "Ingress"), ingress);
    assert_eq!(removal(30, "policy", "v1beta1", "PodSecurityPolicy"), (25, String::new()));
    assert_eq!(removal(36, "autoscaling", "v2beta2", "HorizontalPodAutoscaler").0, 26);
    let flow = (32, "flowcontrol.apiserver.k8s.io/v1 FlowSchema".to_owned());
    assert_eq!(removal(36, "flowcontrol.apiserver.k8s.io", "v1beta3", "FlowSchema"), flow);
    // Followed from v1beta1 to v1beta3 to v1.
    let older = (26, "flowcontrol.apiserver.k8s.io/v1 FlowSchema".to_owned());
    assert_eq!(removal(36, "flowcontrol.apiserver.k8s.io", "v1beta1", "FlowSchema"), older);
    assert_eq!(removal(36, "batch", "v1beta1", "CronJob").1, "batch/v1 CronJob");
    assert_eq!(removal(36, "node.k8s.io", "v1beta1", "RuntimeClass").1, "node.k8s.io/v1 RuntimeClass");
    assert_eq!(
        removal(36, "networking.k8s.io", "v1beta1", "IngressClass").1,
        "networking.k8s.io/v1 IngressClass"
    );
    // Upstream planned 1.37 for it; it went with 1.32.
    assert_eq!(removal(36, "coordination.k8s.io", "v1alpha1", "LeaseCandidate").0, 32);
}

#[test]
fn served_kinds() {
    let of = |minor: u8, group: &str, api_version: &str, kind: &str| {
        lifecycle::served(version(minor), group, api_version, kind)
    };
    assert!(matches!(of(31, "flowcontrol.apiserver.k8s.io", "v1beta3", "FlowSchema"), Served::Yes(_)));
    assert!(matches!(of(33, "resource.k8s.io", "v1", "DeviceClass"), Served::NotYet { since: Minor(34) }));
    assert!(matches!(of(36, "apps", "v3", "Deployment"), Served::Never));
    assert!(matches!(of(36, "argoproj.io", "v1alpha1", "Application"), Served::Foreign));
    assert!(matches!(of(36, "gateway.networking.k8s.io", "v1", "Gateway"), Served::Foreign));
    let endpoints = lifecycle::lookup("", "v1", "Endpoints").unwrap();
    assert_eq!((endpoints.deprecated, endpoints.removed), (Some(Minor(33)), None));
    assert_eq!(lifecycle::lookup("", "v1", "Pod").and_then(|life| life.deprecated), None);
}

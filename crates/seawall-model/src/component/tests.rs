use super::*;
use crate::{Change, Origin, objects_of, plan_edits};
use seawall_yaml::{Source, apply_edits, parse_documents};

fn cluster(files: &[(&str, &str)]) -> Cluster {
    Cluster::new(files.iter().flat_map(|(name, text)| {
        parse_documents(&Source::new(*name, *text)).into_iter().flat_map(|document| {
            let document = Arc::new(document.unwrap());
            objects_of(&document, &Origin::File).unwrap().into_iter().map(Arc::new).collect::<Vec<_>>()
        })
    }))
}

fn server(flags: &str) -> String {
    let mut text = "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n    - name: kube-apiserver\n      image: registry.k8s.io/kube-apiserver:v1.33.1\n      command:\n        - kube-apiserver\n".to_owned();
    for flag in flags.lines() {
        text.push_str(&format!("        - {flag}\n"));
    }
    text
}

fn only(components: &Components, check: impl FnOnce(ComponentAt<'_>)) {
    let mut all = components.iter();
    let component = all.next().expect("a component");
    assert_eq!(all.count(), 0);
    check(component.in_version(Version::NEWEST));
}

#[test]
fn reads_flags_as_pflag_does() {
    let text = server(
        "--anonymous-auth=false\n--audit_log_path\n/var/log/a\n--profiling\n--etcd-servers=a,b\n--etcd-servers=c\n--request-timeout=$(T)",
    );
    only(&Components::of(&cluster(&[("a.yaml", &text)])), |server| {
        assert_eq!((server.kind(), server.version().minor()), (ComponentKind::ApiServer, 33));
        assert_eq!(server.setting("anonymous-auth").bool(), Some(false));
        assert_eq!(server.setting("audit-log-path").text(), Some("/var/log/a"));
        assert_eq!(server.setting("profiling").bool(), Some(true));
        assert_eq!(server.setting("etcd-servers").list(), Some(vec!["a", "b", "c"]));
        // No such variable: the text stays as it is.
        assert_eq!(server.setting("request-timeout").text(), Some("$(T)"));
        assert_eq!(server.setting("profiling").at().field_ref().field(), "spec.containers[0].command[4]");
    });
}

#[test]
fn shell_scripts_and_their_unknown_parts() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n    - name: a\n      image: x\n      command: [/bin/sh, -c, 'exec /usr/local/bin/kube-apiserver --profiling=false $MORE 2>&1']\n";
    only(&Components::of(&cluster(&[("a.yaml", text)])), |server| {
        assert_eq!(server.setting("profiling").bool(), Some(false));
        assert!(server.setting("anonymous-auth").unknown().unwrap().contains("$MORE"));
        assert!(server.setting("profiling").change("true").is_none());
    });
}

#[test]
fn other_programs_are_no_components() {
    for command in ["[monitor, kube-apiserver]", "[sh, -c, echo kube-apiserver]", "[grep, etcd]"] {
        let text = format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec:\n  containers: [{{name: a, image: x, command: {command}}}]\n"
        );
        assert_eq!(Components::of(&cluster(&[("a.yaml", &text)])).iter().count(), 0, "{command}");
    }
}

const KUBELET: &str = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nreadOnlyPort: 10255\nrotateCertificates: false\n";

#[test]
fn kubelet_files_have_their_own_defaults_and_flags_win() {
    only(&Components::of(&cluster(&[("k.yaml", KUBELET)])), |kubelet| {
        assert_eq!(kubelet.setting("anonymous-auth").bool(), Some(false));
        assert_eq!(kubelet.setting("authorization-mode").text(), Some("Webhook"));
        assert_eq!(kubelet.setting("read-only-port").int(), Some(10255));
        assert_eq!(*kubelet.setting("hostname-override").state(), State::Undescribed);
    });
    let pod = |more: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec:\n  containers: [{{name: a, image: x, command: [hyperkube, kubelet, --read-only-port=0{more}]}}]\n"
        )
    };
    only(&Components::of(&cluster(&[("p.yaml", &pod(""))])), |kubelet| {
        assert_eq!(kubelet.setting("anonymous-auth").bool(), Some(true), "legacy default without a file");
        assert_eq!(kubelet.setting("authorization-mode").text(), Some("AlwaysAllow"));
    });
    only(&Components::of(&cluster(&[("p.yaml", &pod(", --config=/var/lib/kubelet/k.yaml"))])), |kubelet| {
        assert!(kubelet.setting("anonymous-auth").unknown().unwrap().contains("/var/lib/kubelet/k.yaml"));
        assert_eq!(kubelet.setting("read-only-port").int(), Some(0));
    });
    let both = cluster(&[("k.yaml", KUBELET), ("p.yaml", &pod(", --config=/var/lib/kubelet/k.yaml"))]);
    only(&Components::of(&both), |kubelet| {
        assert_eq!(kubelet.setting("read-only-port").int(), Some(0));
        assert_eq!(kubelet.setting("rotate-certificates").bool(), Some(false));
        assert_eq!(kubelet.setting("anonymous-auth").bool(), Some(false));
    });
}

#[test]
fn kubeadm_adds_its_own_flags() {
    for (version, arguments) in
        [("v1beta3", "{profiling: \"false\"}"), ("v1beta4", "[{name: profiling, value: \"false\"}]")]
    {
        let text = format!(
            "apiVersion: kubeadm.k8s.io/{version}\nkind: ClusterConfiguration\nkubernetesVersion: v1.34.2\napiServer:\n  extraArgs: {arguments}\n---\n{KUBELET}"
        );
        let components = Components::of(&cluster(&[("kubeadm.yaml", &text)]));
        assert_eq!(components.iter().count(), 5);
        let server = components.iter().next().unwrap().in_version(Version::NEWEST);
        assert_eq!(server.version().minor(), 34);
        assert_eq!(server.setting("profiling").bool(), Some(false));
        assert_eq!(server.setting("authorization-mode").list(), Some(vec!["Node", "RBAC"]));
        assert!(matches!(server.plugin("NodeRestriction"), Plugin::On(_)));
        let kubelet = components.iter().last().unwrap().in_version(Version::NEWEST);
        assert_eq!(kubelet.kind(), ComponentKind::Kubelet);
        assert_eq!(kubelet.setting("rotate-certificates").bool(), Some(true), "kubeadm insists");
        assert_eq!(kubelet.setting("client-ca-file").text(), Some("/etc/kubernetes/pki/ca.crt"));
    }
}

#[test]
fn structured_files_take_the_place_of_flags() {
    let text = server("--authorization-config=/etc/k/authz.yaml\n--authentication-config=/etc/k/authn.yaml");
    let authz = "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthorizationConfiguration\nauthorizers: [{type: Node, name: n}, {type: RBAC, name: r}]\n";
    let authn = "apiVersion: apiserver.config.k8s.io/v1beta1\nkind: AuthenticationConfiguration\nanonymous: {enabled: true, conditions: [{path: /livez}]}\njwt: []\n";
    only(&Components::of(&cluster(&[("s.yaml", &text)])), |server| {
        assert!(
            matches!(server.authorizers(), Authorizers::Unknown(decides) if decides.contains("authz.yaml"))
        );
        assert!(matches!(server.anonymous(), Anonymous::Unknown(decides) if decides.contains("authn.yaml")));
    });
    let all = cluster(&[("s.yaml", &text), ("x/authz.yaml", authz), ("x/authn.yaml", authn)]);
    only(&Components::of(&all), |server| {
        let Authorizers::Known { chain, .. } = server.authorizers() else { panic!("known") };
        assert_eq!(chain.iter().map(|authorizer| &*authorizer.mode).collect::<Vec<_>>(), ["Node", "RBAC"]);
        assert!(matches!(server.anonymous(), Anonymous::Paths(_, paths) if paths == ["/livez"]));
    });
}

#[test]
fn always_allow_switches_anonymous_requests_off() {
    only(&Components::of(&cluster(&[("s.yaml", &server(""))])), |server| {
        assert!(matches!(server.anonymous(), Anonymous::Off(_)));
        assert!(matches!(server.authorizers(), Authorizers::Known { by_default: true, .. }));
    });
    only(&Components::of(&cluster(&[("s.yaml", &server("--authorization-mode=RBAC"))])), |server| {
        assert!(matches!(server.anonymous(), Anonymous::On(_)));
    });
}

#[test]
fn etcd_takes_variables_and_single_dashes() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: etcd, namespace: kube-system}\nspec:\n  containers:\n    - name: etcd\n      image: registry.k8s.io/etcd:3.6.8-0\n      command: [etcd, -client-cert-auth, -cert-file=/a]\n      env: [{name: ETCD_KEY_FILE, value: /b}, {name: ETCD_CERT_FILE, value: /c}]\n";
    only(&Components::of(&cluster(&[("e.yaml", text)])), |etcd| {
        assert_eq!(etcd.setting("client-cert-auth").bool(), Some(true));
        assert_eq!(etcd.setting("cert-file").text(), Some("/a"));
        assert_eq!(etcd.setting("key-file").text(), Some("/b"));
        assert_eq!(etcd.setting("peer-auto-tls").bool(), Some(false));
    });
    assert_eq!(
        Components::of(&cluster(&[("e.yaml", &text.replace("kube-system", "shop"))])).iter().count(),
        0
    );
}

#[test]
fn proxy_and_scheduler_files_replace_flags() {
    let text = "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: p}\nspec: {template: {spec: {containers: [{name: p, image: x, command: [kube-proxy, --config=/c/config.conf, --metrics-bind-address=0.0.0.0]}]}}}\n---\napiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmetricsBindAddress: 127.0.0.1:10249\n";
    only(&Components::of(&cluster(&[("p.yaml", text)])), |proxy| {
        assert_eq!(proxy.setting("metrics-bind-address").text(), Some("127.0.0.1:10249"));
        assert_eq!(
            proxy.given_flags().map(|flag| flag.fate).collect::<Vec<_>>(),
            [Fate::Used, Fate::Ignored]
        );
    });
}

#[test]
fn gates_of_flags_win_over_the_file() {
    let text = format!(
        "{KUBELET}featureGates: {{A: true, B: false}}\n---\napiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\nnodeRegistration: {{kubeletExtraArgs: [{{name: feature-gates, value: 'B=true,kube:C=false'}}]}}\n"
    );
    only(&Components::of(&cluster(&[("k.yaml", &text)])), |kubelet| {
        let gates: Vec<_> = kubelet.gates().iter().map(|gate| (gate.name, gate.enabled)).collect();
        assert_eq!(gates, [("A", true), ("B", true), ("C", false)]);
    });
}

#[test]
fn changes_are_written_where_the_setting_stands() {
    let fixed = |text: &str, change: fn(ComponentAt<'_>) -> Vec<Change>| {
        let components = Components::of(&cluster(&[("a.yaml", text)]));
        let changes = change(components.iter().next().unwrap().in_version(Version::NEWEST));
        apply_edits(text, &plan_edits(&changes).unwrap()).unwrap()
    };
    let set = |component: ComponentAt<'_>| vec![component.setting("profiling").change("false").unwrap()];
    assert!(fixed(&server("--profiling=true"), set).contains("        - --profiling=false\n"));
    assert!(fixed(&server("--a=b"), set).ends_with("        - --a=b\n        - --profiling=false\n"));
    assert!(fixed(&server("--contention-profiling\n--a=b"), set).ends_with("--profiling=false\n"));
    let pairs = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n";
    assert_eq!(
        fixed(pairs, set),
        format!("{pairs}apiServer:\n  extraArgs:\n    - name: profiling\n      value: \"false\"\n")
    );
    let map = "apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\napiServer: {}\n";
    assert!(fixed(map, set).contains("profiling: \"false\""));
}

#[test]
fn flags_of_other_versions() {
    let fates = |image: &str| {
        let text = server("--insecure-port=0\n--profiling=false").replace("v1.33.1", image);
        let components = Components::of(&cluster(&[("s.yaml", &text)]));
        let server = components.iter().next().unwrap().in_version(Version::NEWEST);
        server.given_flags().map(|flag| flag.fate).collect::<Vec<_>>()
    };
    assert_eq!(fates("v1.33.1"), [Fate::Unknown, Fate::Used]);
    assert_eq!(fates("v1.18.0"), [Fate::Used, Fate::Used], "no claim about versions that are not known");
}

#[test]
fn odd_commands_end() {
    let odd = [
        "[]",
        "[[]]",
        "{}",
        "[null, kube-apiserver]",
        "[kube-apiserver, --, --a=b]",
        "[kube-apiserver, --]",
        "[etcd, -]",
        "[hyperkube]",
        "[sh, -c]",
        "[sh, -c, 'kubelet --a=$(']",
        "[env, kubelet, --=x]",
        "[kube-apiserver, '--audit-log-path']",
    ];
    for command in odd {
        let text = format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: {{containers: [{{name: a, image: 'x:@/', command: {command}}}]}}\n"
        );
        for component in Components::of(&cluster(&[("a.yaml", &text)])).iter() {
            let component = component.in_version(Version::NEWEST);
            assert!(component.setting("audit-log-path").at().nearest().size() > 0);
            assert!(component.gates().is_empty());
        }
    }
}

const PROXY_MAP: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kube-proxy, namespace: kube-system}\ndata:\n  config.conf: |-\n    apiVersion: kubeproxy.config.k8s.io/v1alpha1\n    kind: KubeProxyConfiguration\n    metricsBindAddress: 0.0.0.0\n  kubeconfig.conf: |-\n    apiVersion: v1\n    kind: Config\n";

#[test]
fn config_maps_hold_configuration() {
    only(&Components::of(&cluster(&[("p.yaml", PROXY_MAP)])), |proxy| {
        let setting = proxy.setting("metrics-bind-address");
        assert_eq!(setting.text(), Some("0.0.0.0"));
        assert_eq!(setting.at().field_ref().location().start.line, 8);
        assert_eq!(setting.at().field_ref().field(), "data[\"config.conf\"].metricsBindAddress");
        let edits = plan_edits(&[setting.change("127.0.0.1").unwrap()]).unwrap();
        let fixed = apply_edits(PROXY_MAP, &edits).unwrap();
        assert!(fixed.contains("    metricsBindAddress: 127.0.0.1\n  kubeconfig.conf"), "{fixed}");
    });
    let elsewhere = PROXY_MAP.replace("kube-system", "docs");
    assert_eq!(Components::of(&cluster(&[("p.yaml", &elsewhere)])).iter().count(), 0);
}

#[test]
fn containers_read_what_they_mount() {
    let proxy = "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: p, namespace: kube-system}\nspec:\n  template:\n    spec:\n      containers:\n        - {name: p, image: x, command: [kube-proxy, --config=/c/conf/x.conf], volumeMounts: [{name: v, mountPath: /c}, {name: w, mountPath: /c/conf/}]}\n      volumes: [{name: v, emptyDir: {}}, {name: w, configMap: {name: NAME, items: [{key: config.conf, path: x.conf}]}}]\n";
    let mounting = |name: &str| proxy.replace("NAME", name);
    let other = PROXY_MAP.replace("name: kube-proxy", "name: other").replace("0.0.0.0", "10.1.2.3");
    let both =
        |name: &str| cluster(&[("p.yaml", &mounting(name)), ("a.yaml", &other), ("b.yaml", PROXY_MAP)]);
    let address = |cluster: &Cluster, at: usize| {
        let components = Components::of(cluster);
        let proxy = components.iter().nth(at).unwrap().in_version(Version::NEWEST);
        proxy.setting("metrics-bind-address").text().map(str::to_owned)
    };
    assert_eq!(address(&both("other"), 0).as_deref(), Some("10.1.2.3"));
    assert_eq!(
        address(&both("other"), 1).as_deref(),
        Some("0.0.0.0"),
        "the well-known one stands for itself"
    );
    only(&Components::of(&both("kube-proxy")), |proxy| {
        assert_eq!(proxy.setting("metrics-bind-address").text(), Some("0.0.0.0"));
    });
    // A ConfigMap that is at hand and has no such text: not another file in its place.
    let empty = other.replace("config.conf:", "other.conf:");
    let all = cluster(&[("p.yaml", &mounting("other")), ("a.yaml", &empty)]);
    only(&Components::of(&all), |proxy| {
        assert!(proxy.setting("metrics-bind-address").unknown().unwrap().contains("/c/conf/x.conf"));
    });
}

#[test]
fn kubeadm_keeps_its_configuration_in_config_maps() {
    let map = |name: &str, key: &str, text: &str| {
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, namespace: kube-system}}\ndata:\n  {key}: |\n    {}\n",
            text.trim_end().replace('\n', "\n    ")
        )
    };
    let text = "apiServer:\n  extraArgs:\n    profiling: \"true\"\napiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\nkubernetesVersion: v1.31.1\n";
    let file = format!(
        "{}---\n{}",
        map("kubeadm-config", "ClusterConfiguration", text),
        map("kubelet-config", "kubelet", KUBELET)
    );
    let components = Components::of(&cluster(&[("all.yaml", &file)]));
    assert_eq!(components.iter().count(), 5);
    let server = components.iter().next().unwrap().in_version(Version::NEWEST);
    assert_eq!((server.setting("profiling").bool(), server.version().minor()), (Some(true), 31));
    let kubelet = components.iter().last().unwrap().in_version(Version::NEWEST);
    assert_eq!(
        kubelet.setting("rotate-certificates").bool(),
        Some(false),
        "written after kubeadm's additions"
    );
    assert_eq!(kubelet.setting("read-only-port").int(), Some(10255));
}

#[test]
fn texts_that_cannot_be_read_are_named() {
    let unread = |text: &str| {
        let cluster = cluster(&[("a.yaml", text)]);
        let all: Vec<_> = cluster.objects().flat_map(|object| crate::unread_configurations(object)).collect();
        all.iter().map(|one| (one.place.line, one.template, one.field.clone())).collect::<Vec<_>>()
    };
    let broken = PROXY_MAP.replace("metricsBindAddress: 0.0.0.0", "a: [");
    assert!(matches!(&*unread(&broken), [(6..=8, false, field)] if field == "data[\"config.conf\"]"));
    let template = PROXY_MAP.replace("metricsBindAddress: 0.0.0.0", "clusterCIDR: {{ .CIDR }}");
    assert!(matches!(&*unread(&template), [(_, true, _)]));
    let prose = PROXY_MAP
        .replace("    apiVersion: kubeproxy", "    # see apiVersion: kubeproxy")
        .replace("0.0.0.0", "[");
    assert!(unread(&prose).is_empty(), "a text that does not say what it is");
}

const ETCD_FILE: &str = "name: a\nlisten-client-urls: https://0.0.0.0:2379,http://10.0.0.1:2379\nlisten-peer-urls: https://0.0.0.0:2380\nclient-transport-security:\n  cert-file: /c\n  client-cert-auth: yes\ncipher-suites: [A, B]\n";

#[test]
fn the_file_of_etcd_replaces_flags_and_variables() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: etcd, namespace: kube-system}\nspec:\n  containers:\n    - name: etcd\n      image: registry.k8s.io/etcd:3.6.8-0\n      command: [etcd, --config-file=/etc/etcd/etcd.yaml, --client-cert-auth=false, --key-file=/k]\n      env: [{name: ETCD_PEER_AUTO_TLS, value: 'true'}]\n";
    only(&Components::of(&cluster(&[("p.yaml", pod)])), |etcd| {
        assert!(etcd.setting("client-cert-auth").unknown().unwrap().contains("/etc/etcd/etcd.yaml"));
        assert!(etcd.setting("peer-auto-tls").unknown().is_some());
    });
    let check = |etcd: ComponentAt<'_>| {
        assert_eq!(etcd.setting("client-cert-auth").bool(), Some(true));
        assert_eq!(etcd.setting("cert-file").text(), Some("/c"));
        assert_eq!(etcd.setting("key-file").text(), Some(""), "the flag does not count");
        assert_eq!(etcd.setting("peer-auto-tls").bool(), Some(false), "nor does the variable");
        assert_eq!(etcd.setting("listen-client-urls").list().unwrap().len(), 2);
        assert_eq!(etcd.setting("cipher-suites").list(), Some(vec!["A", "B"]));
        let change = etcd.setting("peer-client-cert-auth").change("true").unwrap();
        let fixed = apply_edits(ETCD_FILE, &plan_edits(&[change]).unwrap()).unwrap();
        assert!(fixed.ends_with("peer-transport-security:\n  client-cert-auth: true\n"), "{fixed}");
    };
    only(&Components::of(&cluster(&[("p.yaml", pod), ("x/etcd.yaml", ETCD_FILE)])), |etcd| {
        check(etcd);
        let ignored = etcd.given_flags().filter(|flag| flag.fate == Fate::Ignored).count();
        assert_eq!(ignored, 3);
    });
    only(&Components::of(&cluster(&[("etcd.conf.yml", ETCD_FILE)])), check);
    let variable = pod
        .replace("--config-file=/etc/etcd/etcd.yaml, ", "")
        .replace("PEER_AUTO_TLS, value: 'true'", "CONFIG_FILE, value: /etcd.yaml");
    only(&Components::of(&cluster(&[("p.yaml", &variable), ("x/etcd.yaml", ETCD_FILE)])), check);
}

#[test]
fn other_files_are_not_taken_for_those_of_etcd() {
    for text in ["listen-client-urls: x\n", "a: 1\n", "kind: x\nlisten-client-urls: x\nlisten-peer-urls: y\n"]
    {
        let documents = parse_documents(&Source::new("a.yaml", text));
        let document = Arc::new(documents.into_iter().next().unwrap().unwrap());
        assert!(objects_of(&document, &Origin::File).is_none(), "{text}");
    }
}

//! A cluster of many teams: most pods can do little, some chains lead far.

use std::fmt::Write;

const NODES: usize = 1_000;
const PODS: usize = 25_000;
const ACCOUNTS: usize = 5_000;
const NAMESPACES: usize = 250;
const RBAC: &str = "rbac.authorization.k8s.io";

struct Dice(u64);

impl Dice {
    fn below(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below
    }
}

/// A List as JSON.
pub(crate) fn text() -> String {
    let mut out = String::from("{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[");
    let mut dice = Dice(17);
    nodes(&mut out);
    namespaces(&mut out);
    pods(&mut out, &mut dice);
    rights(&mut out, &mut dice);
    out.pop();
    out.push_str("]}");
    out
}

fn nodes(out: &mut String) {
    for node in 0..NODES {
        let label = if node < 3 { "\"node-role.kubernetes.io/control-plane\":\"\"" } else { "" };
        let _ = write!(
            out,
            r#"{{"apiVersion":"v1","kind":"Node","metadata":{{"name":"n{node}","labels":{{{label}}}}}}},"#
        );
    }
}

fn namespaces(out: &mut String) {
    for namespace in 0..NAMESPACES {
        let level = ["restricted", "baseline", "privileged"][namespace % 3];
        let _ = write!(
            out,
            r#"{{"apiVersion":"v1","kind":"Namespace","metadata":{{"name":"team-{namespace:03}","labels":{{"pod-security.kubernetes.io/enforce":"{level}"}}}}}},"#
        );
    }
    for account in 0..ACCOUNTS {
        let (namespace, number) = (account % NAMESPACES, account / NAMESPACES);
        let _ = write!(
            out,
            r#"{{"apiVersion":"v1","kind":"ServiceAccount","metadata":{{"name":"app-{number}","namespace":"team-{namespace:03}"}}}},"#
        );
    }
}

fn pods(out: &mut String, dice: &mut Dice) {
    for pod in 0..PODS {
        let workload = pod / 5;
        let (namespace, node) = (workload % NAMESPACES, dice.below(NODES - 3) + 3);
        let account = workload / NAMESPACES % (ACCOUNTS / NAMESPACES);
        let context = if workload % 97 == 0 { r#","securityContext":{"privileged":true}"# } else { "" };
        let mount = if workload % 7 == 0 { "true" } else { "false" };
        let _ = write!(
            out,
            r#"{{"apiVersion":"v1","kind":"Pod","metadata":{{"name":"w{workload}-{pod}","namespace":"team-{namespace:03}","labels":{{"app":"w{workload}"}},"ownerReferences":[{{"kind":"ReplicaSet","name":"w{workload}","controller":true}}]}},"spec":{{"nodeName":"n{node}","serviceAccountName":"app-{account}","automountServiceAccountToken":{mount},"containers":[{{"name":"c","image":"i"{context}}}]}}}},"#
        );
    }
}

fn rights(out: &mut String, dice: &mut Dice) {
    let rules = [
        r#"{"apiGroups":[""],"resources":["pods","pods/log"],"verbs":["get","list","watch"]}"#,
        r#"{"apiGroups":[""],"resources":["configmaps"],"verbs":["get","list"]}"#,
        r#"{"apiGroups":[""],"resources":["pods/exec"],"verbs":["create"]}"#,
        r#"{"apiGroups":["apps"],"resources":["deployments"],"verbs":["create","patch"]}"#,
        r#"{"apiGroups":[""],"resources":["secrets"],"verbs":["get"],"resourceNames":["db"]}"#,
        r#"{"apiGroups":[""],"resources":["serviceaccounts/token"],"verbs":["create"]}"#,
        r#"{"apiGroups":["rbac.authorization.k8s.io"],"resources":["rolebindings"],"verbs":["create"]}"#,
    ];
    for number in 0..5_000 {
        let namespace = number % NAMESPACES;
        let rule = rules[if number % 11 == 0 { 2 + dice.below(5) } else { dice.below(2) }];
        let _ = write!(
            out,
            r#"{{"apiVersion":"{RBAC}/v1","kind":"Role","metadata":{{"name":"r{number}","namespace":"team-{namespace:03}"}},"rules":[{rule}]}},"#
        );
        let account = dice.below(ACCOUNTS / NAMESPACES);
        let home = if number % 50 == 0 { dice.below(NAMESPACES) } else { namespace };
        let _ = write!(
            out,
            r#"{{"apiVersion":"{RBAC}/v1","kind":"RoleBinding","metadata":{{"name":"b{number}","namespace":"team-{namespace:03}"}},"subjects":[{{"kind":"ServiceAccount","name":"app-{account}","namespace":"team-{home:03}"}}],"roleRef":{{"apiGroup":"{RBAC}","kind":"Role","name":"r{number}"}}}},"#
        );
    }
    let admin = r#"{"apiGroups":["*"],"resources":["*"],"verbs":["*"]}"#;
    let reader = r#"{"apiGroups":[""],"resources":["pods","nodes"],"verbs":["get","list","watch"]}"#;
    for (number, rule) in [admin, reader, reader, reader].into_iter().enumerate() {
        let _ = write!(
            out,
            r#"{{"apiVersion":"{RBAC}/v1","kind":"ClusterRole","metadata":{{"name":"c{number}"}},"rules":[{rule}]}},"#
        );
        for binding in 0..20 {
            let (namespace, account) = (dice.below(NAMESPACES), dice.below(ACCOUNTS / NAMESPACES));
            let _ = write!(
                out,
                r#"{{"apiVersion":"{RBAC}/v1","kind":"ClusterRoleBinding","metadata":{{"name":"c{number}-{binding}"}},"subjects":[{{"kind":"ServiceAccount","name":"app-{account}","namespace":"team-{namespace:03}"}}],"roleRef":{{"apiGroup":"{RBAC}","kind":"ClusterRole","name":"c{number}"}}}},"#
            );
        }
    }
}

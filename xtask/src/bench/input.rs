//! The input of the benchmark: ordinary objects, some flawed, some hardened, all different, the same in every run.

use anyhow::Result;
use std::path::{Path, PathBuf};

/// Writes `count` files, one object each.
pub fn write(folder: &Path, count: usize, make: fn(usize) -> String) -> Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    for number in 0..count {
        std::fs::write(folder.join(format!("{number:05}.yaml")), make(number))?;
    }
    Ok(folder.to_owned())
}

fn head(api_version: &str, kind: &str, name: &str, number: usize) -> String {
    let team = number % 20;
    format!(
        "apiVersion: {api_version}\nkind: {kind}\nmetadata:\n  name: {name}-{number}\n  namespace: team-{team}\n  \
         labels:\n    app.kubernetes.io/name: {name}\n    app.kubernetes.io/instance: {name}-{number}\n    \
         app.kubernetes.io/part-of: shop\n"
    )
}

/// A Deployment with two containers; every fourth is hardened, every ninth privileged.
pub fn deployment(number: usize) -> String {
    let hardened = number.is_multiple_of(4);
    let mut out = head("apps/v1", "Deployment", "web", number);
    out.push_str(&format!(
        "spec:\n  replicas: {}\n  selector:\n    matchLabels:\n      app: web-{number}\n  template:\n    metadata:\n      \
         labels:\n        app: web-{number}\n      annotations:\n        prometheus.io/scrape: \"true\"\n        \
         prometheus.io/port: \"9090\"\n    spec:\n      serviceAccountName: web\n",
        1 + number % 3
    ));
    if hardened {
        out.push_str(
            "      automountServiceAccountToken: false\n      securityContext:\n        runAsNonRoot: true\n        \
             runAsUser: 10001\n        seccompProfile:\n          type: RuntimeDefault\n",
        );
    }
    out.push_str("      containers:\n");
    for (name, port) in [("app", 8080), ("proxy", 9090)] {
        out.push_str(&format!(
            "        - name: {name}\n          image: registry.example/shop/{name}:1.{number}\n          ports:\n            \
             - name: http-{name}\n              containerPort: {port}\n          env:\n            - name: LOG_LEVEL\n              \
             value: info\n            - name: REGION\n              value: eu-{}\n          resources:\n            requests:\n              \
             cpu: 100m\n              memory: 128Mi\n            limits:\n              memory: 256Mi\n          livenessProbe:\n            \
             httpGet:\n              path: /healthz\n              port: http-{name}\n            periodSeconds: 10\n          \
             readinessProbe:\n            httpGet:\n              path: /ready\n              port: http-{name}\n          \
             volumeMounts:\n            - name: config\n              mountPath: /etc/{name}\n              readOnly: true\n",
            number % 3
        ));
        if hardened {
            out.push_str(
                "          securityContext:\n            allowPrivilegeEscalation: false\n            readOnlyRootFilesystem: \
                 true\n            capabilities:\n              drop: [ALL]\n",
            );
        } else if number % 9 == 1 {
            out.push_str("          securityContext:\n            privileged: true\n");
        }
    }
    out.push_str(&format!(
        "      volumes:\n        - name: config\n          configMap:\n            name: web-{number}\n"
    ));
    out
}

/// One of ten kinds.
pub fn mixed(number: usize) -> String {
    match number % 10 {
        0 | 1 => deployment(number),
        2 => {
            head("v1", "Service", "web", number)
                + "spec:\n  selector:\n    app: web-1\n  ports:\n    - name: http\n      port: 80\n      targetPort: 8080\n"
        }
        3 => {
            head("v1", "ConfigMap", "web", number)
                + "data:\n  LOG_LEVEL: info\n  application.yaml: |\n    server:\n      port: 8080\n    cache:\n      size: 100\n"
        }
        4 => {
            head("rbac.authorization.k8s.io/v1", "Role", "reader", number)
                + "rules:\n  - apiGroups: [\"\"]\n    resources: [pods, services, configmaps]\n    verbs: [get, list, watch]\n  - apiGroups: [apps]\n    resources: [deployments]\n    verbs: [get]\n"
        }
        5 => {
            head("rbac.authorization.k8s.io/v1", "RoleBinding", "reader", number)
                + &format!(
                    "roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: Role\n  name: reader-{}\nsubjects:\n  - kind: ServiceAccount\n    name: web\n    namespace: team-{}\n",
                    number - 1,
                    number % 20
                )
        }
        6 => {
            head("networking.k8s.io/v1", "NetworkPolicy", "web", number)
                + "spec:\n  podSelector:\n    matchLabels:\n      app: web-1\n  policyTypes: [Ingress, Egress]\n  ingress:\n    - from:\n        - podSelector:\n            matchLabels:\n              app: proxy\n      ports:\n        - protocol: TCP\n          port: 8080\n  egress:\n    - to:\n        - namespaceSelector: {}\n      ports:\n        - protocol: UDP\n          port: 53\n"
        }
        7 => {
            head("networking.k8s.io/v1", "Ingress", "web", number)
                + &format!(
                    "spec:\n  tls:\n    - hosts: [web-{number}.example]\n      secretName: web-tls\n  rules:\n    - host: web-{number}.example\n      http:\n        paths:\n          - path: /\n            pathType: Prefix\n            backend:\n              service:\n                name: web-{}\n                port:\n                  number: 80\n",
                    number - 5
                )
        }
        8 => head("v1", "ServiceAccount", "web", number) + "automountServiceAccountToken: false\n",
        _ => {
            head("batch/v1", "CronJob", "report", number)
                + "spec:\n  schedule: \"0 3 * * *\"\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          restartPolicy: OnFailure\n          containers:\n            - name: report\n              image: registry.example/shop/report:2.1\n              args: [--since, 24h]\n"
        }
    }
}

//! The requests that somebody will look for after an incident, and those whose bodies must not be logged.

/// Why a request matters in the log.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Concern {
    /// Reading credentials.
    Secrets,
    /// Changing who may do what.
    Permissions,
    /// Running commands in containers, or reaching into them.
    Exec,
    /// Getting credentials made.
    Credentials,
    /// Changing what guards the cluster.
    Guards,
    /// Running new code.
    Workloads,
}

/// A request worth logging.
#[derive(Clone, Copy, Debug)]
pub struct Sensitive {
    /// What somebody does, for messages: `read secrets`.
    pub what: &'static str,
    /// Why it matters.
    pub concern: Concern,
    /// API group.
    pub group: &'static str,
    /// Plural name.
    pub resource: &'static str,
    /// `""` for none.
    pub subresource: &'static str,
    /// Both as a rule writes them: `pods/exec`.
    pub pattern: &'static str,
    /// Verbs of such requests.
    pub verbs: &'static [&'static str],
    /// Whether such objects live in namespaces.
    pub namespaced: bool,
    /// Whether the body of request or answer holds a credential.
    pub body_is_secret: bool,
}

const READ: &[&str] = &["get", "list", "watch"];
const WRITE: &[&str] = &["create", "update", "patch", "delete"];
const ALL: &[&str] = &["get", "list", "watch", "create", "update", "patch", "delete"];

const fn write(
    what: &'static str,
    concern: Concern,
    group: &'static str,
    resource: &'static str,
) -> Sensitive {
    Sensitive {
        what,
        concern,
        group,
        resource,
        subresource: "",
        pattern: resource,
        verbs: WRITE,
        namespaced: false,
        body_is_secret: false,
    }
}

const fn sub(
    what: &'static str,
    concern: Concern,
    resource: &'static str,
    subresource: &'static str,
    pattern: &'static str,
) -> Sensitive {
    let verbs = &["get", "create"];
    Sensitive {
        what,
        concern,
        group: "",
        resource,
        subresource,
        pattern,
        verbs,
        namespaced: true,
        body_is_secret: false,
    }
}

const fn in_namespaces(mut one: Sensitive) -> Sensitive {
    one.namespaced = true;
    one
}

const fn with_secret_body(mut one: Sensitive) -> Sensitive {
    one.body_is_secret = true;
    one
}

const RBAC: &str = "rbac.authorization.k8s.io";
const ADMISSION: &str = "admissionregistration.k8s.io";

/// The requests worth logging, by concern.
pub const SENSITIVE: &[Sensitive] = &[
    Sensitive {
        what: "read secrets",
        concern: Concern::Secrets,
        group: "",
        resource: "secrets",
        subresource: "",
        pattern: "secrets",
        verbs: READ,
        namespaced: true,
        body_is_secret: true,
    },
    with_secret_body(in_namespaces(write("change secrets", Concern::Secrets, "", "secrets"))),
    in_namespaces(write("change roles", Concern::Permissions, RBAC, "roles")),
    in_namespaces(write("change role bindings", Concern::Permissions, RBAC, "rolebindings")),
    write("change cluster roles", Concern::Permissions, RBAC, "clusterroles"),
    write("change cluster role bindings", Concern::Permissions, RBAC, "clusterrolebindings"),
    in_namespaces(write("change service accounts", Concern::Permissions, "", "serviceaccounts")),
    sub("run commands in pods", Concern::Exec, "pods", "exec", "pods/exec"),
    sub("attach to pods", Concern::Exec, "pods", "attach", "pods/attach"),
    sub("forward ports of pods", Concern::Exec, "pods", "portforward", "pods/portforward"),
    Sensitive {
        what: "add ephemeral containers",
        concern: Concern::Exec,
        group: "",
        resource: "pods",
        subresource: "ephemeralcontainers",
        pattern: "pods/ephemeralcontainers",
        verbs: &["update", "patch"],
        namespaced: true,
        body_is_secret: false,
    },
    Sensitive {
        what: "use the kubelet through the node proxy",
        concern: Concern::Exec,
        group: "",
        resource: "nodes",
        subresource: "proxy",
        pattern: "nodes/proxy",
        verbs: &["get", "create"],
        namespaced: false,
        body_is_secret: false,
    },
    Sensitive {
        what: "request tokens of service accounts",
        concern: Concern::Credentials,
        group: "",
        resource: "serviceaccounts",
        subresource: "token",
        pattern: "serviceaccounts/token",
        verbs: &["create"],
        namespaced: true,
        body_is_secret: true,
    },
    write("request certificates", Concern::Credentials, "certificates.k8s.io", "certificatesigningrequests"),
    Sensitive {
        what: "approve certificates",
        concern: Concern::Credentials,
        group: "certificates.k8s.io",
        resource: "certificatesigningrequests",
        subresource: "approval",
        pattern: "certificatesigningrequests/approval",
        verbs: &["update", "patch"],
        namespaced: false,
        body_is_secret: false,
    },
    write("change validating webhooks", Concern::Guards, ADMISSION, "validatingwebhookconfigurations"),
    write("change mutating webhooks", Concern::Guards, ADMISSION, "mutatingwebhookconfigurations"),
    write("change namespaces and their Pod Security labels", Concern::Guards, "", "namespaces"),
    in_namespaces(write("change network policies", Concern::Guards, "networking.k8s.io", "networkpolicies")),
    in_namespaces(write("create and change pods", Concern::Workloads, "", "pods")),
    in_namespaces(write("create and change daemon sets", Concern::Workloads, "apps", "daemonsets")),
];

/// Requests whose bodies hold credentials: logged at `Request` or above, they end up in the log.
pub(super) const SECRET_BODIES: &[Sensitive] = &[
    Sensitive {
        what: "secrets",
        concern: Concern::Secrets,
        group: "",
        resource: "secrets",
        subresource: "",
        pattern: "secrets",
        verbs: ALL,
        namespaced: true,
        body_is_secret: true,
    },
    Sensitive {
        what: "tokens of service accounts",
        concern: Concern::Credentials,
        group: "",
        resource: "serviceaccounts",
        subresource: "token",
        pattern: "serviceaccounts/token",
        verbs: &["create"],
        namespaced: true,
        body_is_secret: true,
    },
    Sensitive {
        what: "tokens in token reviews",
        concern: Concern::Credentials,
        group: "authentication.k8s.io",
        resource: "tokenreviews",
        subresource: "",
        pattern: "tokenreviews",
        verbs: &["create"],
        namespaced: false,
        body_is_secret: true,
    },
    Sensitive {
        what: "configuration maps",
        concern: Concern::Secrets,
        group: "",
        resource: "configmaps",
        subresource: "",
        pattern: "configmaps",
        verbs: ALL,
        namespaced: true,
        body_is_secret: true,
    },
];

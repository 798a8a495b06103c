//! The rights that edges ask for: verbs on resources, told apart as the edges need it.

use seawall_auth::Attributes;

/// Where a right can be held.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Reach {
    /// Only in the whole cluster.
    Cluster,
    /// In the cluster or a namespace.
    Namespace,
}

/// Whether a rule for certain names gives it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ByName {
    /// Requests carry no name.
    No,
    /// Requests carry a name.
    Yes,
}

macro_rules! rights {
    ($($right:ident $reach:ident $by_name:ident [$($verbs:literal $group:literal $resources:literal),+];)+) => {
        /// A right.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[repr(u8)]
        pub(crate) enum Right { $($right,)+ }

        impl Right {
            pub(crate) const ALL: &[Self] = &[$(Self::$right,)+];

            fn row(self) -> (Reach, ByName, &'static [(&'static str, &'static str, &'static str)]) {
                match self { $(Self::$right => (Reach::$reach, ByName::$by_name, &[$(($verbs, $group, $resources)),+]),)+ }
            }
        }
    };
}

// Verbs and resources are separated by spaces; any of them gives the right.
rights! {
    Everything Namespace No ["*" "*" "*"];
    ImpersonateUsers Cluster Yes ["impersonate" "" "users"];
    ImpersonateGroups Cluster Yes ["impersonate" "" "groups"];
    ImpersonateAccounts Namespace Yes ["impersonate" "" "serviceaccounts"];
    CreateTokens Namespace Yes ["create" "" "serviceaccounts/token"];
    GetSecrets Namespace Yes ["get" "" "secrets"];
    // A list of one name is allowed by a rule for that name (field selector `metadata.name`).
    ListSecrets Namespace Yes ["list watch" "" "secrets"];
    CreateSecrets Namespace No ["create" "" "secrets"];
    CreateAccounts Namespace No ["create" "" "serviceaccounts"];
    RunPods Namespace No [
        "create" "" "pods replicationcontrollers",
        "create" "apps" "deployments daemonsets statefulsets replicasets",
        "create" "batch" "jobs cronjobs"
    ];
    ChangeDeployments Namespace Yes ["update patch" "apps" "deployments"];
    ChangeDaemonSets Namespace Yes ["update patch" "apps" "daemonsets"];
    ChangeStatefulSets Namespace Yes ["update patch" "apps" "statefulsets"];
    ChangeReplicaSets Namespace Yes ["update patch" "apps" "replicasets"];
    ChangeCronJobs Namespace Yes ["update patch" "batch" "cronjobs"];
    ChangeReplicationControllers Namespace Yes ["update patch" "" "replicationcontrollers"];
    ChangePods Namespace Yes ["update patch" "" "pods"];
    ExecCreate Namespace Yes ["create" "" "pods/exec"];
    ExecGet Namespace Yes ["get" "" "pods/exec"];
    AttachCreate Namespace Yes ["create" "" "pods/attach"];
    AttachGet Namespace Yes ["get" "" "pods/attach"];
    ForwardCreate Namespace Yes ["create" "" "pods/portforward"];
    ForwardGet Namespace Yes ["get" "" "pods/portforward"];
    AddContainers Namespace Yes ["update patch" "" "pods/ephemeralcontainers"];
    ProxyPods Namespace Yes ["get create update patch delete" "" "pods/proxy"];
    SeePods Namespace No ["get list watch" "" "pods"];
    PodLogs Namespace Yes ["get" "" "pods/log"];
    NodeLogs Cluster Yes ["get" "" "nodes/log nodes/proxy"];
    RemovePods Namespace No ["delete deletecollection" "" "pods", "create" "" "pods/eviction"];
    ChangeNodes Cluster No ["update patch" "" "nodes nodes/status"];
    CreateVolumes Cluster No ["create" "" "persistentvolumes"];
    ChangeNamespace Namespace Yes ["update patch" "" "namespaces"];
    ChangeConfigMaps Namespace Yes ["update patch" "" "configmaps"];
    NodesProxy Cluster Yes ["get create" "" "nodes/proxy"];
    ChangeClusterRoles Cluster Yes ["update patch" "rbac.authorization.k8s.io" "clusterroles"];
    EscalateClusterRoles Cluster Yes ["escalate" "rbac.authorization.k8s.io" "clusterroles"];
    CreateClusterRoles Cluster No ["create" "rbac.authorization.k8s.io" "clusterroles"];
    ChangeRoles Namespace Yes ["update patch" "rbac.authorization.k8s.io" "roles"];
    EscalateRoles Namespace Yes ["escalate" "rbac.authorization.k8s.io" "roles"];
    CreateClusterRoleBindings Cluster No ["create" "rbac.authorization.k8s.io" "clusterrolebindings"];
    ChangeClusterRoleBindings Cluster Yes ["update patch" "rbac.authorization.k8s.io" "clusterrolebindings"];
    CreateRoleBindings Namespace No ["create" "rbac.authorization.k8s.io" "rolebindings"];
    ChangeRoleBindings Namespace Yes ["update patch" "rbac.authorization.k8s.io" "rolebindings"];
    BindClusterRoles Namespace Yes ["bind" "rbac.authorization.k8s.io" "clusterroles"];
    BindRoles Namespace Yes ["bind" "rbac.authorization.k8s.io" "roles"];
    CreateRequests Cluster No ["create" "certificates.k8s.io" "certificatesigningrequests"];
    ReadRequests Cluster No ["get list watch" "certificates.k8s.io" "certificatesigningrequests"];
    ChangeApproval Cluster No ["update patch" "certificates.k8s.io" "certificatesigningrequests/approval"];
    ApproveSigners Cluster Yes ["approve" "certificates.k8s.io" "signers"];
    NodeClient Cluster No ["create" "certificates.k8s.io" "certificatesigningrequests/nodeclient"];
    ChangeMutatingWebhooks Cluster Yes [
        "create update patch" "admissionregistration.k8s.io" "mutatingwebhookconfigurations"
    ];
    ChangeValidatingWebhooks Cluster Yes [
        "create update patch" "admissionregistration.k8s.io" "validatingwebhookconfigurations"
    ];
    ChangeMutatingPolicies Cluster No [
        "create" "admissionregistration.k8s.io" "mutatingadmissionpolicies"
    ];
    ChangeMutatingBindings Cluster No [
        "create" "admissionregistration.k8s.io" "mutatingadmissionpolicybindings"
    ];
    ChangeIngresses Namespace No ["create update patch" "networking.k8s.io" "ingresses"];
    ChangeApplications Namespace No ["create update patch" "argoproj.io" "applications"];
    ChangeKustomizations Namespace No ["create update patch" "kustomize.toolkit.fluxcd.io" "kustomizations"];
    ChangeHelmReleases Namespace No ["create update patch" "helm.toolkit.fluxcd.io" "helmreleases"];
}

impl Right {
    /// Where it can be held.
    pub(crate) fn reach(self) -> Reach {
        self.row().0
    }

    /// Whether rules for certain names give it.
    pub(crate) fn by_name(self) -> bool {
        self.row().1 == ByName::Yes
    }

    /// The questions, any of which gives it.
    pub(crate) fn questions(self) -> impl Iterator<Item = Attributes<'static>> {
        self.row().2.iter().flat_map(|&(verbs, group, resources)| {
            verbs.split(' ').flat_map(move |verb| {
                resources.split(' ').map(move |resource| Attributes::resource(verb, group, resource))
            })
        })
    }
}

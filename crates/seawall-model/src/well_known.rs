//! The kinds that seawall looks into, by group and kind; the served versions are the schema's business.

macro_rules! well_known {
    ($($name:ident: $($group:literal)|+, $scope:ident;)+) => {
        /// A kind that some control or engine knows. [`WellKnown::Other`] is everything else.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[allow(missing_docs)] // each variant is the Kubernetes kind of the same name
        #[repr(u8)]
        pub enum WellKnown { $($name,)+ Other }

        impl WellKnown {
            /// Every one of them, [`WellKnown::Other`] last.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+ Self::Other];

            /// The kind for an API group (`""` is core) and kind name.
            pub fn of(group: &str, kind: &str) -> Self {
                match (kind, group) {
                    $((stringify!($name), $($group)|+) => Self::$name,)+
                    // Registered too, because documentation once said so (apiserver/v1/register.go).
                    ("EncryptionConfig", "") => Self::EncryptionConfiguration,
                    _ => Self::Other,
                }
            }

            /// Whether its objects live in no namespace; `None` for [`WellKnown::Other`].
            pub fn cluster_scoped(self) -> Option<bool> {
                match self {
                    $(Self::$name => Some(well_known!(@$scope)),)+
                    Self::Other => None,
                }
            }

            /// The kind's name; `""` for [`WellKnown::Other`].
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)+
                    Self::Other => "",
                }
            }
        }
    };
    (@cluster) => { true };
    (@namespaced) => { false };
}

well_known! {
    Pod: "", namespaced;
    PodTemplate: "", namespaced;
    ReplicationController: "", namespaced;
    Deployment: "apps" | "extensions", namespaced;
    ReplicaSet: "apps" | "extensions", namespaced;
    StatefulSet: "apps", namespaced;
    DaemonSet: "apps" | "extensions", namespaced;
    Job: "batch", namespaced;
    CronJob: "batch", namespaced;
    Service: "", namespaced;
    Endpoints: "", namespaced;
    ConfigMap: "", namespaced;
    Secret: "", namespaced;
    ServiceAccount: "", namespaced;
    PersistentVolume: "", cluster;
    PersistentVolumeClaim: "", namespaced;
    Namespace: "", cluster;
    Node: "", cluster;
    ResourceQuota: "", namespaced;
    LimitRange: "", namespaced;
    Role: "rbac.authorization.k8s.io", namespaced;
    ClusterRole: "rbac.authorization.k8s.io", cluster;
    RoleBinding: "rbac.authorization.k8s.io", namespaced;
    ClusterRoleBinding: "rbac.authorization.k8s.io", cluster;
    NetworkPolicy: "networking.k8s.io" | "extensions", namespaced;
    Ingress: "networking.k8s.io" | "extensions", namespaced;
    IngressClass: "networking.k8s.io", cluster;
    Gateway: "gateway.networking.k8s.io", namespaced;
    HTTPRoute: "gateway.networking.k8s.io", namespaced;
    EndpointSlice: "discovery.k8s.io", namespaced;
    PodDisruptionBudget: "policy", namespaced;
    PodSecurityPolicy: "policy" | "extensions", cluster;
    HorizontalPodAutoscaler: "autoscaling", namespaced;
    RuntimeClass: "node.k8s.io", cluster;
    PriorityClass: "scheduling.k8s.io", cluster;
    StorageClass: "storage.k8s.io", cluster;
    CertificateSigningRequest: "certificates.k8s.io", cluster;
    ValidatingWebhookConfiguration: "admissionregistration.k8s.io", cluster;
    MutatingWebhookConfiguration: "admissionregistration.k8s.io", cluster;
    ValidatingAdmissionPolicy: "admissionregistration.k8s.io", cluster;
    ValidatingAdmissionPolicyBinding: "admissionregistration.k8s.io", cluster;
    MutatingAdmissionPolicy: "admissionregistration.k8s.io", cluster;
    MutatingAdmissionPolicyBinding: "admissionregistration.k8s.io", cluster;
    APIService: "apiregistration.k8s.io", cluster;
    CustomResourceDefinition: "apiextensions.k8s.io", cluster;
    KubeletConfiguration: "kubelet.config.k8s.io", cluster;
    KubeProxyConfiguration: "kubeproxy.config.k8s.io", cluster;
    KubeSchedulerConfiguration: "kubescheduler.config.k8s.io", cluster;
    ClusterConfiguration: "kubeadm.k8s.io", cluster;
    InitConfiguration: "kubeadm.k8s.io", cluster;
    JoinConfiguration: "kubeadm.k8s.io", cluster;
    AuthenticationConfiguration: "apiserver.config.k8s.io" | "apiserver.k8s.io", cluster;
    AuthorizationConfiguration: "apiserver.config.k8s.io" | "apiserver.k8s.io", cluster;
    AdmissionConfiguration: "apiserver.config.k8s.io" | "apiserver.k8s.io", cluster;
    EncryptionConfiguration: "apiserver.config.k8s.io" | "apiserver.k8s.io", cluster;
    EgressSelectorConfiguration: "apiserver.config.k8s.io" | "apiserver.k8s.io", cluster;
    TracingConfiguration: "apiserver.config.k8s.io" | "apiserver.k8s.io", cluster;
    PodSecurityConfiguration: "pod-security.admission.config.k8s.io", cluster;
    Policy: "audit.k8s.io", cluster;
    EtcdConfiguration: "file.seawall.dev", cluster;
    CertificateFile: "file.seawall.dev", cluster;
    Probe: "file.seawall.dev", cluster;
}

impl WellKnown {
    /// Whether this is configuration of a control-plane or node component, read from a file and never an API object.
    pub fn is_configuration(self) -> bool {
        use WellKnown::*;
        matches!(
            self,
            KubeletConfiguration
                | KubeProxyConfiguration
                | KubeSchedulerConfiguration
                | ClusterConfiguration
                | InitConfiguration
                | JoinConfiguration
                | AuthenticationConfiguration
                | AuthorizationConfiguration
                | AdmissionConfiguration
                | EncryptionConfiguration
                | EgressSelectorConfiguration
                | TracingConfiguration
                | PodSecurityConfiguration
                | Policy
                | EtcdConfiguration
                | CertificateFile
                | Probe
        )
    }

    /// Where the pod template of a workload stands; `None` for kinds without one. A Pod is its own template.
    pub fn template_path(self) -> Option<&'static str> {
        use WellKnown::*;
        match self {
            Pod => Some(""),
            Deployment | ReplicaSet | StatefulSet | DaemonSet | ReplicationController | Job => {
                Some("spec.template")
            }
            CronJob => Some("spec.jobTemplate.spec.template"),
            PodTemplate => Some("template"),
            _ => None,
        }
    }
}

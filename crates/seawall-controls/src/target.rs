//! What controls visit. The type of a control's first parameter is one of these.

use seawall_model::{At, ComponentKind, Object, Report, WellKnown};
pub use seawall_model::{ComponentAt, ContainerAt, PodAt};
pub use seawall_world::World;
use std::sync::Arc;

macro_rules! targets {
    ($($(#[$doc:meta])* $name:ident($at:ident): $($kind:ident)|+;)+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug)]
            pub struct $at<'a>(pub At<'a>);

            impl<'a> std::ops::Deref for $at<'a> {
                type Target = At<'a>;
                fn deref(&self) -> &At<'a> {
                    &self.0
                }
            }
        )+

        /// A control's function, by what it visits.
        #[derive(Clone, Copy, Debug)]
        #[allow(missing_docs)] // each variant is the target type of the same name
        pub enum Visit {
            Container(fn(ContainerAt<'_>, &World, &mut Report)),
            Pod(fn(PodAt<'_>, &World, &mut Report)),
            Object(fn(ObjectAt<'_>, &World, &mut Report)),
            Namespace(fn(NamespaceAt<'_>, &World, &mut Report)),
            World(fn(&World, &World, &mut Report)),
            Component(fn(ComponentAt<'_>, &World, &mut Report)),
            ApiServer(fn(ApiServerAt<'_>, &World, &mut Report)),
            ControllerManager(fn(ControllerManagerAt<'_>, &World, &mut Report)),
            Scheduler(fn(SchedulerAt<'_>, &World, &mut Report)),
            Etcd(fn(EtcdAt<'_>, &World, &mut Report)),
            Kubelet(fn(KubeletAt<'_>, &World, &mut Report)),
            KubeProxy(fn(KubeProxyAt<'_>, &World, &mut Report)),
            $($name(fn($at<'_>, &World, &mut Report)),)+
        }

        impl Visit {
            /// Runs a control that visits objects of certain kinds; false if it visits something else.
            pub(crate) fn visit_kind(self, object: &Arc<Object>, world: &World, out: &mut Report) -> bool {
                match self {
                    $(Self::$name(run) => run($at(object.at()), world, out),)+
                    _ => return false,
                }
                true
            }

            /// The kinds whose objects it visits, for targets that are defined by kind.
            pub(crate) fn kinds(self) -> &'static [WellKnown] {
                match self {
                    $(Self::$name(_) => &[$(WellKnown::$kind),+],)+
                    _ => &[],
                }
            }
        }
    };
}

targets! {
    /// A Role or ClusterRole.
    Role(RoleAt): Role | ClusterRole;
    /// A RoleBinding or ClusterRoleBinding.
    Binding(BindingAt): RoleBinding | ClusterRoleBinding;
    /// A ServiceAccount.
    ServiceAccount(ServiceAccountAt): ServiceAccount;
    /// A Service.
    Service(ServiceAt): Service;
    /// An Ingress.
    Ingress(IngressAt): Ingress;
    /// A NetworkPolicy.
    NetworkPolicy(NetworkPolicyAt): NetworkPolicy;
    /// A Gateway.
    Gateway(GatewayAt): Gateway;
    /// A ConfigMap.
    ConfigMap(ConfigMapAt): ConfigMap;
    /// A Secret.
    Secret(SecretAt): Secret;
    /// A ResourceQuota.
    ResourceQuota(ResourceQuotaAt): ResourceQuota;
    /// A LimitRange.
    LimitRange(LimitRangeAt): LimitRange;
    /// A Node.
    Node(NodeAt): Node;
    /// A validating or mutating webhook configuration.
    WebhookConfiguration(WebhookConfigurationAt): ValidatingWebhookConfiguration | MutatingWebhookConfiguration;
    /// A validating or mutating admission policy.
    AdmissionPolicy(AdmissionPolicyAt): ValidatingAdmissionPolicy | MutatingAdmissionPolicy;
    /// A binding of a validating or mutating admission policy.
    AdmissionPolicyBinding(AdmissionPolicyBindingAt): ValidatingAdmissionPolicyBinding | MutatingAdmissionPolicyBinding;
    /// A PersistentVolume.
    PersistentVolume(PersistentVolumeAt): PersistentVolume;
    /// An APIService.
    ApiService(ApiServiceAt): APIService;
    /// An EncryptionConfiguration.
    EncryptionConfiguration(EncryptionConfigurationAt): EncryptionConfiguration;
    /// An audit Policy.
    AuditPolicy(AuditPolicyAt): Policy;
    /// An AuthenticationConfiguration.
    AuthenticationConfiguration(AuthenticationConfigurationAt): AuthenticationConfiguration;
    /// An AuthorizationConfiguration.
    AuthorizationConfiguration(AuthorizationConfigurationAt): AuthorizationConfiguration;
    /// An AdmissionConfiguration.
    AdmissionConfiguration(AdmissionConfigurationAt): AdmissionConfiguration;
    /// What a listener of a cluster answered.
    Probe(ProbeAt): Probe;
}

macro_rules! components {
    ($($(#[$doc:meta])* $name:ident($at:ident);)+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug)]
            pub struct $at<'a>(pub ComponentAt<'a>);

            impl<'a> std::ops::Deref for $at<'a> {
                type Target = ComponentAt<'a>;
                fn deref(&self) -> &ComponentAt<'a> {
                    &self.0
                }
            }
        )+

        impl Visit {
            /// Runs a control that visits components; false if it visits something else.
            pub(crate) fn visit_component(self, component: ComponentAt<'_>, world: &World, out: &mut Report) -> bool {
                match (self, component.kind()) {
                    (Self::Component(run), _) => run(component, world, out),
                    $((Self::$name(run), ComponentKind::$name) => run($at(component), world, out),)+
                    _ => return false,
                }
                true
            }

            /// Whether it visits components.
            pub(crate) fn is_of_component(self) -> bool {
                matches!(self, Self::Component(_) $(| Self::$name(_))+)
            }
        }
    };
}

components! {
    /// A kube-apiserver's configuration in effect.
    ApiServer(ApiServerAt);
    /// A kube-controller-manager's configuration in effect.
    ControllerManager(ControllerManagerAt);
    /// A kube-scheduler's configuration in effect.
    Scheduler(SchedulerAt);
    /// An etcd's configuration in effect.
    Etcd(EtcdAt);
    /// A kubelet's configuration in effect.
    Kubelet(KubeletAt);
    /// A kube-proxy's configuration in effect.
    KubeProxy(KubeProxyAt);
}

/// Any object, custom resources and configuration included.
#[derive(Clone, Copy, Debug)]
pub struct ObjectAt<'a>(pub At<'a>);

impl<'a> std::ops::Deref for ObjectAt<'a> {
    type Target = At<'a>;
    fn deref(&self) -> &At<'a> {
        &self.0
    }
}

/// A namespace that the input describes: each Namespace object, and once each namespace that has no such object
/// but a NetworkPolicy, ResourceQuota or LimitRange.
#[derive(Clone, Copy, Debug)]
pub struct NamespaceAt<'a> {
    /// The namespace's name; `None` is the unnamed one that objects without a namespace share.
    pub name: Option<&'a str>,
    /// The Namespace object, if it is in the input.
    pub object: Option<At<'a>>,
    /// Where findings about the namespace point: its object, else the policy that describes it.
    pub at: At<'a>,
}

/// The kinds that describe a namespace beside its own object.
pub(crate) const DESCRIBING: [WellKnown; 3] =
    [WellKnown::NetworkPolicy, WellKnown::ResourceQuota, WellKnown::LimitRange];

//! The components that make a cluster, and how their programs are called.

/// A program of the control plane or of a node.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum ComponentKind {
    /// kube-apiserver.
    ApiServer,
    /// kube-controller-manager.
    ControllerManager,
    /// kube-scheduler.
    Scheduler,
    /// etcd.
    Etcd,
    /// kubelet.
    Kubelet,
    /// kube-proxy.
    KubeProxy,
}

impl ComponentKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::ApiServer,
        Self::ControllerManager,
        Self::Scheduler,
        Self::Etcd,
        Self::Kubelet,
        Self::KubeProxy,
    ];

    /// The program's name.
    pub const fn program(self) -> &'static str {
        match self {
            Self::ApiServer => "kube-apiserver",
            Self::ControllerManager => "kube-controller-manager",
            Self::Scheduler => "kube-scheduler",
            Self::Etcd => "etcd",
            Self::Kubelet => "kubelet",
            Self::KubeProxy => "kube-proxy",
        }
    }

    /// The component a program is, by the last part of its path.
    pub(super) fn of_program(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path);
        Self::ALL.into_iter().find(|kind| kind.program() == name)
    }

    /// The component that `hyperkube NAME` runs; the short names are those of old releases.
    pub(super) fn of_hyperkube(name: &str) -> Option<Self> {
        Self::of_program(name).or(match name {
            "apiserver" => Some(Self::ApiServer),
            "controller-manager" => Some(Self::ControllerManager),
            "scheduler" => Some(Self::Scheduler),
            "proxy" => Some(Self::KubeProxy),
            _ => None,
        })
    }

    /// Whether its flags follow pflag (Kubernetes) rather than Go's own package (etcd): pflag takes `_` for `-`,
    /// and no single dash before a long name.
    pub(super) const fn is_kubernetes(self) -> bool {
        !matches!(self, Self::Etcd)
    }
}

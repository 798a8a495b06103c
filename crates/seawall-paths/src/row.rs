//! The catalogue of edges: every way from one thing to another that is known, whether it is built here, and its
//! technique in MITRE ATT&CK.

/// Which file of `family` an edge stands in.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[allow(missing_docs)] // each is the file of the same name
pub enum Family {
    Identity,
    Rbac,
    Workload,
    ContainerEscape,
    Node,
    Certificates,
    Admission,
    Network,
    Cloud,
    Image,
}

/// Whether the graph has such edges.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Built {
    /// Yes, with its conditions.
    Yes,
    /// It is a part of another edge, which stands for it: its name.
    Within(&'static str),
    /// No; why not.
    No(&'static str),
}

/// What is known of an edge.
#[derive(Clone, Copy, Debug)]
pub struct RowInfo {
    /// Its number in the catalogue, such as `WL-1`.
    pub id: &'static str,
    /// Its name, such as `POD_CREATE_SA`.
    pub name: &'static str,
    /// Where it is built.
    pub family: Family,
    /// Its technique in MITRE ATT&CK.
    pub technique: &'static str,
    /// Whether it is built.
    pub built: Built,
    /// What the step is, in words; follows the place that it starts from.
    pub says: &'static str,
}

macro_rules! rows {
    ($($variant:ident $id:literal $name:ident $family:ident $technique:literal $built:expr, $says:literal;)+) => {
        /// An edge of the catalogue.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[allow(missing_docs)] // their names and words stand in the table
        #[repr(u8)]
        pub enum Row { $($variant,)+ }

        impl Row {
            /// All of them, in the order of the catalogue.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// What is known of it.
            pub fn info(self) -> &'static RowInfo {
                const TABLE: &[RowInfo] = &[$(RowInfo {
                    id: $id,
                    name: stringify!($name),
                    family: Family::$family,
                    technique: $technique,
                    built: $built,
                    says: $says,
                },)+];
                const NONE: RowInfo = RowInfo { id: "", name: "", family: Family::Identity, technique: "", built: Built::No(""), says: "" };
                TABLE.get(self as usize).unwrap_or(&NONE)
            }
        }
    };
}

use Built::{No, Within, Yes};

const NO_TABLE: Built = No("needs a table of versions with known escapes");
const NO_TRAFFIC: Built = No("gives traffic of others, which is no place of the graph");
const NO_GAIN: Built = No("gives rights to others, and nothing to whoever does it");
const NO_CLOUD: Built = No("stands in the cloud's own configuration, which is no input");

rows! {
    GroupImplied "ID-1" GROUP_IMPLIED Identity "T1078" Yes, "belongs to the group";
    Bound "ID-2" BOUND Identity "T1078" Within("the evidence of each step"), "is bound to the role";
    PodSa "ID-3" POD_SA Identity "T1552.001" Yes, "holds a token of its service account";
    Masters "ID-4" MASTERS Identity "T1078" Yes, "is asked no authorizer: the group may do everything";
    ImpersonateUser "ID-5" IMPERSONATE_USER Identity "T1134" Yes, "may act as the user";
    ImpersonateGroup "ID-5" IMPERSONATE_GROUP Identity "T1134" Yes, "may act as a member of the group";
    ImpersonateSa "ID-6" IMPERSONATE_SA Identity "T1134" Yes, "may act as the service account";
    ImpersonateConstrained "ID-7" IMPERSONATE_CONSTRAINED Identity "T1134" No("an identity limited to some verbs is no place of the graph yet"), "";
    TokenCreate "ID-8" TOKEN_CREATE Identity "T1528" Yes, "may have a token of the service account made";
    TokenSecretRead "ID-9" TOKEN_SECRET_READ Identity "T1552.007" Yes, "may read the secret with its token";
    TokenSecretForge "ID-10" TOKEN_SECRET_FORGE Identity "T1528" Yes, "may have a token written into a new secret and read it";
    BootstrapRead "ID-11" BOOTSTRAP_READ Identity "T1552.007" Yes, "may read the bootstrap token";
    BootstrapForge "ID-12" BOOTSTRAP_FORGE Identity "T1098" Yes, "may write a bootstrap token of its own";
    SecretCred "ID-13" SECRET_CRED Identity "T1552.001" No("the content of secrets is not kept"), "";
    ConfigPoison "ID-14" CONFIG_POISON Identity "T1554" No("whether a program runs what a ConfigMap says cannot be told from the input"), "";
    JwtNameClash "ID-15" JWT_NAME_CLASH Identity "T1556" No("subjects of identity providers are no places of the graph"), "";
    AnonGrant "ID-16" ANON_GRANT Identity "T1078.001" Yes, "needs no credentials: rights are bound to everybody";
    StaleSubject "ID-17" STALE_SUBJECT Identity "T1136" Yes, "may make the service account that the binding waits for";
    FrontProxyKey "ID-18" FRONT_PROXY_KEY Identity "T1552.004" Within("CONTROL_PLANE_NODE"), "";
    Escalate "RB-1" ESCALATE Rbac "T1098.006" Yes, "may write any rule into a role that it holds";
    BindCrb "RB-2" BIND_CRB Rbac "T1098.006" Yes, "may bind itself to the role in the whole cluster";
    BindRb "RB-3" BIND_RB Rbac "T1098.006" Yes, "may bind itself to the role in the namespace";
    BindingPatch "RB-4" BINDING_PATCH Rbac "T1098.006" Yes, "may add itself to the binding";
    RolePatchBound "RB-5" ROLE_PATCH_BOUND Rbac "T1098.006" NO_GAIN, "";
    AggregateInject "RB-6" AGGREGATE_INJECT Rbac "T1098.006" Yes, "may add a role whose rules flow into one that it holds";
    Wildcard "RB-7" WILDCARD Rbac "T1078" Yes, "may do everything";
    ControllerSa "RB-8" CONTROLLER_SA Rbac "T1528" Yes, "takes the service account of a controller";
    PodCreateSa "WL-1" POD_CREATE_SA Workload "T1610" Yes, "may run a pod as the service account";
    PodCreateHost "WL-2" POD_CREATE_HOST Workload "T1610" Yes, "may run a pod that takes over its node";
    WorkloadUpdate "WL-3" WORKLOAD_UPDATE Workload "T1610" Yes, "may change what a workload runs, and as whom";
    PodImagePatch "WL-4" POD_IMAGE_PATCH Workload "T1525" Yes, "may replace the image of the pod";
    Exec "WL-5" EXEC Workload "T1609" Yes, "may run commands in the pod";
    Attach "WL-6" ATTACH Workload "T1609" Yes, "may attach to the pod's process";
    Portforward "WL-7" PORTFORWARD Workload "T1090" Yes, "may connect to every port of the pod";
    Ephemeral "WL-8" EPHEMERAL Workload "T1609" Yes, "may add a container to the running pod";
    Proxy "WL-9" PROXY Workload "T1090" Yes, "may send requests to the pod through the API server";
    Mount "WL-10" MOUNT Workload "T1552.007" Yes, "may run a pod that mounts the secrets";
    PvHostpath "WL-11" PV_HOSTPATH Workload "T1611" Yes, "may mount any folder of a node by a volume of its own";
    PvHijack "WL-12" PV_HIJACK Workload "T1530" No("data on volumes is no place of the graph"), "";
    PodSteal "WL-13" POD_STEAL Workload "T1610" Yes, "drives the pod away from its node, onto one that is already taken";
    NodeAttract "WL-14" NODE_ATTRACT Workload "T1610" Within("POD_STEAL"), "";
    BindingCreate "WL-15" BINDING_CREATE Workload "T1610" No("pods that wait for a node are no places of the graph"), "";
    Preempt "WL-16" PREEMPT Workload "T1499" No("drives pods away, and where they go is the scheduler's choice"), "";
    SidecarRunAs "WL-17" SIDECAR_RUN_AS Workload "T1610" Yes, "has a controller apply objects with its own rights";
    Privileged "CE-1" PRIVILEGED ContainerEscape "T1611" Yes, "is privileged";
    ModuleLoad "CE-2" MODULE_LOAD ContainerEscape "T1611" Yes, "may load kernel modules";
    Nsenter "CE-3" NSENTER ContainerEscape "T1611" Yes, "sees the node's processes and may enter them";
    Ptrace "CE-4" PTRACE ContainerEscape "T1611" Yes, "may trace the node's processes";
    Cgroup "CE-5" CGROUP ContainerEscape "T1611" Yes, "may mount what the kernel runs programs from";
    CorePattern "CE-6" CORE_PATTERN ContainerEscape "T1611" Yes, "may name the program that the kernel runs on a crash";
    DacReadSearch "CE-7" DAC_READ_SEARCH ContainerEscape "T1611" Yes, "may open every file of the node by its number";
    HostWrite "CE-8" HOST_WRITE ContainerEscape "T1611" Yes, "may write to files of the node";
    HostRead "CE-9" HOST_READ ContainerEscape "T1552.001" Yes, "may read keys on the node";
    RuntimeSock "CE-10" RUNTIME_SOCK ContainerEscape "T1611" Yes, "may command the container runtime";
    VarLog "CE-11" VAR_LOG ContainerEscape "T1552.001" Yes, "has the kubelet read files of the node for it";
    KubeletDir "CE-12" KUBELET_DIR ContainerEscape "T1552.001" Yes, "reads the tokens of all pods of the node";
    HostNetwork "CE-13" HOSTNETWORK ContainerEscape "T1046" No("what listens on the node itself is no input"), "";
    SharePid "CE-14" SHARE_PID ContainerEscape "T1611" No("the containers of a pod are one place of the graph"), "";
    HostProcess "CE-15" HOSTPROCESS ContainerEscape "T1611" Yes, "runs as a process of its Windows node";
    NetMitm "CE-16" NET_MITM ContainerEscape "T1557" NO_TRAFFIC, "";
    RuntimeCve "CE-17" RUNTIME_CVE ContainerEscape "T1068" NO_TABLE, "";
    NodePods "ND-1" NODE_PODS Node "T1609" Yes, "holds every container on it";
    NodeIdentity "ND-2" NODE_IDENTITY Node "T1552.007" Yes, "may ask for what the pods on it use";
    NodesProxy "ND-3" NODES_PROXY Node "T1609" Yes, "may run commands in the pod through the kubelet";
    KubeletOpen "ND-4" KUBELET_OPEN Node "T1133" Yes, "reaches a kubelet that asks nobody";
    NodeStatus "ND-5" NODE_STATUS Node "T1557" NO_TRAFFIC, "";
    ControlPlaneNode "ND-6" CONTROL_PLANE_NODE Node "T1552.004" Yes, "holds the keys of the control plane";
    NodeJoin "ND-7" NODE_JOIN Node "T1649" Yes, "may have a certificate of a node signed";
    Etcd "ND-8" ETCD Node "T1552.004" Within("CONTROL_PLANE_NODE"), "";
    Backup "ND-9" BACKUP Node "T1530" No("where backups lie is no input"), "";
    CsrClient "CA-1" CSR_CLIENT Certificates "T1649" Yes, "may have a certificate of anybody signed";
    CsrKubelet "CA-2" CSR_KUBELET Certificates "T1649" Yes, "may have a certificate of any node signed";
    TrustBundle "CA-3" TRUST_BUNDLE Certificates "T1553.004" NO_TRAFFIC, "";
    WebhookMutate "AD-1" WEBHOOK_MUTATE Admission "T1546" Yes, "may change every pod that is made";
    WebhookValidate "AD-2" WEBHOOK_VALIDATE Admission "T1557" Yes, "is sent every secret that is written";
    MutatingPolicy "AD-3" MAP Admission "T1546" Yes, "may change every pod that is made, by a policy";
    PolicyOff "AD-4" POLICY_OFF Admission "T1562.001" Within("the assumption that admission policies let a pod through"), "";
    PsaRelabel "AD-5" PSA_RELABEL Admission "T1562.001" Yes, "may lift the namespace's Pod Security and run a pod that takes over its node";
    ApiService "AD-6" APISERVICE Admission "T1557" NO_TRAFFIC, "";
    CrdConversion "AD-7" CRD_CONVERSION Admission "T1557" NO_TRAFFIC, "";
    NetpolOff "AD-8" NETPOL_OFF Admission "T1562.007" Within("the assumption that NetworkPolicies let traffic through"), "";
    Endpoint "NW-1" ENDPOINT Network "T1190" Yes, "reaches a port of the pod";
    ServiceMitm "NW-2" SERVICE_MITM Network "T1557" NO_TRAFFIC, "";
    EndpointsHijack "NW-3" ENDPOINTS_HIJACK Network "T1557" NO_TRAFFIC, "";
    DnsPoison "NW-4" DNS_POISON Network "T1557" NO_TRAFFIC, "";
    IngressCtrl "NW-5" INGRESS_CTRL Network "T1190" Yes, "may put its own words into the controller's configuration";
    Imds "CL-1" IMDS Cloud "T1552.005" Yes, "asks the cloud's metadata service for the role of its node";
    WorkloadId "CL-2" WORKLOAD_ID Cloud "T1078.004" Yes, "is a role in the cloud";
    AwsAuth "CL-3" AWS_AUTH Cloud "T1098" Yes, "may map itself to any group";
    PodIdentityExc "CL-4" POD_IDENTITY_EXC Cloud "T1078.004" No("AKS has ended pod-managed identities"), "";
    CloudAdmin "CL-5" CLOUD_ADMIN Cloud "T1078.004" NO_CLOUD, "";
    ImagePush "IM-1" IMAGE_PUSH Image "T1525" No("writers of a registry are no places of the graph"), "";
    // Beside the catalogue: what makes a target.
    SecretsRead "T-1" SECRETS_READ Identity "T1552.007" Yes, "may read every secret";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_catalogue_is_whole() {
        let numbers: BTreeSet<&str> = Row::ALL.iter().map(|row| row.info().id).collect();
        let count = |prefix: &str| numbers.iter().filter(|id| id.starts_with(prefix)).count();
        let counts = ["ID", "RB", "WL", "CE", "ND", "CA", "AD", "NW", "CL", "IM"].map(count);
        assert_eq!(counts, [18, 8, 17, 17, 9, 3, 8, 5, 5, 1]);
        assert!(Row::ALL.iter().enumerate().all(|(at, row)| *row as usize == at));
        for row in Row::ALL.iter().map(|row| row.info()).filter(|row| row.built == Built::Yes) {
            assert!(!row.says.is_empty() && row.technique.starts_with('T'), "{}", row.name);
        }
    }
}

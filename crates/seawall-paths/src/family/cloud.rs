//! Between the cluster and the cloud that it runs in.

use crate::builder::{Builder, field};
use crate::fact::Fact;
use crate::right::Right;
use crate::row::Row;
use seawall_auth::user::SYSTEM_MASTERS;
use seawall_model::WellKnown;

const TRUSTED: &str = "the cloud trusts the cluster's tokens for this role";

/// Annotations of service accounts that name a role in a cloud.
const ANNOTATIONS: [&str; 3] =
    ["eks.amazonaws.com/role-arn", "iam.gke.io/gcp-service-account", "azure.workload.identity/client-id"];

pub(super) fn build(b: &mut Builder<'_>) {
    // CL-2
    let accounts: Vec<_> =
        b.accounts.iter().filter_map(|(key, account)| Some((*key, account.object.clone()?))).collect();
    for ((namespace, name), object) in accounts {
        for key in ANNOTATIONS {
            let at = object.at().get("metadata.annotations").key(key);
            let Some(role) = at.str().filter(|role| !role.is_empty()) else { continue };
            let role = b.name(role);
            let (account, role) = (b.vertex(Fact::Account(namespace, name)), b.vertex(Fact::Cloud(role)));
            b.step(Row::WorkloadId, &[account], role, [field(at)], [TRUSTED]);
        }
    }
    // CL-3: only where the ConfigMap that EKS reads is there.
    let map = b.input.cluster.find(WellKnown::ConfigMap, Some("kube-system"), "aws-auth").cloned();
    if let Some(map) = map {
        let (namespace, name) = (b.name("kube-system"), b.name("aws-auth"));
        let group = b.holder(true, SYSTEM_MASTERS);
        for can in b.can_for(Right::ChangeConfigMaps, namespace, name) {
            let requires = ["the cluster is one of EKS that reads this ConfigMap"];
            b.step(Row::AwsAuth, &[can], group, [field(map.at().key("data"))], requires);
        }
    }
}

//! Labels by which the pods of a workload are known for as long as it lives.

use crate::Reach;
use seawall_model::{At, Object, WellKnown};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Labels that controllers give to single pods or revisions: a policy that names them fits once only.
const PASSING: [&str; 9] = [
    "pod-template-hash",
    "controller-revision-hash",
    "pod-template-generation",
    "statefulset.kubernetes.io/pod-name",
    "apps.kubernetes.io/pod-index",
    "controller-uid",
    "batch.kubernetes.io/controller-uid",
    "batch.kubernetes.io/job-completion-index",
    "topology.kubernetes.io/zone",
];
/// Labels with the name of a Job: good for a Job of one's own, not for those that a CronJob makes.
const OF_JOB: [&str; 2] = ["job-name", "batch.kubernetes.io/job-name"];

/// Labels, sorted by key.
pub(super) type Labels = Vec<(Box<str>, Box<str>)>;

/// The labels that all pods of a workload have: those that its owner selects by, else all that are no passing ones.
/// `None`: nothing tells its pods from others.
pub(super) fn labels_of(reach: &Reach, workload: usize, owner: Option<&Arc<Object>>) -> Option<Labels> {
    let mut common: Option<BTreeMap<&str, &str>> = None;
    for pod in reach.pods_of_workload(workload).filter_map(|pod| reach.pods().get(pod)) {
        let labels: BTreeMap<&str, &str> =
            pod.at()?.labels().entries().filter_map(|(key, value)| Some((key, value.text()?))).collect();
        common = Some(match common {
            None => labels,
            Some(mut common) => {
                common.retain(|key, value| labels.get(key) == Some(value));
                common
            }
        });
    }
    let mut common = common?;
    let selected = owner.map(|owner| selector(owner)).unwrap_or_default();
    let from_owner: Vec<(&str, &str)> =
        selected.into_iter().filter(|(key, value)| common.get(key) == Some(value)).collect();
    if !from_owner.is_empty() {
        return Some(owned(from_owner));
    }
    common.retain(|key, _| !PASSING.contains(key));
    let kind = reach.workloads().get(workload).map(|workload| &*workload.kind);
    if kind != Some("Job") {
        common.retain(|key, _| !OF_JOB.contains(key));
    }
    (!common.is_empty()).then(|| owned(common.into_iter().collect()))
}

fn owned(labels: Vec<(&str, &str)>) -> Labels {
    let mut labels: Labels = labels.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
    labels.sort_unstable();
    labels
}

/// The labels that an owner selects its pods by.
fn selector(owner: &Arc<Object>) -> Vec<(&str, &str)> {
    let selector = owner.at().get("spec.selector");
    let written: At<'_> = match owner.well_known() {
        WellKnown::ReplicationController => selector,
        // Jobs select by a number that every run has anew.
        WellKnown::Job | WellKnown::CronJob => return Vec::new(),
        _ => selector.key("matchLabels"),
    };
    written
        .entries()
        .filter(|(key, _)| !PASSING.contains(key))
        .filter_map(|(key, value)| Some((key, value.text()?)))
        .collect()
}

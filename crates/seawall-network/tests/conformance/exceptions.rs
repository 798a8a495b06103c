//! Scenarios in which another project reads the specification otherwise than upstream, each with the reason, and where
//! possible the change of the input after which both say the same again.

/// A scenario of np-guard that differs.
pub(crate) struct Exception {
    pub(crate) scenario: &'static str,
    pub(crate) reason: &'static str,
    /// Texts that are replaced; then there is no difference left.
    pub(crate) without: &'static [(&'static str, &'static str)],
}

/// The exception for a scenario.
pub(crate) fn find(scenario: &str) -> Option<&'static Exception> {
    EXCEPTIONS.iter().find(|one| one.scenario == scenario)
}

const HOST: &str = "pods on their node's network are not selected by policies (k8s.io/website, \"NetworkPolicy and \
                    hostNetwork pods\"); np-guard treats them as others";
const NO_HOST: &[(&str, &str)] = &[("hostNetwork", "gone")];
const OWNER: &str =
    "an owner reference without kind names nobody (it is required); np-guard takes a kind of its own";
const NO_OWNER: &[(&str, &str)] = &[("controller: true", "controller: true\n      kind: Pod")];

const fn of(
    scenario: &'static str,
    reason: &'static str,
    without: &'static [(&'static str, &'static str)],
) -> Exception {
    Exception { scenario, reason, without }
}

const EXCEPTIONS: &[Exception] = &[
    of(
        "anp_and_banp_using_networks_and_nodes_test",
        "which addresses a peer of `nodes` means is unknown without Node objects; np-guard leaves the peer out",
        &[],
    ),
    of("example_pods_w_same_owner_and_labels_gap_anp_good", OWNER, NO_OWNER),
    of("example_pods_w_same_owner_and_labels_gap_banp_good", OWNER, NO_OWNER),
    of("example_pods_w_same_owner_and_labels_gap_no_policy", OWNER, NO_OWNER),
    of("example_pods_w_same_owner_and_labels_gap_with_good_match_expression", OWNER, NO_OWNER),
    of("example_pods_w_same_owner_and_labels_gap_with_policy_selector_not_in_gap", OWNER, NO_OWNER),
    of("ipblockstest_2", HOST, NO_HOST),
    of(
        "minikube_resources",
        "pods that have ended listen no more; np-guard lists them. And hostNetwork as elsewhere",
        &[("hostNetwork", "gone"), ("phase: Succeeded", "phase: Running")],
    ),
    of("multiple_topology_resources_1", HOST, NO_HOST),
    of("semanticDiff-same-topologies-new2", HOST, NO_HOST),
    of("semanticDiff-same-topologies-new3", HOST, NO_HOST),
    of("semanticDiff-same-topologies-old1", HOST, NO_HOST),
    of("semanticDiff-same-topologies-old3", HOST, NO_HOST),
];

//! How much is asked: every sample size of the suites against a real API server.

/// Sample sizes of one run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sizes {
    /// SubjectAccessReviews about random RBAC objects.
    pub(crate) access_reviews: u64,
    /// Requests of odd URLs.
    pub(crate) requests: u64,
    /// Writes of roles and bindings by users with partial rights.
    pub(crate) grants: u64,
    /// SubjectAccessReviews of nodes.
    pub(crate) node_reviews: u64,
    /// Certificates and tokens.
    pub(crate) credentials: u64,
    /// Requests with impersonation headers.
    pub(crate) impersonations: u64,
    /// Requests for exec, attach and portforward.
    pub(crate) streams: u64,
    /// SelfSubjectRulesReviews.
    pub(crate) rule_reviews: u64,
}

impl Sizes {
    /// The same proportions with this many access reviews.
    pub(crate) fn scaled(self, access_reviews: u64) -> Self {
        let scale = |size: u64| (size * access_reviews / self.access_reviews.max(1)).max(20);
        Self {
            access_reviews,
            requests: scale(self.requests),
            grants: scale(self.grants),
            node_reviews: scale(self.node_reviews),
            credentials: scale(self.credentials),
            impersonations: scale(self.impersonations),
            streams: scale(self.streams),
            rule_reviews: scale(self.rule_reviews),
        }
    }
}

/// What CI asks, of each version and seed.
pub(crate) const USUAL: Sizes = Sizes {
    access_reviews: 30_000,
    requests: 3_000,
    grants: 1_000,
    node_reviews: 4_000,
    credentials: 200,
    impersonations: 300,
    streams: 1_000,
    rule_reviews: 200,
};

/// What is asked before an issue is resolved.
pub(crate) const FULL: Sizes = Sizes {
    access_reviews: 420_000,
    requests: 40_000,
    grants: 10_000,
    node_reviews: 40_000,
    credentials: 1_000,
    impersonations: 3_000,
    streams: 10_000,
    rule_reviews: 2_000,
};

//! Tokens that pods get and that the API server makes good for a year.
//!
//! A token of exactly 3607 seconds for the API server's own audience is taken for one that a program may read once and
//! never again (`k8s.io/kubernetes/pkg/registry/core/serviceaccount/storage/token.go`,
//! `WarnOnlyBoundTokenExpirationPeriod`): unless `--service-account-extend-token-expiration=false` it is valid for
//! 365 days. The ServiceAccount plugin asks for that very length when it mounts a token.

use super::credential;
use super::finds::Find;
use crate::question::Asked;
use crate::question::answer::located;
use seawall_auth::user::User;
use seawall_model::{At, Object, PodAt, WellKnown};
use std::collections::HashSet;

const ASKED: i64 = 3607;
const YEAR: i64 = 365 * 86_400;

/// The tokens, one for each workload and service account: pods of one workload hold equal ones.
pub(super) fn tokens(asked: &Asked) -> Vec<Find> {
    let setting = asked.api_server().map(|server| server.setting("service-account-extend-token-expiration"));
    let extended = setting.and_then(|setting| setting.bool());
    let mut seen = HashSet::new();
    let mut out = Vec::new();
    for pod in asked.world.cluster().objects().flat_map(Object::pods) {
        let Some(at) = volume(pod) else { continue };
        let (kind, name) = holder(pod);
        let (namespace, account) = (pod.namespace().unwrap_or("default"), pod.service_account());
        if !seen.insert((kind, name, namespace, account)) {
            continue;
        }
        let mut owner = User::service_account(namespace, account);
        owner.add_authenticated_group();
        let mut judged =
            credential::not_at_hand("token", "the token itself is in the pod and not in the input");
        judged.user = Some(owner);
        if runs(pod) {
            // The kubelet gets a new one for as long as the pod is there.
            judged.entry.accepted = Some(true);
            judged.entry.unknown.clear();
        }
        if extended.is_none() {
            judged.entry.unknown.push(
                "whether the API server makes it good for a year: --service-account-extend-token-expiration is not in \
                 the input"
                    .to_owned(),
            );
        }
        out.push(Find {
            kind: "mountedToken",
            holder: format!("pods of {kind} {namespace}/{name}"),
            place: located(at),
            judged,
            lifetime: extended.map(|extended| if extended { YEAR } else { ASKED }),
        });
    }
    out
}

/// The field that asks for such a token.
fn volume(pod: PodAt<'_>) -> Option<At<'_>> {
    let sources = pod.volumes().flat_map(|volume| volume.get("projected.sources").items());
    let mut tokens = sources.map(|source| source.key("serviceAccountToken"));
    let token = tokens.find(|token| {
        let own = token.key("audience").str().is_none_or(str::is_empty);
        own && token.key("expirationSeconds").int() == Some(ASKED)
    })?;
    Some(token.key("expirationSeconds"))
}

/// Kind and name of what made the pod, else of itself.
fn holder(pod: PodAt<'_>) -> (&str, &str) {
    let object = pod.object();
    let owner = object.controller();
    let named = owner.and_then(|owner| Some((owner.get("kind")?.as_str()?, owner.get("name")?.as_str()?)));
    named.unwrap_or((object.kind(), object.name()))
}

/// Whether it is a pod of a cluster that has not ended.
fn runs(pod: PodAt<'_>) -> bool {
    let object = pod.object();
    let ended = matches!(object.at().get("status.phase").str(), Some("Succeeded" | "Failed"));
    object.well_known() == WellKnown::Pod && object.live().is_some_and(|live| !live.from_file) && !ended
}

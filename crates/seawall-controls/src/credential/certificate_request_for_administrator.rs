use crate::support::effective::{Undecided, chain, explain, has_bindings, may, undecided};
use crate::support::request::{State, asked, state};
use crate::support::takeover::{everything, wide};
use crate::{ObjectAt, World};
use seawall_auth::authentication::certificates_held;
use seawall_auth::user::{SYSTEM_MASTERS, User};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity, WellKnown};

/// # certificate-request-for-administrator
///
/// ## What it finds
/// A CertificateSigningRequest for a client of the API server, approved or waiting, whose subject is a user or group
/// with rights in the whole cluster.
///
/// ## Why it matters
/// The subject of a request is whoever will be taken for that user: `O=` is the group. Upstream refuses the group
/// `system:masters` alone; any other group that is bound to `cluster-admin`, kubeadm's own among them, is signed.
///
/// ## Fix
/// Deny what nobody can explain: `kubectl certificate deny NAME`. What was issued cannot be revoked: take the rights
/// away from the name or the group.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#csrs-and-certificate-issuing
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["authentication", "escalation", "authorization"]
)]
pub fn certificate_request_for_administrator(object: ObjectAt<'_>, world: &World, out: &mut Report) {
    let request = object.object();
    let signer = object.get("spec.signerName").str();
    if request.well_known() != WellKnown::CertificateSigningRequest
        || signer != Some("kubernetes.io/kube-apiserver-client")
    {
        return;
    }
    let state = state(request);
    let ended = certificates_held(request)
        .iter()
        .any(|held| held.leaf().zip(world.time()).is_some_and(|(leaf, now)| leaf.validity().1 < now));
    let Some((at, subject)) = asked(request).filter(|_| state != State::Closed && !ended) else { return };
    let groups = subject.organizations().to_vec();
    let who = seawall_model::decode::shown(subject.common_name());
    let severity = if state == State::Approved { Severity::High } else { Severity::Medium };
    if groups.iter().any(|group| group == SYSTEM_MASTERS) {
        // Issued ones are the business of `masters-certificate`.
        if state == State::Pending {
            let message = format!("a request for `{who}` in `{SYSTEM_MASTERS}` {}", state.words());
            out.finding(at, message).severity(severity);
        }
        return;
    }
    if !has_bindings(world) {
        return;
    }
    let mut user = User { groups, ..User::named(subject.common_name()) };
    user.add_authenticated_group();
    let effect = if may(world, &user, &everything()) { Some("do everything") } else { None };
    let Some(way) = wide(world, &user) else {
        let why = undecided(world, &user, |judge| Some(wide(judge, &user)?.asked));
        Undecided::default().report(
            at,
            why,
            || format!("what `{who}`, for whom a request {}, may do", state.words()),
            out,
        );
        return;
    };
    let effect = effect.unwrap_or(way.effect);
    let message = format!("a request for `{who}`, who may {effect}, {}", state.words());
    let finding = explain(out.finding(at, message).severity(severity), &chain(world, &user, &way.asked));
    if let Some(requester) = object.get("spec.username").str() {
        finding.evidence(format!("asked for by `{}`", seawall_model::decode::shown(requester)));
    }
}

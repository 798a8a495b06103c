use crate::support::request::{State, asked, state};
use crate::{ObjectAt, World};
use core::net::IpAddr;
use seawall_auth::user::NODE_USER_PREFIX;
use seawall_controls_macros::control;
use seawall_model::{Report, Severity, WellKnown};
use std::collections::BTreeSet;

/// # kubelet-certificate-for-another-node
///
/// ## What it finds
/// A CertificateSigningRequest of the signer `kubernetes.io/kubelet-serving`, approved or waiting, that was asked for by
/// somebody other than the node in its subject, or that names addresses which are not among those of the node.
///
/// ## Why it matters
/// The signer checks neither who asked nor the names. With such a certificate a node answers in another one's place: it
/// sees what the API server sends there, `exec` sessions and their input among it.
///
/// ## Fix
/// Deny the request. Approve serving certificates only for the node's own addresses, as recorded before it asked.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#kubernetes-signers
/// - https://kubernetes.io/docs/reference/access-authn-authz/kubelet-tls-bootstrapping/#client-and-serving-certificates
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["kubelet", "certificate-rotation", "authentication"]
)]
pub fn kubelet_certificate_for_another_node(object: ObjectAt<'_>, world: &World, out: &mut Report) {
    let request = object.object();
    if request.well_known() != WellKnown::CertificateSigningRequest
        || object.get("spec.signerName").str() != Some("kubernetes.io/kubelet-serving")
    {
        return;
    }
    let state = state(request);
    let Some((at, subject)) = asked(request).filter(|_| state != State::Closed) else { return };
    let Some(name) = subject.common_name().strip_prefix(NODE_USER_PREFIX) else { return };
    let severity = if state == State::Approved { Severity::High } else { Severity::Medium };
    let shown = seawall_model::decode::shown;
    // A manifest does not say who asks; the API server writes it.
    let requester = object.get("spec.username");
    if let Some(by) = requester.str().filter(|by| *by != subject.common_name()) {
        let message = format!(
            "a certificate for node `{}`, asked for by `{}`, {}",
            shown(name),
            shown(by),
            state.words()
        );
        out.finding(requester, message).severity(severity);
        return;
    }
    let Some(node) = world.cluster().find(WellKnown::Node, None, name) else {
        if let Some(why) = world.coverage().extent(WellKnown::Node, None).reason()
            && world.coverage().is_closed()
        {
            let message =
                format!("whether the names of the certificate are addresses of node `{}`", shown(name));
            out.unknown(at, message, why.to_owned());
        }
        return;
    };
    let own: BTreeSet<String> = node
        .at()
        .get("status.addresses")
        .items()
        .filter_map(|entry| entry.key("address").str())
        .map(plain)
        .collect();
    let mut foreign = subject.names().iter().filter(|asked| !own.contains(&plain(asked)));
    if let Some(first) = foreign.next() {
        let more = match foreign.count() {
            0 => String::new(),
            count => format!(" and {count} more"),
        };
        let message = format!(
            "a certificate of node `{}` for `{}`{more}, which is none of its addresses, {}",
            shown(name),
            shown(first),
            state.words()
        );
        out.finding(at, message)
            .severity(severity)
            .related(node.at().get("status.addresses"), "the node's addresses");
    }
}

/// Addresses and names in one way of writing.
fn plain(text: &str) -> String {
    text.parse::<IpAddr>().map_or_else(|_| text.to_ascii_lowercase(), |address| address.to_string())
}

//! Certificates that the cluster signs for whoever may have requests approved
//! (upstream: `plugin/pkg/admission/certificates`, `pkg/controller/certificates/approver`).

use crate::builder::Builder;
use crate::fact::{Fact, Name};
use crate::right::Right;
use crate::row::Row;

/// The signer of client certificates, that of kubelets, and the name of a rule for all signers of the domain.
const CLIENT: &str = "kubernetes.io/kube-apiserver-client";
const KUBELET: &str = "kubernetes.io/kube-apiserver-client-kubelet";
const DOMAIN: &str = "kubernetes.io/*";

pub(super) fn build(b: &mut Builder<'_>) {
    approval(b);
    automatic(b);
}

/// CA-1 and CA-2 by hand: one identity approves, and may approve for the signer; anybody may have sent the request.
fn approval(b: &mut Builder<'_>) {
    let create = b.can(Right::CreateRequests, Name::EMPTY);
    let read = b.can(Right::ReadRequests, Name::EMPTY);
    let identities = b.holders_of(&[Right::ChangeApproval, Right::ApproveSigners]);
    for (signer, row, target) in
        [(CLIENT, Row::CsrClient, Fact::AnyIdentity), (KUBELET, Row::CsrKubelet, Fact::AnyNodeIdentity)]
    {
        let (signer, domain, target) = (b.name(signer), b.name(DOMAIN), b.vertex(target));
        let approves = b.vertex(Fact::Approves(signer));
        for &identity in &identities {
            let Some(change) = b.identity_can(identity, Right::ChangeApproval, Name::EMPTY, Name::EMPTY)
            else {
                continue;
            };
            for name in [signer, domain] {
                if let Some(may) = b.identity_can(identity, Right::ApproveSigners, Name::EMPTY, name) {
                    b.graph.add(None, &[change, may], approves, [], []);
                }
            }
        }
        let admin = b.vertex(Fact::ClusterAdmin);
        b.follows(admin, approves, [], []);
        b.step(row, &[create, approves, read], target, [], []);
    }
}

/// CA-2 and ND-7 without anybody: the controller manager approves a node's certificate when whoever sent the request
/// may `create certificatesigningrequests/nodeclient`.
fn automatic(b: &mut Builder<'_>) {
    let nodes = b.vertex(Fact::AnyNodeIdentity);
    let read = b.can(Right::ReadRequests, Name::EMPTY);
    for identity in b.holders_of(&[Right::CreateRequests, Right::NodeClient]) {
        let create = b.identity_can(identity, Right::CreateRequests, Name::EMPTY, Name::EMPTY);
        let approved = b.identity_can(identity, Right::NodeClient, Name::EMPTY, Name::EMPTY);
        let joins = match b.graph.fact(identity) {
            Fact::Group(name) => b.text(name).starts_with("system:bootstrappers"),
            _ => false,
        };
        let row = if joins { Row::NodeJoin } else { Row::CsrKubelet };
        if let (Some(create), Some(approved)) = (create, approved) {
            b.step(row, &[create, approved, read], nodes, [], []);
        }
    }
}

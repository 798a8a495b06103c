//! Rights over what stands between a request and the store. (AD-5 stands with the pods that it lets in.)

use crate::builder::Builder;
use crate::fact::{Fact, Name};
use crate::right::Right;
use crate::row::Row;

const REACHED: &str = "the API server reaches an address of the attacker's";
const MADE: &str = "a pod is made or changed while it is there";
const WRITTEN: &str = "the secrets are written while it is there";

pub(super) fn build(b: &mut Builder<'_>) {
    let all = b.vertex(Fact::AllPods);
    // AD-1
    let mut webhooks = vec![b.can(Right::ChangeMutatingWebhooks, Name::EMPTY)];
    webhooks.extend(b.named(Right::ChangeMutatingWebhooks).into_iter().map(|(.., can)| can));
    for can in webhooks {
        b.step(Row::WebhookMutate, &[can], all, [], [REACHED, MADE]);
    }
    // AD-3; on by default since 1.36.
    let policy = b.can(Right::ChangeMutatingPolicies, Name::EMPTY);
    let binding = b.can(Right::ChangeMutatingBindings, Name::EMPTY);
    let requires = (!b.input.version.at_least(36))
        .then_some("the API server has the gate MutatingAdmissionPolicy and its API switched on");
    b.step(Row::MutatingPolicy, &[policy, binding], all, [], [MADE].into_iter().chain(requires));
    // AD-2
    let mut webhooks = vec![b.can(Right::ChangeValidatingWebhooks, Name::EMPTY)];
    webhooks.extend(b.named(Right::ChangeValidatingWebhooks).into_iter().map(|(.., can)| can));
    for namespace in b.namespaces.clone() {
        let secrets = b.vertex(Fact::Secrets(namespace));
        for &can in &webhooks {
            b.step(Row::WebhookValidate, &[can], secrets, [], [REACHED, WRITTEN]);
        }
    }
}

//! Changes as data.

use super::model::{Dice, Model};
use super::random::{cluster, event};
use super::reach;
use seawall_network::plan::{Change, ChangeError, NodePlan, Plan, PodNetwork, Step};

const CLUSTERS: u64 = 60;

fn plan(model: &Model, dice: &mut Dice) -> Plan {
    let network = dice.pick(&[PodNetwork::Routed, PodNetwork::BridgedFiltered, PodNetwork::Bridged]);
    NodePlan::new(&reach(&model.text()), dice.pick(&["n0", "n1"]), network).plan
}

/// Also between plans that have little in common.
pub(crate) fn property() {
    for seed in 0..CLUSTERS {
        let mut dice = Dice(seed ^ 0xC4A);
        let mut model = cluster(seed);
        let mut loaded = Plan::EMPTY;
        for step in 0..4 {
            let new = if step == 3 { Plan::EMPTY } else { plan(&model, &mut dice) };
            let change = Change::between(&loaded, &new);
            assert_eq!(change.is_empty(), loaded == new);
            let mut changed = loaded.clone();
            assert_eq!(changed.apply(&change), Ok(()), "seed {seed}");
            assert_eq!(changed, new, "seed {seed}");
            assert!(Change::between(&new, &new).is_empty());
            let fresh = Change::between(&Plan::EMPTY, &new);
            let wanted = if new.tables.is_empty() { Ok(()) } else { Err(ChangeError(0)) };
            assert_eq!(changed.apply(&fresh), wanted, "a table is added once");
            loaded = new;
            event(&mut model, &mut dice, step);
        }
    }
}

/// Other rules of one policy are other elements of its classes: no chain of another class is touched.
pub(crate) fn is_small() {
    let mut seen = 0;
    for seed in (0..CLUSTERS).step_by(2) {
        let mut model = cluster(seed);
        let of = |model: &Model| NodePlan::new(&reach(&model.text()), "n0", PodNetwork::Routed).plan;
        let old = of(&model);
        let number = seed as usize % model.policies.len();
        let policy = &mut model.policies[number];
        let Some(rules) = policy.ingress.as_mut().filter(|rules| !rules.is_empty()) else { continue };
        rules.pop();
        let change = Change::between(&old, &of(&model));
        let chains = |step: &&Step| {
            matches!(
                step,
                Step::AddChain(..) | Step::DeleteChain(_) | Step::AddMap(..) | Step::AddMapElements(..)
            )
        };
        let steps = change.steps.iter().map(|(_, step)| step);
        // A class may lose its last restriction or its named ports, which make it; most of them stay what they are.
        seen += usize::from(steps.filter(chains).count() == 0);
    }
    assert!(seen > 10, "{seen} changes were of elements only");
}

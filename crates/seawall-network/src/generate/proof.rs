//! Do the policies let pass what is wanted, and what else do they leave open?

use super::{Generated, Side, Wanted};
use crate::{Connection, End, Network, Party, PortSet, Reach, Totals};
use core::net::IpAddr;
use seawall_model::{Cluster, Object, Origin, WellKnown, objects_of};
use seawall_yaml::{Source, parse_one};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Something that is wanted and would not pass.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Missing {
    /// Who opens it.
    pub from: String,
    /// Who listens.
    pub to: String,
    /// The ports that stay closed between some of their pods.
    pub ports: PortSet,
    /// Why it is wanted.
    pub because: String,
}

/// What the engine says of the cluster with the policies.
#[derive(Clone, Debug, Default)]
pub struct Proof {
    /// What is wanted and would not pass.
    pub missing: Vec<Missing>,
    /// What would surely pass beyond what is wanted: the ports that nobody asked for.
    pub extra: Vec<Connection>,
    /// How many more connections may pass: a block of addresses may be that of a pod whose address is not known.
    pub uncertain: usize,
    /// Pairs of pods today.
    pub before: Totals,
    /// Pairs of pods with the policies.
    pub after: Totals,
    /// The policies of today in the namespaces of the new ones: those stand in their place.
    pub replaced: Vec<Arc<Object>>,
}

/// Asks the engine about the cluster in which the policies are there, in place of the NetworkPolicies that their
/// namespaces have today. `Err`: a text of them cannot be read, which is a defect.
pub fn prove(
    cluster: &Cluster,
    reach: &Reach,
    wanted: &[Wanted],
    generated: &Generated,
) -> Result<(Reach, Proof), String> {
    let namespaces: BTreeSet<Option<&str>> =
        generated.policies.iter().map(|policy| policy.namespace.as_deref()).collect();
    let replaced: Vec<Arc<Object>> = cluster
        .of(WellKnown::NetworkPolicy)
        .filter(|policy| namespaces.contains(&policy.namespace()))
        .cloned()
        .collect();
    let new = generated.policies.iter().map(|policy| read(&policy.text)).collect::<Result<Vec<_>, _>>()?;
    let gone = replaced.iter().map(|old| (Some(old.clone()), Vec::new()));
    let next = cluster.apply(gone.chain(new.into_iter().map(|policy| (None, vec![policy]))));
    let after = Reach::new(&next, &Network::new(&next), reach.dialect());
    let covered: BTreeSet<usize> = generated.policies.iter().map(|policy| policy.workload).collect();
    let (extra, beyond) =
        extra(&after, wanted, &covered).into_iter().partition::<Vec<_>, _>(|one| !one.sure.is_empty());
    let proof = Proof {
        missing: missing(&after, wanted),
        extra,
        uncertain: beyond.len(),
        before: reach.totals(),
        after: after.totals(),
        replaced,
    };
    Ok((after, proof))
}

fn read(text: &str) -> Result<Arc<Object>, String> {
    let document =
        parse_one(&Source::new("generated", text.to_owned())).map_err(|error| error.to_string())?;
    let object = objects_of(&Arc::new(document), &Origin::File).and_then(|mut objects| objects.pop());
    object.map(Arc::new).ok_or_else(|| "a policy is no object".to_owned())
}

/// One pod of each group of a workload that no policy can tell apart.
fn pods_of(reach: &Reach, workload: usize) -> Vec<End> {
    let mut groups = BTreeSet::new();
    let pods = reach.pods().iter().enumerate();
    let own = pods.filter(|(_, pod)| pod.workload as usize == workload && groups.insert(pod.group));
    own.map(|(number, _)| End::Pod(number)).collect()
}

fn ends(reach: &Reach, side: &Side) -> Vec<End> {
    match side {
        Side::Workload(workload) => pods_of(reach, *workload),
        Side::Block(block) => [block.first, block.last]
            .map(|number| reach.end_of(crate::reach::address_of(block.family, number)))
            .into(),
        Side::Anyone => {
            let all = (0..reach.workloads().len()).flat_map(|workload| pods_of(reach, workload));
            all.chain([End::Internet]).collect()
        }
        // Pods that are not in the input: nobody can be asked about.
        Side::Pods { .. } => Vec::new(),
    }
}

fn missing(reach: &Reach, wanted: &[Wanted]) -> Vec<Missing> {
    let mut out = Vec::new();
    for one in wanted {
        let mut closed = PortSet::default();
        for from in ends(reach, &one.from) {
            for to in ends(reach, &one.to) {
                // Whoever is "anyone" may well be closed in by its own policy.
                if from == to || matches!((&one.from, from), (Side::Anyone, End::Pod(_))) {
                    continue;
                }
                closed.unite(&one.ports.difference(&reach.between(from, to).sure));
            }
        }
        if !closed.is_empty() {
            let text = |side: &Side| side.shown(reach);
            let (from, to, because) = (text(&one.from), text(&one.to), one.because.clone());
            out.push(Missing { from, to, ports: closed, because });
        }
    }
    out
}

fn extra(reach: &Reach, wanted: &[Wanted], covered: &BTreeSet<usize>) -> Vec<Connection> {
    let mut pairs: BTreeMap<(Option<usize>, Option<usize>), PortSet> = BTreeMap::new();
    let mut blocks: Vec<&Wanted> = Vec::new();
    for one in wanted {
        let key = |side: &Side| match side {
            Side::Workload(workload) => Some(Some(*workload)),
            Side::Anyone => Some(None),
            _ => None,
        };
        match key(&one.from).zip(key(&one.to)) {
            Some(pair) => pairs.entry(pair).or_default().unite(&one.ports),
            None => blocks.push(one),
        }
    }
    let inside = |side: &Side, party: Party| match (side, party) {
        (Side::Anyone, _) => true,
        (Side::Workload(one), Party::Workload(other)) => *one == other,
        (Side::Block(block), Party::Range(first, last)) => contains(block, first) && contains(block, last),
        _ => false,
    };
    let found = reach.connections(|workload| covered.contains(&workload));
    let left = found.list.into_iter().filter_map(|mut one| {
        let number = |party| match party {
            Party::Workload(number) => Some(number),
            Party::Range(..) => None,
        };
        let (from, to) = (number(one.from), number(one.to));
        let mut asked = PortSet::default();
        for pair in [(from, to), (None, to), (from, None), (None, None)] {
            // A range is nobody in particular: only what anyone may do is asked for it.
            pairs.get(&pair).into_iter().for_each(|ports| asked.unite(ports));
        }
        for wanted in &blocks {
            if inside(&wanted.from, one.from) && inside(&wanted.to, one.to) {
                asked.unite(&wanted.ports);
            }
        }
        let beyond = one.possible.difference(&asked);
        (!beyond.is_empty()).then(|| {
            one.sure = Arc::new(one.sure.difference(&asked));
            one.possible = Arc::new(beyond);
            one
        })
    });
    left.collect()
}

fn contains(block: &crate::Cidr, address: IpAddr) -> bool {
    block.contains(address)
}

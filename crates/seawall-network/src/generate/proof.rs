//! Do the policies let pass what is wanted, and what else do they leave open?

use super::ranges::{Ranges, parts};
use super::{Generated, Side, Wanted};
use crate::address::number_of;
use crate::reach::address_of;
use crate::{Connection, Direction, End, Family, Network, Party, PortSet, Reach, Totals};
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
    let is_new = |pod: &usize| reach.pods().get(*pod).is_some_and(|pod| groups.insert(pod.group));
    reach.pods_of_workload(workload).filter(is_new).map(End::Pod).collect()
}

/// The ends that a side means; for `anyone`, `all` are those.
fn ends(reach: &Reach, side: &Side, all: &[End]) -> Vec<End> {
    match side {
        Side::Workload(workload) => pods_of(reach, *workload),
        Side::Block(block) => {
            [block.first, block.last].map(|number| reach.end_of(address_of(block.family, number))).into()
        }
        Side::Anyone => all.to_vec(),
        // Pods that are not in the input: nobody can be asked about.
        Side::Pods { .. } => Vec::new(),
    }
}

fn missing(reach: &Reach, wanted: &[Wanted]) -> Vec<Missing> {
    let mut out = Vec::new();
    let pods = (0..reach.workloads().len()).flat_map(|workload| pods_of(reach, workload));
    let everybody: Vec<End> = pods.chain([End::Internet]).collect();
    for one in wanted {
        let mut closed = PortSet::default();
        // Whoever is "anyone" may well be closed in by its own policy: only the internet has none.
        for from in ends(reach, &one.from, &[End::Internet]) {
            for to in ends(reach, &one.to, &everybody) {
                if from == to {
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

/// What `wanted` names: ports by pairs of workloads (`None`: anyone), and ranges of addresses by the workload at their
/// other end (`None`: anyone) and whether it opens the connection.
#[derive(Default)]
struct Asked {
    pairs: BTreeMap<(Option<usize>, Option<usize>), PortSet>,
    blocks: BTreeMap<(Option<usize>, Direction, Family), Ranges>,
}

impl Asked {
    fn new(wanted: &[Wanted]) -> Self {
        let mut asked = Self::default();
        let key = |side: &Side| match side {
            Side::Workload(workload) => Some(Some(*workload)),
            Side::Anyone => Some(None),
            Side::Block(_) | Side::Pods { .. } => None,
        };
        for one in wanted {
            let (own, direction, block) = match (key(&one.from), key(&one.to), &one.from, &one.to) {
                (Some(from), Some(to), ..) => {
                    asked.pairs.entry((from, to)).or_default().unite(&one.ports);
                    continue;
                }
                (Some(own), None, _, Side::Block(block)) => (own, Direction::Egress, block),
                (None, Some(own), Side::Block(block), _) => (own, Direction::Ingress, block),
                _ => continue,
            };
            let ranges = asked.blocks.entry((own, direction, block.family)).or_default();
            ranges.add(block.first, block.last, &one.ports);
        }
        asked.blocks.values_mut().for_each(Ranges::finish);
        asked
    }

    /// What is asked between two workloads, or one and anybody.
    fn of_pair(&self, from: Option<usize>, to: Option<usize>) -> PortSet {
        let mut asked = PortSet::default();
        for pair in [(from, to), (None, to), (from, None), (None, None)] {
            // A range is nobody in particular: only what anyone may do is asked for it.
            self.pairs.get(&pair).into_iter().for_each(|ports| asked.unite(ports));
        }
        asked
    }

    /// What a connection opens that nobody asked for; of ranges, part by part.
    fn beyond(&self, one: Connection, out: &mut Vec<Connection>) {
        let number = |party| match party {
            Party::Workload(number) => Some(number),
            Party::Range(..) => None,
        };
        let pair = self.of_pair(number(one.from), number(one.to));
        let (own, direction, range) = match (one.from, one.to) {
            (Party::Workload(own), Party::Range(first, last)) => (own, Direction::Egress, (first, last)),
            (Party::Range(first, last), Party::Workload(own)) => (own, Direction::Ingress, (first, last)),
            _ => return push(one.from, one.to, &one, &pair, out),
        };
        let ((family, first), (_, last)) = (number_of(range.0), number_of(range.1));
        let ranges = [Some(own), None].map(|own| self.blocks.get(&(own, direction, family)));
        for (first, last, mut asked) in parts(ranges, first, last) {
            asked.unite(&pair);
            let part = Party::Range(address_of(family, first), address_of(family, last));
            let own = Party::Workload(own);
            match direction {
                Direction::Ingress => push(part, own, &one, &asked, out),
                Direction::Egress => push(own, part, &one, &asked, out),
            }
        }
    }
}

/// Adds what a connection opens beside what is asked; to the one before, where that goes on.
fn push(from: Party, to: Party, one: &Connection, asked: &PortSet, out: &mut Vec<Connection>) {
    let possible = one.possible.difference(asked);
    if !possible.is_empty() {
        let sure = Arc::new(one.sure.difference(asked));
        out.push(Connection { from, to, sure, possible: Arc::new(possible) });
    }
}

fn extra(reach: &Reach, wanted: &[Wanted], covered: &BTreeSet<usize>) -> Vec<Connection> {
    let asked = Asked::new(wanted);
    let mut out = Vec::new();
    for one in reach.connections(|workload| covered.contains(&workload)).list {
        asked.beyond(one, &mut out);
    }
    out
}

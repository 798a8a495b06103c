//! Who can reach whom, exactly: every policy compiled once, a row of answers for each class of pods that the same
//! policies select, and two looks for a question.
//!
//! Columns are pods that no policy can tell apart (each family of addresses for itself) and the parts into which
//! policies cut the address space. A row says for one class and direction which ports are open to or from each
//! column. There are two of each where the input leaves something open: what is surely allowed, and what is possibly
//! allowed. Rows are made when first asked for.

mod answer;
pub(crate) mod atoms;
mod block;
mod change;
mod classes;
mod compile;
mod connections;
mod difference;
mod entry;
mod explain;
mod goals;
mod held;
mod local;
mod locate;
mod needless;
mod neighbours;
mod open_to;
mod paint;
mod pods;
mod refused;
pub(crate) mod row;
mod rule;
mod select;
mod set;
mod space;
pub(crate) mod table;
mod tiers;
mod totals;

pub use answer::{Answer, Exempt};
pub(crate) use atoms::address_of;
pub use connections::{Connection, Connections, Party, RangeText};
pub use difference::{ConnectionChange, ConnectionDifference, ConnectionEnd, ConnectionPorts};
pub use entry::Entry;
pub use explain::{Explained, PolicyVerdict, RuleVerdict, SideExplained};
pub use goals::{Goal, Landmark};
pub use held::HeldRule;
pub use locate::{End, ReachError};
pub use needless::Undone;
pub use open_to::OpenTo;
pub use pods::{ReachPod, Workload};
pub use refused::RefusedRule;
pub use rule::{Action, Tier};
pub use tiers::GROUP as TIER_GROUP;
pub use totals::Totals;

use crate::address::number_of;
use crate::{Direction, Family, Network, Policy};
pub(crate) use block::Block;
use block::PodRanges;
use classes::Classes;
use paint::Paints;
use row::Row;
use rule::CompiledPolicy;
use seawall_model::{At, Cluster, Object, WellKnown};
use select::Compiler;
use set::Sets;
use space::Space;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use table::Table;

/// Which of two answers: what is so whatever is not known, or what may be so.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Bound {
    Sure,
    Possible,
}

impl Bound {
    pub(crate) const ALL: [Self; 2] = [Self::Sure, Self::Possible];
}

/// Where implementations differ, or upstream leaves it to them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Dialect {
    /// Whether an `ipBlock` matches addresses of pods, as upstream's own tests expect; Cilium does not.
    pub ip_block_matches_pods: bool,
    /// Whether a pod and its own node always reach each other (`k8s.io/website` "NetworkPolicy").
    pub own_node_is_exempt: bool,
    /// Whether a pod always reaches itself (same page: "a Pod cannot block access to itself").
    pub loopback_is_exempt: bool,
}

impl Dialect {
    /// As upstream's documentation and tests say.
    pub const UPSTREAM: Self =
        Self { ip_block_matches_pods: true, own_node_is_exempt: true, loopback_is_exempt: true };
    /// As Cilium does it: an `ipBlock` is for addresses outside only (cilium#9209).
    pub const CILIUM: Self = Self { ip_block_matches_pods: false, ..Self::UPSTREAM };
    /// Policies alone decide, as tables of test suites count it.
    pub const STRICT: Self =
        Self { ip_block_matches_pods: true, own_node_is_exempt: false, loopback_is_exempt: false };

    /// The dialect of a name: `upstream`, `cilium` or `strict`.
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "upstream" => Some(Self::UPSTREAM),
            "cilium" => Some(Self::CILIUM),
            "strict" => Some(Self::STRICT),
            _ => None,
        }
    }
}

impl Default for Dialect {
    fn default() -> Self {
        Self::UPSTREAM
    }
}

/// One direction: classes, and their rows per bound.
#[derive(Debug)]
struct Side {
    classes: Classes,
    rows: [Vec<OnceLock<Row>>; 2],
}

/// Something about policies that an answer cannot rely on.
#[derive(Clone, Debug)]
pub struct PolicyProblem<'a> {
    /// Where it stands.
    pub at: At<'a>,
    /// What the API server would say against it.
    pub problem: &'static str,
}

/// The engine.
#[derive(Debug)]
pub struct Reach {
    dialect: Dialect,
    pods: Vec<ReachPod>,
    workloads: Vec<Workload>,
    space: Space,
    /// A policy keeps its number; one that is gone leaves a hole.
    policies: Vec<Option<CompiledPolicy>>,
    sides: [Side; 2],
    table: Mutex<Table>,
    places: locate::Places,
    /// Pods that look like the controllers of Ingresses and Gateways.
    controllers: OnceLock<Vec<usize>>,
    /// Whether what is possible may differ from what is sure.
    is_uncertain: bool,
}

impl Reach {
    /// The engine for a cluster, whose [`Network`] this is. Nothing is decided before it is asked.
    pub fn new(cluster: &Cluster, network: &Network, dialect: Dialect) -> Self {
        let (mut pods, workloads) = pods::collect(cluster);
        let objects = policies_of(cluster, network);
        let known = (pods::families(cluster, &pods), PodRanges::new(pods::ranges(cluster)));
        let space = Space::new(&mut pods, network, known, cuts(cluster, &objects));
        let mut table = Table::default();
        let mut sets = Sets::default();
        let mut compiler =
            Compiler { cluster, network, space: &space, table: &mut table, sets: &mut sets, dialect };
        let policies: Vec<_> = objects.iter().map(|object| Some(compiler.policy(object))).collect();
        let places = locate::Places::new(cluster, &pods, &workloads);
        let sides = Direction::ALL.map(|direction| Side::new(Classes::new(&policies, &space, direction)));
        let is_uncertain = is_uncertain(&policies);
        Self {
            dialect,
            pods,
            workloads,
            space,
            policies,
            sides,
            table: Mutex::new(table),
            places,
            controllers: OnceLock::new(),
            is_uncertain,
        }
    }

    /// The pods, and the templates of workloads that have none, in order of namespace.
    pub fn pods(&self) -> &[ReachPod] {
        &self.pods
    }

    /// The workloads; [`Reach::workload_of`] gives the one of a pod.
    pub fn workloads(&self) -> &[Workload] {
        &self.workloads
    }

    /// The number of a pod's workload.
    pub fn workload_of(&self, pod: usize) -> Option<usize> {
        self.pods.get(pod).map(|pod| pod.workload as usize)
    }

    /// Equal for pods that have the same connections and belong to the same workload.
    pub fn likeness(&self, pod: usize) -> Option<(usize, usize)> {
        self.pods.get(pod).map(|pod| (pod.workload as usize, pod.group as usize))
    }

    /// The dialect that was asked for.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// What the API server would refuse in the policies: there an answer may be unknown.
    pub fn problems(&self) -> impl Iterator<Item = PolicyProblem<'_>> {
        self.policies.iter().flatten().flat_map(|policy| {
            let at = |node| At::new(&policy.object, node);
            policy.problems.iter().map(move |&(node, problem)| PolicyProblem { at: at(node), problem })
        })
    }

    /// The policies that count.
    pub fn policies(&self) -> impl Iterator<Item = (&Arc<Object>, Tier)> {
        self.policies.iter().flatten().map(|policy| (&policy.object, policy.tier))
    }

    /// How many classes there are per direction, columns, and different port sets so far.
    pub fn size(&self) -> ([usize; 2], usize, usize) {
        let [ingress, egress] = &self.sides;
        ([ingress.classes.list.len(), egress.classes.list.len()], self.space.len(), self.table().len())
    }

    /// Makes every row now; they are made when first asked for otherwise. Bytes that rows take.
    pub fn build(&self) -> usize {
        let mut bytes = 0;
        for direction in Direction::ALL {
            for class in 0..self.side(direction).classes.list.len() as u32 {
                for bound in Bound::ALL.into_iter().take(1 + usize::from(self.is_uncertain)) {
                    bytes += self.row(direction, class, bound).map_or(0, Row::size);
                }
            }
        }
        bytes
    }

    fn side(&self, direction: Direction) -> &Side {
        let [ingress, egress] = &self.sides;
        match direction {
            Direction::Ingress => ingress,
            Direction::Egress => egress,
        }
    }

    /// A poisoned lock holds whole sets nevertheless.
    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// The row of a class.
    fn row(&self, direction: Direction, class: u32, bound: Bound) -> Option<&Row> {
        let bound = if self.is_uncertain { bound } else { Bound::Sure };
        let side = self.side(direction);
        let cell = side.rows[bound as usize].get(class as usize)?;
        Some(cell.get_or_init(|| match side.classes.list.get(class as usize) {
            Some(class) => {
                let paints = Paints { space: &self.space, policies: &self.policies, direction, bound };
                paints.row(class, &mut self.table())
            }
            None => Row::Flat(table::NONE),
        }))
    }
}

impl Side {
    fn new(classes: Classes) -> Self {
        let rows = || (0..classes.list.len()).map(|_| OnceLock::new()).collect();
        Self { rows: [rows(), rows()], classes }
    }
}

impl Compiler<'_> {
    /// A policy of any kind.
    fn policy(&mut self, object: &Arc<Object>) -> CompiledPolicy {
        match tiers::tier_of(object) {
            Some(tier) => self.tier_policy(object, tier),
            None => self.network_policy(object),
        }
    }
}

/// Whether the input leaves something open, or policies of equal priority do.
fn is_uncertain(policies: &[Option<CompiledPolicy>]) -> bool {
    let mut priorities: Vec<_> = policies
        .iter()
        .flatten()
        .filter(|policy| policy.tier != Tier::Namespace)
        .map(|policy| (policy.tier, policy.priority))
        .collect();
    priorities.sort_unstable();
    let ties = priorities.windows(2).any(|pair| matches!(pair, [one, next] if one == next));
    ties || !policies.iter().flatten().all(CompiledPolicy::is_sure)
}

/// The NetworkPolicies, of several variants the last, and the policies of the whole cluster.
fn policies_of(cluster: &Cluster, network: &Network) -> Vec<Arc<Object>> {
    let own = network.namespaces().iter().flat_map(|namespace| namespace.policies());
    let mut objects: Vec<Arc<Object>> = own.map(|policy| policy.object().clone()).collect();
    let mut wide: Vec<&Arc<Object>> =
        cluster.of(WellKnown::Other).filter(|object| tiers::tier_of(object).is_some()).collect();
    // Of several variants the last one in path order counts.
    wide.reverse();
    wide.sort_by_key(|object| (object.kind(), object.name()));
    wide.dedup_by_key(|object| (object.kind(), object.name()));
    objects.extend(wide.into_iter().cloned());
    objects
}

/// Where policies cut the address space.
fn cuts(cluster: &Cluster, policies: &[Arc<Object>]) -> [Vec<u128>; 2] {
    let mut cuts = [Vec::new(), Vec::new()];
    let mut nodes = false;
    for object in policies {
        for (family, cut) in cuts_of_policy(object) {
            cuts[family as usize].push(cut);
        }
        nodes |= tiers::names_nodes(object);
    }
    if nodes {
        for address in cluster.of(WellKnown::Node).flat_map(tiers::addresses_of_node) {
            let (family, number) = number_of(address);
            cuts[family as usize].extend(atoms::cuts_of(family, number, number));
        }
    }
    cuts
}

/// Where one policy cuts the address space.
fn cuts_of_policy(object: &Arc<Object>) -> Vec<(Family, u128)> {
    if tiers::tier_of(object).is_some() {
        return tiers::networks(object)
            .flat_map(|cidr| Block::whole(cidr).cuts().collect::<Vec<_>>())
            .collect();
    }
    let policy = Policy::new(object);
    let rules = Direction::ALL.into_iter().flat_map(|direction| policy.rules(direction));
    let blocks = rules.flat_map(|rule| rule.peers()).filter_map(|peer| peer.ip_block());
    blocks.filter_map(Block::new).flat_map(|block| block.cuts().collect::<Vec<_>>()).collect()
}

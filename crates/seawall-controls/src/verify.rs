//! A fix is offered only after the same engine has seen that it works: the edited input is analysed again, the
//! finding must be gone, and no new one may have appeared.

use crate::threads::{merge, spread};
use crate::{Engine, Visit};
use foldhash::fast::RandomState;
use foldhash::{HashMap, HashSet};
use seawall_model::{
    Change, FieldRef, Finding, Fix, Object, Origin, Safety, WellKnown, objects_of, plan_edits,
};
use seawall_world::World;
use seawall_yaml::{Edit, Source, apply_edits, parse_documents};
use std::collections::VecDeque;
use std::hash::BuildHasher;
use std::sync::Arc;

/// How often groups of fixes of an object are tried when they fail together.
const ROUNDS: usize = 32;

/// The object that a finding is about, for comparing before and after: always the one of the world before.
type Seat = *const Object;

/// What of a world is to be analysed.
#[derive(Clone, Copy, Debug)]
pub enum Part<'p> {
    /// Everything.
    All,
    /// These objects, and what concerns the world as a whole.
    Concerned(&'p [Arc<Object>]),
    /// These objects alone.
    Only(&'p [Arc<Object>]),
}

impl<'p> Part<'p> {
    /// These objects, and the world as a whole only where one of the findings is about it: what does not run finds
    /// nothing, and a fix would seem to hold.
    pub fn enough_for<'f>(
        findings: impl IntoIterator<Item = &'f Finding>,
        objects: &'p [Arc<Object>],
    ) -> Self {
        let of_world = |finding: &Finding| {
            crate::find(finding.rule).is_some_and(|one| matches!(one.visit, Visit::World(_)))
        };
        match findings.into_iter().any(of_world) {
            true => Part::Concerned(objects),
            false => Part::Only(objects),
        }
    }
}

/// Runs the engine over a part of a world; the caller decides on how many threads.
pub type Run<'r> = &'r dyn Fn(&World, Part<'_>) -> Vec<Finding>;

/// Sets `verified` on the fixes that hold, and takes away those that do not.
///
/// All fixes are tried at once, with one analysis of all that they may concern. Objects where that fails are tried again with
/// half of their fixes, then with halves of what failed, each time with an analysis of one group of each object.
pub fn verify(world: &World, findings: &mut [Finding], run: Run<'_>) {
    for finding in findings.iter_mut() {
        let origin = finding.at.object.origin();
        // Neither what a tool rendered nor what a cluster stores can be edited where it was read.
        let rendered = matches!(origin, Origin::Rendered { .. } | Origin::Live(_));
        let elsewhere = finding.fix.as_ref().is_some_and(|fix| {
            fix.changes.is_empty()
                || fix.changes.iter().any(|change| !same_source(&change.at().object, &finding.at.object))
        });
        if rendered || elsewhere || finding.suppressed.is_some() {
            finding.fix = None;
        }
    }
    let all: Vec<usize> = (0..findings.len()).filter(|&at| findings[at].fix.is_some()).collect();
    if all.is_empty() {
        return;
    }
    let seats = Seats::of(world, all.iter().map(|&at| &findings[at]));
    let failed =
        trial(world, findings, &all, &seats, &|next, new| run(next, Part::Concerned(&concerned(next, new))));
    let mut groups: HashMap<Seat, Vec<usize>> = HashMap::default();
    for at in all {
        match seats.seat(&findings[at].at.object) {
            Some(seat) if failed.contains(&seat) => groups.entry(seat).or_default().push(at),
            _ => mark(&mut findings[at], true),
        }
    }
    let mut open: HashMap<Seat, Vec<Vec<usize>>> = HashMap::default();
    for (seat, group) in groups {
        let open = open.entry(seat).or_default();
        // A single one failed beside those of other objects.
        if group.len() > 1 { split(group, open, findings) } else { open.push(group) }
    }
    for _ in 0..ROUNDS {
        let chosen: Vec<(Seat, Vec<usize>)> =
            open.iter_mut().filter_map(|(seat, groups)| Some((*seat, groups.pop()?))).collect();
        if chosen.is_empty() {
            break;
        }
        let all: Vec<usize> = chosen.iter().flat_map(|(_, group)| group).copied().collect();
        let tried = || all.iter().map(|&at| &findings[at]);
        let failed =
            trial(world, findings, &all, &seats, &|next, new| run(next, Part::enough_for(tried(), new)));
        for (seat, group) in chosen {
            if failed.contains(&seat) {
                split(group, open.entry(seat).or_default(), findings);
            } else {
                group.into_iter().for_each(|at| mark(&mut findings[at], true));
            }
        }
    }
    for at in open.into_values().flatten().flatten() {
        mark(&mut findings[at], false);
    }
}

/// Puts both halves of a group that failed onto the heap of those to try, the first one on top. A fix that failed
/// alone does not hold.
fn split(mut group: Vec<usize>, open: &mut Vec<Vec<usize>>, findings: &mut [Finding]) {
    let second = group.split_off(group.len() / 2);
    match group.is_empty() {
        true => second.into_iter().for_each(|at| mark(&mut findings[at], false)),
        false => open.extend([second, group]),
    }
}

/// Gives findings of a run without fixes those that `again` has, which is a run with fixes over some of the objects.
pub fn restore(findings: &mut [Finding], again: Vec<Finding>) {
    let key = |finding: &Finding| {
        let FieldRef { object, node, .. } = &finding.at;
        (
            finding.rule.as_ptr(),
            Arc::as_ptr(object),
            *node,
            finding.message.clone(),
            finding.container.clone(),
        )
    };
    let mut fixes: HashMap<_, VecDeque<Box<Fix>>> = HashMap::default();
    for mut finding in again {
        if let Some(fix) = finding.fix.take() {
            fixes.entry(key(&finding)).or_default().push_back(fix);
        }
    }
    let objects: HashSet<Seat> = fixes.keys().map(|key| key.1).collect();
    let wants =
        |finding: &&mut Finding| finding.fix.is_none() && objects.contains(&Arc::as_ptr(&finding.at.object));
    for finding in findings.iter_mut().filter(wants) {
        finding.fix = fixes.get_mut(&key(finding)).and_then(VecDeque::pop_front);
    }
}

/// The changed objects, and those whose findings may depend on them. A workload is judged by itself and by the
/// policies around it, never by another workload; configuration that Kubernetes does not interpret is judged by
/// itself alone.
fn concerned(world: &World, changed: &[Arc<Object>]) -> Vec<Arc<Object>> {
    let is_workload = |object: &Arc<Object>| object.well_known().template_path().is_some();
    let only_workloads = changed.iter().all(is_workload);
    let known: HashSet<*const Object> = changed.iter().map(Arc::as_ptr).collect();
    let depends = |object: &&Arc<Object>| {
        use WellKnown::{
            ClusterRole, ClusterRoleBinding, ConfigMap, CustomResourceDefinition, Other, Role, RoleBinding,
            Secret,
        };
        let by_itself = matches!(object.well_known(), ConfigMap | CustomResourceDefinition | Other | Secret);
        let rights = matches!(object.well_known(), ClusterRole | ClusterRoleBinding | Role | RoleBinding);
        let elsewhere = only_workloads && (is_workload(object) || rights);
        !by_itself && !elsewhere && !known.contains(&Arc::as_ptr(object))
    };
    changed.iter().chain(world.cluster().objects().filter(depends)).cloned().collect()
}

fn mark(finding: &mut Finding, holds: bool) {
    match &mut finding.fix {
        Some(fix) if holds => fix.verified = true,
        fix => *fix = None,
    }
}

fn same_source(a: &Object, b: &Object) -> bool {
    Arc::ptr_eq(a.document().source(), b.document().source())
}

/// Whether the documents of both have the same bytes.
fn same_text(a: &Object, b: &Object) -> bool {
    a.document().text() == b.document().text()
}

/// The edits of the verified fixes that `keep` names, per source. Of fixes that touch the same bytes the first
/// one is taken; the others are for the next time.
pub fn edits_by_source<'f>(
    findings: impl IntoIterator<Item = &'f Finding>,
    keep: impl Fn(Safety) -> bool,
) -> Vec<(Arc<Source>, Vec<Edit>)> {
    let fixes = findings.into_iter().filter_map(|finding| finding.fix.as_deref());
    let fixes: Vec<&Fix> = fixes.filter(|fix| keep(fix.safety)).collect();
    let all = edits_of(fixes.iter().flat_map(|fix| &fix.changes));
    all.into_iter()
        .map(|(source, edits)| match edits.filter(|edits| edited(&source, edits).is_some()) {
            Some(edits) => (source, edits),
            None => {
                let edits = one_by_one(&source, &fixes);
                (source, edits)
            }
        })
        .collect()
}

/// As many fixes of a source as go together.
fn one_by_one(source: &Arc<Source>, fixes: &[&Fix]) -> Vec<Edit> {
    let of_source = |change: &&Change| Arc::ptr_eq(change.at().object.document().source(), source);
    let mut taken: Vec<&Change> = Vec::new();
    let mut edits = Vec::new();
    for fix in fixes {
        let more: Vec<&Change> = fix.changes.iter().filter(of_source).collect();
        let trial =
            edits_of(taken.iter().copied().chain(more.iter().copied())).pop().and_then(|(_, edits)| edits);
        if let Some(trial) = trial.filter(|trial| edited(source, trial).is_some()) {
            taken.extend(more);
            edits = trial;
        }
    }
    edits
}

/// The edits of changes, per source in a stable order; `None` where they do not go together.
fn edits_of<'c>(changes: impl IntoIterator<Item = &'c Change>) -> Vec<(Arc<Source>, Option<Vec<Edit>>)> {
    let mut documents: Vec<(Arc<Source>, Vec<&Change>)> = Vec::new();
    let mut known: HashMap<*const seawall_yaml::Document, usize> = HashMap::default();
    for change in changes {
        let document = change.at().object.document();
        let at = *known.entry(Arc::as_ptr(document)).or_insert_with(|| {
            documents.push((document.source().clone(), Vec::new()));
            documents.len() - 1
        });
        documents[at].1.push(change);
    }
    let mut sources: Vec<(Arc<Source>, Option<Vec<Edit>>)> = Vec::new();
    let mut places: HashMap<*const Source, usize> = HashMap::default();
    for (source, changes) in documents {
        let edits = plan_edits(changes).ok();
        match places.get(&Arc::as_ptr(&source)) {
            Some(&at) => match (&mut sources[at].1, edits) {
                (Some(all), Some(edits)) => all.extend(edits),
                (all, _) => *all = None,
            },
            None => {
                places.insert(Arc::as_ptr(&source), sources.len());
                sources.push((source, edits));
            }
        }
    }
    sources
}

/// The text of a source after edits, whose bytes count in the whole file.
pub fn edited(source: &Source, edits: &[Edit]) -> Option<String> {
    let base = source.base_byte();
    let edits: Vec<Edit> = edits
        .iter()
        .map(|edit| {
            Some(Edit {
                start: edit.start.checked_sub(base)?,
                end: edit.end.checked_sub(base)?,
                text: edit.text.clone(),
            })
        })
        .collect::<Option<_>>()?;
    apply_edits(source.text(), &edits).ok()
}

/// Analyses a world in which these objects are new.
type TrialRun<'r> = &'r dyn Fn(&World, &[Arc<Object>]) -> Vec<Finding>;

/// Applies the fixes of `chosen`, analyses again, and names the objects where they do not hold.
fn trial(
    world: &World,
    findings: &[Finding],
    chosen: &[usize],
    seats: &Seats,
    run: TrialRun<'_>,
) -> HashSet<Seat> {
    let changes = chosen.iter().filter_map(|&at| findings[at].fix.as_deref()).flat_map(|fix| &fix.changes);
    let mut failed = HashSet::default();
    let mut replaced = Vec::new();
    let mut new_seats: HashMap<*const Object, Seat> = HashMap::default();
    for (source, edits) in edits_of(changes) {
        let old = seats.of_source(&source);
        let new =
            edits.and_then(|edits| edited(&source, &edits)).and_then(|text| read_again(&source, text, old));
        match new {
            Some(new) => {
                // What stands in a document that no edit touches is as it was: engines may be shared then.
                for (old, new) in old.iter().zip(new).filter(|(old, new)| !same_text(old, new)) {
                    new_seats.insert(Arc::as_ptr(&new), Arc::as_ptr(old));
                    replaced.push((Some(old.clone()), vec![new]));
                }
            }
            None => failed.extend(old.iter().map(Arc::as_ptr)),
        }
    }
    let new: Vec<Arc<Object>> = replaced.iter().flat_map(|(_, new)| new.iter().cloned()).collect();
    let next = world.with_cluster(world.cluster().apply(replaced));
    let after = run(&next, &new);
    // How many findings there are more than should be left; only what is found now can be too many.
    let mut more: HashMap<Key, i64> = HashMap::default();
    for finding in &after {
        let object = &finding.at.object;
        let seat = new_seats.get(&Arc::as_ptr(object)).copied().or_else(|| seats.seat(object));
        if let Some(key) = key(finding, seat, &seats.hasher) {
            *more.entry(key).or_default() += 1;
        }
    }
    let found_again: HashSet<Seat> = more.keys().map(|key| key.1).collect();
    let mut add = |finding: &Finding, number| {
        let count =
            key(finding, seats.seat(&finding.at.object), &seats.hasher).and_then(|key| more.get_mut(&key));
        count.into_iter().for_each(|count| *count += number);
    };
    let again = |finding: &&Finding| found_again.contains(&Arc::as_ptr(&finding.at.object));
    findings.iter().filter(again).for_each(|finding| add(finding, -1));
    chosen.iter().for_each(|&at| add(&findings[at], 1));
    // A fix did not hold, or made something else wrong.
    let worse: HashSet<Seat> = more.iter().filter(|(_, count)| **count > 0).map(|(key, _)| key.1).collect();
    let own: HashSet<Seat> = chosen.iter().filter_map(|&at| seats.seat(&findings[at].at.object)).collect();
    if !worse.is_subset(&own) {
        // Something became wrong in an object that was not edited: any of the fixes may be the cause.
        return own;
    }
    failed.extend(worse);
    failed
}

/// The objects of an edited text that stand where `old` stood; `None` if one of them is no longer there.
fn read_again(source: &Source, text: String, old: &[Arc<Object>]) -> Option<Vec<Arc<Object>>> {
    let edited = Source::segment(source.shared_name().clone(), text, source.base_byte(), source.base_line());
    let mut objects: HashMap<Slot, Object> = HashMap::default();
    for document in parse_documents(&edited) {
        // A document that was broken before is broken still and holds no object.
        let Ok(document) = document else { continue };
        for object in objects_of(&Arc::new(document), &Origin::File).into_iter().flatten() {
            objects.insert(slot(&object), object);
        }
    }
    let again = |old: &Arc<Object>| {
        let new = objects.remove(&slot(old))?;
        if new.kind() != old.kind() || new.name() != old.name() {
            return None;
        }
        Some(Arc::new(match old.namespace() {
            Some(namespace) if new.own_namespace().is_none() => new.with_default_namespace(namespace.into()),
            _ => new,
        }))
    };
    old.iter().map(again).collect()
}

/// Which document of its source an object stands in, which item of which list it is there, and for the texts of a
/// ConfigMap which one. The objects of the world may be fewer than those of the text: copies are judged once.
type Slot = (u32, Vec<usize>, Option<String>);

fn slot(object: &Object) -> Slot {
    let document = object.document();
    let mut path = Vec::new();
    document.root().path_to(object.root().id(), &mut |key, index| {
        if key.is_none() {
            path.push(index);
        }
    });
    let inside = object.host().and_then(|_| object.path()).map(str::to_owned);
    (document.number(), path, inside)
}

/// Rule (by address), seat, and a digest of the container's name: what counts as the same finding before and after.
type Key = (*const u8, Seat, u64);

fn key(finding: &Finding, seat: Option<Seat>, hasher: &RandomState) -> Option<Key> {
    let container = finding.container.as_ref().map_or(0, |name| hasher.hash_one(name));
    Some((finding.rule.as_ptr(), seat?, container))
}

/// The objects before.
struct Seats {
    /// Of each source that is edited, in the order they stand there.
    sources: HashMap<*const Source, Vec<Arc<Object>>>,
    known: HashSet<Seat>,
    hasher: RandomState,
}

impl Seats {
    fn of<'f>(world: &World, fixed: impl Iterator<Item = &'f Finding>) -> Self {
        let source = |object: &Arc<Object>| Arc::as_ptr(object.document().source());
        let mut sources: HashMap<*const Source, Vec<Arc<Object>>> =
            fixed.map(|finding| (source(&finding.at.object), Vec::new())).collect();
        let mut known = HashSet::default();
        for object in world.cluster().objects() {
            known.insert(Arc::as_ptr(object));
            if let Some(objects) = sources.get_mut(&source(object)) {
                objects.push(object.clone());
            }
        }
        for objects in sources.values_mut() {
            objects.sort_by_key(|object| (object.document().span().start, object.root().id()));
        }
        Self { sources, known, hasher: RandomState::default() }
    }

    fn seat(&self, object: &Arc<Object>) -> Option<Seat> {
        self.known.get(&Arc::as_ptr(object)).copied()
    }

    fn of_source(&self, source: &Arc<Source>) -> &[Arc<Object>] {
        self.sources.get(&Arc::as_ptr(source)).map_or(&[], Vec::as_slice)
    }
}

impl Engine {
    /// Runs over a part of the world on at most `threads` threads; the findings are the same with any number.
    pub fn run_part(&self, world: &World, part: Part<'_>, threads: usize) -> Vec<Finding> {
        let objects: Vec<&Arc<Object>> = match part {
            Part::All => world.cluster().objects().collect(),
            Part::Concerned(objects) | Part::Only(objects) => objects.iter().collect(),
        };
        let visit = |objects: &[&Arc<Object>]| {
            let mut out = seawall_model::Report::default();
            self.visit_objects(objects, world, &mut out);
            out.into_findings()
        };
        let whole = || {
            let mut out = seawall_model::Report::default();
            if !matches!(part, Part::Only(_)) {
                self.visit_world(world, &mut out);
            }
            out.into_findings()
        };
        merge(spread(&objects, threads, visit, whole))
    }
}

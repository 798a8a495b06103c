//! Attack paths as findings: the steps as evidence, the places behind them as related places.

use crate::World;
use seawall_model::{At, FieldRef, FindingBuilder, Report, Severity, WellKnown};
use seawall_paths::{Evidence, Path, Place, Step};
use std::collections::HashMap;

/// Findings of one control; the graph of a large cluster has many starts.
pub(crate) const MOST: usize = 200;

/// Steps of a path that are told; longer ones are rare, and their end is what counts.
const STEPS: usize = 24;

/// What a path is asked of beside pods: without these kinds an absent path proves nothing.
const ASKED: [WellKnown; 9] = [
    WellKnown::ClusterRole,
    WellKnown::ClusterRoleBinding,
    WellKnown::Role,
    WellKnown::RoleBinding,
    WellKnown::Pod,
    WellKnown::Secret,
    WellKnown::ServiceAccount,
    WellKnown::Namespace,
    WellKnown::Node,
];

/// Starts that reach cluster-admin, each with its shortest path, nearest first.
pub(crate) fn to_cluster_admin(world: &World, sources: &[Place]) -> Vec<Path> {
    world.paths().nearest(sources, &[Place::ClusterAdmin], MOST).0
}

/// Reports a path at `at`: `sure` where every step holds, `assumed` where some step rests on an assumption.
pub(crate) fn report<'r>(
    out: &'r mut Report,
    at: At<'_>,
    who: &str,
    path: &Path,
    (sure, assumed): (Severity, Severity),
) -> FindingBuilder<'r> {
    let steps = match path.steps.len() {
        1 => "1 step".to_owned(),
        number => format!("{number} steps"),
    };
    let holds = path.steps.iter().all(|step| step.requires.is_empty());
    let message = format!("{who} becomes cluster-admin in {steps}: {}", first_words(path));
    let finding = out.finding(at, message).severity(if holds { sure } else { assumed });
    path.steps
        .iter()
        .take(STEPS)
        .enumerate()
        .fold(finding, |finding, (number, step)| tell(finding, number + 1, step))
}

/// How the path begins.
fn first_words(path: &Path) -> String {
    path.steps.first().map_or_else(String::new, |step| format!("it {}", step.row.info().says))
}

fn tell<'r>(finding: FindingBuilder<'r>, number: usize, step: &Step) -> FindingBuilder<'r> {
    let from = match step.uses.as_slice() {
        [] => step.from.to_string(),
        uses => uses.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and "),
    };
    let text = format!("{number}. {from} {}: {}", step.row.info().says, step.to);
    let finding = finding.evidence(text);
    let finding = step
        .requires
        .iter()
        .fold(finding, |finding, assumption| finding.evidence(format!("{number}. only if {assumption}")));
    step.because.iter().take(8).fold(finding, |finding, evidence| {
        let field = evidence.field();
        let (kind, name) = (field.object.kind(), field.object.name());
        let text = match evidence {
            Evidence::Subject(..) => format!("step {number}: bound by {kind} `{name}`"),
            Evidence::Rule(..) => format!("step {number}: a rule of {kind} `{name}`"),
            Evidence::Field(_) => format!("step {number}: {kind} `{name}`"),
        };
        finding.related(At::new(&field.object, field.node), text)
    })
}

/// Why an absent path proves nothing; `None` where all that matters was read, and for files, which are an open world.
pub(crate) fn unread(world: &World) -> Option<String> {
    if !world.coverage().is_closed() {
        return None;
    }
    let reasons = ASKED.into_iter().filter_map(|kind| world.coverage().extent(kind, None).reason());
    reasons.map(str::to_owned).next()
}

/// Says once that what was not found may be there.
pub(crate) fn report_unread(world: &World, at: Option<At<'_>>, what: &str, out: &mut Report) {
    if let Some((reason, at)) = unread(world).zip(at) {
        out.unknown(at, format!("whether there is no further {what}"), reason);
    }
}

/// Paths that differ only by nodes and pods, with the starts that share each: a thousand equal nodes are one finding.
pub(crate) fn alike(paths: Vec<Path>) -> Vec<(Path, Vec<Place>)> {
    let mut known: HashMap<Vec<(u8, String)>, usize> = HashMap::new();
    let mut out: Vec<(Path, Vec<Place>)> = Vec::new();
    for path in paths {
        let shape = |step: &Step| {
            let place = match &step.to {
                Place::Node(_) => "node".to_owned(),
                Place::Pod(namespace, _) => format!("pod:{namespace}"),
                other => other.to_string(),
            };
            (step.row as u8, place)
        };
        let key: Vec<_> = path.steps.iter().map(shape).collect();
        match known.get(&key).and_then(|at| out.get_mut(*at)) {
            Some((_, starts)) => starts.push(path.from),
            None => {
                known.insert(key, out.len());
                out.push((path, Vec::new()));
            }
        }
    }
    out
}

/// Names the starts that share a path.
pub(crate) fn also<'r>(finding: FindingBuilder<'r>, starts: &[Place]) -> FindingBuilder<'r> {
    if starts.is_empty() {
        return finding;
    }
    let names: Vec<String> = starts.iter().take(10).map(ToString::to_string).collect();
    let more = if starts.len() > names.len() { ", …" } else { "" };
    finding.evidence(format!("the same holds for {} more: {}{more}", starts.len(), names.join(", ")))
}

/// Where the path begins in the input: the subject of a binding, else the first piece of evidence.
pub(crate) fn first_place(path: &Path) -> Option<FieldRef> {
    let mut because = path.steps.first()?.because.iter();
    let first = because.clone().next();
    let evidence = because.find(|evidence| matches!(evidence, Evidence::Subject(..))).or(first);
    let later = || path.steps.iter().flat_map(|step| &step.because).next();
    evidence.or_else(later).map(Evidence::field)
}

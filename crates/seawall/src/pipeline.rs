//! From input to findings: collect, check shapes, run the catalogue, suppress, verify fixes.

use crate::cli::Common;
use crate::copies::{self, Unique};
use crate::{coverage, files, probe};
use anyhow::Result;
use seawall_collect::{ClusterInput, Collected, Header, Inputs};
use seawall_controls::verify::Part;
use seawall_controls::{Control, Engine, Found, follows_owner, suppress, verify};
use seawall_model::{At, Cluster, Finding, Object, Omitted, Outcome, Version, VersionReading, WellKnown};
use seawall_report::{ClusterRead, InputError, ScanResult, ShownFixes, Skipped};
use seawall_world::World;
use seawall_yaml::Place;
use std::sync::Arc;

/// What to do.
pub(crate) struct Job<'j> {
    pub(crate) inputs: &'j Inputs,
    pub(crate) cluster: Option<&'j ClusterInput>,
    /// Whether the cluster's listeners are asked, and how loudly.
    pub(crate) probe: Option<&'j Common>,
    /// The version that was asked for; else the cluster's own.
    pub(crate) version: Option<VersionReading>,
    pub(crate) controls: &'j [&'static Control],
    /// Whether nobody named rules: then chains of steps are followed in whole clusters only.
    pub(crate) is_default_choice: bool,
    pub(crate) inline_suppressions: bool,
    /// Whether all fixes will be asked for.
    pub(crate) all_fixes: bool,
    /// Changes findings before fixes are verified: severities and ignores of the configuration.
    pub(crate) adjust: &'j dyn Fn(&mut Vec<Finding>),
}

/// What came of it.
pub(crate) struct Done {
    pub(crate) result: ScanResult,
    pub(crate) unique: Unique,
    pub(crate) world: World,
    pub(crate) variants: usize,
    /// Findings that were only counted.
    pub(crate) omitted: Vec<Omitted>,
    engine: Engine,
    /// Whether the findings have no fixes yet, because few of them will be shown.
    without_fixes: bool,
}

/// Findings that are kept; more need hostile or gigantic input, whose report would not fit into memory.
const MOST_FINDINGS: usize = 200_000;

/// Objects whose fixes are all kept: they take little memory.
const FEW_OBJECTS: usize = 2_000;

/// Fields of a wrong type that are named.
const MOST_ERRORS: usize = 20_000;

/// Runs the job. Findings are sorted; the output does not depend on the number of threads. Fixes are not re-checked
/// yet: [`Done::verify`] does it when it is known which of them somebody will see.
///
/// # Errors
/// When the cluster cannot be read at all.
pub(crate) fn run(job: &Job<'_>, progress: &(dyn Fn(usize, usize) + Sync)) -> Result<Done> {
    let mut collected = seawall_collect::collect(job.inputs, progress);
    files::add_cluster(&mut collected, job.cluster, progress)?;
    if let Some((common, cluster)) = job.probe.zip(job.cluster) {
        probe::add(&mut collected, cluster, common)?;
    }
    let version = files::version_of(job.version, &collected.snapshots);
    let coverage = coverage::of(&collected.snapshots);
    let unique = copies::separate(std::mem::take(&mut collected.objects));
    let world = World::new(Cluster::new(unique.objects.iter().cloned()), version.version, coverage)
        .at_time(files::time_of(&collected.snapshots));
    // The graph of all steps takes longer than everything else together, and files alone seldom hold whole chains:
    // there `--select chain/` or `seawall paths` asks for them.
    let chains = world.coverage().is_closed() || !job.is_default_choice;
    let controls = job.controls.iter().copied().filter(|control| chains || control.area() != "chain");
    let engine = Engine::new(controls);
    let fixes = job.all_fixes || unique.objects.len() <= FEW_OBJECTS;
    let Found { mut findings, omitted } = engine.run_bounded(&world, threads(), MOST_FINDINGS, fixes);
    (job.adjust)(&mut findings);
    if job.inline_suppressions {
        suppress::apply(&mut findings);
    }
    if !omitted.is_empty() {
        // Whether a fix helps is seen by comparing all findings before and after.
        findings.iter_mut().for_each(|finding| finding.fix = None);
    }
    let mut result = result_of(collected, &unique, version, findings);
    result.notes.extend(followers(&world));
    result.errors.extend(shape_errors(&unique.objects, version.version));
    result.errors.extend(omitted.iter().map(omitted_error));
    result.complete = result.errors.is_empty()
        && !result.findings.iter().any(|finding| finding.outcome == Outcome::Unknown);
    result.sort();
    let without_fixes = !fixes && omitted.is_empty();
    Ok(Done { result, variants: unique.variants, unique, world, omitted, engine, without_fixes })
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, |threads| threads.get())
}

fn analyse(engine: &Engine, job: &Job<'_>, world: &World, part: Part<'_>) -> Vec<Finding> {
    let mut findings = engine.run_part(world, part, threads());
    (job.adjust)(&mut findings);
    findings
}

impl Done {
    /// Re-checks the fixes that are shown and takes away the others, so that none is offered that was not.
    pub(crate) fn verify(&mut self, job: &Job<'_>, shown: &ShownFixes) {
        let is_shown = |finding: &Finding| match shown {
            ShownFixes::None => false,
            ShownFixes::Of(objects) => objects.contains(&Arc::as_ptr(&finding.at.object)),
            ShownFixes::All => true,
        };
        for finding in self.result.findings.iter_mut().filter(|finding| !is_shown(finding)) {
            finding.fix = None;
        }
        if std::mem::take(&mut self.without_fixes) {
            let shown = || self.result.findings.iter().filter(|finding| is_shown(finding));
            let mut objects: Vec<&Arc<Object>> = shown().map(|finding| &finding.at.object).collect();
            objects.dedup_by_key(|object| Arc::as_ptr(object));
            let objects: Vec<Arc<Object>> = objects.into_iter().cloned().collect();
            let again = analyse(&self.engine, job, &self.world, Part::enough_for(shown(), &objects));
            verify::restore(&mut self.result.findings, again);
        }
        self.result.fixes_uncounted = *shown != ShownFixes::All;
        let run = |world: &World, part: Part<'_>| analyse(&self.engine, job, world, part);
        verify::verify(&self.world, &mut self.result.findings, &run);
    }
}

fn result_of(
    collected: Collected,
    unique: &Unique,
    version: VersionReading,
    findings: Vec<Finding>,
) -> ScanResult {
    let skipped = collected.skipped.into_iter().map(|skipped| Skipped {
        file: skipped.file.into(),
        document: (skipped.document > 0).then_some(skipped.document),
        reason: skipped.why.reason(),
        hint: skipped.why.hint().map(str::to_owned),
    });
    let errors = collected.errors.into_iter().map(|error| InputError {
        file: error.file.into(),
        place: error.line.map(|line| Place { line, column: error.column.unwrap_or(1) }),
        message: error.message,
    });
    let gaps = collected.snapshots.iter().flat_map(gaps);
    let mut notes = collected.notes;
    if unique.variants > 0 {
        notes.push(format!(
            "{} object{} differing variants in the input: each was judged, and questions that cross objects use the \
             last one in path order",
            unique.variants,
            if unique.variants == 1 { " has" } else { "s have" },
        ));
    }
    ScanResult {
        version: version.version,
        version_note: version.note(),
        files: collected.files,
        objects: unique
            .objects
            .iter()
            .filter(|object| object.well_known() != WellKnown::CertificateFile)
            .count(),
        skipped: skipped.collect(),
        findings,
        errors: errors.chain(gaps).collect(),
        clusters: collected.snapshots.iter().filter_map(cluster_read).collect(),
        notes,
        copies: unique.for_report(),
        complete: true,
        ..ScanResult::default()
    }
}

/// Says how many pods and sets of a cluster are judged where their workload is.
fn followers(world: &World) -> Option<String> {
    let kinds = [WellKnown::Pod, WellKnown::ReplicaSet, WellKnown::Job];
    let objects = kinds.into_iter().flat_map(|kind| world.cluster().of(kind));
    let count = objects.filter(|object| follows_owner(object, world)).count();
    (count > 0).then(|| {
        format!(
            "{count} objects are as the template of the workload that made them says, and are judged there"
        )
    })
}

/// What could not be read of a cluster.
fn gaps(header: &Header) -> impl Iterator<Item = InputError> {
    let name = header.cluster.as_ref().map_or("snapshot", |cluster| &cluster.name);
    let file: Arc<str> = format!("cluster {name}").into();
    header.gaps().into_iter().map(move |message| InputError { file: file.clone(), place: None, message })
}

fn cluster_read(header: &Header) -> Option<ClusterRead> {
    let cluster = header.cluster.as_ref()?;
    Some(ClusterRead {
        name: cluster.name.clone(),
        uid: cluster.uid.clone(),
        version: cluster.version.clone(),
        namespace: cluster.namespace.clone(),
        // A live reading is as of now, which would make every report differ from the last.
        time: Some(header.time.clone()).filter(|time| !time.is_empty()),
        objects: header.objects,
        complete: header.gaps().is_empty(),
    })
}

/// Fields of a wrong type, as the API server would refuse them.
fn shape_errors(objects: &[Arc<Object>], version: Version) -> Vec<InputError> {
    let mut errors = Vec::new();
    let mut more = 0;
    for object in objects {
        for problem in object.problems(version).iter().filter(|problem| problem.wrong.refused()) {
            let at = At::new(object, problem.node).field_ref();
            let error = |place: Option<Place>, message| InputError {
                file: object.document().source().shared_name().clone(),
                // A live object has no lines.
                place: place.filter(|_| object.live().is_none()),
                message,
            };
            if errors.len() < MOST_ERRORS {
                errors.push(error(Some(at.nearest().place()), format!("{}: {problem}", at.field())));
                continue;
            }
            more += 1;
            let message = format!("{more} further fields of wrong types, from here on, are not listed");
            if more == 1 {
                errors.push(error(Some(at.nearest().place()), message));
            } else if let Some(last) = errors.last_mut() {
                last.message = message;
            }
        }
    }
    errors
}

/// Says how many findings of a rule are not in the report.
fn omitted_error(omitted: &Omitted) -> InputError {
    let Omitted { rule, severity, count, object } = omitted;
    InputError {
        file: object.document().source().shared_name().clone(),
        place: Some(object.root().place()),
        message: format!(
            "further findings of `{rule}` from here on are not listed: {count}, {} at worst. There are too many \
             findings, and so no fix is offered; scan the input in parts, or --select what matters",
            severity.as_str(),
        ),
    }
}

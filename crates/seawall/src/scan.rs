//! `seawall scan`: what is wrong here, with evidence and a re-checked fix.

use crate::cli::{Common, FailOn, Scan};
use crate::config::SeawallConfiguration;
use crate::pipeline::{Done, Job};
use crate::progress::Progress;
use crate::{Exit, baseline, fix, output, pipeline, select};
use anyhow::{Result, bail};
use globset::{Glob, GlobMatcher};
use seawall_controls::Control;
use seawall_model::{Finding, Outcome, Severity};
use seawall_report::{Invocation, ScanResult, ShownFixes};

/// How often `--fix` looks for more to mend.
const FIX_ROUNDS: usize = 10;

/// Runs the command.
pub(crate) fn run(scan: &Scan, common: &Common) -> Result<Exit> {
    let config = SeawallConfiguration::read(scan.reading.config.as_deref())?;
    let version = scan.reading.files.version(config.kubernetes_version.as_deref())?;
    let controls = controls(scan, &config)?;
    let namespace = scan.reading.namespace.as_deref();
    let sources = scan.reading.files.sources(&scan.paths, namespace, common)?;
    let inputs = scan.reading.files.inputs(sources.paths.clone(), &config.exclude, namespace);
    if scan.probe && sources.cluster.is_none() {
        bail!("--probe asks the listeners of a live cluster: add --cluster");
    }
    if scan.probe && scan.reading.files.dry_run {
        return crate::probe::dry_run(sources.cluster.as_ref(), common);
    }
    let adjust = Adjust::new(&config)?;
    let old = scan.choice.baseline.as_deref().map(baseline::read).transpose()?;
    let job = Job {
        inputs: &inputs,
        cluster: sources.cluster.as_ref(),
        probe: scan.probe.then_some(common),
        version,
        controls: &controls,
        is_default_choice: scan.choice.select.is_empty()
            && scan.choice.framework.is_none()
            && config.select.is_empty(),
        inline_suppressions: !scan.choice.no_inline_suppressions,
        all_fixes: scan.fixing.fix || scan.fixing.diff || output::shows_all_fixes(&scan.output),
        adjust: &|findings| adjust.apply(findings),
    };
    let mut done = analyse(&job, common)?;
    if done.result.objects == 0 {
        return nothing(&done, scan, common);
    }
    if scan.fixing.diff {
        done.verify(&job, &ShownFixes::All);
        crate::exit::unless_closed(fix::diff(&done, scan.fixing.unsafe_fixes))?;
    } else if scan.fixing.fix {
        let mut report = fix::Fixed::default();
        // Fixes that touch the same bytes take turns. What is left is told by a new analysis of what is now in the
        // files, not by what should be there.
        for _ in 0..FIX_ROUNDS {
            done.verify(&job, &ShownFixes::All);
            if !fix::apply(&done, scan.fixing.unsafe_fixes, &mut report) {
                break;
            }
            done = analyse(&job, common)?;
        }
        if !common.quiet {
            output::say(format_args!("{report}"));
        }
    } else if scan.fixing.unsafe_fixes {
        bail!("--unsafe goes with --fix or --diff");
    }
    done.result.invocation = invocation(scan);
    if let Some(old) = &old {
        baseline::apply(old, &mut done.result.findings);
    }
    if let Some(file) = &scan.choice.write_baseline {
        baseline::write(file, &done.result)?;
    }
    if let Some(framework) = &scan.choice.framework {
        done.result.framework = Some(crate::rules::framework(framework, Some(&done.world))?);
    }
    if !scan.fixing.diff {
        done.verify(&job, &output::shown_fixes(&done.result, &scan.output, common));
        output::write_all(&done.result, &scan.output, common)?;
    }
    let code = exit(&done, scan, &config);
    // The program ends here: handing back tens of thousands of small pieces of memory one by one helps nobody.
    std::mem::forget(done);
    code
}

fn analyse(job: &Job<'_>, common: &Common) -> Result<Done> {
    let progress = Progress::new(common);
    let done = pipeline::run(job, &|done, all| progress.report(done, all));
    progress.finish();
    done
}

fn controls(scan: &Scan, config: &SeawallConfiguration) -> Result<Vec<&'static Control>> {
    let select = if scan.choice.select.is_empty() { &config.select } else { &scan.choice.select };
    let ignore: Vec<String> = config.ignore.iter().chain(&scan.choice.ignore).cloned().collect();
    let mut controls = select::controls(select, &ignore)?;
    if let Some(framework) = &scan.choice.framework {
        let rules = crate::rules::framework_rules(framework)?;
        controls.retain(|control| rules.contains(&control.id));
    }
    if controls.is_empty() {
        bail!("no rule is left to run");
    }
    Ok(controls)
}

fn invocation(scan: &Scan) -> Invocation {
    let inputs = scan.paths.iter().map(|path| path.to_string_lossy().into_owned()).collect();
    Invocation { inputs, ..Invocation::default() }
}

/// Severities and ignores of the configuration.
struct Adjust {
    severities: Vec<(String, Severity)>,
    ignores: Vec<(GlobMatcher, Vec<&'static str>)>,
}

impl Adjust {
    fn new(config: &SeawallConfiguration) -> Result<Self> {
        let severities =
            config.severity.iter().map(|(rule, severity)| (rule.clone(), severity.severity())).collect();
        let mut ignores = Vec::new();
        for ignore in &config.per_path_ignores {
            let rules = select::controls(&ignore.rules, &[])?.into_iter().map(|control| control.id).collect();
            ignores.push((Glob::new(&ignore.path)?.compile_matcher(), rules));
        }
        Ok(Self { severities, ignores })
    }

    fn apply(&self, findings: &mut Vec<Finding>) {
        if !self.ignores.is_empty() {
            findings.retain(|finding| {
                let file = finding.at.object.file();
                !self.ignores.iter().any(|(glob, rules)| rules.contains(&finding.rule) && glob.is_match(file))
            });
        }
        for (rule, severity) in &self.severities {
            for finding in findings.iter_mut().filter(|finding| finding.rule == rule) {
                finding.severity = *severity;
            }
        }
    }
}

/// There was nothing to judge: say what was there instead.
fn nothing(done: &Done, scan: &Scan, common: &Common) -> Result<Exit> {
    output::errors(&done.result);
    if done.result.files == 0 && done.result.skipped.is_empty() && done.result.errors.is_empty() {
        let inputs: Vec<_> = scan.paths.iter().map(|path| path.to_string_lossy()).collect();
        let place = if inputs.is_empty() { "the current folder".into() } else { inputs.join(", ") };
        bail!("no .yaml, .yml or .json file in {place}");
    }
    if common.verbose {
        output::skipped(&done.result);
    }
    for note in &done.result.notes {
        output::say(format_args!("note: {}", seawall_report::line(note)));
    }
    bail!(
        "nothing to judge: {} file{} read, no Kubernetes object in {}{}",
        done.result.files,
        if done.result.files == 1 { "" } else { "s" },
        if done.result.files == 1 { "it" } else { "them" },
        if common.verbose { "" } else { " (-v names what was skipped)" },
    )
}

fn exit(done: &Done, scan: &Scan, config: &SeawallConfiguration) -> Result<Exit> {
    let result: &ScanResult = &done.result;
    let bar = scan.choice.fail_on.or(config.fail_on()?).unwrap_or(FailOn::High).severity();
    let counts = |finding: &&Finding| finding.suppressed.is_none();
    let over =
        result.findings.iter().filter(counts).any(|finding| {
            finding.outcome == Outcome::Fail && bar.is_some_and(|bar| finding.severity >= bar)
        });
    let holes = !result.complete || done.variants > 0 || !result.skipped.is_empty();
    let over = over || done.omitted.iter().any(|omitted| bar.is_some_and(|bar| omitted.severity >= bar));
    Ok(match () {
        () if over || (scan.choice.strict && holes) => Exit::Findings,
        () if !result.complete => Exit::Incomplete,
        () => Exit::Clean,
    })
}

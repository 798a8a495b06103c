//! `seawall snapshot`: a cluster or files in one file; and what would be read of a cluster.

use crate::cli::{Common, Files, Snapshot};
use crate::progress::Progress;
use crate::{Exit, output};
use anyhow::{Context, Result, bail};
use seawall_collect::{ClusterInput, Collected, Plan, Planned, Written};
use std::io::Write;
use std::path::Path;

/// Runs the command.
pub(crate) fn run(question: &Snapshot, common: &Common) -> Result<Exit> {
    if question.print_rbac {
        std::io::stdout().write_all(seawall_collect::role().as_bytes())?;
        return Ok(Exit::Clean);
    }
    let path = question.output.as_deref().context("--output names the file to write")?;
    anyhow::ensure!(
        path.extension().is_some_and(|extension| extension == "seawall"),
        "{}: the name of a snapshot ends in .seawall, by which the other commands know it",
        path.display()
    );
    let reading = &question.reading;
    let namespace = reading.namespace.as_deref();
    let sources = reading.files.sources(&question.paths, namespace, common)?;
    let config = crate::config::SeawallConfiguration::read(reading.config.as_deref())?;
    let progress = Progress::new(common);
    let report = |done, all| progress.report(done, all);
    let files = if sources.paths.is_empty() {
        Collected::default()
    } else {
        let inputs = reading.files.inputs(sources.paths.clone(), &config.exclude, namespace);
        seawall_collect::collect(&inputs, &report)
    };
    for error in &files.errors {
        output::say(format_args!("error: {}: {}", error.file, seawall_report::line(&error.message)));
    }
    if sources.cluster.is_none() && files.objects.is_empty() {
        bail!("nothing to write: no Kubernetes object in the input");
    }
    let time = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let written = seawall_collect::snapshot(path, sources.cluster.as_ref(), &files, &time, &report)?;
    progress.finish();
    Ok(tell(&written, path, common))
}

/// Says what is in the file and what is not.
fn tell(written: &Written, path: &Path, common: &Common) -> Exit {
    let header = &written.header;
    let left_out =
        written.left_out.iter().map(|object| format!("{object}: was left out, it cannot be sealed"));
    let gaps: Vec<String> = header.gaps().into_iter().chain(left_out).collect();
    for gap in &gaps {
        output::say(format_args!("error: {}", seawall_report::line(gap)));
    }
    if !common.quiet {
        let version = header.cluster.as_ref().and_then(|cluster| cluster.version.as_deref());
        let of = version.map(|version| format!(" of Kubernetes {version}")).unwrap_or_default();
        output::say(format_args!(
            "{}: {} objects{}, {} KiB",
            path.display(),
            header.objects,
            seawall_report::line(&of),
            written.bytes.div_ceil(1024)
        ));
        let counted: u64 = header.counted.iter().filter_map(|counted| counted.objects).sum();
        if counted > 0 {
            output::say(format_args!("{counted} custom resources that no analysis uses were only counted"));
        }
    }
    if gaps.is_empty() { Exit::Clean } else { Exit::Incomplete }
}

/// `--dry-run`: says what would be asked, and asks discovery alone.
pub(crate) fn dry_run(files: &Files, namespace: Option<&str>, common: &Common) -> Result<Exit> {
    let sources = files.sources(&[], namespace, common)?;
    let input: ClusterInput = sources.cluster.context("--dry-run is about a cluster: add --cluster")?;
    let plan = seawall_collect::plan(&input)?;
    let mut out = std::io::stdout().lock();
    write_plan(&plan, &input, &mut out)?;
    out.flush()?;
    Ok(if plan.problems.is_empty() { Exit::Clean } else { Exit::Incomplete })
}

fn write_plan(plan: &Plan, input: &ClusterInput, out: &mut dyn Write) -> std::io::Result<()> {
    let line = |text: &str| seawall_report::line(text).into_owned();
    let version = plan.version.as_deref().unwrap_or("of a version it does not tell");
    writeln!(out, "Cluster {} at {}, Kubernetes {}", line(&plan.cluster), line(&plan.server), line(version))?;
    writeln!(out, "Would be asked, each with the verb `list`, and nothing else:")?;
    let scope = |kind: &Planned| match &input.namespace {
        Some(namespace) if kind.in_namespace => format!("namespace {namespace}"),
        _ => "whole cluster".to_owned(),
    };
    let rows: Vec<Vec<String>> = plan
        .kinds
        .iter()
        .map(|kind| {
            let reason = kind.reason.unwrap_or("only counted: no analysis uses it");
            vec![line(&kind.resource), line(&kind.api_version), scope(kind), reason.to_owned()]
        })
        .collect();
    crate::question::table(&rows, 2, out)?;
    for (group, reason) in &plan.problems {
        writeln!(out, "not known: API group {}: {}", line(group), line(reason))?;
    }
    Ok(())
}

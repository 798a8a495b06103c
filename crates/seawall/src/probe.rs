//! `scan --cluster --probe`: what the cluster's listeners answer. Off unless somebody asks for it; says first whom it asks.

use crate::cli::Common;
use crate::{Exit, output};
use anyhow::{Context, Result};
use seawall_collect::{ClusterInput, Collected, Limits, ProbeTarget, targets};
use seawall_model::Object;
use std::io::Write;
use std::sync::Arc;

/// Says whom it would ask, and asks nobody but the API server for the objects that name them.
pub(crate) fn dry_run(cluster: Option<&ClusterInput>, _: &Common) -> Result<Exit> {
    let cluster = cluster.context("--probe asks the listeners of a live cluster: add --cluster")?;
    let live = seawall_collect::collect_cluster(cluster, Limits::default(), &|_, _| {})?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "Would be asked, and nobody else:")?;
    for target in targets(&live.objects, &seawall_collect::server(&cluster.target)?) {
        writeln!(out, "  {}", seawall_report::line(&target.plan()))?;
    }
    out.flush()?;
    Ok(Exit::Clean)
}

/// Asks the listeners that the objects name, and adds the answers to the objects.
pub(crate) fn add(collected: &mut Collected, cluster: &ClusterInput, common: &Common) -> Result<()> {
    let all = targets(&collected.objects, &seawall_collect::server(&cluster.target)?);
    if !common.quiet {
        output::say(format_args!("probe: asks {} listeners of this cluster, and nobody else:", all.len()));
        for target in &all {
            output::say(format_args!("probe:   {}", seawall_report::line(&target.plan())));
        }
    }
    let answers = seawall_collect::probe(&all, cluster);
    if !common.quiet {
        all.iter().zip(&answers).for_each(|(target, answer)| {
            output::say(format_args!(
                "probe: {}: {}",
                seawall_report::line(&target.name()),
                said(target, answer)
            ));
        });
    }
    collected.objects.extend(answers);
    Ok(())
}

/// An answer in a few words; what is wrong with it stands among the findings.
fn said(target: &ProbeTarget, answer: &Arc<Object>) -> String {
    let at = answer.at();
    if let Some(why) = at.key("error").str() {
        return format!("unknown: {}", seawall_report::line(why));
    }
    if at.key("answers").is_false() {
        return "nobody listens".to_owned();
    }
    let mut parts = Vec::new();
    let versions: Vec<&str> = at.get("tls.accepted").items().filter_map(|one| one.str()).collect();
    if !versions.is_empty() {
        parts.push(versions.join(", "));
    }
    if let Some(status) = at.get("anonymous.status").int() {
        parts.push(format!("without credentials {status}"));
    }
    for (key, what) in
        [("plain", "without TLS"), ("none", "without a certificate"), ("foreign", "with a foreign one")]
    {
        if let Some(verdict) = at.key("clientCertificate").key(key).str() {
            parts.push(format!("{what} {verdict}"));
        }
    }
    parts.extend(at.key("write").str().map(str::to_owned));
    if parts.is_empty() { format!("{} answers", target.role.word()) } else { parts.join("; ") }
}

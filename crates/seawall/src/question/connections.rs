//! `seawall connections`: everything that is allowed, workload by workload.

mod namespaces;
mod outside;
mod picture;
mod ports;
mod targets;
mod text;
mod views;

use super::reach::{engine, load, network_notes};
use crate::Exit;
use crate::cli::{Common, ConnectionsFormat, ConnectionsQuestion};
use anyhow::{Result, bail};
use schemars::JsonSchema;
use seawall_network::{Connection, Party, RangeText, Reach, Workload};
use seawall_report::Picture;
use serde::Serialize;
use std::io::{BufWriter, Write};

/// `-o json`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConnectionsAnswer {
    /// `seawall.dev/connections/v1`.
    schema: &'static str,
    /// What is surely allowed between some pods of two workloads, or of one and addresses outside.
    connections: Vec<Row>,
    /// What may be allowed beside it: it depends on labels or addresses that are not in the input.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unknown: Vec<Row>,
    /// What leads in from outside the cluster, and whether policies let it through.
    internet: Vec<outside::Way>,
    /// With `--exposure`: what is open to pods that do not exist yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    exposure: Option<Vec<outside::Exposed>>,
    /// With `--to`: who reaches what, workload by workload.
    #[serde(skip_serializing_if = "Option::is_none")]
    targets: Option<Vec<targets::Target>>,
    /// With `--namespaces`: which namespaces reach each other.
    #[serde(skip_serializing_if = "Option::is_none")]
    namespaces: Option<Vec<namespaces::NamespacePair>>,
    /// With `--ports`: the ports of each workload.
    #[serde(skip_serializing_if = "Option::is_none")]
    ports: Option<Vec<ports::PortRow>>,
    /// Whether nothing is missing: every policy was understood and all connections are told.
    complete: bool,
    /// What is taken for granted or not considered.
    notes: Vec<String>,
}

/// A connection.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Row {
    /// Who opens it: `NAMESPACE/NAME[Kind]`, or addresses as CIDR or `first-last`.
    from: String,
    /// Who listens.
    to: String,
    /// The ports, such as `TCP 80,443; UDP 53`, `TCP 1000-2000`, `TCP` (all its ports) or `all`.
    ports: String,
}

/// Runs the command.
pub(crate) fn run(question: &ConnectionsQuestion, common: &Common) -> Result<Exit> {
    let is_view = question.namespaces || question.ports || !question.to.is_empty();
    if is_view && !matches!(question.output, ConnectionsFormat::Json | ConnectionsFormat::Table) {
        bail!("--to, --namespaces and --ports are told as `-o table` or `-o json`");
    }
    let asked = load(&question.paths, &question.what_if, &question.network, common)?;
    let reach = &*engine(&asked, &question.network);
    asked.say_holes();
    let focus = focus(reach, &question.focus)?;
    let found = reach.connections(|workload| focus.as_ref().is_none_or(|focus| focus[workload]));
    let mut notes = network_notes(reach, &asked);
    if found.is_cut {
        notes.push("there are more connections than are shown: name a workload with --focus".into());
    }
    let unknown: Vec<Row> = found.list.iter().filter_map(|one| row(reach, one, false)).collect();
    let connections: Vec<Row> = found.list.iter().filter_map(|one| row(reach, one, true)).collect();
    let complete = !found.is_cut && asked.holes.is_empty() && unknown.is_empty();
    let is_wanted = |workload: usize| focus.as_ref().is_none_or(|focus| focus[workload]);
    let internet = outside::ways(reach, asked.world.network(), is_wanted);
    let exposure = question.exposure.then(|| outside::exposed(reach, is_wanted));
    let goals: Vec<_> = question.to.iter().map(|goal| goal.goal()).collect();
    let network = asked.world.network();
    let targets = (!goals.is_empty()).then(|| targets::targets(&asked.world, reach, &goals, is_wanted));
    let complete = complete && targets.iter().flatten().all(|target| target.allowed.is_some());
    let namespaces = question.namespaces.then(|| namespaces::pairs(reach, &found.list));
    let ports = question.ports.then(|| ports::rows(network, reach, &found.list, is_wanted));
    let answer = ConnectionsAnswer {
        schema: "seawall.dev/connections/v1",
        connections,
        unknown,
        internet,
        exposure,
        targets,
        namespaces,
        ports,
        complete,
        notes,
    };
    let mut out = BufWriter::new(std::io::stdout().lock());
    match question.output {
        ConnectionsFormat::Json => {
            serde_json::to_writer_pretty(&mut out, &answer)?;
            writeln!(out)?;
        }
        ConnectionsFormat::Csv => text::csv(&answer, &mut out)?,
        ConnectionsFormat::Markdown => text::markdown(&answer, &mut out)?,
        ConnectionsFormat::Table if is_view => views::table(&answer, common, &mut out)?,
        ConnectionsFormat::Table => text::table(&answer, common, &mut out)?,
        ConnectionsFormat::Html | ConnectionsFormat::Svg | ConnectionsFormat::Dot => {
            let picture = match question.output {
                ConnectionsFormat::Svg => Picture::Svg,
                ConnectionsFormat::Dot => Picture::Dot,
                _ => Picture::Html,
            };
            let drawing = picture::drawing(reach, &found.list, &answer, &asked.holes);
            seawall_report::draw(&drawing, picture, &mut out)?;
        }
    }
    out.flush()?;
    Ok(if answer.complete { Exit::Clean } else { Exit::Incomplete })
}

/// Which workloads are wanted; `None`: all.
fn focus(reach: &Reach, wanted: &[String]) -> Result<Option<Vec<bool>>> {
    if wanted.is_empty() {
        return Ok(None);
    }
    let mut focus = vec![false; reach.workloads().len()];
    for text in wanted {
        let is_meant = |workload: &Workload| {
            let (namespace, name) = text.split_once('/').unwrap_or(("", text));
            let is_named =
                *name == *workload.name || *name == format!("{}[{}]", workload.name, workload.kind);
            is_named && workload.is_in(namespace)
        };
        let mut any = false;
        for (place, workload) in focus.iter_mut().zip(reach.workloads()) {
            if is_meant(workload) {
                (*place, any) = (true, true);
            }
        }
        if !any {
            let names: Vec<String> = reach
                .workloads()
                .iter()
                .map(|one| format!("{}/{}", one.namespace_shown(), one.name))
                .collect();
            let near = crate::select::nearest(text, names.iter().map(String::as_str));
            let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            bail!("--focus {text}: no such workload in the input{hint}");
        }
    }
    Ok(Some(focus))
}

/// A connection's sure ports, or those that are only possible.
fn row(reach: &Reach, connection: &Connection, sure: bool) -> Option<Row> {
    let ports = match sure {
        true => connection.sure.to_string(),
        false => connection.possible.difference(&connection.sure).to_string(),
    };
    let name = |party| match party {
        Party::Workload(number) => reach.workloads().get(number).map(ToString::to_string).unwrap_or_default(),
        Party::Range(first, last) => RangeText(first, last).to_string(),
    };
    (ports != "none").then(|| Row { from: name(connection.from), to: name(connection.to), ports })
}

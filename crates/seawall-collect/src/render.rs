//! Helm charts and Kustomize overlays, rendered by the tools on the PATH, without network.

use crate::classify::{bases, normal};
use crate::read::{FileResult, Reader, reason};
use crate::{Collected, InputError};
use seawall_yaml::Document;
use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A rendering that takes longer than this is ended.
const PATIENCE: Duration = Duration::from_secs(120);

/// What was rendered, and what needs not be judged as it stands because of that.
#[derive(Default)]
pub(crate) struct Rendered {
    pub(crate) files: Vec<FileResult>,
    pub(crate) overlays: BTreeSet<PathBuf>,
}

/// Renders each chart that is no dependency of another, and each kustomization that no other builds upon.
pub(crate) fn render(
    charts: &BTreeSet<PathBuf>,
    kustomizations: &[Arc<Document>],
    reader: &Reader,
    out: &mut Collected,
) -> Rendered {
    let mut rendered = Rendered::default();
    for chart in charts {
        let is_dependency = chart.ancestors().skip(1).any(|folder| charts.contains(folder));
        if is_dependency {
            continue;
        }
        // `helm template` contacts no cluster and, without --dependency-update, no repository.
        let tools: [&[&str]; 1] = [&["helm", "template", "release-name"]];
        run(&tools, chart, reader, out, &mut rendered);
    }
    let built_upon: BTreeSet<PathBuf> = kustomizations.iter().flat_map(|document| bases(document)).collect();
    for kustomization in kustomizations {
        let folder = normal(Path::new(kustomization.source().name()).parent().unwrap_or(Path::new("")));
        let folder = if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder };
        let is_component =
            kustomization.root().get("kind").and_then(|kind| kind.as_str()) == Some("Component");
        if is_component || built_upon.contains(&folder) {
            continue;
        }
        if let Some(remote) = remote_base(kustomization) {
            out.errors.push(InputError::of_file(
                kustomization.source().name(),
                format!(
                    "not rendered: `{remote}` is not on this machine, and rendering runs without network"
                ),
            ));
            continue;
        }
        let tools: [&[&str]; 2] = [&["kustomize", "build"], &["kubectl", "kustomize"]];
        if run(&tools, &folder, reader, out, &mut rendered) {
            rendered.overlays.insert(folder);
        }
    }
    rendered
}

/// Resources of a rendered overlay are judged as rendered, not as they stand.
pub(crate) fn leave_out_bases(
    results: &mut [FileResult],
    kustomizations: &[Arc<Document>],
    rendered: &Rendered,
) {
    let mut queue: Vec<PathBuf> = rendered.overlays.iter().cloned().collect();
    let mut seen: BTreeSet<PathBuf> = BTreeSet::new();
    while let Some(place) = queue.pop() {
        if !seen.insert(place.clone()) {
            continue;
        }
        for kustomization in kustomizations {
            let folder = normal(Path::new(kustomization.source().name()).parent().unwrap_or(Path::new("")));
            if folder == place || (place == Path::new(".") && folder.as_os_str().is_empty()) {
                queue.extend(bases(kustomization));
            }
        }
    }
    for file in results {
        if seen.contains(&normal(Path::new(&file.name))) {
            file.objects.clear();
        }
    }
}

fn remote_base(kustomization: &Document) -> Option<&str> {
    let root = kustomization.root();
    let charts = root.get("helmCharts").into_iter().flat_map(|charts| charts.items());
    let repository = charts.filter_map(|chart| chart.get("repo")?.as_str()).next();
    ["resources", "bases", "components"]
        .iter()
        .flat_map(|key| root.get(key).into_iter().flat_map(|list| list.items()))
        .filter_map(|item| item.as_str())
        .find(|path| path.contains("://") || path.starts_with("git@") || path.starts_with("github.com/"))
        .or(repository)
}

/// Runs the first tool that there is on `folder`; false if the folder could not be rendered.
fn run(
    tools: &[&[&str]],
    folder: &Path,
    reader: &Reader,
    out: &mut Collected,
    rendered: &mut Rendered,
) -> bool {
    let name = folder.to_string_lossy().into_owned();
    for tool in tools {
        let Some((program, arguments)) = tool.split_first() else { continue };
        let mut command = Command::new(program);
        command
            .args(arguments)
            .arg(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let child = match command.spawn() {
            Ok(child) => child,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => {
                out.errors
                    .push(InputError::of_file(&name, format!("failed to run {program}: {}", reason(&error))));
                return false;
            }
        };
        return match finish(child, reader) {
            Ok(bytes) => {
                let mut file = FileResult::new(&name);
                reader.rendered(&bytes, program, &mut file);
                rendered.files.push(file);
                true
            }
            Err(message) => {
                out.errors
                    .push(InputError::of_file(&name, format!("{program} failed to render it: {message}")));
                false
            }
        };
    }
    let names: Vec<&str> = tools.iter().filter_map(|tool| tool.first().copied()).collect();
    let message = format!("not rendered: {} is not on the PATH", names.join(" or "));
    out.errors.push(InputError::of_file(&name, message));
    false
}

/// The output of a tool, or what it said when it failed.
fn finish(mut child: std::process::Child, reader: &Reader) -> Result<Vec<u8>, String> {
    let limit = reader.limits.kept;
    let drain = |pipe: Option<Box<dyn Read + Send>>| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            if let Some(pipe) = pipe {
                let _ = pipe.take(limit).read_to_end(&mut bytes);
            }
            bytes
        })
    };
    let stdout = drain(child.stdout.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>));
    let stderr = drain(child.stderr.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>));
    let start = Instant::now();
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if start.elapsed() < PATIENCE => std::thread::sleep(Duration::from_millis(5)),
            Ok(None) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("it took longer than {} s", PATIENCE.as_secs()));
            }
            Err(error) => return Err(reason(&error)),
        }
    };
    let stdout = stdout.join().unwrap_or_default();
    let stderr = stderr.join().unwrap_or_default();
    if status.success() {
        return Ok(stdout);
    }
    let text = String::from_utf8_lossy(&stderr);
    Err(said(&text))
}

/// The line of a failed program's words that says why: the first that calls itself an error (helm adds a hint below
/// it), else the last one.
fn said(text: &str) -> String {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let error = lines.clone().find_map(|line| line.strip_prefix("Error: "));
    error.or_else(|| lines.next_back()).unwrap_or("no message").to_owned()
}

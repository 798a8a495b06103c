//! Which files are parts of charts and overlays, and so no objects of their own?

use crate::walk::Found;
use seawall_yaml::{Document, NodeRef};
use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

/// The folders that hold a Helm chart.
pub(crate) fn charts(files: &[Found]) -> BTreeSet<PathBuf> {
    let is_chart = |found: &&Found| found.path.file_name().is_some_and(|name| name == "Chart.yaml");
    files.iter().filter(is_chart).filter_map(|found| found.path.parent().map(Path::to_owned)).collect()
}

/// The chart whose template `path` is: a file below `templates` of a chart's folder.
pub(crate) fn chart_of<'c>(charts: &'c BTreeSet<PathBuf>, path: &Path) -> Option<&'c PathBuf> {
    if charts.is_empty() {
        return None;
    }
    let folders =
        path.ancestors().skip(1).filter(|folder| folder.file_name().is_some_and(|n| n == "templates"));
    folders.filter_map(|folder| charts.get(folder.parent()?)).last()
}

/// The files that a kustomization names as patches or configuration of itself: they hold parts of objects.
pub(crate) fn parts(kustomization: &Document) -> Vec<PathBuf> {
    let root = kustomization.root();
    let folder = Path::new(kustomization.source().name()).parent().unwrap_or(Path::new(""));
    let mut out = Vec::new();
    let mut add = |value: Option<NodeRef<'_>>| {
        if let Some(path) = value.and_then(NodeRef::as_str)
            && !path.contains('\n')
        {
            out.push(normal(&folder.join(path)));
        }
    };
    for key in ["patchesStrategicMerge", "transformers", "generators", "configurations", "validators"] {
        root.get(key).into_iter().flat_map(NodeRef::items).for_each(|item| add(Some(item)));
    }
    for key in ["patches", "patchesJson6902", "replacements"] {
        root.get(key).into_iter().flat_map(NodeRef::items).for_each(|item| add(item.get("path")));
    }
    for item in root.get("helmCharts").into_iter().flat_map(NodeRef::items) {
        add(item.get("valuesFile"));
    }
    out
}

/// The kustomizations and files that a kustomization builds upon: those need no rendering of their own.
pub(crate) fn bases(kustomization: &Document) -> Vec<PathBuf> {
    let root = kustomization.root();
    let folder = Path::new(kustomization.source().name()).parent().unwrap_or(Path::new(""));
    ["resources", "bases", "components"]
        .iter()
        .flat_map(|key| root.get(key).into_iter().flat_map(NodeRef::items))
        .filter_map(NodeRef::as_str)
        .map(|path| normal(&folder.join(path)))
        .collect()
}

/// A path without `.` and, where that is possible, `..`; no link is followed.
pub(crate) fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if out.file_name().is_some() => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

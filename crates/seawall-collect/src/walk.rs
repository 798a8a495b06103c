//! Which files does a path stand for?

use crate::{InputError, Inputs, Skipped, Why};
use globset::{Glob, GlobSet, GlobSetBuilder};
use ignore::WalkBuilder;
use std::path::{Path, PathBuf};

/// A file to be read. `name` is what people see: the path as given, joined with `/`.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Found {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
}

#[derive(Default)]
pub(crate) struct Walked {
    pub(crate) files: Vec<Found>,
    pub(crate) errors: Vec<InputError>,
    pub(crate) skipped: Vec<Skipped>,
}

/// Endings that are read inside directories. Files named by the user are read whatever their name.
const ENDINGS: [&str; 12] =
    ["yaml", "yml", "json", "yaml.gz", "yml.gz", "json.gz", "tar", "tar.gz", "tgz", "crt", "pem", "pub"];

pub(crate) fn walk(inputs: &Inputs) -> Walked {
    let mut out = Walked::default();
    let exclude = match globs(&inputs.exclude) {
        Ok(exclude) => exclude,
        Err(error) => {
            out.errors.push(InputError::of_file("--exclude", error));
            return out;
        }
    };
    for path in &inputs.paths {
        if path.as_os_str() == "-" {
            out.files.push(Found { name: "-".into(), path: path.clone() });
        } else if path.is_dir() {
            directory(path, inputs, &exclude, &mut out);
        } else {
            out.files.push(Found { name: shown(path), path: path.clone() });
        }
    }
    // One file named twice (a folder and a file in it) is read once.
    out.files.sort();
    out.files.dedup_by(|a, b| a.path == b.path);
    // The order of folders is that of the file system.
    out.errors.sort();
    out.skipped.sort();
    out
}

pub(crate) fn globs(patterns: &[String]) -> Result<GlobSet, String> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        set.add(Glob::new(pattern).map_err(|error| error.to_string())?);
    }
    set.build().map_err(|error| error.to_string())
}

fn directory(root: &Path, inputs: &Inputs, exclude: &GlobSet, out: &mut Walked) {
    let mut builder = WalkBuilder::new(root);
    let obey = !inputs.no_ignore;
    // Hidden files are read (`.github` holds manifests too); only what git ignores is left out.
    builder.hidden(false).ignore(false).git_ignore(obey).git_exclude(obey).git_global(obey).parents(obey);
    builder.require_git(true).follow_links(false);
    let (top, exclude) = (root.to_owned(), exclude.clone());
    builder.filter_entry(move |entry| {
        let (path, is_folder) = (entry.path(), entry.file_type().is_some_and(|kind| kind.is_dir()));
        if entry.depth() == 0 {
            return true;
        }
        // A folder that is left out is not entered.
        !(is_folder && matches!(entry.file_name().to_str(), Some(".git" | "node_modules"))
            || exclude.is_match(path.strip_prefix(&top).unwrap_or(path))
            || exclude.is_match(path))
    });
    for entry in builder.build() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let file = error_path(&error).map_or_else(|| shown(root), |path| shown(&path));
                out.errors.push(InputError::of_file(&file, plain(&error)));
                continue;
            }
        };
        let path = entry.path();
        if !has_ending(path) {
            continue;
        }
        match entry.file_type() {
            Some(kind) if kind.is_file() => out.files.push(Found { name: shown(path), path: path.into() }),
            Some(kind) if kind.is_symlink() => {
                out.skipped.push(Skipped { file: shown(path), document: 0, why: Why::Link });
            }
            _ => {}
        }
    }
}

pub(crate) fn has_ending(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return false };
    ENDINGS.iter().any(|ending| {
        name.len() > ending.len()
            && name.is_char_boundary(name.len() - ending.len())
            && name[name.len() - ending.len()..].eq_ignore_ascii_case(ending)
            && name.as_bytes()[name.len() - ending.len() - 1] == b'.'
    })
}

/// The path as people wrote it, with `/`; `./` in front is left out.
fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    let text = if std::path::MAIN_SEPARATOR == '\\' { text.replace('\\', "/") } else { text.into_owned() };
    text.strip_prefix("./").filter(|rest| !rest.is_empty()).map_or(text.clone(), str::to_owned)
}

fn error_path(error: &ignore::Error) -> Option<PathBuf> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path.clone()),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => error_path(err),
        ignore::Error::Loop { child, .. } => Some(child.clone()),
        _ => None,
    }
}

/// The reason without the path, which stands beside it already.
fn plain(error: &ignore::Error) -> String {
    match error {
        ignore::Error::WithPath { err, .. } | ignore::Error::WithDepth { err, .. } => plain(err),
        ignore::Error::Io(error) => crate::read::reason(error),
        other => other.to_string(),
    }
}

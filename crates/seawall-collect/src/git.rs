//! Files of a git revision, as the repository stores them. Read by the git program from the object database: no
//! filter, attribute or ignore rule that the revision brings along has a say in what is seen.

use crate::archive::{self, Shape};
use crate::limits::size;
use crate::read::{FileResult, Reader, reason};
use crate::walk::{Found, Walked, globs, has_ending};
use crate::{InputError, Inputs, Skipped, Why};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};

/// What the list of files may come to, and what git may say.
const LIST: u64 = 64 << 20;
const WORDS: u64 = 1 << 20;
/// Smaller files are read at once, so that others need not wait while they are parsed.
const SMALL: u64 = 1 << 20;

/// Why a revision cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// Not `git:REVISION:PATH`.
    #[error("write git:REVISION:PATH, such as git:main:deploy (the path is that in the repository)")]
    Syntax,
    /// No git program.
    #[error("git revisions need the git program, and it is not on the PATH")]
    NoGit,
    /// Git could not be run, or said no.
    #[error("{0}")]
    Refused(String),
}

/// A file or folder in a revision.
#[derive(Debug)]
pub struct GitTree {
    /// As people wrote it.
    name: String,
    entries: Vec<Entry>,
    is_file: bool,
}

#[derive(Debug)]
struct Entry {
    path: String,
    id: String,
    kind: EntryKind,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum EntryKind {
    File,
    Link,
    Submodule,
}

impl GitTree {
    /// Whether an argument names a revision.
    pub fn is_meant(argument: &Path) -> bool {
        argument.to_str().is_some_and(|text| text.starts_with("git:"))
    }

    /// Finds `git:REVISION:PATH` in the repository of the current folder.
    ///
    /// # Errors
    /// When there is no git program, no repository, no such revision or no such path in it.
    pub fn open(argument: &str, inputs: &Inputs) -> Result<Self, GitError> {
        let rest = argument.strip_prefix("git:").ok_or(GitError::Syntax)?;
        let (revision, path) = rest.split_once(':').ok_or(GitError::Syntax)?;
        // A word that begins with a dash would be an option.
        if revision.is_empty() || revision.starts_with('-') {
            return Err(GitError::Syntax);
        }
        let path = path.trim_end_matches('/');
        let object = format!("{revision}:{}", if path == "." { "" } else { path });
        let id = match output(&["rev-parse", "--verify", &object], WORDS) {
            Ok(id) => String::from_utf8_lossy(&id).trim().to_owned(),
            Err(GitError::Refused(why)) if why.contains("single revision") => {
                return Err(GitError::Refused(format!("there is no revision `{revision}` here")));
            }
            Err(error) => return Err(error),
        };
        let kind = String::from_utf8_lossy(&output(&["cat-file", "-t", &id], WORDS)?).trim().to_owned();
        let (name, is_file) = (argument.trim_end_matches('/').to_owned(), kind == "blob");
        let entries = match kind.as_str() {
            "blob" => vec![Entry { path: String::new(), id, kind: EntryKind::File }],
            "tree" => listed(&output(&["ls-tree", "-r", "-z", "--full-tree", &id], LIST)?, inputs)?,
            other => return Err(GitError::Refused(format!("`{object}` is a {other}, not a file or folder"))),
        };
        Ok(Self { name, entries, is_file })
    }

    /// What there is to read, and what of it is left out.
    pub(crate) fn walk(&self, inputs: &Inputs) -> Walked {
        let mut out = Walked::default();
        let exclude = match globs(&inputs.exclude) {
            Ok(exclude) => exclude,
            Err(error) => {
                out.errors.push(InputError::of_file("--exclude", error));
                return out;
            }
        };
        for entry in &self.entries {
            let name = self.name_of(entry);
            let path = Path::new(&entry.path);
            let mut above = path.ancestors().filter(|part| !part.as_os_str().is_empty());
            let left_out = above.any(|part| exclude.is_match(part)) || exclude.is_match(&name);
            let foreign = path.components().any(|part| part.as_os_str() == "node_modules");
            if left_out
                || foreign
                || !(self.is_file || entry.kind == EntryKind::Submodule || has_ending(path))
            {
                continue;
            }
            match entry.kind {
                EntryKind::File => out.files.push(Found { path: PathBuf::from(&name), name }),
                EntryKind::Link => out.skipped.push(Skipped { file: name, document: 0, why: Why::Link }),
                EntryKind::Submodule => out.errors.push(InputError::of_file(
                    &name,
                    "is a submodule: its files are in another repository and were not read",
                )),
            }
        }
        out.files.sort();
        out
    }

    fn name_of(&self, entry: &Entry) -> String {
        match (entry.path.is_empty(), self.name.ends_with(':')) {
            (true, _) => self.name.clone(),
            (false, true) => format!("{}{}", self.name, entry.path),
            (false, false) => format!("{}/{}", self.name, entry.path),
        }
    }
}

/// The entries that `git ls-tree -z` lists: `MODE TYPE ID<tab>PATH`.
fn listed(list: &[u8], inputs: &Inputs) -> Result<Vec<Entry>, GitError> {
    let mut out = Vec::new();
    for line in list.split(|byte| *byte == 0).filter(|line| !line.is_empty()) {
        let line = String::from_utf8_lossy(line);
        let odd = || GitError::Refused("git lists its files in a way that is not known here".into());
        let (head, path) = line.split_once('\t').ok_or_else(odd)?;
        let mut words = head.split(' ');
        let (Some(mode), Some(_), Some(id)) = (words.next(), words.next(), words.next()) else {
            return Err(odd());
        };
        let kind = match mode {
            "120000" => EntryKind::Link,
            "160000" => EntryKind::Submodule,
            _ => EntryKind::File,
        };
        let needed = kind == EntryKind::Submodule || has_ending(Path::new(path));
        if !needed && Path::new(path).file_name().is_none_or(|name| name != "Chart.yaml") {
            continue;
        }
        if out.len() >= inputs.limits.members {
            return Err(GitError::Refused(format!(
                "has more than {} files that would be read; name a folder of it",
                inputs.limits.members
            )));
        }
        out.push(Entry { path: path.to_owned(), id: id.to_owned(), kind });
    }
    Ok(out)
}

fn git(arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    // Nothing is fetched, asked for or written for a look at the objects.
    command.env("GIT_NO_LAZY_FETCH", "1").env("GIT_TERMINAL_PROMPT", "0").env("GIT_OPTIONAL_LOCKS", "0");
    command.env("LC_ALL", "C").args(["--no-replace-objects"]).args(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn start(arguments: &[&str], stdin: Stdio) -> Result<Child, GitError> {
    git(arguments).stdin(stdin).spawn().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => GitError::NoGit,
        _ => GitError::Refused(format!("failed to run git: {}", reason(&error))),
    })
}

/// What git prints, or the last line of its complaint.
fn output(arguments: &[&str], limit: u64) -> Result<Vec<u8>, GitError> {
    let failed = |error: std::io::Error| GitError::Refused(format!("failed to run git: {}", reason(&error)));
    let mut child = start(arguments, Stdio::null())?;
    let stderr = child.stderr.take();
    let complaint = std::thread::spawn(move || {
        let mut text = Vec::new();
        if let Some(pipe) = stderr {
            let _ = pipe.take(WORDS).read_to_end(&mut text);
        }
        String::from_utf8_lossy(&text).into_owned()
    });
    let mut bytes = Vec::new();
    if let Some(pipe) = child.stdout.take() {
        pipe.take(limit + 1).read_to_end(&mut bytes).map_err(failed)?;
    }
    if bytes.len() as u64 > limit {
        let _ = child.kill();
        let _ = child.wait();
        return Err(GitError::Refused(format!("lists more than {} of file names", size(limit))));
    }
    let status = child.wait().map_err(failed)?;
    let complaint = complaint.join().unwrap_or_default();
    if status.success() {
        return Ok(bytes);
    }
    let line = complaint.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("git gave no reason");
    Err(GitError::Refused(line.trim().trim_start_matches("fatal: ").to_owned()))
}

/// A running `git cat-file --batch` that hands out contents.
pub(crate) struct Contents {
    ids: HashMap<String, String>,
    pipe: Mutex<(Child, ChildStdin, BufReader<ChildStdout>)>,
}

impl Contents {
    pub(crate) fn of(tree: &GitTree) -> Result<Self, GitError> {
        let mut child = git(&["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| GitError::Refused(format!("failed to run git: {}", reason(&error))))?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(GitError::Refused("failed to run git: it has no pipes".into()));
        };
        let ids = tree.entries.iter().map(|entry| (tree.name_of(entry), entry.id.clone())).collect();
        Ok(Self { ids, pipe: Mutex::new((child, stdin, BufReader::new(stdout))) })
    }

    pub(crate) fn read(&self, reader: &Reader, found: &Found, out: &mut Vec<FileResult>) {
        if let Err(message) = self.try_read(reader, &found.name, out) {
            let mut file = FileResult::new(&found.name);
            file.fail(message);
            out.push(file);
        }
    }

    fn try_read(&self, reader: &Reader, name: &str, out: &mut Vec<FileResult>) -> Result<(), String> {
        let id = self.ids.get(name).ok_or("is not in the revision")?;
        let failed = |error: std::io::Error| format!("git failed to read it: {}", reason(&error));
        let mut pipe = self.pipe.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, stdin, stdout) = &mut *pipe;
        stdin.write_all(format!("{id}\n").as_bytes()).and_then(|()| stdin.flush()).map_err(failed)?;
        let mut head = Vec::new();
        stdout.by_ref().take(4096).read_until(b'\n', &mut head).map_err(failed)?;
        let head = String::from_utf8_lossy(&head).trim().to_owned();
        let length = head.rsplit_once(' ').filter(|(rest, _)| rest.ends_with(" blob"));
        let length: u64 = length
            .and_then(|(_, length)| length.parse().ok())
            .ok_or_else(|| "git does not have its content here".to_owned())?;
        let shape = Shape::of(name);
        // A line end follows the content.
        let mut content = stdout.by_ref().take(length + 1);
        if length > reader.limits.file {
            std::io::copy(&mut content, &mut std::io::sink()).map_err(failed)?;
            return Err(format!("is larger than {}", size(reader.limits.file)));
        }
        if length > SMALL {
            let mut inner = (&mut content).take(length);
            archive::read(reader, &mut inner, length, shape, name, out);
            std::io::copy(&mut content, &mut std::io::sink()).map_err(failed)?;
            return Ok(());
        }
        let mut bytes = Vec::with_capacity(length as usize + 1);
        content.read_to_end(&mut bytes).map_err(failed)?;
        drop(pipe);
        bytes.truncate(length as usize);
        archive::read(reader, &mut bytes.as_slice(), length, shape, name, out);
        Ok(())
    }
}

impl Drop for Contents {
    fn drop(&mut self) {
        let (child, ..) = self.pipe.get_mut().unwrap_or_else(PoisonError::into_inner);
        let _ = child.kill();
        let _ = child.wait();
    }
}

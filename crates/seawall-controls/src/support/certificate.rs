//! Do two files that settings name hold certificates of one key?

use crate::World;
use seawall_keys::certificate::{PublicKey, public_keys};
use seawall_model::WellKnown;
use std::collections::HashMap;

/// More files of one name are no longer told apart.
const NAMESAKES: usize = 64;

/// The certificate files of the input, by file name.
pub(crate) struct Certificates<'w> {
    files: HashMap<&'w str, Vec<File<'w>>>,
}

/// A file and its public keys, read once.
struct File<'w> {
    path: &'w str,
    keys: Option<Vec<PublicKey>>,
}

/// How two files go together.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Shared {
    /// It is one path.
    Path,
    /// Both files are at hand and have a key in common.
    Key,
}

impl Shared {
    /// What the other place has to do with it.
    pub(crate) fn related(self) -> &'static str {
        match self {
            Self::Path => "the same file",
            Self::Key => "another file with the same public key",
        }
    }
}

impl<'w> Certificates<'w> {
    pub(crate) fn of(world: &'w World) -> Self {
        let mut files: HashMap<&str, Vec<File<'_>>> = HashMap::new();
        for object in world.cluster().of(WellKnown::CertificateFile) {
            let path = object.file();
            let name = path.rsplit('/').next().unwrap_or("");
            files.entry(name).or_default().push(File { path, keys: public_keys(object.root().text()) });
        }
        Self { files }
    }

    /// Whether the files `one` and `other` of a machine hold certificates of one key: by their keys where both are in
    /// the input, else by their paths.
    pub(crate) fn shared(&self, one: &str, other: &str) -> Option<Shared> {
        if one.is_empty() || other.is_empty() {
            return None;
        }
        if one == other {
            return Some(Shared::Path);
        }
        let (first, second) = (self.find(one)?, self.find(other)?);
        // One file of the input cannot stand for two paths.
        if std::ptr::eq(first, second) {
            return None;
        }
        let (first, second) = (first.keys.as_ref()?, second.keys.as_ref()?);
        first.iter().any(|key| second.contains(key)).then_some(Shared::Key)
    }

    /// The file of the input that stands for `path`: the one that has the most path in common with it from the end,
    /// at least its folder.
    fn find(&self, path: &str) -> Option<&File<'w>> {
        let name = path.rsplit('/').next()?;
        let namesakes = self.files.get(name).filter(|files| files.len() <= NAMESAKES)?;
        let common = |file: &str| {
            let pairs = file.rsplit('/').zip(path.rsplit('/'));
            pairs.take_while(|(one, other)| one == other).count()
        };
        let most = namesakes.iter().map(|file| common(file.path)).max().filter(|most| *most >= 2)?;
        let mut best = namesakes.iter().filter(|file| common(file.path) == most);
        match (best.next(), best.next()) {
            (Some(only), None) => Some(only),
            _ => None,
        }
    }
}

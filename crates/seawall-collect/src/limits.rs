//! What hostile input may cost.

/// The bounds of one run, in bytes and counts. Each is named in the error that it causes.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// A file, or an archive as it lies on disk.
    pub file: u64,
    /// One document of a stream.
    pub document: u64,
    /// What all members of an archive may come to when expanded.
    pub archive: u64,
    /// How many members an archive may have.
    pub members: usize,
    /// Text kept in memory because objects point into it.
    pub kept: u64,
    /// The same for live clusters and snapshots.
    pub live: u64,
}

impl Default for Limits {
    fn default() -> Self {
        const MIB: u64 = 1 << 20;
        Self {
            file: 1024 * MIB,
            document: 64 * MIB,
            archive: 2048 * MIB,
            members: 100_000,
            kept: 128 * MIB,
            live: 512 * MIB,
        }
    }
}

/// `1073741824` as `1 GiB`, for messages.
pub(crate) fn size(bytes: u64) -> String {
    let (unit, name) = if bytes >= 1 << 30 { (1 << 30, "GiB") } else { (1 << 20, "MiB") };
    format!("{} {name}", bytes.div_ceil(unit))
}

/// Characters of a server's message that are kept.
const MESSAGE: usize = 600;

/// A server's word, as long as anybody wants to read it; it is escaped where it is shown.
pub(crate) fn bounded(text: &str) -> String {
    match text.char_indices().nth(MESSAGE) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

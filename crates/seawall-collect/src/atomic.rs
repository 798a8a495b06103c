//! Files are written whole or not at all.

use std::io::Write;
use std::path::{Path, PathBuf};

/// A file could not be replaced.
#[derive(Debug, thiserror::Error)]
#[error("failed to write {}", path.display())]
pub struct WriteError {
    path: PathBuf,
    source: std::io::Error,
}

/// Writes `path` by a temporary file beside it that is renamed when it is complete, so that a full disk or a crash
/// leaves the old file as it was. The mode of an existing file is kept, and a symbolic link is followed, not
/// replaced.
pub fn replace_file(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<(), WriteError> {
    let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let fail = |source| WriteError { path: path.clone(), source };
    let old = std::fs::metadata(&path).ok();
    if old.as_ref().is_some_and(|old| !old.is_file()) {
        // A device or a pipe (`-o json=/dev/stdout`) cannot be renamed over.
        let mut file = std::fs::OpenOptions::new().write(true).open(&path).map_err(fail)?;
        return write(&mut file).map_err(fail);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".seawall-").tempfile_in(folder).map_err(fail)?;
    {
        let mut buffer = std::io::BufWriter::new(file.as_file_mut());
        write(&mut buffer).and_then(|()| buffer.flush()).map_err(fail)?;
    }
    file.as_file().sync_all().map_err(fail)?;
    let permissions = match old {
        Some(old) => old.permissions(),
        None => new_file_permissions(file.as_file()).map_err(fail)?,
    };
    std::fs::set_permissions(file.path(), permissions).map_err(fail)?;
    file.persist(&path).map_err(|error| fail(error.error))?;
    Ok(())
}

/// Temporary files are private; a report is meant to be read like any other file.
fn new_file_permissions(file: &std::fs::File) -> std::io::Result<std::fs::Permissions> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let _ = file;
        Ok(std::fs::Permissions::from_mode(0o644))
    }
    #[cfg(not(unix))]
    Ok(file.metadata()?.permissions())
}

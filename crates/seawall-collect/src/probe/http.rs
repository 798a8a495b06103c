//! One GET, and the status of its answer.

use super::wire::read_until;
use std::io::{Read, Write};

/// Asks for a path; the status, or why there is none. The body is not kept.
pub(super) fn get(stream: &mut (impl Read + Write), host: &str, path: &str) -> Result<u16, String> {
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).and_then(|()| stream.flush()).map_err(|error| error.to_string())?;
    let (bytes, error) = read_until(stream, |bytes| bytes.windows(2).any(|two| two == b"\r\n"));
    match status(&bytes) {
        Some(status) => Ok(status),
        None => Err(error.map_or_else(|| "the answer is no HTTP".into(), |error| error.to_string())),
    }
}

/// `HTTP/1.1 401 Unauthorized`.
fn status(bytes: &[u8]) -> Option<u16> {
    let line = bytes.split(|byte| *byte == b'\r').next()?;
    let line = std::str::from_utf8(line).ok()?;
    let mut words = line.split(' ');
    words.next().filter(|version| version.starts_with("HTTP/1."))?;
    words.next()?.parse().ok().filter(|status| (100..600).contains(status))
}

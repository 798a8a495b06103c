//! Connections that end: bounded in time and in what is read.

use super::{Findings, ProbeTarget};
use std::io::{ErrorKind, Read};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

/// For a connection, and for each answer.
pub(super) const PATIENCE: Duration = Duration::from_secs(4);
/// Bytes of an answer that are read.
pub(super) const LONGEST: usize = 64 << 10;

/// Why nothing came.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Silence {
    /// Nobody listens there.
    Refused,
    /// Nothing came back: a firewall may stand between.
    Nothing(String),
}

impl Silence {
    /// For transcripts and verdicts.
    pub(super) fn words(&self) -> &str {
        match self {
            Self::Refused => "the connection was refused",
            Self::Nothing(why) => why,
        }
    }
}

/// Connects.
pub(super) fn connect(target: &ProbeTarget) -> Result<TcpStream, Silence> {
    let found = (target.host.as_str(), target.port).to_socket_addrs();
    let Some(address) = found.ok().and_then(|mut all| all.next()) else {
        return Err(Silence::Nothing(format!("the name {} has no address", target.host)));
    };
    let stream = TcpStream::connect_timeout(&address, PATIENCE).map_err(|error| match error.kind() {
        ErrorKind::ConnectionRefused => Silence::Refused,
        _ => Silence::Nothing(format!("no connection ({error})")),
    })?;
    let limited =
        stream.set_read_timeout(Some(PATIENCE)).and_then(|()| stream.set_write_timeout(Some(PATIENCE)));
    limited.map_err(|error| Silence::Nothing(error.to_string()))?;
    Ok(stream)
}

/// Reads until `enough` says so, the other side ends, or a limit is reached; what came so far.
pub(super) fn read_until(
    from: &mut dyn Read,
    enough: impl Fn(&[u8]) -> bool,
) -> (Vec<u8>, Option<std::io::Error>) {
    let (mut bytes, mut chunk) = (Vec::new(), [0; 4096]);
    let end = Instant::now() + PATIENCE;
    while bytes.len() < LONGEST && Instant::now() < end && !enough(&bytes) {
        match from.read(&mut chunk) {
            Ok(0) => break,
            Ok(read) => bytes.extend_from_slice(chunk.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return (bytes, Some(error)),
        }
    }
    (bytes, None)
}

/// Whether somebody takes a connection.
pub(super) fn answers(target: &ProbeTarget, findings: &mut Findings) {
    findings.say(format!("connect to {}", target.address()));
    match connect(target) {
        Ok(_) => {
            findings.say("connected, and closed");
            findings.set("answers", true);
        }
        Err(silence) => silent(&silence, findings),
    }
}

/// Records that nothing came: refused is an answer, silence is none.
pub(super) fn silent(silence: &Silence, findings: &mut Findings) {
    findings.say(silence.words());
    if *silence == Silence::Refused {
        findings.set("answers", false);
    } else {
        findings.set("error", silence.words());
    }
}

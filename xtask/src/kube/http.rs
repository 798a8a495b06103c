//! A small HTTP/1.1 client over TLS: one connection, many requests in flight, every byte of method and target as
//! given (ordinary clients repair odd URLs before they send them).

use anyhow::{Context, Result, bail};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use serde::de::DeserializeOwned;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

/// Where to, and who one is there.
#[derive(Clone)]
pub(crate) struct Target {
    /// The port on 127.0.0.1.
    pub(crate) port: u16,
    /// The trusted authority and the client certificate.
    pub(crate) tls: Arc<ClientConfig>,
    /// A bearer token for every request.
    pub(crate) token: Option<String>,
}

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The texts of its `Warning` headers, in order.
    pub(crate) warnings: Vec<String>,
    pub(crate) body: Vec<u8>,
}

/// A connection; opened when needed, opened again when the server closed it.
pub(crate) struct Client {
    target: Target,
    stream: Option<StreamOwned<ClientConnection, TcpStream>>,
    /// What was read and not used.
    rest: Vec<u8>,
}

impl Request {
    /// A request without body.
    pub(crate) fn new(method: &str, target: impl Into<String>) -> Self {
        Self { method: method.into(), target: target.into(), headers: Vec::new(), body: Vec::new() }
    }

    /// A request with a JSON body.
    pub(crate) fn json(method: &str, target: impl Into<String>, body: &serde_json::Value) -> Self {
        let body = body.to_string().into_bytes();
        Self { body, ..Self::new(method, target).header("Content-Type", "application/json") }
    }

    /// With one more header.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    fn write(&self, token: Option<&str>, out: &mut Vec<u8>) {
        let head = format!("{} {} HTTP/1.1\r\nHost: 127.0.0.1\r\n", self.method, self.target);
        out.extend_from_slice(head.as_bytes());
        if let Some(token) = token {
            out.extend_from_slice(format!("Authorization: Bearer {token}\r\n").as_bytes());
        }
        for (name, value) in &self.headers {
            out.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        out.extend_from_slice(format!("Content-Length: {}\r\n\r\n", self.body.len()).as_bytes());
        out.extend_from_slice(&self.body);
    }
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.body).with_context(|| format!("answer {}: {}", self.status, self.text()))
    }

    /// The body as text, shortened.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).chars().take(2_000).collect()
    }

    /// Fails unless the status is 2xx.
    pub(crate) fn successful(self, what: &str) -> Result<Self> {
        if self.status / 100 != 2 {
            bail!("{what}: {} {}", self.status, self.text());
        }
        Ok(self)
    }
}

impl Client {
    /// A client that connects when it is first used.
    pub(crate) fn new(target: Target) -> Self {
        Self { target, stream: None, rest: Vec::new() }
    }

    /// Sends one request.
    pub(crate) fn send(&mut self, request: &Request) -> Result<Answer> {
        let mut answers = self.send_all(std::slice::from_ref(request))?;
        answers.pop().context("no answer")
    }

    /// Sends all requests at once and reads the answers in order. When the server closes the connection in between,
    /// what has no answer is sent again on a new one, so the requests must bear that.
    pub(crate) fn send_all(&mut self, requests: &[Request]) -> Result<Vec<Answer>> {
        let mut answers = Vec::with_capacity(requests.len());
        let mut failures = 0;
        while answers.len() < requests.len() {
            let before = answers.len();
            let outcome = self.round(&requests[before..], &mut answers);
            if let Err(error) = outcome {
                self.stream = None;
                self.rest.clear();
                failures = if answers.len() > before { 0 } else { failures + 1 };
                if failures > 3 {
                    return Err(error);
                }
            }
        }
        Ok(answers)
    }

    fn round(&mut self, requests: &[Request], answers: &mut Vec<Answer>) -> Result<()> {
        if self.stream.is_none() {
            self.stream = Some(self.connect()?);
        }
        let stream = self.stream.as_mut().context("connected")?;
        let mut bytes = Vec::new();
        let token = self.target.token.as_deref();
        requests.iter().for_each(|request| request.write(token, &mut bytes));
        stream.write_all(&bytes)?;
        stream.flush()?;
        for request in requests {
            let (answer, close) = read_answer(stream, &mut self.rest, request.method == "HEAD")?;
            answers.push(answer);
            if close {
                self.stream = None;
                self.rest.clear();
                return Ok(());
            }
        }
        Ok(())
    }

    fn connect(&self) -> Result<StreamOwned<ClientConnection, TcpStream>> {
        let socket = TcpStream::connect(("127.0.0.1", self.target.port)).context("connecting")?;
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(Duration::from_secs(60)))?;
        let name = ServerName::try_from("localhost")?;
        Ok(StreamOwned::new(ClientConnection::new(self.target.tls.clone(), name)?, socket))
    }
}

/// Reads one answer; whether the server closes the connection after it.
fn read_answer(stream: &mut impl Read, rest: &mut Vec<u8>, without_body: bool) -> Result<(Answer, bool)> {
    loop {
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut response = httparse::Response::new(&mut headers);
        let httparse::Status::Complete(length) = response.parse(rest)? else {
            more(stream, rest)?;
            continue;
        };
        let status = response.code.unwrap_or_default();
        let header = |name: &str| {
            let found = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
            found.map(|header| String::from_utf8_lossy(header.value).to_ascii_lowercase())
        };
        let close = header("connection").is_some_and(|value| value.contains("close"));
        let chunked = header("transfer-encoding").is_some_and(|value| value.contains("chunked"));
        let size = header("content-length").and_then(|value| value.trim().parse::<usize>().ok());
        let warnings = response.headers.iter().filter(|header| header.name.eq_ignore_ascii_case("warning"));
        let warnings =
            warnings.filter_map(|header| warning(&String::from_utf8_lossy(header.value))).collect();
        rest.drain(..length);
        if status / 100 == 1 && status != 101 {
            continue;
        }
        let body = match size {
            _ if without_body || matches!(status, 101 | 204 | 304) => Vec::new(),
            _ if chunked => read_chunks(stream, rest)?,
            Some(size) => take(stream, rest, size)?,
            None => {
                while more(stream, rest).is_ok() {}
                std::mem::take(rest)
            }
        };
        return Ok((
            Answer { status, warnings, body },
            close || status == 101 || (size.is_none() && !chunked),
        ));
    }
}

/// The text of `299 - "text"`, quoting undone.
fn warning(header: &str) -> Option<String> {
    let text = header.strip_prefix("299 - \"")?.strip_suffix('"')?;
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        out.push(if char == '\\' { chars.next()? } else { char });
    }
    Some(out)
}

fn read_chunks(stream: &mut impl Read, rest: &mut Vec<u8>) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let (used, size) = match httparse::parse_chunk_size(rest) {
            Ok(httparse::Status::Complete(found)) => found,
            Ok(httparse::Status::Partial) => {
                more(stream, rest)?;
                continue;
            }
            Err(_) => bail!("broken chunk"),
        };
        rest.drain(..used);
        let mut chunk = take(stream, rest, usize::try_from(size)? + 2)?;
        chunk.truncate(chunk.len().saturating_sub(2));
        body.append(&mut chunk);
        if size == 0 {
            return Ok(body);
        }
    }
}

fn take(stream: &mut impl Read, rest: &mut Vec<u8>, size: usize) -> Result<Vec<u8>> {
    while rest.len() < size {
        more(stream, rest)?;
    }
    let left = rest.split_off(size);
    Ok(std::mem::replace(rest, left))
}

fn more(stream: &mut impl Read, rest: &mut Vec<u8>) -> Result<()> {
    let mut buffer = [0; 16 * 1024];
    let read = stream.read(&mut buffer)?;
    if read == 0 {
        bail!("the server closed the connection");
    }
    rest.extend_from_slice(&buffer[..read]);
    Ok(())
}

//! An authorization webhook on loopback that writes down what it is asked and answers "no opinion".

use super::certificates::{Authority, Credential};
use anyhow::{Context, Result};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// The webhook; it stops when dropped.
pub(crate) struct Recorder {
    /// Its port on 127.0.0.1.
    pub(crate) port: u16,
    /// Its authority's certificate as PEM.
    pub(crate) authority_pem: String,
    asked: Arc<Mutex<Vec<Value>>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Recorder {
    /// Starts it.
    pub(crate) fn start() -> Result<Self> {
        let authority = Authority::new("recorder")?;
        let credential: Credential = authority.server(&["127.0.0.1", "localhost"])?;
        let config = credential.server_config()?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let (asked, stop) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (to, end) = (asked.clone(), stop.clone());
        let thread = std::thread::spawn(move || {
            for socket in listener.incoming() {
                if end.load(Ordering::Relaxed) {
                    return;
                }
                let (Ok(socket), config, to) = (socket, config.clone(), to.clone()) else { continue };
                // Ends when the API server closes the connection.
                std::thread::spawn(move || serve(socket, config, &to));
            }
        });
        Ok(Self { port, authority_pem: authority.pem, asked, stop, thread: Some(thread) })
    }

    /// The `spec`s of the SubjectAccessReviews since the last call, in order.
    pub(crate) fn take(&self) -> Vec<Value> {
        std::mem::take(&mut *self.asked.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // Wakes the thread that waits for a connection.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(socket: TcpStream, config: Arc<ServerConfig>, asked: &Mutex<Vec<Value>>) -> Result<()> {
    socket.set_nodelay(true)?;
    let mut stream = StreamOwned::new(ServerConnection::new(config)?, socket);
    let mut rest = Vec::new();
    loop {
        let body = read_request(&mut stream, &mut rest)?;
        let mut review: Value = serde_json::from_slice(&body)?;
        asked.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(review["spec"].take());
        let answer = serde_json::json!({
            "apiVersion": review["apiVersion"], "kind": review["kind"], "status": {"allowed": false},
        });
        let answer = answer.to_string();
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            answer.len()
        );
        stream.write_all((head + &answer).as_bytes())?;
        stream.flush()?;
    }
}

/// The body of the next request. Go's client always says how long it is.
fn read_request(stream: &mut impl Read, rest: &mut Vec<u8>) -> Result<Vec<u8>> {
    loop {
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut request = httparse::Request::new(&mut headers);
        if let httparse::Status::Complete(length) = request.parse(rest)? {
            let size =
                request.headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length"));
            let size: usize = std::str::from_utf8(size.context("no length")?.value)?.trim().parse()?;
            if rest.len() >= length + size {
                let left = rest.split_off(length + size);
                return Ok(std::mem::replace(rest, left).split_off(length));
            }
        }
        let old = rest.len();
        rest.resize(old + 16 * 1024, 0);
        let read = stream.read(&mut rest[old..])?;
        rest.truncate(old + read);
        anyhow::ensure!(read > 0, "closed");
    }
}

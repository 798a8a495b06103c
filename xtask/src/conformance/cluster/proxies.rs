//! Proxies between seawall and the API server, and the service account of a pod.

use super::Suite;
use super::identities::{QUESTION, answered};
use anyhow::{Context, Result, ensure};
use serde_json::json;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A proxy that leads everywhere to one port of this machine, and counts.
struct Proxy {
    port: u16,
    used: Arc<AtomicUsize>,
}

impl Proxy {
    fn start(greet: fn(&mut TcpStream) -> Option<()>, target: u16) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let used = Arc::new(AtomicUsize::new(0));
        let count = used.clone();
        std::thread::spawn(move || {
            for mut client in listener.incoming().flatten() {
                let count = count.clone();
                std::thread::spawn(move || {
                    let Some(server) =
                        greet(&mut client).and_then(|()| TcpStream::connect(("127.0.0.1", target)).ok())
                    else {
                        return;
                    };
                    count.fetch_add(1, Ordering::Relaxed);
                    join(client, server);
                });
            }
        });
        Ok(Self { port, used })
    }

    fn used(&self) -> usize {
        self.used.swap(0, Ordering::Relaxed)
    }
}

fn join(client: TcpStream, server: TcpStream) {
    let (Ok(mut back), Ok(mut forth)) = (client.try_clone(), server.try_clone()) else { return };
    let (mut client, mut server) = (client, server);
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut server, &mut back);
        let _ = back.shutdown(std::net::Shutdown::Both);
    });
    let _ = std::io::copy(&mut client, &mut forth);
    let _ = forth.shutdown(std::net::Shutdown::Write);
}

/// `CONNECT host:port` (RFC 9110, 9.3.6).
fn connect(client: &mut TcpStream) -> Option<()> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && head.len() < 8192 {
        client.read_exact(&mut byte).ok()?;
        head.extend(byte);
    }
    head.starts_with(b"CONNECT ").then_some(())?;
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").ok()
}

/// SOCKS 5 without a password (RFC 1928).
fn socks(client: &mut TcpStream) -> Option<()> {
    let mut two = [0; 2];
    client.read_exact(&mut two).ok()?;
    client.read_exact(&mut vec![0; usize::from(two[1])]).ok()?;
    client.write_all(&[5, 0]).ok()?;
    let mut head = [0; 4];
    client.read_exact(&mut head).ok()?;
    let length = match head[3] {
        1 => 4,
        4 => 16,
        _ => {
            let mut one = [0];
            client.read_exact(&mut one).ok()?;
            usize::from(one[0])
        }
    };
    client.read_exact(&mut vec![0; length + 2]).ok()?;
    client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).ok()
}

/// Reads through each sort of proxy; how many there were.
pub(super) fn all(suite: &Suite<'_>, token: &str) -> Result<usize> {
    let (http, socks) = (Proxy::start(connect, suite.server.port)?, Proxy::start(socks, suite.server.port)?);
    let direct = suite.server.kubeconfig_of(&json!({ "token": token }).to_string());
    let words: Vec<&str> = QUESTION.into_iter().chain(["--cluster"]).collect();
    for (name, url, proxy) in [
        ("an HTTP proxy of the kubeconfig", format!("http://127.0.0.1:{}", http.port), &http),
        ("a SOCKS proxy of the kubeconfig", format!("socks5://127.0.0.1:{}", socks.port), &socks),
    ] {
        let text = direct.replace("cluster: {server:", &format!("cluster: {{proxy-url: \"{url}\", server:"));
        let file = suite.write("proxy.kubeconfig", &text)?;
        answered(suite.seawall(&file, &words)?).context(name)?;
        ensure!(proxy.used() > 0, "{name} was not used");
    }
    // A name that only the proxy leads to; it stands in the server's certificate.
    let named = direct.replace(&format!("127.0.0.1:{}", suite.server.port), "kubernetes.default.svc");
    let (named, direct) =
        (suite.write("named.kubeconfig", &named)?, suite.write("direct.kubeconfig", &direct)?);
    let url = format!("http://127.0.0.1:{}", http.port);
    answered(suite.ran(suite.command(&named, &words).env("HTTPS_PROXY", &url))?).context("HTTPS_PROXY")?;
    ensure!(http.used() > 0, "HTTPS_PROXY was not used");
    answered(suite.ran(suite.command(&direct, &words).env("HTTPS_PROXY", &url))?).context("this machine")?;
    ensure!(http.used() == 0, "the machine itself is asked through a proxy");
    let mut left_out = suite.command(&named, &words);
    left_out.env("HTTPS_PROXY", &url).env("NO_PROXY", ".svc");
    suite.ran(&mut left_out)?.expect(&[2])?;
    ensure!(http.used() == 0, "NO_PROXY is not honoured");
    Ok(5)
}

/// Where a pod finds its account.
const ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// Reads as a pod would, in a mount namespace of its own; 0 where that may not be made.
pub(super) fn inside(suite: &Suite<'_>, token: &str) -> Result<usize> {
    let (token, authority) =
        (suite.write("pod.token", token)?, suite.write("pod.crt", &suite.server.authority.pem)?);
    let script = format!(
        "mount -t tmpfs none /var/run && mkdir -p {ACCOUNT} && cp '{}' {ACCOUNT}/token && cp '{}' {ACCOUNT}/ca.crt && \
         printf shop > {ACCOUNT}/namespace && exec \"$@\"",
        token.display(),
        authority.display()
    );
    let mut command = Command::new("unshare");
    command.args(["--mount", "--propagation", "private", "sh", "-ec", &script, "sh"]);
    let program = suite.command(&suite.folder.join("none"), &[]);
    command.arg(program.get_program()).args(QUESTION).arg("--cluster").current_dir(suite.folder);
    command.env_remove("KUBECONFIG").env("HOME", suite.folder.join("nobody"));
    command
        .env("KUBERNETES_SERVICE_HOST", "127.0.0.1")
        .env("KUBERNETES_SERVICE_PORT", suite.server.port.to_string());
    let ran = suite.ran(&mut command)?;
    if ran.err.contains("unshare") || ran.err.contains("mount:") {
        println!("conformance cluster: the account of a pod was NOT TRIED: {}", ran.err.trim());
        return Ok(0);
    }
    answered(ran).context("the account of a pod")?;
    Ok(1)
}

//! The part of the test that runs inside a network namespace: it listens on everything it is told, and tries what it
//! is told. It reads commands from its input, one a line, and answers each with a line.

use super::sctp::{self, Header};
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use std::io::{BufRead, ErrorKind, Write};
use std::net::{IpAddr, SocketAddr, SocketAddrV6, UdpSocket};
use std::time::{Duration, Instant};

/// One thing to try.
struct Probe {
    protocol: String,
    source: IpAddr,
    target: SocketAddr,
}

/// What became of it so far.
enum State {
    Tcp(Socket),
    Udp(UdpSocket),
    /// The port of our own end.
    Sctp(u16),
    Done(bool),
}

pub(crate) fn run() {
    let mut lines = std::io::stdin().lock().lines().map_while(Result::ok);
    let mut out = std::io::stdout().lock();
    while let Some(line) = lines.next() {
        let words: Vec<&str> = line.split(' ').collect();
        let answer = match words.as_slice() {
            ["set", path, value] => std::fs::write(format!("/proc/sys/{path}"), value)
                .map_or_else(|error| format!("{path}: {error}"), |()| "ok".into()),
            ["serve", ports, addresses @ ..] => serve(ports, addresses),
            ["probe", count, first, milliseconds] => {
                let count = count.parse().unwrap();
                let probes: Vec<Probe> = lines.by_ref().take(count).map(|line| probe(&line)).collect();
                let wait = Duration::from_millis(milliseconds.parse().unwrap());
                attempt(&probes, first.parse().unwrap(), wait)
            }
            other => format!("what is {other:?}"),
        };
        writeln!(out, "{answer}").unwrap();
        out.flush().unwrap();
    }
}

fn probe(line: &str) -> Probe {
    let words: Vec<&str> = line.split(' ').collect();
    Probe {
        protocol: words[0].into(),
        source: words[1].parse().unwrap(),
        target: SocketAddr::new(words[2].parse().unwrap(), words[3].parse().unwrap()),
    }
}

/// The one link of a pod, for addresses that belong to it.
fn scoped(address: IpAddr, port: u16) -> SocketAddr {
    match address {
        IpAddr::V6(v6) if v6.is_unicast_link_local() || v6.is_multicast() => {
            let index = std::fs::read_to_string("/sys/class/net/eth0/ifindex").unwrap();
            SocketAddrV6::new(v6, port, 0, index.trim().parse().unwrap()).into()
        }
        _ => SocketAddr::new(address, port),
    }
}

fn raw(address: IpAddr) -> std::io::Result<UdpSocket> {
    let domain = if address.is_ipv4() { Domain::IPV4 } else { Domain::IPV6 };
    let socket = Socket::new(domain, Type::RAW, Some(Protocol::from(132)))?;
    socket.bind(&scoped(address, 0).into())?;
    Ok(socket.into())
}

fn spawn(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(1 << 16).spawn(work).unwrap();
}

fn serve(ports: &str, addresses: &[&str]) -> String {
    for address in addresses {
        let address: IpAddr = address.parse().unwrap();
        for port in ports.split(',') {
            let end = scoped(address, port.parse().unwrap());
            let socket = Socket::new(Domain::for_address(end), Type::STREAM, None).unwrap();
            socket.set_reuse_address(true).unwrap();
            if let Err(error) = socket.bind(&end.into()).and_then(|()| socket.listen(1024)) {
                return format!("listen on {end}: {error}");
            }
            spawn(move || while socket.accept().is_ok() {});
            let socket = UdpSocket::bind(end).unwrap();
            spawn(move || {
                let mut buffer = [0; 64];
                // An error is told about what was sent before.
                loop {
                    if let Ok((length, from)) = socket.recv_from(&mut buffer) {
                        let _ = socket.send_to(&buffer[..length], from);
                    }
                }
            });
        }
        let socket = raw(address).unwrap();
        spawn(move || {
            let mut buffer = [0; 2048];
            while let Ok((length, mut from)) = socket.recv_from(&mut buffer) {
                let Some(header) = Header::parse(&buffer[..length], address.is_ipv4()) else { continue };
                if header.chunk == sctp::INIT {
                    let answer = sctp::packet(sctp::INIT_ACK, header.target, header.source, header.initiate);
                    from.set_port(0);
                    let _ = socket.send_to(&answer, from);
                }
            }
        });
    }
    "ok".into()
}

/// Tries everything at once. Our own ports begin with `first`, so that no round meets what another one left behind in
/// connection tracking. Answers with one digit each.
fn attempt(probes: &[Probe], first: u16, wait: Duration) -> String {
    let mut raws: Vec<(IpAddr, UdpSocket)> = Vec::new();
    let mut states: Vec<State> =
        (first..).zip(probes).map(|(port, probe)| start(probe, port, &mut raws)).collect();
    let begun = Instant::now();
    let mut sent = 0;
    let mut buffer = [0; 2048];
    while begun.elapsed() < wait && states.iter().any(|state| !matches!(state, State::Done(_))) {
        // Some packets may be lost while neighbours are looked for.
        let again = begun.elapsed().as_millis() as usize / 150 >= sent;
        sent += usize::from(again);
        for (state, probe) in states.iter_mut().zip(probes) {
            step(state, probe, again, &raws);
        }
        for (address, socket) in &raws {
            while let Ok((length, from)) = socket.recv_from(&mut buffer) {
                let Some(header) = Header::parse(&buffer[..length], address.is_ipv4()) else { continue };
                let index = usize::from(header.target.wrapping_sub(first));
                let Some((state, probe)) = states.get_mut(index).zip(probes.get(index)) else { continue };
                let from_target = (from.ip(), header.source) == (probe.target.ip(), probe.target.port());
                let is_open = matches!(state, State::Sctp(_)) && from_target && header.is_answer();
                if is_open {
                    *state = State::Done(true);
                }
            }
        }
        std::thread::sleep(Duration::from_millis(8));
    }
    states.iter().map(|state| if matches!(state, State::Done(true)) { '1' } else { '0' }).collect()
}

fn start(probe: &Probe, port: u16, raws: &mut Vec<(IpAddr, UdpSocket)>) -> State {
    let (source, target) = (scoped(probe.source, port), scoped(probe.target.ip(), probe.target.port()));
    match probe.protocol.as_str() {
        "TCP" => {
            let socket = Socket::new(Domain::for_address(target), Type::STREAM, None).unwrap();
            socket.set_nonblocking(true).unwrap();
            socket.bind(&source.into()).unwrap();
            // In progress, or impossible: both are seen later.
            let _ = socket.connect(&SockAddr::from(target));
            State::Tcp(socket)
        }
        "UDP" => {
            let socket = UdpSocket::bind(source).unwrap();
            socket.set_nonblocking(true).unwrap();
            let _ = socket.set_broadcast(true);
            State::Udp(socket)
        }
        _ => {
            if !raws.iter().any(|(address, _)| *address == probe.source) {
                let socket = raw(probe.source).unwrap();
                socket.set_nonblocking(true).unwrap();
                raws.push((probe.source, socket));
            }
            State::Sctp(port)
        }
    }
}

fn step(state: &mut State, probe: &Probe, again: bool, raws: &[(IpAddr, UdpSocket)]) {
    let target = scoped(probe.target.ip(), probe.target.port());
    match state {
        State::Tcp(socket) => match socket.take_error() {
            Ok(None) if socket.peer_addr().is_ok() => *state = State::Done(true),
            Ok(None) => {}
            _ => *state = State::Done(false),
        },
        State::Udp(socket) => {
            if again {
                let _ = socket.send_to(b"?", target);
            }
            match socket.recv_from(&mut [0; 64]) {
                Ok(_) => *state = State::Done(true),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => *state = State::Done(false),
            }
        }
        State::Sctp(port) if again => {
            let socket = raws.iter().find(|(address, _)| *address == probe.source);
            let packet = sctp::packet(sctp::INIT, *port, probe.target.port(), 0);
            let target = scoped(probe.target.ip(), 0);
            let _ = socket.map(|(_, socket)| socket.send_to(&packet, target));
        }
        _ => {}
    }
}

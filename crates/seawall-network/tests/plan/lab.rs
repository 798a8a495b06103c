//! Network namespaces: nodes that route, pods on links of their own or on a bridge, and others outside. There is no way
//! out of it. Everything goes when the lab does.

use super::agent;
use seawall_network::Protocol;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::net::IpAddr;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

pub(crate) const AGENT: &str = "seawall-plan-agent";

/// Where an end of the network is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Place {
    /// The node itself.
    Node,
    /// On a link of its own at the first node: a pod, or somebody outside.
    Link,
    /// On the bridge of the second node.
    Bridge,
}

/// One end of the network.
#[derive(Clone, Debug)]
pub(crate) struct Host {
    pub(crate) name: String,
    pub(crate) place: Place,
    pub(crate) addresses: Vec<IpAddr>,
}

/// One thing to try: from and to by number of the host, an address of each.
#[derive(Clone, Debug)]
pub(crate) struct Probe {
    pub(crate) from: (usize, IpAddr),
    pub(crate) to: (usize, IpAddr),
    pub(crate) protocol: Protocol,
    pub(crate) port: u16,
}

struct Agent {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

pub(crate) struct Lab {
    pub(crate) hosts: Vec<Host>,
    agents: Vec<Agent>,
    /// Our own ports of the next round begin here.
    next_port: u16,
}

/// Why no lab can be made here.
pub(crate) fn missing() -> Option<String> {
    if !std::fs::read_to_string("/proc/self/status").is_ok_and(|text| text.contains("Uid:\t0\t0")) {
        return Some("it needs root".into());
    }
    let runs = |program: &str, arguments: &[&str]| {
        Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success())
    };
    if !runs("nft", &["--version"]) {
        return Some("there is no nft".into());
    }
    let name = namespace("try");
    let can = runs("ip", &["netns", "add", &name]);
    runs("ip", &["netns", "del", &name]);
    (!can).then(|| "ip netns cannot make network namespaces".into())
}

fn namespace(host: &str) -> String {
    format!("seawall-{}-{host}", std::process::id())
}

/// Removes what a run that was killed has left.
fn remove_leftovers() {
    let list = Command::new("ip").args(["netns", "list"]).output().unwrap();
    for line in String::from_utf8_lossy(&list.stdout).lines() {
        let name = line.split(' ').next().unwrap_or_default();
        let process = name.strip_prefix("seawall-").and_then(|rest| rest.split('-').next());
        if process.is_some_and(|process| !std::path::Path::new("/proc").join(process).exists()) {
            let _ = Command::new("ip").args(["netns", "del", name]).output();
        }
    }
}

/// Runs a program with an input; its errors are the test's.
fn run(program: &str, arguments: &[&str], input: &str) {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {error}\n{input}");
}

impl Agent {
    fn start(host: &str) -> Self {
        let mut child = Command::new("ip")
            .args(["netns", "exec", &namespace(host)])
            .arg(std::env::current_exe().unwrap())
            .arg(AGENT)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Self { child, input, output: BufReader::new(output) }
    }

    fn tell(&mut self, text: &str) {
        self.input.write_all(text.as_bytes()).unwrap();
        self.input.flush().unwrap();
    }

    fn answer(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    fn ask(&mut self, line: &str) {
        self.tell(&format!("{line}\n"));
        assert_eq!(self.answer(), "ok", "{line}");
    }
}

impl Lab {
    /// Makes the network. Host 0 is the first node; host 1 the second one if it is a node.
    pub(crate) fn new(hosts: Vec<Host>, ports: &[u16]) -> Self {
        remove_leftovers();
        let mut lab = Self { hosts, agents: Vec::new(), next_port: 20_000 };
        let names: Vec<String> = lab.hosts.iter().map(|host| namespace(&host.name)).collect();
        run(
            "ip",
            &["-batch", "-"],
            &names.iter().map(|name| format!("netns add {name}\n")).collect::<String>(),
        );
        lab.agents = lab.hosts.iter().map(|host| Agent::start(&host.name)).collect();
        for agent in &mut lab.agents {
            for (path, value) in [
                ("ipv4/conf/all/rp_filter", "0"),
                ("ipv4/conf/default/rp_filter", "0"),
                ("ipv6/conf/default/accept_dad", "0"),
                ("ipv6/conf/all/accept_dad", "0"),
                ("ipv6/conf/default/accept_ra", "0"),
            ] {
                agent.ask(&format!("set net/{path} {value}"));
            }
        }
        for node in lab.nodes() {
            lab.agents[node].ask("set net/ipv4/ip_forward 1");
            lab.agents[node].ask("set net/ipv6/conf/all/forwarding 1");
        }
        lab.connect();
        let ports: Vec<String> = ports.iter().map(u16::to_string).collect();
        for (agent, host) in lab.agents.iter_mut().zip(&lab.hosts) {
            let addresses: Vec<String> = host.addresses.iter().map(ToString::to_string).collect();
            agent.ask(&format!("serve {} {}", ports.join(","), addresses.join(" ")));
        }
        lab
    }

    fn nodes(&self) -> Vec<usize> {
        (0..self.hosts.len()).filter(|&number| self.hosts[number].place == Place::Node).collect()
    }

    /// Links, addresses and ways.
    fn connect(&self) {
        let mut links = String::new();
        let mut inside: Vec<String> = self.hosts.iter().map(|_| "link set lo up\n".to_owned()).collect();
        let names: Vec<String> = self.hosts.iter().map(|host| namespace(&host.name)).collect();
        let nodes = self.nodes();
        for &node in &nodes {
            for address in &self.hosts[node].addresses {
                let _ = writeln!(inside[node], "addr add {address} dev lo{}", ready(address));
            }
        }
        if let [first, second] = nodes[..] {
            let _ = writeln!(
                links,
                "link add peer netns {} type veth peer name peer netns {}",
                names[first], names[second]
            );
            let _ = writeln!(
                inside[first],
                "addr add 172.31.0.0/31 dev peer\naddr add fe80::a/64 dev peer nodad\nlink set peer up"
            );
            let _ = writeln!(
                inside[second],
                "addr add 172.31.0.1/31 dev peer\naddr add fe80::b/64 dev peer nodad\nlink set peer up"
            );
            let _ = writeln!(
                inside[second],
                "link add pods type bridge\naddr add 10.0.1.254/24 dev pods\naddr add fd00::f dev pods nodad\nlink set pods up\nroute add fd00::8/125 dev pods"
            );
        }
        for (number, host) in self.hosts.iter().enumerate() {
            let node = match host.place {
                Place::Node => continue,
                Place::Link => nodes[0],
                Place::Bridge => nodes[1],
            };
            let link = format!("v{number}");
            let _ = writeln!(
                links,
                "link add {link} netns {} type veth peer name eth0 netns {}",
                names[node], names[number]
            );
            match host.place {
                Place::Bridge => bridged(host, (node, number), &link, &mut inside),
                _ => routed(host, &self.hosts[node], &link, &mut inside),
            }
        }
        if let [first, second] = nodes[..] {
            self.ways(first, second, &mut inside);
        }
        run("ip", &["-batch", "-"], &links);
        // Pods first: a route of a node wants its link to be up on both ends.
        for (name, commands) in names.iter().zip(&inside).rev() {
            run("ip", &["-n", name, "-batch", "-"], commands);
        }
    }

    /// The two nodes find each other's pods.
    fn ways(&self, first: usize, second: usize, inside: &mut [String]) {
        for (own, other, via) in
            [(first, second, ["172.31.0.1", "fe80::b"]), (second, first, ["172.31.0.0", "fe80::a"])]
        {
            let source =
                |is_v4: bool| self.hosts[own].addresses.iter().find(|address| address.is_ipv4() == is_v4);
            let (Some(v4), Some(v6)) = (source(true), source(false)) else { continue };
            if own == first {
                let _ = writeln!(
                    inside[own],
                    "route add 10.0.1.0/24 via {} src {v4}\nroute add fd00::8/125 via {} dev peer src {v6}",
                    via[0], via[1]
                );
                for address in &self.hosts[other].addresses {
                    let (via, source) = if address.is_ipv4() { (via[0], v4) } else { (via[1], v6) };
                    let _ = writeln!(inside[own], "route add {address} via {via} dev peer src {source}");
                }
            } else {
                let _ = writeln!(
                    inside[own],
                    "route add default via {} src {v4}\nroute add default via {} dev peer src {v6}",
                    via[0], via[1]
                );
            }
        }
    }

    /// A switch of a node.
    pub(crate) fn set(&mut self, node: usize, path: &str, value: &str) {
        self.agents[node].ask(&format!("set {path} {value}"));
    }

    /// Somebody listens at every address of a host.
    pub(crate) fn listen(&mut self, host: usize, port: u16) {
        self.agents[host].ask(&format!("serve {port} 0.0.0.0"));
    }

    /// Loads a program into a node.
    pub(crate) fn load(&self, node: usize, text: &str) {
        run("ip", &["netns", "exec", &namespace(&self.hosts[node].name), "nft", "-f", "-"], text);
    }

    /// Tries everything at once and answers which is open.
    pub(crate) fn probe(&mut self, probes: &[Probe], milliseconds: u64) -> Vec<bool> {
        let mut of_agent: Vec<Vec<usize>> = vec![Vec::new(); self.agents.len()];
        for (number, probe) in probes.iter().enumerate() {
            of_agent[probe.from.0].push(number);
        }
        let most = of_agent.iter().map(Vec::len).max().unwrap_or(0) as u16;
        if self.next_port > 60_000 - most {
            self.next_port = 20_000;
        }
        for (agent, numbers) in self.agents.iter_mut().zip(&of_agent) {
            let mut text = format!("probe {} {} {milliseconds}\n", numbers.len(), self.next_port);
            for probe in numbers.iter().map(|&number| &probes[number]) {
                let _ = writeln!(
                    text,
                    "{} {} {} {}",
                    probe.protocol.as_str(),
                    probe.from.1,
                    probe.to.1,
                    probe.port
                );
            }
            agent.tell(&text);
        }
        self.next_port += most;
        let mut open = vec![false; probes.len()];
        for (agent, numbers) in self.agents.iter_mut().zip(&of_agent) {
            let answer = agent.answer();
            assert_eq!(answer.len(), numbers.len(), "{answer}");
            for (&number, digit) in numbers.iter().zip(answer.bytes()) {
                open[number] = digit == b'1';
            }
        }
        open
    }
}

fn bridged(host: &Host, (node, number): (usize, usize), link: &str, inside: &mut [String]) {
    let _ = writeln!(inside[node], "link set {link} master pods\nlink set {link} up");
    let own = &mut inside[number];
    let _ = writeln!(own, "link set eth0 up");
    for address in host.addresses.iter().filter(|address| **address != link_address(number)) {
        let prefix = if address.is_ipv4() { 24 } else { 125 };
        let broadcast = if address.is_ipv4() { " broadcast +" } else { "" };
        let _ = writeln!(own, "addr add {address}/{prefix}{broadcast} dev eth0{}", ready(address));
    }
    let _ = writeln!(own, "addr add {}/64 dev eth0 nodad", link_address(number));
    let _ = writeln!(own, "route add default via 10.0.1.254\nroute add default via fd00::f dev eth0");
}

/// An address of IPv6 can be used at once if nobody looks for another one like it.
fn ready(address: &IpAddr) -> &'static str {
    if address.is_ipv6() { " nodad" } else { "" }
}

/// An address that only the link knows.
pub(crate) fn link_address(number: usize) -> IpAddr {
    format!("fe80::1:{number:x}").parse().unwrap()
}

fn routed(host: &Host, node: &Host, link: &str, inside: &mut [String]) {
    let number: usize = link[1..].parse().unwrap();
    let _ = writeln!(
        inside[0],
        "addr add 169.254.1.1/32 dev {link}\naddr add fe80::1/64 dev {link} nodad\nlink set {link} up"
    );
    let _ = writeln!(inside[number], "link set eth0 up");
    for address in &host.addresses {
        let _ = writeln!(inside[number], "addr add {address} dev eth0{}", ready(address));
        let source = node.addresses.iter().find(|own| own.is_ipv4() == address.is_ipv4());
        let source = source.map_or(String::new(), |source| format!(" src {source}"));
        let _ = writeln!(inside[0], "route add {address} dev {link}{source}");
    }
    let _ = writeln!(
        inside[number],
        "route add 169.254.1.1 dev eth0 scope link\nroute add default via 169.254.1.1 dev eth0\nroute add default via fe80::1 dev eth0"
    );
}

impl Drop for Lab {
    fn drop(&mut self) {
        for agent in &mut self.agents {
            let _ = agent.child.kill();
            let _ = agent.child.wait();
        }
        for host in &self.hosts {
            let _ = Command::new("ip").args(["netns", "del", &namespace(&host.name)]).output();
        }
    }
}

/// Runs as an agent if this process was started as one.
pub(crate) fn is_agent() -> bool {
    let is_agent = std::env::args().nth(1).is_some_and(|argument| argument == AGENT);
    if is_agent {
        agent::run();
    }
    is_agent
}

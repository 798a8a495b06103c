use crate::support::reach::has_tiers;
use crate::{NetworkPolicyAt, World};
use core::net::IpAddr;
use seawall_controls_macros::control;
use seawall_model::{Report, WellKnown};
use seawall_network::{Direction, End, MetadataService, Policy, Protocol, Rule, metadata_services};

/// # metadata-address-open
///
/// ## What it finds
/// An egress rule that lets pods reach the metadata service of a cloud (169.254.169.254, over IPv6 fd00:ec2::254):
/// an `ipBlock` such as `0.0.0.0/0` or `::/0` that does not leave the address out, or a rule without peers. The
/// addresses of Azure's WireServer and of Alibaba Cloud are looked at where a node is known to be there.
///
/// ## Why it matters
/// The metadata service hands out the credentials of the node and, on some clouds, the data it was started with.
/// Whoever gets into the pod, or makes it fetch an address, takes the node's identity in the cloud.
///
/// ## Fix
/// List the address in `except` of each such block. Policies only add to each other: every rule for the same pods
/// must leave it out. Demand IMDSv2 with a hop limit of 1 besides.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/security-checklist/
/// - https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["metadata-api", "network-policy", "cloud"],
    fix = Unsafe
)]
pub fn metadata_address_open(policy: NetworkPolicyAt<'_>, world: &World, out: &mut Report) {
    let policy = Policy::new(policy.object());
    for rule in policy.rules(Direction::Egress) {
        let ports = rule.port_set(|_, _| None);
        let services: Vec<&MetadataService> = metadata_services()
            .iter()
            .filter(|service| service.provider == "aws://" || in_use(service, world))
            .filter(|service| ports.contains(Protocol::Tcp, service.port))
            .filter(|service| !is_closed(policy, service, world))
            .collect();
        // A rule for everyone on all ports is an allow-all policy, reported as such.
        if rule.is_for_everyone() && !rule.is_for_all_ports() && !services.is_empty() {
            let addresses = words(&services);
            out.finding(
                rule.at().key("ports"),
                format!("everyone includes the metadata service ({addresses})"),
            );
        }
        blocks(rule, &services, out);
    }
}

fn blocks(rule: Rule<'_>, services: &[&MetadataService], out: &mut Report) {
    for block in rule.peers().filter_map(|peer| peer.ip_block()) {
        let open: Vec<_> =
            services.iter().copied().filter(|service| block.contains(service.address)).collect();
        if open.is_empty() {
            continue;
        }
        let whole = block.cidr().is_ok_and(|cidr| cidr.prefix == cidr.family.bits());
        let verb = if whole { "is" } else { "includes" };
        let text = block.cidr_at().str().unwrap_or("");
        let finding = out
            .finding(block.cidr_at(), format!("`{text}` {verb} the metadata service ({})", words(&open)))
            .evidence(format!(
                "used by {}",
                open.iter().map(|service| service.cloud).collect::<Vec<_>>().join(", ")
            ));
        if !whole {
            let single = |address: IpAddr| format!("{address}/{}", if address.is_ipv4() { 32 } else { 128 });
            let except = block.at().key("except");
            let changes = open.iter().map(|service| except.append(single(service.address))).collect();
            finding.unsafe_fix("leave the metadata address out", changes);
        }
    }
}

/// Whether policies of the whole cluster surely close the address for all pods of the input that the policy selects.
fn is_closed(policy: Policy<'_>, service: &MetadataService, world: &World) -> bool {
    if !has_tiers(world) {
        return false;
    }
    let reach = world.reach();
    let pods = world.network().pods_of_policy(policy).take(64);
    let mut pods = pods.map(|pod| reach.number_of(pod)).peekable();
    let to = reach.end_of(service.address);
    let is_closed = |pod| reach.between(End::Pod(pod), to).allows(Protocol::Tcp, service.port) == Some(false);
    pods.peek().is_some() && pods.all(|pod| pod.is_some_and(is_closed))
}

/// Nodes looked at to know the cloud: a cluster is in one.
const FEW: usize = 10;

/// Whether the address matters: several clouds use it, or a node of its cloud is in the input.
fn in_use(service: &MetadataService, world: &World) -> bool {
    service.provider.is_empty()
        || world.cluster().of(WellKnown::Node).take(FEW).any(|node| {
            node.at().get("spec.providerID").str().is_some_and(|id| id.starts_with(service.provider))
        })
}

fn words(services: &[&MetadataService]) -> String {
    services.iter().map(|service| service.address.to_string()).collect::<Vec<_>>().join(", ")
}

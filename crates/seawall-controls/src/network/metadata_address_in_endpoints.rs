use crate::{ObjectAt, World};
use seawall_controls_macros::control;
use seawall_model::{At, Report, WellKnown};
use seawall_network::{metadata_services, parse_address};

/// # metadata-address-in-endpoints
///
/// ## What it finds
/// Endpoints or an EndpointSlice written by hand that lead a Service to the metadata service of a cloud, to a loopback
/// or to another link-local address.
///
/// ## Why it matters
/// An Ingress controller or load balancer follows the endpoints with its own network rights, past the limits of
/// whoever wrote them (CVE-2021-25740): its users get the node's credentials or the controller's own ports.
///
/// ## Fix
/// Remove the address. Take `endpoints` and `endpointslices` out of the roles of users.
///
/// ## References
/// - https://github.com/kubernetes/kubernetes/issues/103675
#[control(since = "0.1.0", severity = High, practices = ["metadata-api", "exposure"])]
pub fn metadata_address_in_endpoints(object: ObjectAt<'_>, _: &World, out: &mut Report) {
    match object.object().well_known() {
        WellKnown::Endpoints => {
            for subset in object.key("subsets").items() {
                for list in ["addresses", "notReadyAddresses"] {
                    subset.key(list).items().for_each(|entry| look_at(entry.key("ip"), out));
                }
            }
        }
        WellKnown::EndpointSlice => {
            let endpoints = object.key("endpoints").items();
            endpoints.flat_map(|endpoint| endpoint.key("addresses").items()).for_each(|at| look_at(at, out));
        }
        _ => {}
    }
}

fn look_at(at: At<'_>, out: &mut Report) {
    let Some(address) = at.str().and_then(parse_address) else { return };
    let link_local = match address {
        core::net::IpAddr::V4(address) => address.is_link_local(),
        core::net::IpAddr::V6(address) => address.is_unicast_link_local(),
    };
    let what = if metadata_services().iter().any(|service| service.address == address) {
        "the metadata service of a cloud"
    } else if address.is_loopback() {
        "the loopback address of whoever follows it"
    } else if link_local {
        "a link-local address of the node"
    } else {
        return;
    };
    out.finding(at, format!("leads to {what} ({address})"));
}

//! Questions about rights: `can-i`, `who-can`, `authorize` and what they share.

mod access;
mod answer;
mod asked;
mod authenticate;
mod authorize;
mod can_i;
mod connections;
mod cut;
mod diff;
mod network;
mod paths;
mod reach;
mod resource;
mod review;
mod simulate;
mod trust;
mod who_can;

pub(crate) use access::run as access;
pub(crate) use answer::table;
pub(crate) use asked::Asked;
pub(crate) use authenticate::run as authenticate;
pub(crate) use authorize::run as authorize;
pub(crate) use can_i::run as can_i;
pub(crate) use connections::run as connections;
pub(crate) use cut::run as cut;
pub(crate) use diff::run as diff;
pub(crate) use network::run as network;
pub(crate) use paths::run as paths;
pub(crate) use reach::run as reach;
pub(crate) use review::run as review;
pub(crate) use simulate::run as simulate;
pub(crate) use who_can::run as who_can;

/// The JSON schemas of the answers, by name.
pub fn schemas() -> Vec<(&'static str, schemars::Schema)> {
    vec![
        ("can-i", schemars::schema_for!(can_i::CanIAnswer<'_>)),
        ("access", schemars::schema_for!(access::AccessAnswer<'_>)),
        ("credentials", schemars::schema_for!(access::CredentialsAnswer<'_>)),
        ("authenticate-request", schemars::schema_for!(authenticate::Credential)),
        ("authenticate", schemars::schema_for!(authenticate::Status)),
        ("diff", schemars::schema_for!(diff::DiffAnswer<'_>)),
        ("connections", schemars::schema_for!(connections::ConnectionsAnswer)),
        ("reach", schemars::schema_for!(reach::ReachAnswer)),
        ("reach-query", schemars::schema_for!(reach::Query)),
        ("reach-answer", schemars::schema_for!(reach::Line)),
        ("network-generate", schemars::schema_for!(network::GenerateAnswer)),
        ("cut", schemars::schema_for!(cut::CutAnswer)),
        ("paths", schemars::schema_for!(paths::PathsAnswer<'_>)),
        ("review", schemars::schema_for!(review::ReviewAnswer<'_>)),
        ("simulate", schemars::schema_for!(simulate::SimulateAnswer)),
        ("simulate-upgrade", schemars::schema_for!(simulate::UpgradeAnswer)),
        ("simulate-pod-security", schemars::schema_for!(simulate::PodSecurityAnswer)),
        ("who-can", schemars::schema_for!(who_can::WhoCanAnswer<'_>)),
    ]
}

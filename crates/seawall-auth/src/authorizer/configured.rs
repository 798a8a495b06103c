//! From the API server's configuration to the chain.

use super::conditions::MatchConditions;
use super::{Chain, Engine, Link, Webhook};
use crate::Attributes;
use crate::abac::Policies;
use crate::authorization_config::Sort;
use crate::node::NodeAuthorizer;
use crate::rbac::authorizer::RbacAuthorizer;
use crate::user::User;
use seawall_model::{At, Authorizer, Authorizers, Version};

/// The engines that a chain may use.
#[derive(Clone, Copy, Debug)]
pub struct Engines<'a> {
    /// RBAC.
    pub rbac: &'a RbacAuthorizer,
    /// The node authorizer.
    pub node: &'a NodeAuthorizer,
    /// The ABAC policy file, if it is at hand.
    pub abac: Option<&'a Policies>,
    /// Whose expressions.
    pub version: Version,
}

impl<'a> Chain<'a> {
    /// The chain that an API server was told to use, as `ComponentAt::authorizers` finds it. A configuration that
    /// the API server refuses gives authorizers of which nothing is known.
    pub fn configured(authorizers: &Authorizers<'_>, engines: Engines<'a>) -> Self {
        match authorizers {
            Authorizers::Unknown(why) => {
                let engine = Engine::Unknown(why.clone());
                Self { links: vec![Link { name: "unknown".into(), engine }], assumed: false }
            }
            Authorizers::Known { chain, .. } => {
                let links = chain.iter().map(|authorizer| link(authorizer, engines)).collect();
                Self { links, assumed: false }
            }
        }
    }
}

fn link<'a>(authorizer: &Authorizer<'_>, engines: Engines<'a>) -> Link<'a> {
    let mode = authorizer.mode.as_str();
    // A webhook of a configuration file has a name of its own, beside its type.
    let own = authorizer.webhook.and_then(|_| authorizer.at.nearest().parent()?.get("name")?.as_str());
    let name = own.map_or_else(|| mode.to_ascii_lowercase(), str::to_owned);
    let engine = match Sort::parse(mode) {
        Some(Sort::AlwaysAllow) => Engine::AlwaysAllow,
        Some(Sort::AlwaysDeny) => Engine::AlwaysDeny,
        Some(Sort::RBAC) => Engine::Rbac(engines.rbac),
        Some(Sort::Node) => Engine::Node(engines.node),
        Some(Sort::ABAC) => match engines.abac {
            Some(policies) => Engine::Abac(policies),
            None => Engine::Unknown("what the ABAC policy file says".into()),
        },
        Some(Sort::Webhook) => webhook(authorizer.webhook, engines.version),
        None => Engine::Unknown(format!("`{}` is no authorizer", seawall_model::decode::shown(mode))),
    };
    Link { name, engine }
}

fn webhook<'a>(at: Option<At<'_>>, version: Version) -> Engine<'a> {
    // Told by flags it has no conditions, and a failure leaves the request to the next one
    // (`pkg/kubeapiserver/options/authorization.go`).
    let Some(at) = at else { return Engine::Webhook(Webhook { conditions: None, failure_denies: false }) };
    let failure_denies = at.key("failurePolicy").str() == Some("Deny");
    let expressions: Vec<&str> =
        at.key("matchConditions").items().map(|item| item.key("expression").str().unwrap_or("")).collect();
    if expressions.is_empty() {
        return Engine::Webhook(Webhook { conditions: None, failure_denies });
    }
    match MatchConditions::compile(expressions, version) {
        Err((number, why)) => Engine::Unknown(format!("matchConditions[{number}] is refused: {why}")),
        Ok(conditions) => {
            let conditions = Box::new(move |user: &User, attributes: &Attributes<'_>| {
                conditions.evaluate(user, attributes)
            });
            Engine::Webhook(Webhook { conditions: Some(conditions), failure_denies })
        }
    }
}

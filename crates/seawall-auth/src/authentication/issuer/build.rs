//! Issuers from the configuration file and from flags.

use super::mapping::{ClaimMapping, Rule};
use super::{IssuerAuthenticator, KeySet};
use crate::authentication_config::{ClaimRule, Issuer, Mapping};
use seawall_cel::{Environment, Program, Purpose, Type};
use seawall_model::decode::text_of;
use seawall_model::{At, Version};
use std::sync::Arc;

/// What an issuer needs beside its own configuration.
#[derive(Clone, Debug)]
pub struct IssuerOptions {
    /// The version of the API server.
    pub version: Version,
    /// `--oidc-signing-algs`; empty: RS256.
    pub algorithms: Vec<String>,
    /// The keys that the issuer publishes, if they are at hand.
    pub keys: Option<KeySet>,
}

/// One issuer by `--oidc-*` (`pkg/kubeapiserver/options/authentication.go` `ToAuthenticationConfig`).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct OidcFlags {
    /// `--oidc-issuer-url`.
    pub issuer_url: String,
    /// `--oidc-client-id`.
    pub client_id: String,
    /// `--oidc-username-claim`, by default `sub`.
    pub username_claim: String,
    /// `--oidc-username-prefix`; `-` is none, nothing is the issuer's URL and `#` for all claims but `email`.
    pub username_prefix: String,
    /// `--oidc-groups-claim`.
    pub groups_claim: String,
    /// `--oidc-groups-prefix`.
    pub groups_prefix: String,
    /// `--oidc-required-claim`, in order.
    pub required_claims: Vec<(String, String)>,
}

impl IssuerAuthenticator {
    /// An issuer of a configuration that [`crate::authentication_config::load`] accepts.
    ///
    /// # Errors
    /// When an expression does not compile: the API server refuses the file.
    pub fn of(issuer: &Issuer<'_>, options: &IssuerOptions) -> Result<Self, String> {
        let minor = u32::from(options.version.minor());
        let claims = Environment::new(minor, Purpose::Claims);
        let users = Environment::new(minor, Purpose::User);
        let mapping = |mapping: Mapping<'_>| -> Result<ClaimMapping, String> {
            Ok(match mapping {
                Mapping::Nothing => ClaimMapping::Nothing,
                Mapping::Claim { claim, prefix } => {
                    ClaimMapping::Claim { claim: claim.to_owned(), prefix: prefix.to_owned() }
                }
                Mapping::Expression(text) => ClaimMapping::Expression(compile(&claims, text)?),
            })
        };
        let required = issuer.claim_rules.iter().filter_map(|rule| match rule {
            ClaimRule::Equals { claim, value } => Some(((*claim).to_owned(), (*value).to_owned())),
            ClaimRule::Expression(_) => None,
        });
        let extra = issuer.at.key("claimMappings").key("extra").items().map(|item| {
            let program = compile(&claims, text_of(item.key("valueExpression")))?;
            Ok((text_of(item.key("key")).to_owned(), program))
        });
        Ok(Self {
            url: issuer.url.to_owned(),
            audiences: issuer.audiences.iter().map(|&audience| audience.to_owned()).collect(),
            algorithms: algorithms(options),
            keys: options.keys.clone(),
            username: mapping(issuer.username)?,
            groups: mapping(issuer.groups)?,
            uid: mapping(issuer.uid)?,
            extra: extra.collect::<Result<_, String>>()?,
            required: required.collect(),
            claim_rules: rules(&claims, issuer.at.key("claimValidationRules"))?,
            user_rules: rules(&users, issuer.at.key("userValidationRules"))?,
        })
    }

    /// The issuer of the flags.
    pub fn of_flags(flags: &OidcFlags, options: &IssuerOptions) -> Self {
        let claim = |claim: &str, prefix: String| match claim {
            "" => ClaimMapping::Nothing,
            claim => ClaimMapping::Claim { claim: claim.to_owned(), prefix },
        };
        let prefix = match flags.username_prefix.as_str() {
            "-" => String::new(),
            "" if flags.username_claim != "email" => format!("{}#", flags.issuer_url),
            prefix => prefix.to_owned(),
        };
        Self {
            url: flags.issuer_url.clone(),
            audiences: vec![flags.client_id.clone()],
            algorithms: algorithms(options),
            keys: options.keys.clone(),
            username: claim(&flags.username_claim, prefix),
            groups: claim(&flags.groups_claim, flags.groups_prefix.clone()),
            uid: ClaimMapping::Nothing,
            extra: Vec::new(),
            required: flags.required_claims.clone(),
            claim_rules: Vec::new(),
            user_rules: Vec::new(),
        }
    }
}

fn algorithms(options: &IssuerOptions) -> Vec<String> {
    if options.algorithms.is_empty() { vec!["RS256".to_owned()] } else { options.algorithms.clone() }
}

fn compile(environment: &Environment, text: &str) -> Result<Arc<Program>, String> {
    environment.compile(text).map(Arc::new).map_err(|error| error.to_string())
}

fn rules(environment: &Environment, list: At<'_>) -> Result<Vec<Rule>, String> {
    let expressions = list.items().filter(|rule| !text_of(rule.key("expression")).is_empty());
    expressions
        .map(|rule| {
            let program = environment.compile_as(text_of(rule.key("expression")), &Type::Bool);
            let program = Arc::new(program.map_err(|error| error.to_string())?);
            Ok(Rule { program, message: text_of(rule.key("message")).to_owned() })
        })
        .collect()
}

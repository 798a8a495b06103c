//! From claims to a user, and the rules on both.

use super::super::json::Json;
use super::super::jwt::Decoder;
use super::super::service_account::TokenRequest;
use super::IssuerAuthenticator;
use super::claims::TokenClaims;
use crate::user::{CREDENTIAL_ID, User};
use seawall_cel::{Program, Value, Variables};
use std::sync::Arc;

/// Why there is no user.
pub(super) enum Stop {
    /// Upstream's error.
    Failed(String),
    /// What is missing to know.
    Unknown(String),
}

impl From<String> for Stop {
    fn from(text: String) -> Self {
        Self::Failed(text)
    }
}

/// Where a part of the user comes from.
#[derive(Clone)]
pub(super) enum ClaimMapping {
    Nothing,
    Claim { claim: String, prefix: String },
    Expression(Arc<Program>),
}

/// A condition in CEL with its message.
#[derive(Clone)]
pub(super) struct Rule {
    pub(super) program: Arc<Program>,
    pub(super) message: String,
}

/// Evaluates; the error is upstream's text after `expression '…' resulted in error: `.
fn evaluate<'v>(program: &'v Program, variables: &Variables<'v>) -> Result<Value<'v>, Stop> {
    match program.evaluate(variables).result {
        Ok(Value::Unknown(what)) => Err(Stop::Unknown(what.to_string())),
        Ok(value) => Ok(value),
        Err(error) => Err(Stop::Failed(format!(
            "expression '{}' resulted in error: {}",
            program.source(),
            error.message
        ))),
    }
}

/// Puts words before an error.
fn context<T>(words: &str, result: Result<T, Stop>) -> Result<T, Stop> {
    result.map_err(|stop| match stop {
        Stop::Failed(text) => Stop::Failed(format!("{words}: {text}")),
        unknown => unknown,
    })
}

/// A text or texts; empty ones are left out.
fn texts(value: &Value<'_>) -> Result<Vec<String>, Stop> {
    let wrong = || Stop::Failed("expression must return a string or a list of strings".into());
    let mut out = match value {
        Value::Null => Vec::new(),
        Value::String(text) => vec![text.to_string()],
        Value::List(items) => items
            .iter()
            .map(|item| match item {
                Value::String(text) => Ok(text.to_string()),
                _ => Err(wrong()),
            })
            .collect::<Result<_, _>>()?,
        _ => return Err(wrong()),
    };
    out.retain(|text: &String| !text.is_empty());
    Ok(out)
}

impl IssuerAuthenticator {
    /// The user in the claims, once all rules hold.
    pub(super) fn user(&self, claims: &TokenClaims, request: &TokenRequest<'_>) -> Result<User, Stop> {
        self.refuse_distributed(claims)?;
        let json = claims.for_cel();
        let variables = Variables::new([("claims", Value::from_claims(&json))]);
        let mut user = User::named(self.username(claims, &variables)?);
        user.groups = self.groups(claims, &variables)?;
        user.uid = self.uid(claims, &variables)?;
        if request.features.issuer_token_id
            && let Some(id) = claims.get("jti").and_then(Json::as_str).filter(|id| !id.is_empty())
        {
            user.extra.insert(CREDENTIAL_ID.to_owned(), vec![format!("JTI={id}")]);
        }
        // All expressions are evaluated before the first value is looked at.
        let values: Vec<(&String, &Program, Value<'_>)> = self
            .extra
            .iter()
            .map(|(key, program)| Ok((key, &**program, evaluate(program, &variables)?)))
            .collect::<Result<_, Stop>>()?;
        for (key, program, value) in values {
            let words = format!("oidc: error evaluating extra claim expression: {}", program.source());
            let values = context(&words, texts(&value))?;
            if !values.is_empty() {
                user.extra.insert(key.clone(), values);
            }
        }
        self.required(claims)?;
        let words = "oidc: error evaluating claim validation expression";
        context(words, check(&self.claim_rules, &variables))?;
        let extra =
            Value::object(user.extra.iter().map(|(key, values)| (key.as_str(), Value::string_list(values))));
        let seen = Value::object([
            ("username", Value::string(&user.name)),
            ("uid", Value::string(&user.uid)),
            ("groups", Value::string_list(&user.groups)),
            ("extra", extra),
        ]);
        let words = "oidc: error evaluating user info validation rule";
        context(words, check(&self.user_rules, &Variables::new([("user", seen)])))?;
        Ok(user)
    }

    /// Groups that the token says are elsewhere are fetched by the API server.
    fn refuse_distributed(&self, claims: &TokenClaims) -> Result<(), Stop> {
        let ClaimMapping::Claim { claim, .. } = &self.groups else { return Ok(()) };
        let elsewhere = claims.get("_claim_names").and_then(|names| names.get(claim)).is_some();
        if claims.get(claim).is_none() && elsewhere {
            return Err(Stop::Unknown(
                "the groups are distributed claims, which come from another server".into(),
            ));
        }
        Ok(())
    }

    fn username(&self, claims: &TokenClaims, variables: &Variables<'_>) -> Result<String, Stop> {
        let (claim, prefix) = match &self.username {
            ClaimMapping::Expression(program) => {
                let words = "oidc: error evaluating username claim expression";
                return match context(words, evaluate(program, variables))? {
                    Value::String(text) if text.is_empty() => {
                        Err(Stop::Failed("oidc: empty username via CEL expression is not allowed".into()))
                    }
                    Value::String(text) => Ok(text.to_string()),
                    _ => {
                        Err(Stop::Failed(format!("{words}: username claim expression must return a string")))
                    }
                };
            }
            ClaimMapping::Claim { claim, prefix } => (claim.as_str(), prefix),
            ClaimMapping::Nothing => ("", &String::new()),
        };
        let name = claims.text(claim).map_err(|error| {
            format!("oidc: parse username claims {}: {error}", crate::go_quote::quoted(claim))
        })?;
        if claim == "email" {
            match claims.get("email_verified") {
                None | Some(Json::Bool(true)) => {}
                Some(Json::Bool(false) | Json::Null) => {
                    return Err(Stop::Failed("oidc: email not verified".into()));
                }
                Some(other) => {
                    let error = Decoder::mismatch(other, "bool");
                    return Err(Stop::Failed(format!("oidc: parse 'email_verified' claim: {error}")));
                }
            }
        }
        Ok(format!("{prefix}{name}"))
    }

    fn groups(&self, claims: &TokenClaims, variables: &Variables<'_>) -> Result<Vec<String>, Stop> {
        match &self.groups {
            ClaimMapping::Nothing => Ok(Vec::new()),
            ClaimMapping::Claim { claim, prefix } => {
                let Some(value) = claims.get(claim) else { return Ok(Vec::new()) };
                let groups = text_or_texts(value).map_err(|error| {
                    format!("oidc: parse groups claim {}: {error}", crate::go_quote::quoted(claim))
                })?;
                Ok(groups.into_iter().map(|group| format!("{prefix}{group}")).collect())
            }
            ClaimMapping::Expression(program) => {
                let words = "oidc: error evaluating group claim expression";
                let value = context(words, evaluate(program, variables))?;
                context(words, texts(&value))
            }
        }
    }

    fn uid(&self, claims: &TokenClaims, variables: &Variables<'_>) -> Result<String, Stop> {
        match &self.uid {
            ClaimMapping::Nothing => Ok(String::new()),
            ClaimMapping::Claim { claim, .. } => claims.text(claim).map_err(|error| {
                Stop::Failed(format!("oidc: parse uid claim {}: {error}", crate::go_quote::quoted(claim)))
            }),
            ClaimMapping::Expression(program) => {
                let words = "oidc: error evaluating uid claim expression";
                match context(words, evaluate(program, variables))? {
                    Value::String(text) => Ok(text.to_string()),
                    _ => Err(Stop::Failed(format!("{words}: uid claim expression must return a string"))),
                }
            }
        }
    }

    fn required(&self, claims: &TokenClaims) -> Result<(), Stop> {
        for (claim, wanted) in &self.required {
            if claims.get(claim).is_none() {
                return Err(Stop::Failed(format!("oidc: required claim {claim} not present in ID token")));
            }
            let got = claims.text(claim).map_err(|error| format!("oidc: parse claim {claim}: {error}"))?;
            if got != *wanted {
                return Err(Stop::Failed(format!(
                    "oidc: required claim {claim} value does not match. Got = {got}, want = {wanted}"
                )));
            }
        }
        Ok(())
    }
}

/// Upstream's `stringOrArray`.
fn text_or_texts(value: &Json) -> Result<Vec<String>, String> {
    match value {
        Json::Null => Ok(Vec::new()),
        Json::String(one) => Ok(vec![one.clone()]),
        Json::Array(items) => items
            .iter()
            .map(|item| match item {
                Json::String(text) => Ok(text.clone()),
                Json::Null => Ok(String::new()),
                // The second attempt, as a text, is the one whose error is told.
                _ => Err(Decoder::mismatch(value, "string")),
            })
            .collect(),
        other => Err(Decoder::mismatch(other, "string")),
    }
}

/// All rules are evaluated before the first is judged.
fn check(rules: &[Rule], variables: &Variables<'_>) -> Result<(), Stop> {
    let values: Vec<Value<'_>> =
        rules.iter().map(|rule| evaluate(&rule.program, variables)).collect::<Result<_, _>>()?;
    for (rule, value) in rules.iter().zip(values) {
        match value {
            Value::Bool(true) => {}
            Value::Bool(false) => {
                return Err(Stop::Failed(format!(
                    "validation expression '{}' failed: {}",
                    rule.program.source(),
                    rule.message
                )));
            }
            _ => return Err(Stop::Failed("validation expression must return a boolean".into())),
        }
    }
    Ok(())
}

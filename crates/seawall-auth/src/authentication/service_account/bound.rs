//! Tokens of the TokenRequest API, bound to a service account and perhaps to a pod, Secret or node (`claims.go`).

use super::super::json::Json;
use super::super::jwt::{self, Decoder, LEEWAY, TimeError};
use super::super::objects::{Lookup, deleted_at, described, uid};
use super::super::{Evidence, Expiry, Identity, Verdict};
use super::{Context, Private};
use crate::user::{CREDENTIAL_ID, NODE_NAME, NODE_UID, POD_NAME, POD_UID, User};
use seawall_model::{Object, WellKnown};
use std::sync::Arc;

/// The claim `kubernetes.io`.
#[derive(Default)]
pub(super) struct Claims {
    namespace: String,
    account: Reference,
    pod: Option<Reference>,
    secret: Option<Reference>,
    node: Option<Reference>,
    warn_after: Option<i64>,
}

#[derive(Clone, Default)]
struct Reference {
    name: String,
    uid: String,
}

impl Reference {
    fn read(decoder: &mut Decoder, value: &Json, into: &mut Self) -> Result<(), String> {
        decoder.object(value, "serviceaccount.ref", |decoder, key, value| {
            match key {
                "name" => decoder.string(value, &mut into.name),
                "uid" => decoder.string(value, &mut into.uid),
                _ => {}
            }
            Ok(())
        })
    }

    fn read_optional(decoder: &mut Decoder, value: &Json, into: &mut Option<Self>) -> Result<(), String> {
        if *value == Json::Null {
            *into = None;
            return Ok(());
        }
        Self::read(decoder, value, into.get_or_insert_default())
    }
}

impl Claims {
    fn read(&mut self, decoder: &mut Decoder, value: &Json) -> Result<(), String> {
        decoder.object(value, "serviceaccount.kubernetes", |decoder, key, value| match key {
            "namespace" => {
                decoder.string(value, &mut self.namespace);
                Ok(())
            }
            "serviceaccount" => Reference::read(decoder, value, &mut self.account),
            "pod" => Reference::read_optional(decoder, value, &mut self.pod),
            "secret" => Reference::read_optional(decoder, value, &mut self.secret),
            "node" => Reference::read_optional(decoder, value, &mut self.node),
            "warnafter" => {
                self.warn_after = jwt::numeric_date(value)?;
                Ok(())
            }
            _ => Ok(()),
        })
    }
}

impl Private for Claims {
    fn decode(payload: &Json) -> Result<Self, String> {
        let mut claims = Self::default();
        let mut decoder = Decoder::default();
        decoder.object(payload, "serviceaccount.privateClaims", |decoder, key, value| {
            if key == "kubernetes.io" { claims.read(decoder, value) } else { Ok(()) }
        })?;
        decoder.finish(claims)
    }

    fn validate(self, public: &jwt::Claims, context: &Context<'_>) -> Result<Identity, Verdict> {
        public.check_times(context.now).map_err(|error| {
            Verdict::failed(match error {
                TimeError::Expired => "service account token has expired",
                TimeError::NotValidYet => "service account token is not valid yet",
                TimeError::IssuedInTheFuture => "service account token is issued in the future",
            })
        })?;
        let mut evidence = vec![self.check_account(context)?];
        let namespace = self.namespace.as_str();
        let mut user =
            User { uid: self.account.uid.clone(), ..User::service_account(namespace, &self.account.name) };
        let mut extra = |key: &str, value: &str| {
            user.extra.insert(key.to_owned(), vec![value.to_owned()]);
        };
        if let Some(secret) = &self.secret {
            evidence.push(check_bound(context, WellKnown::Secret, namespace, secret)?);
        }
        if let Some(pod) = &self.pod {
            evidence.push(check_bound(context, WellKnown::Pod, namespace, pod)?);
            if !pod.name.is_empty() && !pod.uid.is_empty() {
                extra(POD_NAME, &pod.name);
                extra(POD_UID, &pod.uid);
            }
        }
        if let Some(node) = &self.node {
            let told = match &self.pod {
                // The pod says where it runs; nobody looks the node up.
                Some(_) => context.features.token_pod_node_info,
                None if !context.features.token_node_binding => {
                    return Err(Verdict::failed(
                        "token is bound to a Node object but the ServiceAccountTokenNodeBindingValidation feature \
                         gate is disabled",
                    ));
                }
                None => {
                    evidence.push(check_bound(context, WellKnown::Node, "", node)?);
                    true
                }
            };
            if told && !node.name.is_empty() {
                extra(NODE_NAME, &node.name);
                if !node.uid.is_empty() {
                    extra(NODE_UID, &node.uid);
                }
            }
        }
        if context.features.token_id && !public.id.is_empty() {
            extra(CREDENTIAL_ID, &format!("JTI={}", public.id));
        }
        if let Some(after) = self.warn_after.filter(|&after| after != 0 && context.now > after) {
            let text = format!(
                "older than its pod should keep it (since {}): taken, with the annotation \
                 authentication.k8s.io/stale-token",
                super::super::time::format(after)
            );
            evidence.push(Evidence::new("service-account", text));
        }
        let expires =
            public.expiry.map(|stated| Expiry { stated, last_accepted: stated.saturating_add(LEEWAY) });
        Ok(Identity { user, expires, evidence, audiences: Vec::new() })
    }
}

impl Claims {
    fn check_account(&self, context: &Context<'_>) -> Result<Evidence, Verdict> {
        let (namespace, name) = (self.namespace.as_str(), self.account.name.as_str());
        if name.is_empty() {
            return Err(Verdict::failed("resource name may not be empty"));
        }
        let account = match context.objects.find(WellKnown::ServiceAccount, namespace, name) {
            Lookup::Found(account) => account,
            Lookup::Absent => return Err(Verdict::failed(super::not_found("serviceaccounts", name))),
            Lookup::Unknown(reason) => return Err(Verdict::unknown(reason)),
        };
        let what = described(WellKnown::ServiceAccount, namespace, name);
        let uid = uid_of(account, &what)?;
        if uid != self.account.uid {
            let text = format!("service account UID ({uid}) does not match claim ({})", self.account.uid);
            return Err(Verdict::failed(text));
        }
        if is_gone(account, context.now) {
            return Err(Verdict::failed(format!("service account {namespace}/{name} has been deleted")));
        }
        let text = format!("signed by a service account key; {what} exists with this UID");
        Ok(Evidence::new("service-account", text))
    }
}

/// Whether it was deleted more than the leeway ago.
fn is_gone(object: &Arc<Object>, now: i64) -> bool {
    deleted_at(object).is_some_and(|deleted| deleted < now.saturating_sub(LEEWAY))
}

fn uid_of<'a>(object: &'a Arc<Object>, what: &str) -> Result<&'a str, Verdict> {
    uid(object).ok_or_else(|| Verdict::unknown(format!("{what} does not say its UID")))
}

/// Checks an object that the token is bound to.
fn check_bound(
    context: &Context<'_>,
    kind: WellKnown,
    namespace: &str,
    reference: &Reference,
) -> Result<Evidence, Verdict> {
    const INVALIDATED: &str = "service account token has been invalidated";
    if reference.name.is_empty() {
        return Err(Verdict::failed(INVALIDATED));
    }
    let what = described(kind, namespace, &reference.name);
    let object = match context.objects.find(kind, namespace, &reference.name) {
        Lookup::Found(object) => object,
        Lookup::Absent => return Err(Verdict::failed(INVALIDATED)),
        Lookup::Unknown(reason) => return Err(Verdict::unknown(reason)),
    };
    let uid = uid_of(object, &what)?;
    if uid != reference.uid {
        let word = match kind {
            WellKnown::Secret => "secret",
            WellKnown::Pod => "pod",
            _ => "node",
        };
        return Err(Verdict::failed(format!(
            "{word} UID ({uid}) does not match service account {word} ref claim ({})",
            reference.uid
        )));
    }
    if is_gone(object, context.now) {
        return Err(Verdict::failed(INVALIDATED));
    }
    Ok(Evidence::new("service-account", format!("bound to {what}, which exists with this UID")))
}

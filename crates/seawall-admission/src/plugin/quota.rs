//! ResourceQuota (`k8s.io/apiserver/pkg/admission/plugin/resourcequota/controller.go` `CheckRequest`).

use super::Plugin;
use crate::amount::{Amount, Amounts};
use crate::json::Json;
use crate::pass::{Pass, Step};
use crate::quota::{self, Evaluator};
use crate::request::Operation;
use seawall_model::{Object, WellKnown};
use serde_json::Value;
use std::sync::Arc;

const NAME: &str = "ResourceQuota";

pub(super) const PLUGIN: Plugin = Plugin { name: NAME, admit: None, validate: Some(validate) };

fn validate(pass: &mut Pass<'_>) -> Step {
    let request = pass.request;
    if request.namespace.is_empty() || request.is_of("", "namespaces") {
        return Ok(());
    }
    let Some(evaluator) = Evaluator::of(request, pass.settings) else { return Ok(()) };
    let old = request.old.as_ref();
    if !evaluator.handles(request, &pass.object, old) {
        return Ok(());
    }
    if pass.settings.limited_resources.is_some_and(|limited| limited.items().next().is_some()) {
        pass.doubt(NAME, "limitedResources of its configuration are not modelled");
    }
    if pass.stored.coverage.is_closed()
        && let Some(why) = pass.stored.gap(WellKnown::ResourceQuota, Some(&request.namespace))
    {
        let why = format!("the ResourceQuotas of namespace `{}` are not known: {why}", request.namespace);
        pass.doubt(NAME, why);
    }
    let quotas: Vec<Arc<Object>> =
        pass.stored.list(WellKnown::ResourceQuota, &request.namespace).into_iter().cloned().collect();
    let mut matching = Vec::new();
    for object in &quotas {
        let stored = quota::Quota::of(object, pass.stored.coverage.is_closed());
        if !stored.matches(&evaluator, &pass.object) {
            continue;
        }
        let restricted: Vec<&str> =
            stored.hard.keys().map(String::as_str).filter(|name| evaluator.counts(name)).collect();
        if let Some(missing) = evaluator.missing(&restricted, &pass.object) {
            let text = format!("failed quota: {}: must specify {}", object.name(), missing.text);
            let fields: Vec<&str> = missing.fields.iter().map(String::as_str).collect();
            return Err(pass.forbidden(NAME, &text, &fields));
        }
        let used = usage(pass, &stored);
        if restricted.iter().any(|name| !used.contains_key(*name)) {
            let text =
                format!("status unknown for quota: {}, resources: {}", object.name(), restricted.join(","));
            return Err(pass.forbidden(NAME, &text, &[]));
        }
        matching.push((stored, used));
    }
    let usage = evaluator.usage(&pass.object);
    let negative: Vec<&str> = usage
        .iter()
        .filter(|(_, amount)| amount.quantity.is_negative())
        .map(|(name, _)| name.as_str())
        .collect();
    if !negative.is_empty() {
        let text = format!("quota usage is negative for resource(s): {}", negative.join(","));
        return Err(pass.forbidden(NAME, &text, &[]));
    }
    for (stored, used) in &matching {
        charge(pass, &evaluator, stored, used, &usage, old)?;
    }
    Ok(())
}

/// What is used already: as the quota's status says; of files without status what the objects in the input use.
fn usage(pass: &Pass<'_>, stored: &quota::Quota) -> Amounts {
    if let Some(used) = &stored.used {
        return used.clone();
    }
    quota::predict(&pass.stored, pass.settings, &pass.request.namespace, stored)
}

/// Whether the rest of one quota is enough.
fn charge(
    pass: &mut Pass<'_>,
    evaluator: &Evaluator,
    stored: &quota::Quota,
    used: &Amounts,
    usage: &Amounts,
    old: Option<&Value>,
) -> Step {
    let mut delta = usage.clone();
    if let Some(old) = old.filter(|_| pass.request.operation == Operation::Update)
        && (!old.text("metadata.resourceVersion").is_empty() || stored.used.is_none())
        && stored.matches(evaluator, old)
    {
        let before = evaluator.usage(old);
        for (name, amount) in &mut delta {
            let Some(less) = before.get(name).and_then(|before| amount.minus(before)) else { continue };
            *amount = if less.quantity.is_negative() { Amount::whole(0) } else { less };
        }
    }
    delta.retain(|_, amount| !amount.is_zero());
    let (mut requested, mut before, mut limited) = (Vec::new(), Vec::new(), Vec::new());
    for (name, hard) in &stored.hard {
        let Some(more) = delta.get(name) else { continue };
        let have = used.get(name).cloned().unwrap_or_default();
        // Replicas that came before used as much each.
        let have = have.plus(&more.times(pass.request.before)).unwrap_or(have);
        let Some(sum) = have.plus(more) else { continue };
        let name_of = &stored.name;
        pass.arithmetic.push(format!("quota {name_of}: {name} {have} used + {more} asked = {sum} of {hard}"));
        if sum.quantity > hard.quantity {
            requested.push(format!("{name}={more}"));
            before.push(format!("{name}={have}"));
            limited.push(format!("{name}={hard}"));
        }
    }
    if requested.is_empty() {
        return Ok(());
    }
    let text = format!(
        "exceeded quota: {}, requested: {}, used: {}, limited: {}",
        stored.name,
        requested.join(","),
        before.join(","),
        limited.join(",")
    );
    Err(pass.forbidden(NAME, &text, &["spec"]))
}

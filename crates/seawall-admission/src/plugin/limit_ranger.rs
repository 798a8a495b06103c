//! LimitRanger (`plugin/pkg/admission/limitranger/admission.go`).

use super::Plugin;
use crate::amount::{Amount, Amounts, MOST_MILLI, amounts};
use crate::json::{Json, list_mut, map_mut};
use crate::limit_range::{self, LimitItem};
use crate::pass::{Pass, Step};
use crate::pod_resources;
use crate::request::Operation;
use seawall_model::{Object, WellKnown};
use serde_json::Value;
use std::fmt::Write;
use std::sync::Arc;

const NAME: &str = "LimitRanger";

pub(super) const PLUGIN: Plugin = Plugin { name: NAME, admit: Some(admit), validate: Some(validate) };

/// Whether the plugin looks at the request (`SupportsAttributes`, `runLimitFunc`).
fn concerned(pass: &Pass<'_>) -> bool {
    let request = pass.request;
    let updates = request.operation == Operation::Update;
    let created = request.operation == Operation::Create;
    let is_resize = request.is_of("", "pods") && request.subresource == "resize" && updates;
    let wanted = is_resize
        || request.is_pod() && created
        || request.is("", "persistentvolumeclaims") && (created || updates);
    let ends = request.old.as_ref().is_some_and(|old| old.at("metadata.deletionTimestamp").is_some());
    wanted && !ends
}

/// The LimitRanges that count. Where the input may lack some, the verdict is in doubt only in a cluster that was
/// not read whole: of files, those that are there are meant.
fn ranges(pass: &mut Pass<'_>) -> Vec<Arc<Object>> {
    let namespace = &pass.request.namespace;
    if pass.stored.coverage.is_closed()
        && let Some(why) = pass.stored.gap(WellKnown::LimitRange, Some(namespace))
    {
        let why = format!("the LimitRanges of namespace `{namespace}` are not known: {why}");
        pass.doubt(NAME, why);
    }
    pass.stored.list(WellKnown::LimitRange, &pass.request.namespace).into_iter().cloned().collect()
}

fn admit(pass: &mut Pass<'_>) -> Step {
    if !concerned(pass) || pass.request.resource != "pods" {
        return Ok(());
    }
    for range in ranges(pass) {
        set_defaults(&mut pass.object, &range);
    }
    Ok(())
}

/// `PodMutateLimitFunc`.
fn set_defaults(pod: &mut Value, range: &Arc<Object>) {
    let (mut requests, mut limits) = (Amounts::new(), Amounts::new());
    for item in limit_range::items(range).filter(|item| item.kind() == "Container") {
        for resource in item.resources() {
            if let Some((at, _)) = item.default_request(resource)
                && let Some(amount) = amount(at)
            {
                requests.insert(resource.to_owned(), amount);
            }
            if let Some((at, _)) = item.default_limit(resource)
                && let Some(amount) = amount(at)
            {
                limits.insert(resource.to_owned(), amount);
            }
        }
    }
    let mut told = Vec::new();
    for (path, words) in [("spec.containers", "container"), ("spec.initContainers", "init container")] {
        for container in list_mut(pod, path) {
            for (list, defaults, word) in [("requests", &requests, "request"), ("limits", &limits, "limit")] {
                let given = map_mut(container, &format!("resources.{list}"));
                let mut set: Vec<&str> = Vec::new();
                for (name, amount) in defaults {
                    if !given.contains_key(name) {
                        given.insert(name.clone(), amount.to_string().into());
                        set.push(name);
                    }
                }
                if !set.is_empty() {
                    told.push(format!("{} {word} for {words} {}", set.join(", "), container.text("name")));
                }
            }
        }
    }
    if !told.is_empty() {
        let text = format!("LimitRanger plugin set: {}", told.join("; "));
        map_mut(pod, "metadata.annotations").insert("kubernetes.io/limit-ranger".to_owned(), text.into());
    }
}

/// A value of a LimitRange as it is stored: rounded up to thousandths.
fn amount(at: seawall_model::At<'_>) -> Option<Amount> {
    Some(Amount::parse(at.text()?.trim())?.to_milli())
}

fn validate(pass: &mut Pass<'_>) -> Step {
    if !concerned(pass) {
        return Ok(());
    }
    for range in ranges(pass) {
        let broken = match &*pass.request.resource {
            "pods" => pod(pass, &range),
            _ => claim(&pass.object, &range),
        };
        if !broken.is_empty() {
            let text = aggregate(broken.iter().map(|one| &*one.text));
            let fields: Vec<&str> = broken.iter().map(|one| &*one.field).collect();
            return Err(pass.forbidden(NAME, &text, &fields));
        }
    }
    Ok(())
}

/// `utilerrors.NewAggregate(…).Error()`: each text once.
pub(super) fn aggregate<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    let mut seen = std::collections::HashSet::new();
    let mut out = String::new();
    let mut count = 0;
    for text in texts.filter(|text| seen.insert(*text)) {
        let _ = write!(out, "{}{text}", if count > 0 { ", " } else { "" });
        count += 1;
    }
    if count > 1 { format!("[{out}]") } else { out }
}

/// A constraint that is not met.
struct Broken {
    text: String,
    field: String,
}

/// What is compared with one element of a LimitRange.
struct Asked<'v> {
    requests: &'v Amounts,
    limits: &'v Amounts,
    field: String,
}

fn pod(pass: &Pass<'_>, range: &Arc<Object>) -> Vec<Broken> {
    let mut broken = Vec::new();
    for item in limit_range::items(range) {
        match item.kind() {
            "Container" => {
                for list in ["containers", "initContainers"] {
                    for (index, container) in pass.object.list(&format!("spec.{list}")).iter().enumerate() {
                        let requests = amounts(container, "resources.requests");
                        let limits = amounts(container, "resources.limits");
                        let field = format!("spec.{list}[{index}].resources");
                        check(item, &Asked { requests: &requests, limits: &limits, field }, &mut broken);
                    }
                }
            }
            "Pod" => {
                let supported: fn(&str) -> bool = |name| matches!(name, "cpu" | "memory");
                let pod_level = pass.settings.gate("PodLevelResources").then_some(supported);
                let requests = pod_resources::of_pod(&pass.object, "requests", pod_level);
                let limits = pod_resources::of_pod(&pass.object, "limits", pod_level);
                let asked =
                    Asked { requests: &requests, limits: &limits, field: "spec.containers".to_owned() };
                check(item, &asked, &mut broken);
            }
            _ => {}
        }
    }
    broken
}

/// Min, max and ratio of one element, each resource in the order of its name (upstream: in random order).
fn check(item: LimitItem<'_>, asked: &Asked<'_>, broken: &mut Vec<Broken>) {
    let kind = item.kind();
    let mut put = |list: &str, name: &str, wrong: Option<String>| {
        if let Some(text) = wrong {
            broken.push(Broken { text, field: format!("{}.{list}.{name}", asked.field) });
        }
    };
    let constraints = |field| {
        let entries = item.at().key(field).entries();
        let mut all: Vec<(&str, Amount)> =
            entries.filter_map(|(name, at)| Some((name, amount(at)?))).collect();
        all.sort_by(|one, other| one.0.cmp(other.0));
        all
    };
    for (name, enforced) in constraints("min") {
        let (request, limit) = (asked.requests.get(name), asked.limits.get(name));
        put("requests", name, minimum(kind, name, &enforced, request, limit));
    }
    for (name, enforced) in constraints("max") {
        let (request, limit) = (asked.requests.get(name), asked.limits.get(name));
        put("limits", name, maximum(kind, name, &enforced, request, limit));
    }
    for (name, enforced) in constraints("maxLimitRequestRatio") {
        let (request, limit) = (asked.requests.get(name), asked.limits.get(name));
        put("limits", name, ratio(kind, name, &enforced, request, limit));
    }
}

/// `PersistentVolumeClaimValidateLimitFunc`.
fn claim(object: &Value, range: &Arc<Object>) -> Vec<Broken> {
    let requests = amounts(object, "spec.resources.requests");
    let mut broken = Vec::new();
    for item in limit_range::items(range).filter(|item| item.kind() == "PersistentVolumeClaim") {
        for (field, most) in [("min", false), ("max", true)] {
            let mut entries: Vec<_> = item.at().key(field).entries().collect();
            entries.sort_by(|one, other| one.0.cmp(other.0));
            for (name, enforced) in entries.into_iter().filter_map(|(name, at)| Some((name, amount(at)?))) {
                let request = requests.get(name);
                let wrong = match (most, request) {
                    (false, request) => minimum(item.kind(), name, &enforced, request, None),
                    (true, None) => Some(format!(
                        "maximum {name} usage per {} is {enforced}.  No request is specified",
                        item.kind()
                    )),
                    (true, Some(request)) => {
                        let (value, _, most) = common(Some(request), None, &enforced);
                        (value > most).then(|| {
                            format!(
                                "maximum {name} usage per {} is {enforced}, but request is {request}",
                                item.kind()
                            )
                        })
                    }
                };
                if let Some(text) = wrong {
                    broken.push(Broken { text, field: format!("spec.resources.requests.{name}") });
                }
            }
        }
    }
    broken
}

/// `requestLimitEnforcedValues`: thousandths where all three fit, else whole numbers. This is where amounts beyond 64
/// bits wrap around and pass (kubernetes/kubernetes#141348).
fn common(request: Option<&Amount>, limit: Option<&Amount>, enforced: &Amount) -> (i64, i64, i64) {
    let zero = Amount::default();
    let all = [request.unwrap_or(&zero), limit.unwrap_or(&zero), enforced];
    let [request, limit, enforced] = all.map(Amount::value);
    if request <= MOST_MILLI && limit <= MOST_MILLI && enforced <= MOST_MILLI {
        let [request, limit, enforced] = all.map(Amount::milli_value);
        return (request, limit, enforced);
    }
    (request, limit, enforced)
}

fn minimum(
    kind: &str,
    name: &str,
    enforced: &Amount,
    request: Option<&Amount>,
    limit: Option<&Amount>,
) -> Option<String> {
    let (request_value, limit_value, least) = common(request, limit, enforced);
    let start = format!("minimum {name} usage per {kind} is {enforced}");
    let Some(request) = request else { return Some(format!("{start}.  No request is specified")) };
    if request_value < least {
        return Some(format!("{start}, but request is {request}"));
    }
    let limit = limit.filter(|_| limit_value < least)?;
    Some(format!("{start}, but limit is {limit}"))
}

fn maximum(
    kind: &str,
    name: &str,
    enforced: &Amount,
    request: Option<&Amount>,
    limit: Option<&Amount>,
) -> Option<String> {
    let (request_value, limit_value, most) = common(request, limit, enforced);
    let start = format!("maximum {name} usage per {kind} is {enforced}");
    let Some(limit) = limit else { return Some(format!("{start}.  No limit is specified")) };
    if limit_value > most {
        return Some(format!("{start}, but limit is {limit}"));
    }
    let request = request.filter(|_| request_value > most)?;
    Some(format!("{start}, but request is {request}"))
}

fn ratio(
    kind: &str,
    name: &str,
    enforced: &Amount,
    request: Option<&Amount>,
    limit: Option<&Amount>,
) -> Option<String> {
    let (request_value, limit_value, _) = common(request, limit, enforced);
    let start = format!("{name} max limit to request ratio per {kind} is {enforced}");
    if request.is_none() || request_value == 0 {
        return Some(format!("{start}, but no request is specified or request is 0"));
    }
    if limit.is_none() || limit_value == 0 {
        return Some(format!("{start}, but no limit is specified or limit is 0"));
    }
    let shown = limit_value as f64 / request_value as f64;
    let (observed, most) = if enforced.value() <= MOST_MILLI {
        (shown * 1000.0, enforced.milli_value() as f64)
    } else {
        (shown, enforced.value() as f64)
    };
    (observed > most).then(|| format!("{start}, but provided ratio is {shown:.6}"))
}

//! A quota as it is stored, and what the objects that are there use of it.

use super::evaluator::{Evaluator, Scope};
use crate::amount::{Amounts, add};
use crate::json::{Json, value_of};
use crate::settings::Settings;
use crate::stored::Stored;
use seawall_model::Object;
use seawall_model::schema::Schema;
use serde_json::Value;
use std::sync::Arc;

/// A ResourceQuota.
#[derive(Clone, Debug)]
pub(crate) struct Quota {
    /// Its name.
    pub(crate) name: String,
    /// Its limits: of the status if it has one, for the server goes by that.
    pub(crate) hard: Amounts,
    /// What its status says is used; `None` for one without status.
    pub(crate) used: Option<Amounts>,
    scopes: Vec<(String, String, Vec<String>)>,
}

impl Quota {
    /// Reads it. Of a `whole` cluster the status counts even where it is empty: nothing is limited then.
    pub(crate) fn of(object: &Arc<Object>, whole: bool) -> Self {
        let value = value_of(object);
        let with_status = whole || value.at("status.hard").is_some() || value.at("status.used").is_some();
        let list = |path: &str| -> Amounts {
            let all = crate::amount::amounts(&value, path);
            all.into_iter().map(|(name, amount)| (name, amount.to_milli())).collect()
        };
        let mut scopes: Vec<(String, String, Vec<String>)> = Vec::new();
        for scope in value.list("spec.scopes").iter().filter_map(Value::as_str) {
            scopes.push((scope.to_owned(), "Exists".to_owned(), Vec::new()));
        }
        for term in value.list("spec.scopeSelector.matchExpressions") {
            let values = term.list("values").iter().filter_map(Value::as_str).map(str::to_owned).collect();
            scopes.push((term.text("scopeName").to_owned(), term.text("operator").to_owned(), values));
        }
        Self {
            name: object.name().to_owned(),
            hard: list(if with_status { "status.hard" } else { "spec.hard" }),
            used: with_status.then(|| list("status.used")),
            scopes,
        }
    }

    /// Whether it counts this object (`generic.Matches`).
    pub(crate) fn matches(&self, evaluator: &Evaluator, object: &Value) -> bool {
        let in_scope = |(name, operator, values): &(String, String, Vec<String>)| {
            evaluator.in_scope(&Scope { name, operator, values }, object)
        };
        self.hard.keys().any(|name| evaluator.counts(name)) && self.scopes.iter().all(in_scope)
    }
}

/// What the objects of the namespace use of a quota that has no status yet, as the quota controller would write it.
pub(crate) fn predict(
    stored: &Stored<'_>,
    settings: &Settings<'_>,
    namespace: &str,
    quota: &Quota,
) -> Amounts {
    let schema = Schema::for_version(settings.version);
    let mut used: Amounts =
        quota.hard.keys().map(|name| (name.clone(), crate::amount::Amount::whole(0))).collect();
    let gates = crate::defaults::Gates::of(settings);
    for object in stored.cluster.objects() {
        if object.namespace().is_some_and(|own| own != namespace) || object.is_cluster_scoped() {
            continue;
        }
        let Some(kind) = schema.kind(object.group(), object.version(), object.kind()) else { continue };
        let Some(resource) = kind.resource().filter(|_| kind.namespaced()) else { continue };
        let Some(evaluator) = Evaluator::for_resource(object.group(), resource, settings) else { continue };
        if !quota.hard.keys().any(|name| evaluator.counts(name)) {
            continue;
        }
        let mut value = value_of(object);
        crate::defaults::object(&mut value, &gates);
        if !quota.matches(&evaluator, &value) {
            continue;
        }
        let mut usage = evaluator.usage(&value);
        usage.retain(|name, _| quota.hard.contains_key(name));
        add(&mut used, &usage);
    }
    used
}

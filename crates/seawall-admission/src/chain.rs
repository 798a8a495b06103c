//! The chain: defaulting, the plugins that may change the object, its own validation, the plugins that may not
//! (`k8s.io/apiserver/pkg/endpoints/handlers/create.go`, `pkg/registry/rest/create.go`).

use crate::defaults;
use crate::outcome::{Denial, Doubt, Outcome, Verdict};
use crate::pass::Pass;
use crate::plugin::{self, PLUGINS};
use crate::request::{Operation, Request};
use crate::settings::Settings;
use crate::stored::Stored;
use crate::validate;
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};

/// What kube-apiserver answers to `request` in this cluster.
pub fn admit(request: &Request, stored: Stored<'_>, settings: &Settings<'_>) -> Outcome {
    let object = request.object.clone().unwrap_or(Value::Null);
    let mut pass = Pass {
        request,
        stored,
        settings,
        object,
        warnings: Vec::new(),
        annotations: BTreeMap::new(),
        doubts: Vec::new(),
        arithmetic: Vec::new(),
    };
    let broken = settings.broken.iter().filter(|(plugin, _)| settings.runs(plugin));
    for (plugin, why) in settings.unsure.iter().chain(broken) {
        pass.doubt(plugin, why.clone());
    }
    let result = run(&mut pass);
    finish(pass, result)
}

fn run(pass: &mut Pass<'_>) -> Result<(), Denial> {
    if pass.request.object.is_some() {
        validate::decode(pass)?;
        // What the decoder drops is gone before anything looks at the object.
        defaults::prune(&mut pass.object, pass.settings.version);
        defaults::object(&mut pass.object, &defaults::Gates::of(pass.settings));
        defaults::metadata(&mut pass.object, pass.request);
    }
    for &name in &pass.settings.plugins {
        match PLUGINS.iter().find(|plugin| plugin.name == name) {
            Some(plugin) => {
                if let Some(admit) = plugin.admit {
                    admit(pass)?;
                }
            }
            None => {
                if let Some(why) = plugin::unmodelled(name, pass) {
                    pass.doubt(name, why);
                }
            }
        }
    }
    if matches!(pass.request.operation, Operation::Create | Operation::Update) {
        defaults::prepare(pass);
        validate::object(pass)?;
    }
    let turns = pass.settings.plugins.iter().filter_map(|name| PLUGINS.iter().find(|one| one.name == *name));
    for validate in turns.filter_map(|plugin| plugin.validate) {
        validate(pass)?;
    }
    Ok(())
}

fn finish(pass: Pass<'_>, result: Result<(), Denial>) -> Outcome {
    let verdict = match result {
        Err(denial) => Verdict::Denied(denial),
        Ok(()) if pass.doubts.iter().any(|doubt: &Doubt| doubt.decides) => Verdict::Unknown,
        Ok(()) => Verdict::Allowed,
    };
    let mut object = pass.object;
    if !matches!(verdict, Verdict::Denied(_)) {
        // What is read back from the store, in a dry run too, has gone through defaulting once more.
        defaults::object(&mut object, &defaults::Gates::of(pass.settings));
    }
    defaults::prune(&mut object, pass.settings.version);
    Outcome {
        verdict,
        warnings: deduplicated(pass.warnings),
        audit_annotations: pass.annotations,
        object: pass.request.object.is_some().then_some(object),
        doubts: pass.doubts,
        arithmetic: pass.arithmetic,
    }
}

/// All warnings together may have this many bytes before each is cut (`pkg/endpoints/filters/warning.go`).
const MOST_WARNINGS: usize = 4 * 1024;
/// Where each is cut then.
const CUT_WARNING: usize = 256;

/// As the warning recorder sends them: each once, cut where they are too long together.
fn deduplicated(warnings: Vec<String>) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut warnings: Vec<String> =
        warnings.into_iter().filter(|warning| !warning.is_empty() && seen.insert(warning.clone())).collect();
    if warnings.iter().map(String::len).sum::<usize>() > MOST_WARNINGS {
        for warning in &mut warnings {
            let mut end = CUT_WARNING.min(warning.len());
            while !warning.is_char_boundary(end) {
                end -= 1;
            }
            warning.truncate(end);
        }
        let mut left = MOST_WARNINGS;
        warnings.retain(|warning| {
            let fits = warning.len() <= left;
            left = if fits { left - warning.len() } else { 0 };
            fits
        });
    }
    warnings
}

//! DefaultStorageClass and DefaultIngressClass (`plugin/pkg/admission/storage/storageclass/setdefault`,
//! `plugin/pkg/admission/network/defaultingressclass`).

use super::Plugin;
use crate::json::{Json, set};
use crate::pass::{Pass, Step};
use crate::request::Operation;
use seawall_model::WellKnown;

pub(super) const STORAGE: Plugin =
    Plugin { name: "DefaultStorageClass", admit: Some(storage), validate: None };
pub(super) const INGRESS: Plugin =
    Plugin { name: "DefaultIngressClass", admit: Some(ingress), validate: None };

/// The newest class that is marked as default; of equally old ones the first by name.
fn default(pass: &mut Pass<'_>, by: &'static str, kind: WellKnown, marks: &[&str]) -> Option<String> {
    if pass.stored.coverage.is_closed()
        && let Some(why) = pass.stored.gap(kind, None)
    {
        let why = format!("a default {} may be there: {why}", kind.name());
        pass.vague(by, why);
    }
    let marked = pass
        .stored
        .cluster
        .of(kind)
        .filter(|class| marks.iter().any(|mark| class.annotation(mark) == Some("true")));
    let newest = marked.min_by(|one, other| {
        let time = |object: &seawall_model::Object| {
            object
                .root()
                .get("metadata")
                .and_then(|metadata| metadata.get("creationTimestamp"))
                .map(|at| at.text().to_owned())
        };
        time(other).cmp(&time(one)).then_with(|| one.name().cmp(other.name()))
    });
    newest.map(|class| class.name().to_owned())
}

fn storage(pass: &mut Pass<'_>) -> Step {
    let has = pass.object.at("spec.storageClassName").is_some()
        || pass.object.entry("metadata.annotations", "volume.beta.kubernetes.io/storage-class").is_some();
    if !pass.request.is("", "persistentvolumeclaims") || pass.request.operation != Operation::Create || has {
        return Ok(());
    }
    let marks =
        ["storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"];
    if let Some(name) = default(pass, "DefaultStorageClass", WellKnown::StorageClass, &marks) {
        set(&mut pass.object, "spec.storageClassName", name);
    }
    Ok(())
}

fn ingress(pass: &mut Pass<'_>) -> Step {
    let has = pass.object.at("spec.ingressClassName").is_some()
        || pass.object.entry("metadata.annotations", "kubernetes.io/ingress.class").is_some();
    if !pass.request.is("networking.k8s.io", "ingresses")
        || pass.request.operation != Operation::Create
        || has
    {
        return Ok(());
    }
    let marks = ["ingressclass.kubernetes.io/is-default-class"];
    if let Some(name) = default(pass, "DefaultIngressClass", WellKnown::IngressClass, &marks) {
        set(&mut pass.object, "spec.ingressClassName", name);
    }
    Ok(())
}

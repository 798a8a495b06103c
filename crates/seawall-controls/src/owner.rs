//! Pods of a cluster are mostly copies: what is wrong with a Deployment is wrong with each of its pods, and said once.

use crate::World;
use seawall_model::{Object, WellKnown};
use seawall_yaml::NodeRef;
use std::sync::Arc;

/// What the API server, its admission plugins, controllers and the scheduler write into pods beside what the template
/// says, and no control of pods asks for: where a pod runs, and what follows from that.
const ADDED: [&str; 14] = [
    "affinity",
    "enableServiceLinks",
    "hostname",
    "imagePullSecrets",
    "nodeName",
    "nodeSelector",
    "preemptionPolicy",
    "priority",
    "schedulerName",
    "schedulingGates",
    "serviceAccount",
    "subdomain",
    "terminationGracePeriodSeconds",
    "tolerations",
];

/// Where the token of a service account is mounted (`plugin/pkg/admission/serviceaccount`).
const TOKEN_MOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";
const TOKEN_VOLUME: &str = "kube-api-access-";

/// Whether an object of a cluster was made by a workload that is in the input, too, and its pods are as that one's
/// template says: then it is judged there. A pod that an admission plugin changed, or that got a debug container, is not.
pub fn follows_owner(object: &Arc<Object>, world: &World) -> bool {
    if object.live().is_none() {
        return false;
    }
    let Some(owner) = controller(object, world) else { return false };
    let (mut own, mut theirs) = (object.pods(), owner.pods());
    let (Some(pod), None) = (own.next(), own.next()) else { return false };
    let (Some(template), None) = (theirs.next(), theirs.next()) else { return false };
    let spec = |at: seawall_model::PodAt<'_>| text(at.at().nearest().get("spec"));
    spec(pod) == spec(template)
}

/// The object that controls another, if it is in the input.
pub(crate) fn controller<'w>(object: &Object, world: &'w World) -> Option<&'w Arc<Object>> {
    let reference = object.controller()?;
    let word = |key: &str| reference.get(key).and_then(|value| value.as_str());
    let group = word("apiVersion")?.rsplit_once('/').map_or("", |(group, _)| group);
    let kind = WellKnown::of(group, word("kind")?);
    let owner = world.cluster().find(kind, object.namespace(), word("name")?)?;
    (kind != WellKnown::Other && owner.uid() == word("uid")).then_some(owner)
}

/// The spec of a pod as text, without what others add to it.
fn text(spec: Option<NodeRef<'_>>) -> String {
    let mut out = String::new();
    let Some(spec) = spec else { return out };
    let mut entries: Vec<_> = spec.entries().filter(|(key, _)| !ADDED.contains(&key.text())).collect();
    entries.sort_by_key(|(key, _)| key.text());
    for (key, value) in entries {
        match key.text() {
            // What a pod without one gets.
            "serviceAccountName" if value.text() == "default" => {}
            "volumes" => {
                let is_token = |one: &NodeRef<'_>| {
                    one.get("name").is_some_and(|name| name.text().starts_with(TOKEN_VOLUME))
                };
                let volumes: Vec<_> = value.items().filter(|one| !is_token(one)).collect();
                volumes.into_iter().for_each(|one| one.write_json(&mut out));
            }
            "containers" | "initContainers" | "ephemeralContainers" => {
                out.push_str(key.text());
                value.items().for_each(|one| container(one, &mut out));
            }
            key => {
                out.push_str(key);
                value.write_json(&mut out);
            }
        }
    }
    out
}

fn container(container: NodeRef<'_>, out: &mut String) {
    let mut entries: Vec<_> = container.entries().collect();
    entries.sort_by_key(|(key, _)| key.text());
    out.push('{');
    for (key, value) in entries {
        if key.text() == "volumeMounts" {
            let is_token =
                |one: &NodeRef<'_>| one.get("mountPath").is_some_and(|path| path.text() == TOKEN_MOUNT);
            value.items().filter(|one| !is_token(one)).for_each(|one| one.write_json(out));
        } else {
            out.push_str(key.text());
            value.write_json(out);
        }
    }
    out.push('}');
}

#[cfg(test)]
mod tests {
    use super::*;
    use seawall_model::{Cluster, Live, Origin, Version, objects_of};
    use seawall_world::Coverage;
    use seawall_yaml::{Source, parse_documents};

    const SET: &str = r#"{"apiVersion":"apps/v1","kind":"ReplicaSet","metadata":{"name":"web","namespace":"shop","uid":"u"},
        "spec":{"template":{"spec":{"containers":[{"name":"app","image":"a"}]}}}}"#;

    fn pod(spec: &str, uid: &str) -> String {
        format!(
            r#"{{"apiVersion":"v1","kind":"Pod","metadata":{{"name":"web-1","namespace":"shop","ownerReferences":[
            {{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web","uid":"{uid}","controller":true}}]}},"spec":{spec}}}"#
        )
    }

    fn follows(text: &str) -> bool {
        let origin = Origin::Live(Arc::new(Live::default()));
        let documents = [SET, text].map(|text| parse_documents(&Source::new("x", text)).remove(0).unwrap());
        let objects = documents.map(|one| Arc::new(objects_of(&Arc::new(one), &origin).unwrap().remove(0)));
        let world = World::new(Cluster::new(objects.iter().cloned()), Version::NEWEST, Coverage::closed());
        assert!(!follows_owner(&objects[0], &world));
        follows_owner(&objects[1], &world)
    }

    #[test]
    fn pods_as_their_template_says() {
        let scheduled = r#"{"nodeName":"n1","serviceAccountName":"default","tolerations":[{"key":"x"}],
            "volumes":[{"name":"kube-api-access-x","projected":{}}],"containers":[{"name":"app","image":"a",
            "volumeMounts":[{"name":"kube-api-access-x","mountPath":"/var/run/secrets/kubernetes.io/serviceaccount"}]}]}"#;
        assert!(follows(&pod(scheduled, "u")));
        assert!(!follows(&pod(scheduled, "another")), "the owner is gone, and another has its name");
        for changed in [
            r#"{"containers":[{"name":"app","image":"b"}]}"#,
            r#"{"hostPID":true,"containers":[{"name":"app","image":"a"}]}"#,
            r#"{"containers":[{"name":"app","image":"a"},{"name":"injected","image":"c"}]}"#,
            r#"{"containers":[{"name":"app","image":"a"}],"ephemeralContainers":[{"name":"debug","image":"c"}]}"#,
            r#"{"containers":[{"name":"app","image":"a","securityContext":{"privileged":true}}]}"#,
            r#"{"containers":[{"name":"app","image":"a"}],"volumes":[{"name":"v","hostPath":{"path":"/"}}]}"#,
        ] {
            assert!(!follows(&pod(changed, "u")), "{changed}");
        }
    }
}

//! Puts worlds into the API server, waits until its authorizer knows them, and takes them out again.

use super::world::{LABEL, NAMESPACES, World};
use crate::kube::{Answer, Pool, Request};
use anyhow::{Context, Result, bail};
use seawall_auth::rbac::{PolicyRule, Rbac, rules_of};
use seawall_model::{Cluster, Object, Origin, WellKnown, objects_of};
use seawall_yaml::{Source, parse_one};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

const API: &str = "/apis/rbac.authorization.k8s.io/v1";
/// How long controllers and caches may take.
const PATIENCE: Duration = Duration::from_secs(60);
const REVIEWS: &str = "/apis/authorization.k8s.io/v1/subjectaccessreviews";

/// Makes the namespaces that worlds use.
pub(crate) fn prepare(pool: &mut Pool) -> Result<()> {
    for namespace in NAMESPACES {
        let body = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}});
        let answer = pool.send(&Request::json("POST", "/api/v1/namespaces", &body))?;
        if answer.status != 409 {
            answer.successful(namespace)?;
        }
    }
    Ok(())
}

/// Creates the objects of a world and waits until the authorizer sees all of them. Returns what the server then
/// holds: every role and binding, its own too.
pub(crate) fn load(pool: &mut Pool, world: &World) -> Result<Vec<Value>> {
    let requests: Vec<Request> = world.objects.iter().map(create).collect();
    for (answer, object) in pool.send_all(&requests)?.into_iter().zip(&world.objects) {
        answer.successful(&object.to_string())?;
    }
    let end = Instant::now() + PATIENCE;
    let stored = loop {
        let stored = stored(pool)?;
        match unfilled(&cluster(&stored)?) {
            None => break stored,
            Some(what) if Instant::now() > end => bail!("aggregation differs: {what}"),
            Some(_) => sleep(Duration::from_millis(30)),
        }
    };
    mark(pool, world)?;
    Ok(stored)
}

/// Deletes a world.
pub(crate) fn wipe(pool: &mut Pool, world: &World) -> Result<()> {
    let mut paths: Vec<String> = vec!["clusterrolebindings".into(), "clusterroles".into()];
    for namespace in NAMESPACES {
        paths.push(format!("namespaces/{namespace}/rolebindings"));
        paths.push(format!("namespaces/{namespace}/roles"));
    }
    let selector = format!("{LABEL}%20in%20({0},marker-{0})", world.id);
    let delete = |path: &String| Request::new("DELETE", format!("{API}/{path}?labelSelector={selector}"));
    let requests: Vec<Request> = paths.iter().map(delete).collect();
    for answer in pool.send_all(&requests)? {
        answer.successful("deleting a world")?;
    }
    Ok(())
}

/// The objects as seawall holds them.
pub(crate) fn cluster(objects: &[Value]) -> Result<Cluster> {
    let list = json!({"apiVersion": "v1", "kind": "List", "items": objects});
    let document = parse_one(&Source::new("world.json", list.to_string())).context("parsing a world")?;
    let objects: Vec<Object> = objects_of(&Arc::new(document), &Origin::File).context("no objects")?;
    Ok(Cluster::new(objects.into_iter().map(Arc::new)))
}

/// One object as seawall holds it.
pub(crate) fn object_of(object: &Value) -> Result<Arc<Object>> {
    let document = parse_one(&Source::new("object.json", object.to_string())).context("parsing an object")?;
    let objects = objects_of(&Arc::new(document), &Origin::File).context("no object")?;
    Ok(Arc::new(objects.into_iter().next().context("no object")?))
}

/// The path of the collection that a role or binding belongs to.
pub(crate) fn collection(object: &Value) -> String {
    let resource = match object["kind"].as_str().unwrap_or_default() {
        "ClusterRole" => "clusterroles",
        "ClusterRoleBinding" => "clusterrolebindings",
        "Role" => "roles",
        _ => "rolebindings",
    };
    match object["metadata"]["namespace"].as_str() {
        Some(namespace) => format!("{API}/namespaces/{namespace}/{resource}"),
        None => format!("{API}/{resource}"),
    }
}

fn create(object: &Value) -> Request {
    Request::json("POST", collection(object), object)
}

/// All roles and bindings of the server.
pub(crate) fn stored(pool: &mut Pool) -> Result<Vec<Value>> {
    let kinds = [
        ("clusterroles", "ClusterRole"),
        ("clusterrolebindings", "ClusterRoleBinding"),
        ("roles", "Role"),
        ("rolebindings", "RoleBinding"),
    ];
    let requests: Vec<Request> =
        kinds.iter().map(|(resource, _)| Request::new("GET", format!("{API}/{resource}"))).collect();
    let mut out = Vec::new();
    for (answer, (_, kind)) in pool.send_all(&requests)?.into_iter().zip(kinds) {
        let mut list: Value = answer.successful(kind)?.json()?;
        for mut object in list["items"].as_array_mut().map(std::mem::take).unwrap_or_default() {
            object["apiVersion"] = "rbac.authorization.k8s.io/v1".into();
            object["kind"] = kind.into();
            if let Some(metadata) = object["metadata"].as_object_mut() {
                metadata.remove("managedFields");
            }
            out.push(object);
        }
    }
    Ok(out)
}

/// An aggregated role whose rules, as a set, are not those that its selectors give.
fn unfilled(cluster: &Cluster) -> Option<String> {
    let index = Rbac::new(cluster);
    let roles = cluster.of(WellKnown::ClusterRole);
    let aggregated =
        roles.filter(|role| role.root().get("aggregationRule").is_some_and(|rule| rule.is_mapping()));
    for role in aggregated {
        let filled = rule_set(role);
        let expected: BTreeSet<String> = index.sources(role).into_iter().flat_map(rule_set).collect();
        if filled != expected {
            return Some(format!("{}: the server has {filled:?}, expected is {expected:?}", role.name()));
        }
    }
    None
}

fn rule_set(role: &Arc<Object>) -> BTreeSet<String> {
    rules_of(role)
        .map(|rule| {
            let lists: [Vec<&str>; 5] = [
                rule.verbs().collect(),
                rule.api_groups().collect(),
                rule.resources().collect(),
                rule.resource_names().collect(),
                rule.non_resource_urls().collect(),
            ];
            format!("{lists:?}")
        })
        .collect()
}

/// Creates one object of each kind after all others and waits until a question shows that the authorizer knows them:
/// each kind reaches it in order, so it then knows everything earlier too, deletions included.
fn mark(pool: &mut Pool, world: &World) -> Result<()> {
    let user = format!("marker-{}", world.id);
    let metadata = |namespace: Option<&str>| {
        // The name as the label: no selector of the world means it.
        let mut metadata = json!({"name": user, "labels": {LABEL: user}});
        if let Some(namespace) = namespace {
            metadata["namespace"] = namespace.into();
        }
        metadata
    };
    let object = |kind: &str, namespace: Option<&str>, rest: Value| {
        let mut object = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": metadata(namespace)});
        for (key, value) in rest.as_object().into_iter().flatten() {
            object[key] = value.clone();
        }
        object
    };
    let bound = |kind: &str| {
        json!({
            "subjects": [{"kind": "User", "name": user}],
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": user},
        })
    };
    let here = Some(NAMESPACES[0]);
    let objects = [
        object("ClusterRole", None, json!({"rules": [{"verbs": ["get"], "nonResourceURLs": ["/marker"]}]})),
        object("ClusterRoleBinding", None, bound("ClusterRole")),
        object(
            "Role",
            here,
            json!({"rules": [{"verbs": ["get"], "apiGroups": ["marker"], "resources": ["markers"]}]}),
        ),
        object("RoleBinding", here, bound("Role")),
    ];
    for object in &objects {
        pool.send(&create(object))?.successful("creating a marker")?;
    }
    let review = |rest: Value| {
        let mut spec = json!({"user": user});
        for (key, value) in rest.as_object().into_iter().flatten() {
            spec[key] = value.clone();
        }
        let body =
            json!({"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec});
        Request::json("POST", REVIEWS, &body)
    };
    let questions = [
        review(json!({"nonResourceAttributes": {"path": "/marker", "verb": "get"}})),
        review(
            json!({"resourceAttributes": {"namespace": here, "verb": "get", "group": "marker", "resource": "markers"}}),
        ),
    ];
    let end = Instant::now() + PATIENCE;
    for question in &questions {
        while !allowed(&pool.send(question)?)? {
            if Instant::now() > end {
                bail!("the authorizer does not see the world after {} s", PATIENCE.as_secs());
            }
            sleep(Duration::from_millis(10));
        }
    }
    Ok(())
}

fn allowed(answer: &Answer) -> Result<bool> {
    Ok(answer.json::<Value>()?["status"]["allowed"] == true)
}

//! ServiceAccount (`plugin/pkg/admission/serviceaccount/admission.go`).

use super::Plugin;
use crate::json::{Json, list_made, list_mut, set, value_of};
use crate::pass::{Pass, Step};
use crate::request::Operation;
use crate::stored::Found;
use seawall_model::WellKnown;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const NAME: &str = "ServiceAccount";
const MOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";
const VOLUME: &str = "kube-api-access-";
const MIRROR: &str = "kubernetes.io/config.mirror";
const ENFORCE: &str = "kubernetes.io/enforce-mountable-secrets";

pub(super) const PLUGIN: Plugin = Plugin { name: NAME, admit: Some(admit), validate: Some(validate) };

fn admit(pass: &mut Pass<'_>) -> Step {
    if !pass.request.is_pod() || pass.request.operation != Operation::Create {
        return Ok(());
    }
    if pass.object.entry("metadata.annotations", MIRROR).is_some() {
        return validate(pass);
    }
    if pass.object.text("spec.serviceAccountName").is_empty() {
        set(&mut pass.object, "spec.serviceAccountName", "default");
    }
    let Some(account) = account(pass)? else { return Ok(()) };
    let wanted = pass.object.flag("spec.automountServiceAccountToken");
    if wanted.or_else(|| account.flag("automountServiceAccountToken")).unwrap_or(true) {
        mount_token(&mut pass.object);
    }
    if pass.object.list("spec.imagePullSecrets").is_empty() {
        let names = account.list("imagePullSecrets").iter();
        let secrets: Vec<Value> = names.map(|secret| json!({"name": secret.text("name")})).collect();
        if !secrets.is_empty() {
            set(&mut pass.object, "spec.imagePullSecrets", secrets);
        }
    }
    validate(pass)
}

/// The account of the pod; `None` where it may or may not be there. Every namespace has `default` sooner or later.
fn account(pass: &mut Pass<'_>) -> Result<Option<Value>, crate::Denial> {
    let namespace = pass.request.namespace.clone();
    let name = pass.object.text("spec.serviceAccountName").to_owned();
    match pass.stored.find(WellKnown::ServiceAccount, Some(&namespace), &name) {
        Found::Here(object) => Ok(Some(value_of(&object))),
        Found::Unknown(_) if name == "default" => Ok(Some(json!({"metadata": {"name": "default"}}))),
        Found::Unknown(why) => {
            pass.vague(NAME, why);
            Ok(None)
        }
        Found::Absent => {
            let text = format!(
                "error looking up service account {namespace}/{name}: serviceaccount \"{name}\" not found"
            );
            Err(pass.forbidden(NAME, &text, &["spec.serviceAccountName"]))
        }
    }
}

/// `mountServiceAccountToken`. The name that the server makes up ends in five random characters; here they are `x`.
fn mount_token(pod: &mut Value) {
    let known = pod.list("spec.volumes").iter().map(|volume| volume.text("name"));
    let known = known.into_iter().find(|name| name.starts_with(VOLUME)).map(str::to_owned);
    let name = known.clone().unwrap_or_else(|| format!("{VOLUME}xxxxx"));
    let mut needed = false;
    for path in ["spec.initContainers", "spec.containers"] {
        for container in list_mut(pod, path) {
            if container.list("volumeMounts").iter().any(|mount| mount.text("mountPath") == MOUNT) {
                continue;
            }
            let mount = json!({"name": name, "readOnly": true, "mountPath": MOUNT});
            list_made(container, "volumeMounts").push(mount);
            needed = true;
        }
    }
    if known.is_none() && needed {
        list_made(pod, "spec.volumes").push(json!({"name": name, "projected": {
            "sources": [
                {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
                {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
                {"downwardAPI": {"items": [
                    {"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}
                ]}},
            ],
            "defaultMode": 420,
        }}));
    }
}

fn validate(pass: &mut Pass<'_>) -> Step {
    let request = pass.request;
    if !request.is_of("", "pods") || request.object.is_none() {
        return Ok(());
    }
    let ephemeral = request.operation == Operation::Update && request.subresource == "ephemeralcontainers";
    if !ephemeral && (request.operation != Operation::Create || !request.subresource.is_empty()) {
        return Ok(());
    }
    if !ephemeral && pass.object.entry("metadata.annotations", MIRROR).is_some() {
        return mirror(pass);
    }
    if pass.object.text("spec.serviceAccountName").is_empty() {
        let text = format!(
            "no service account specified for pod {}/{}",
            request.namespace,
            pass.object.text("metadata.name")
        );
        return Err(pass.forbidden(NAME, &text, &["spec"]));
    }
    let Some(account) = account(pass)? else { return Ok(()) };
    let enforced = account
        .entry("metadata.annotations", ENFORCE)
        .is_some_and(|text| matches!(text, "1" | "t" | "T" | "TRUE" | "true" | "True"));
    let refused = if enforced { secrets(&pass.object, &account, ephemeral) } else { None };
    match refused {
        Some((text, field)) => Err(pass.forbidden(NAME, &text, &[&field])),
        None => Ok(()),
    }
}

/// What a mirror pod may not hold.
fn mirror(pass: &Pass<'_>) -> Step {
    let pod = &pass.object;
    if !pod.text("spec.serviceAccountName").is_empty() {
        return Err(pass.forbidden(
            NAME,
            "a mirror pod may not reference service accounts",
            &["spec.serviceAccountName"],
        ));
    }
    if names_a_secret(pod) {
        return Err(pass.forbidden(NAME, "a mirror pod may not reference secrets", &["spec"]));
    }
    let projections = pod.list("spec.volumes").iter().flat_map(|volume| volume.list("projected.sources"));
    if projections.into_iter().any(|source| source.at("serviceAccountToken").is_some()) {
        let text = "a mirror pod may not use ServiceAccountToken volume projections";
        return Err(pass.forbidden(NAME, text, &["spec.volumes"]));
    }
    Ok(())
}

/// `VisitPodSecretNames` (`pkg/api/pod/util.go`).
pub(super) fn names_a_secret(pod: &Value) -> bool {
    const OF_VOLUMES: [&str; 8] = [
        "azureFile.secretName",
        "cephfs.secretRef",
        "flexVolume.secretRef",
        "rbd.secretRef",
        "secret.secretName",
        "scaleIO.secretRef",
        "iscsi.secretRef",
        "storageos.secretRef",
    ];
    let is_there = |value: &Value, path: &str| match value.at(path) {
        Some(Value::String(text)) => !text.is_empty(),
        other => other.is_some(),
    };
    let volume_names = |volume: &Value| {
        OF_VOLUMES.iter().any(|path| is_there(volume, path))
            || is_there(volume, "csi.nodePublishSecretRef")
            || volume.list("projected.sources").iter().any(|source| source.at("secret").is_some())
    };
    let container_names = |container: &Value| {
        container.list("envFrom").iter().any(|from| from.at("secretRef").is_some())
            || container.list("env").iter().any(|env| env.at("valueFrom.secretKeyRef").is_some())
    };
    !pod.list("spec.imagePullSecrets").is_empty()
        || pod.list("spec.volumes").iter().any(volume_names)
        || ["spec.containers", "spec.initContainers", "spec.ephemeralContainers"]
            .into_iter()
            .any(|list| pod.list(list).iter().any(container_names))
}

/// `limitSecretReferences`: the text of the first secret that the account does not name, and where it stands.
fn secrets(pod: &Value, account: &Value, ephemeral: bool) -> Option<(String, String)> {
    let named = |list: &str| -> BTreeSet<String> {
        account.list(list).iter().map(|secret| secret.text("name").to_owned()).collect()
    };
    let (mountable, owner) = (named("secrets"), account.text("metadata.name"));
    let end = format!("is not allowed because service account {owner} does not reference that secret");
    if ephemeral {
        return of_containers(pod, "ephemeralContainers", "ephemeral container", &mountable, &end);
    }
    for (index, volume) in pod.list("spec.volumes").iter().enumerate() {
        let Some(name) = volume.at("secret").map(|secret| secret.text("secretName")) else { continue };
        if !mountable.contains(name) {
            let text = format!("volume with secret.secretName=\"{name}\" {end}");
            return Some((text, format!("spec.volumes[{index}].secret.secretName")));
        }
    }
    let lists = [("initContainers", "init container"), ("containers", "container")];
    if let Some(found) =
        lists.into_iter().find_map(|(list, word)| of_containers(pod, list, word, &mountable, &end))
    {
        return Some(found);
    }
    let pull = named("imagePullSecrets");
    pod.list("spec.imagePullSecrets").iter().enumerate().find_map(|(index, secret)| {
        let name = secret.text("name");
        let field = format!("imagePullSecrets[{index}].name");
        let text = format!("{field}=\"{name}\" is not allowed because service account {owner} does not reference that imagePullSecret");
        (!pull.contains(name)).then(|| (text, format!("spec.{field}")))
    })
}

fn of_containers(
    pod: &Value,
    list: &str,
    word: &str,
    mountable: &BTreeSet<String>,
    end: &str,
) -> Option<(String, String)> {
    for (index, container) in pod.list(&format!("spec.{list}")).iter().enumerate() {
        let own = container.text("name");
        for (at, env) in container.list("env").iter().enumerate() {
            let Some(secret) = env.at("valueFrom.secretKeyRef").map(|secret| secret.text("name")) else {
                continue;
            };
            if !mountable.contains(secret) {
                let env = env.text("name");
                let text = format!(
                    "{word} {own} with envVar {env} referencing secret.secretName=\"{secret}\" {end}"
                );
                return Some((text, format!("spec.{list}[{index}].env[{at}]")));
            }
        }
        for (at, from) in container.list("envFrom").iter().enumerate() {
            let Some(secret) = from.at("secretRef").map(|secret| secret.text("name")) else { continue };
            if !mountable.contains(secret) {
                let text =
                    format!("{word} {own} with envFrom referencing secret.secretName=\"{secret}\" {end}");
                return Some((text, format!("spec.{list}[{index}].envFrom[{at}]")));
            }
        }
    }
    None
}

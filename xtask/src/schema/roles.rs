//! The roles and bindings that every API server makes for itself, of all releases as text. They are read from the
//! fixtures of `plugin/pkg/auth/authorizer/rbac/bootstrappolicy`, which each release's own tests keep equal to what
//! `ClusterRoles`, `ControllerRoles` and their neighbours return with default feature gates.

use super::modules::{RELEASES, ranges};
use anyhow::{Context, Result, bail};
use seawall_yaml::{NodeRef, Source, parse_one};
use std::collections::BTreeMap;

const FILES: [&str; 6] = [
    "cluster-roles",
    "controller-roles",
    "namespace-roles",
    "cluster-role-bindings",
    "controller-role-bindings",
    "namespace-role-bindings",
];

const HEADER: &str = "\
# Made by `cargo xtask gen schema`: the bootstrap policy of each release with default feature gates.
# `Role` and `ClusterRole`: namespace, name, minors, labels aggregate-to-…, the label that it selects; then its rules,
# each a line that starts with a tab: verbs, groups, resources, names, URLs.
# `RoleBinding` and `ClusterRoleBinding`: namespace, name, minors, kind and name of the role, subjects as kind:name,
# those of service accounts as kind:namespace/name. Lists are separated by blanks; `~` is the empty text.
";

/// `rbac/built_in.txt` of `seawall-auth`.
pub(super) fn text() -> Result<String> {
    // By kind, namespace and name: what follows the minors, with the releases that have it so.
    type Forms = BTreeMap<String, u8>;
    let mut all: BTreeMap<(String, String, String), Forms> = BTreeMap::new();
    for release in RELEASES {
        let folder = release.kubernetes()?.join("plugin/pkg/auth/authorizer/rbac/bootstrappolicy/testdata");
        for file in FILES {
            let path = folder.join(format!("{file}.yaml"));
            let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            let document =
                parse_one(&Source::new(file, text)).map_err(|error| anyhow::anyhow!("{error:?}"))?;
            for item in document.root().get("items").into_iter().flat_map(NodeRef::items) {
                let metadata = |key| item.get("metadata").and_then(|m| m.get(key)).map_or("", NodeRef::text);
                let kind = item.get("kind").map_or("", NodeRef::text).to_owned();
                let form = match kind.as_str() {
                    "Role" | "ClusterRole" => role(item)?,
                    "RoleBinding" | "ClusterRoleBinding" => binding(item),
                    other => bail!("{file}: {other}"),
                };
                let key = (kind, metadata("namespace").to_owned(), metadata("name").to_owned());
                *all.entry(key).or_default().entry(form).or_default() |= release.bit();
            }
        }
    }
    let mut out = HEADER.to_owned();
    for ((kind, namespace, name), forms) in all {
        let mut forms: Vec<_> = forms.into_iter().collect();
        forms.sort_by_key(|(_, mask)| mask.trailing_zeros());
        for (form, mask) in forms {
            out.push_str(&format!("{kind}\t{namespace}\t{name}\t{}\t{form}\n", ranges(mask)));
        }
    }
    Ok(out)
}

fn role(item: NodeRef<'_>) -> Result<String> {
    let labels = item.get("metadata").and_then(|metadata| metadata.get("labels"));
    let carried: Vec<&str> = labels
        .into_iter()
        .flat_map(NodeRef::entries)
        .filter_map(|(key, _)| key.text().strip_prefix("rbac.authorization.k8s.io/aggregate-to-"))
        .collect();
    let mut selected = Vec::new();
    let selectors = item.get("aggregationRule").and_then(|rule| rule.get("clusterRoleSelectors"));
    for selector in selectors.into_iter().flat_map(NodeRef::items) {
        for (key, value) in selector.get("matchLabels").into_iter().flat_map(NodeRef::entries) {
            match key.text().strip_prefix("rbac.authorization.k8s.io/aggregate-to-") {
                Some(suffix) if value.text() == "true" => selected.push(suffix),
                _ => bail!("a selector of another form: {}", key.text()),
            }
        }
    }
    if selected.len() > 1 {
        bail!("several selectors");
    }
    let mut out = format!("{}\t{}", carried.join(" "), selected.join(" "));
    for rule in item.get("rules").into_iter().flat_map(NodeRef::items) {
        let lists = ["verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs"];
        let lists: Vec<String> = lists.into_iter().map(|key| words(rule.get(key))).collect();
        out.push_str(&format!("\n\t{}", lists.join("\t")));
    }
    Ok(out)
}

fn binding(item: NodeRef<'_>) -> String {
    let text = |node: NodeRef<'_>, key| node.get(key).map_or("", NodeRef::text).to_owned();
    let reference = item.get("roleRef");
    let subjects: Vec<String> = item
        .get("subjects")
        .into_iter()
        .flat_map(NodeRef::items)
        .map(|subject| match text(subject, "namespace").as_str() {
            "" => format!("{}:{}", text(subject, "kind"), text(subject, "name")),
            namespace => format!("{}:{namespace}/{}", text(subject, "kind"), text(subject, "name")),
        })
        .collect();
    let of = |key| reference.map(|node| text(node, key)).unwrap_or_default();
    format!("{}\t{}\t{}", of("kind"), of("name"), subjects.join(" "))
}

fn words(list: Option<NodeRef<'_>>) -> String {
    let words = list.into_iter().flat_map(NodeRef::items).map(NodeRef::text);
    words.map(|word| if word.is_empty() { "~" } else { word }).collect::<Vec<_>>().join(" ")
}

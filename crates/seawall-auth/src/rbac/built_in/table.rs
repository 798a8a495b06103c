//! Reads `built_in.txt`; its first lines say how it is made and what the columns are.

use super::StaticRule;
use seawall_model::Version;
use std::sync::OnceLock;

const TABLE: &str = include_str!("../built_in.txt");

/// A Role or ClusterRole in the versions that have it so.
pub(super) struct Role {
    pub(super) kind: &'static str,
    pub(super) namespace: &'static str,
    pub(super) name: &'static str,
    pub(super) minors: Minors,
    /// The aggregated roles that select it.
    pub(super) carried: Vec<&'static str>,
    /// What it selects itself, if it is aggregated.
    pub(super) selects: &'static str,
    pub(super) rules: &'static [StaticRule],
}

/// A RoleBinding or ClusterRoleBinding.
pub(super) struct Binding {
    pub(super) kind: &'static str,
    pub(super) namespace: &'static str,
    pub(super) name: &'static str,
    pub(super) role_kind: &'static str,
    pub(super) role: &'static str,
    /// Kind, namespace (of service accounts) and name.
    pub(super) subjects: Vec<(&'static str, &'static str, &'static str)>,
}

/// Minors such as `30-33,35-36`.
#[derive(Clone, Copy)]
pub(super) struct Minors(&'static str);

impl Minors {
    pub(super) fn has(self, version: Version) -> bool {
        self.0.split(',').filter_map(|range| range.split_once('-')).any(|(first, last)| {
            let (first, last) = (first.parse().unwrap_or(u8::MAX), last.parse().unwrap_or(0));
            (first..=last).contains(&version.minor())
        })
    }
}

/// All roles in all forms.
pub(super) fn roles() -> &'static [Role] {
    static ROLES: OnceLock<Vec<Role>> = OnceLock::new();
    ROLES.get_or_init(|| {
        let mut out = Vec::new();
        let mut lines = TABLE.lines().peekable();
        while let Some(line) = lines.next() {
            let [kind @ ("Role" | "ClusterRole"), namespace, name, minors, carried, selects, ..] =
                columns(line)
            else {
                continue;
            };
            let mut rules = Vec::new();
            while let Some(rule) = lines.next_if(|line| line.starts_with('\t')) {
                let [_, verbs, groups, resources, names, urls, _] = columns(rule);
                rules.push(StaticRule {
                    verbs: kept(verbs),
                    api_groups: kept(groups),
                    resources: kept(resources),
                    resource_names: kept(names),
                    non_resource_urls: kept(urls),
                });
            }
            out.push(Role {
                kind,
                namespace,
                name,
                minors: Minors(minors),
                carried: words(carried),
                selects,
                rules: Box::leak(rules.into_boxed_slice()),
            });
        }
        out
    })
}

/// The bindings of a version.
pub(super) fn bindings(version: Version) -> impl Iterator<Item = Binding> {
    TABLE.lines().filter_map(move |line| {
        let [
            kind @ ("RoleBinding" | "ClusterRoleBinding"),
            namespace,
            name,
            minors,
            role_kind,
            role,
            subjects,
        ] = columns(line)
        else {
            return None;
        };
        let subject = |text: &'static str| {
            let (kind, name) = text.split_once(':')?;
            let (namespace, name) = match kind {
                "ServiceAccount" => name.split_once('/')?,
                _ => ("", name),
            };
            Some((kind, namespace, name))
        };
        let subjects = words(subjects).into_iter().filter_map(subject).collect();
        Minors(minors).has(version).then_some(Binding { kind, namespace, name, role_kind, role, subjects })
    })
}

fn columns(line: &'static str) -> [&'static str; 7] {
    let mut columns = line.split('\t');
    [(); 7].map(|()| columns.next().unwrap_or(""))
}

fn words(text: &'static str) -> Vec<&'static str> {
    text.split_ascii_whitespace().map(|word| if word == "~" { "" } else { word }).collect()
}

/// The words of a list, kept for as long as the program runs: the table of roles is read once.
fn kept(text: &'static str) -> &'static [&'static str] {
    Box::leak(words(text).into_boxed_slice())
}

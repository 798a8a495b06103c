//! Frameworks: what they ask, and which controls decide it.
//!
//! The CIS table says for each number who can decide it; which controls do is said by the controls themselves
//! (`cis = […]`), so the two cannot drift apart.

use crate::{CATALOGUE, Control, Visit, World};
use seawall_model::WellKnown;
use std::collections::HashMap;
use std::sync::LazyLock;

const CIS: &str = include_str!("../frameworks/cis-1.12.tsv");
const NSA: &str = include_str!("../frameworks/nsa.tsv");

/// A framework.
#[derive(Clone, Debug)]
pub struct Framework {
    /// The id that `--framework` takes.
    pub id: &'static str,
    /// The name people know it by.
    pub title: &'static str,
    /// What it asks, in its own order.
    pub requirements: Vec<Requirement>,
}

/// One requirement of a framework.
#[derive(Clone, Debug)]
pub struct Requirement {
    /// Its number or id.
    pub id: &'static str,
    /// What it asks, in our own words.
    pub title: &'static str,
    /// Who decides it.
    pub decided_by: DecidedBy,
}

/// Who decides a requirement.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum DecidedBy {
    /// These controls, sorted by id.
    Controls(Vec<&'static str>),
    /// A look at files of a node.
    NeedsNode,
    /// A person.
    Manual,
}

impl Requirement {
    /// The controls that decide it.
    pub fn controls(&self) -> &[&'static str] {
        match &self.decided_by {
            DecidedBy::Controls(controls) => controls,
            _ => &[],
        }
    }
}

static FRAMEWORKS: LazyLock<Vec<Framework>> = LazyLock::new(|| {
    vec![
        Framework { id: "cis-1.12", title: "CIS Kubernetes Benchmark 1.12", requirements: cis() },
        Framework {
            id: "nsa",
            title: "NSA/CISA Kubernetes Hardening Guidance 1.2",
            requirements: rows(NSA).filter_map(listed).collect(),
        },
        Framework {
            id: "pss-baseline",
            title: "Pod Security Standard: baseline",
            requirements: pod_security(&["baseline"]),
        },
        Framework {
            id: "pss-restricted",
            title: "Pod Security Standard: restricted",
            requirements: pod_security(&["baseline", "restricted"]),
        },
    ]
});

/// All frameworks.
pub fn all() -> &'static [Framework] {
    &FRAMEWORKS
}

/// The framework with this id.
pub fn find(id: &str) -> Option<&'static Framework> {
    FRAMEWORKS.iter().find(|framework| framework.id == id)
}

/// The 131 recommendations of the CIS Kubernetes Benchmark 1.12.
pub fn cis_1_12() -> &'static [Requirement] {
    find("cis-1.12").map_or(&[], |framework| &framework.requirements)
}

/// Whether `world` holds anything that the control looks at. Where nothing is concerned, silence is no pass.
pub fn concerns(control: &Control, world: &World) -> bool {
    let cluster = world.cluster();
    let component =
        |wanted: &str| world.components().iter().any(|component| wanted == area_of(component.kind()));
    match control.visit {
        Visit::Container(_) | Visit::Pod(_) => cluster.objects().any(|object| object.pods().next().is_some()),
        Visit::Object(_) => !cluster.is_empty(),
        Visit::Namespace(_) => {
            let kinds = crate::target::DESCRIBING.into_iter().chain([WellKnown::Namespace]);
            kinds.into_iter().any(|kind| cluster.of(kind).next().is_some())
        }
        Visit::World(_) if control.area() == "etcd" => component("etcd") || component("apiserver"),
        Visit::World(_) => !cluster.is_empty(),
        Visit::Component(_) => world.components().iter().next().is_some(),
        visit if visit.is_of_component() => component(control.area()),
        visit => visit.kinds().iter().any(|&kind| cluster.of(kind).next().is_some()),
    }
}

fn area_of(kind: seawall_model::ComponentKind) -> &'static str {
    use seawall_model::ComponentKind::*;
    match kind {
        ApiServer => "apiserver",
        ControllerManager => "controller_manager",
        Scheduler => "scheduler",
        Etcd => "etcd",
        Kubelet => "kubelet",
        KubeProxy => "kube_proxy",
    }
}

/// The rows of a table: three columns.
fn rows(table: &'static str) -> impl Iterator<Item = [&'static str; 3]> {
    table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut columns = line.split('\t');
        Some([columns.next()?, columns.next()?, columns.next()?])
    })
}

fn cis() -> Vec<Requirement> {
    let mut controls: HashMap<&str, Vec<&'static str>> = HashMap::new();
    for control in CATALOGUE {
        for id in control.cis {
            controls.entry(id).or_default().push(control.id);
        }
    }
    let requirement = |[id, who, title]: [&'static str; 3]| {
        let decided_by = match (controls.remove(id), who) {
            (Some(list), _) => DecidedBy::Controls(list),
            (None, "node") => DecidedBy::NeedsNode,
            (None, _) => DecidedBy::Manual,
        };
        Requirement { id, title, decided_by }
    };
    rows(CIS).map(requirement).collect()
}

fn listed([id, who, title]: [&'static str; 3]) -> Option<Requirement> {
    let decided_by = match who {
        "@node" => DecidedBy::NeedsNode,
        "@manual" => DecidedBy::Manual,
        list => {
            DecidedBy::Controls(list.split(' ').filter_map(crate::find).map(|control| control.id).collect())
        }
    };
    Some(Requirement { id, title, decided_by })
}

/// Every control of these levels is a requirement of its own.
fn pod_security(levels: &[&str]) -> Vec<Requirement> {
    let of_level = |control: &&&Control| control.pss.is_some_and(|level| levels.contains(&level));
    let requirement = |control: &&'static Control| Requirement {
        id: control.id,
        title: control.finds.split(['.', ':', '\n']).next().unwrap_or(control.finds),
        decided_by: DecidedBy::Controls(vec![control.id]),
    };
    CATALOGUE.iter().filter(of_level).map(requirement).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_number_that_a_control_names_exists() {
        let numbers: BTreeSet<&str> = rows(CIS).map(|[id, ..]| id).collect();
        assert_eq!(numbers.len(), 131);
        for control in CATALOGUE {
            for id in control.cis {
                assert!(numbers.contains(id), "{}: no CIS recommendation {id}", control.id);
            }
        }
    }

    #[test]
    fn decided_lists_are_what_the_controls_say() {
        for requirement in cis_1_12() {
            let claimed: Vec<_> =
                CATALOGUE.iter().filter(|c| c.cis.contains(&requirement.id)).map(|c| c.id).collect();
            assert_eq!(requirement.controls(), claimed, "{}", requirement.id);
        }
        // What the table promises is kept, and nothing is decided that the table leaves to people.
        for [id, who, _] in rows(CIS) {
            let decided = CATALOGUE.iter().any(|control| control.cis.contains(&id));
            assert_eq!(who == "controls", decided, "{id} is for `{who}`");
        }
        let decided = cis_1_12().iter().filter(|one| !one.controls().is_empty()).count();
        assert!(decided >= 75, "only {decided} of 131 are decided");
    }

    #[test]
    fn other_frameworks_name_controls_that_exist() {
        for [id, who, _] in rows(NSA).filter(|[_, who, _]| !who.starts_with('@')) {
            for control in who.split(' ') {
                assert!(crate::find(control).is_some(), "{id}: no control {control}");
            }
        }
        for id in ["nsa", "pss-baseline", "pss-restricted"] {
            assert!(find(id).unwrap().requirements.iter().any(|one| !one.controls().is_empty()), "{id}");
        }
        let (baseline, restricted) = (find("pss-baseline").unwrap(), find("pss-restricted").unwrap());
        assert!(baseline.requirements.len() < restricted.requirements.len());
    }
}

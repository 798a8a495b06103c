//! Random worlds, random questions, and the same answers as upstream's form.

use super::brute;
use super::*;
use crate::rbac::SubjectKind;
use std::fmt::Write;

pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }
    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % bound
    }
    pub(super) fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
    fn some(&mut self, words: &[&str], most: usize) -> String {
        let words: Vec<String> =
            (0..self.below(most * 4).div_ceil(4)).map(|_| format!("'{}'", self.of(words))).collect();
        format!("[{}]", words.join(", "))
    }
}

const VERBS: [&str; 8] = ["get", "list", "*", "create", "GET", "", "delete", "impersonate"];
const GROUPS: [&str; 5] = ["", "apps", "*", "batch", "x"];
const RESOURCES: [&str; 13] = [
    "pods",
    "*",
    "pods/exec",
    "*/scale",
    "pods/*",
    "*/*",
    "deployments",
    "deployments/scale",
    "",
    "pods/",
    "**",
    "a/b/c",
    "*/exec",
];
const NAMES: [&str; 5] = ["a", "b", "", "*", "a*"];
const URLS: [&str; 9] = ["*", "/a", "/a/*", "/a*", "/a/b", "/**", "", "/é*", "**"];
const USERS: [&str; 6] = [
    "u1",
    "u2",
    "*",
    "system:serviceaccount:n1:sa",
    "system:serviceaccount:n2:sa",
    "system:serviceaccount:n1:a:b",
];
const SPACES: [&str; 3] = ["n1", "n2", "n3"];

pub(super) fn world(dice: &mut Dice) -> String {
    let mut out = String::from("apiVersion: v1\nkind: List\nitems:\n");
    let head = "- apiVersion: rbac.authorization.k8s.io/v1\n";
    for number in 0..dice.below(5) + 5 {
        let namespaced = dice.below(3) == 0;
        let _ = writeln!(out, "{head}  kind: {}", if namespaced { "Role" } else { "ClusterRole" });
        let namespace = if namespaced { format!(", namespace: {}", dice.of(&SPACES)) } else { String::new() };
        let _ = write!(out, "  metadata: {{name: r{}{namespace}}}\n  rules:\n", number);
        for _ in 0..dice.below(3) + 1 {
            let _ = write!(out, "  - {{verbs: {}", dice.some(&VERBS, 3));
            let _ = write!(
                out,
                ", apiGroups: {}, resources: {}",
                dice.some(&GROUPS, 2),
                dice.some(&RESOURCES, 3)
            );
            if dice.below(3) == 0 {
                let _ = write!(out, ", resourceNames: {}", dice.some(&NAMES, 2));
            }
            let _ = writeln!(out, ", nonResourceURLs: {}}}", dice.some(&URLS, 2));
        }
    }
    for number in 0..dice.below(12) + 5 {
        let namespaced = dice.below(2) == 0;
        let _ =
            writeln!(out, "{head}  kind: {}", if namespaced { "RoleBinding" } else { "ClusterRoleBinding" });
        let namespace = if namespaced { format!(", namespace: {}", dice.of(&SPACES)) } else { String::new() };
        let _ = writeln!(out, "  metadata: {{name: b{number}{namespace}}}");
        let kind = dice.of(&[
            "Role",
            "ClusterRole",
            "ClusterRole",
            "ClusterRole",
            "ClusterRole",
            "ClusterRole",
            "Roll",
        ]);
        let _ = write!(out, "  roleRef: {{kind: {kind}, name: r{}}}\n  subjects:\n", dice.below(10));
        for _ in 0..dice.below(4) {
            let _ = match dice.below(4) {
                0 => writeln!(out, "  - {{kind: User, name: '{}'}}", dice.of(&USERS)),
                1 => writeln!(out, "  - {{kind: Group, name: {}}}", dice.of(&["g1", "g2", "u1"])),
                2 => writeln!(out, "  - {{kind: ServiceAccount, name: '{}'}}", dice.of(&["sa", "a:b"])),
                _ => writeln!(
                    out,
                    "  - {{kind: {}, name: sa, namespace: {}}}",
                    dice.of(&["ServiceAccount", "Robot"]),
                    dice.of(&SPACES)
                ),
            };
        }
    }
    out
}

pub(super) fn question(dice: &mut Dice) -> Attributes<'static> {
    if dice.below(2) == 0 {
        // Half of the questions are such that rules often grant them.
        let ask = Attributes::resource(
            dice.of(&["get", "list", "create"]),
            dice.of(&["", "apps"]),
            dice.of(&["pods", "pods/exec", "deployments/scale"]),
        );
        return ask.in_namespace(dice.of(&["n1", "n2", "n3"])).named(dice.of(&["a", "b", ""]));
    }
    let verb = dice.of(&["get", "list", "create", "*", "", "watch"]);
    if dice.below(4) == 0 {
        return Attributes::path(verb, dice.of(&["/a", "/a/b", "/a/", "/", "*", "", "/é", "/éa", "/a/b*"]));
    }
    let resource = dice.of(&[
        "pods",
        "pods/exec",
        "deployments/scale",
        "deployments",
        "x/scale",
        "*",
        "pods/*",
        "*/*",
        "",
        "a/b/c",
        "*/scale",
        "pods/",
        "/scale",
    ]);
    let ask = Attributes::resource(verb, dice.of(&["", "apps", "*", "other"]), resource);
    ask.in_namespace(dice.of(&["", "n1", "n2", "n3", "n4"])).named(dice.of(&["", "a", "b", "*", "c"]))
}

const ASKERS: [Subject<'static>; 7] = [
    Subject { user: "u1", groups: &[] },
    Subject { user: "u2", groups: &["g1", "g2"] },
    Subject { user: "", groups: &["g2", "u1"] },
    Subject { user: "system:serviceaccount:n1:sa", groups: &["g1"] },
    Subject { user: "system:serviceaccount:n2:sa", groups: &[] },
    Subject { user: "system:serviceaccount:n1:a:b", groups: &["g2", "g2"] },
    Subject { user: "*", groups: &["*"] },
];

fn check(rbac: &RbacAuthorizer, objects: &[Arc<Object>], dice: &mut Dice, text: &str) -> usize {
    let mut allowed = 0;
    for who in ASKERS {
        for _ in 0..30 {
            let ask = question(dice);
            let (expected, reasons) = brute::authorize(objects, who, &ask);
            let answer = rbac.authorize(who, &ask);
            let decision = if expected { Decision::Allow } else { Decision::NoOpinion };
            assert_eq!(answer.decision, decision, "{who:?} {ask:?}\n{text}");
            assert_eq!(rbac.decide(who, &ask), decision);
            assert!(reasons.contains(&answer.reason), "{who:?} {ask:?} {answer:?} {reasons:?}\n{text}");
            let proofs = rbac.proofs(who, &ask, usize::MAX);
            assert_eq!(proofs.len(), brute::count(objects, who, &ask), "{who:?} {ask:?}\n{text}");
            for proof in proofs {
                let subject = subjects_of(proof.binding).nth(proof.subject).unwrap();
                assert!(subject.applies_to(who));
                assert!(matches(&rules_of(proof.source.object).nth(proof.rule).unwrap(), &ask));
            }
            allowed += usize::from(expected);
        }
    }
    allowed
}

/// Everybody whom some subject may mean, to compare with who-can.
fn everybody(objects: &[Arc<Object>]) -> Vec<(bool, String)> {
    let mut out = Vec::new();
    for binding in objects.iter().filter(|object| object.kind().ends_with("Binding")) {
        for subject in subjects_of(binding) {
            match subject.kind() {
                SubjectKind::Group => out.push((true, subject.name().to_owned())),
                SubjectKind::User => out.push((false, subject.name().to_owned())),
                SubjectKind::ServiceAccount => {
                    let namespace = subject.namespace().unwrap_or("");
                    out.push((false, format!("system:serviceaccount:{namespace}:{}", subject.name())));
                }
                SubjectKind::Other => {}
            }
        }
    }
    out.sort();
    out.dedup();
    out
}

#[test]
fn who_can_is_everybody_who_is_allowed() {
    let mut named = 0;
    for seed in 1..=60 {
        let mut dice = Dice::new(seed + 1000);
        let text = world(&mut dice);
        let all = latest(&objects(&text));
        let rbac = RbacAuthorizer::new(&Cluster::new(all.iter().cloned()), Options::stored(Version::NEWEST));
        for _ in 0..30 {
            let ask = question(&mut dice);
            let found: Vec<(bool, String)> = rbac
                .who_can(&ask, 3)
                .iter()
                .map(|granted| (granted.group, granted.name.to_owned()))
                .collect();
            let mut expected = everybody(&all);
            expected.retain(|(group, name)| {
                let groups = if *group { vec![name.as_str()] } else { vec![] };
                let user = if *group { "" } else { name.as_str() };
                brute::authorize(&all, Subject { user, groups: &groups }, &ask).0
            });
            assert_eq!(found, expected, "{ask:?}\n{text}");
            named += found.len();
        }
    }
    assert!(named > 300, "{named}");
}

#[test]
fn access_holds_exactly_the_rights_that_are_granted() {
    for seed in 1..=40 {
        let mut dice = Dice::new(seed + 2000);
        let text = world(&mut dice);
        let all = latest(&objects(&text));
        let rbac = RbacAuthorizer::new(&Cluster::new(all.iter().cloned()), Options::stored(Version::NEWEST));
        for who in ASKERS {
            let access = rbac.access(who, 100);
            for _ in 0..20 {
                let ask = question(&mut dice);
                let scopes = access
                    .iter()
                    .filter(|access| access.namespace.is_none_or(|namespace| namespace == ask.namespace()));
                let granted = scopes.flat_map(|access| &access.rights).any(|right| matches(right, &ask));
                assert_eq!(granted, brute::authorize(&all, who, &ask).0, "{who:?} {ask:?}\n{text}");
            }
            for access in &access {
                for right in &access.rights {
                    assert!(!right.proofs.is_empty());
                }
            }
        }
    }
}

impl PolicyRule for AccessRight<'_> {
    fn verbs(&self) -> impl Iterator<Item = &str> {
        self.verbs.iter().copied()
    }
    fn api_groups(&self) -> impl Iterator<Item = &str> {
        self.on.groups.iter().copied()
    }
    fn resources(&self) -> impl Iterator<Item = &str> {
        self.on.resources.iter().copied()
    }
    fn resource_names(&self) -> impl Iterator<Item = &str> {
        self.on.names.iter().copied()
    }
    fn non_resource_urls(&self) -> impl Iterator<Item = &str> {
        self.on.urls.iter().copied()
    }
}

#[test]
fn random_worlds_answer_as_upstreams_form() {
    let (mut allowed, mut verbs) = (0, 0);
    for seed in 1..=100 {
        let mut dice = Dice::new(seed);
        let text = world(&mut dice);
        let all = objects(&text);
        verbs += brute::verbs(&all);
        let cluster = Cluster::new(all.iter().cloned());
        let rbac = RbacAuthorizer::new(&cluster, Options::stored(Version::NEWEST));
        allowed += check(&rbac, &latest(&all), &mut dice, &text);
    }
    assert!(allowed > 400 && verbs > 1000, "the generator asks nothing: {allowed} {verbs}");
}

/// The last object of each name.
fn latest(all: &[Arc<Object>]) -> Vec<Arc<Object>> {
    let later = |at: usize| all.iter().skip(at + 1).any(|other| other.identity() == all[at].identity());
    (0..all.len()).filter(|&at| !later(at)).map(|at| all[at].clone()).collect()
}

#[test]
fn changes_one_by_one_give_what_building_gives() {
    for seed in 1..=25 {
        let mut dice = Dice::new(seed);
        let (before, after) = (world(&mut dice), world(&mut dice));
        let (before, after_objects) = (objects(&before), objects(&after));
        let cluster = Cluster::new(before.iter().cloned());
        let mut rbac = RbacAuthorizer::new(&cluster, Options::stored(Version::NEWEST));
        for object in &after_objects {
            rbac.set(object);
        }
        let mut now = latest(&[before, after_objects].concat());
        while !now.is_empty() {
            check(&rbac, &now, &mut dice, &after);
            for _ in 0..3.min(now.len()) {
                let gone = now.remove(dice.below(now.len()));
                rbac.remove(&gone);
            }
        }
        check(&rbac, &now, &mut dice, &after);
    }
}

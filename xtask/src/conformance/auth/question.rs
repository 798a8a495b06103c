//! Random questions about a world: mostly built from one of its grants, then spoilt in a place or two.

use super::super::generate::Random;
use super::world::{GROUP_NAMES, GROUPS, NAMES, NAMESPACES, RESOURCES, URLS, USERS, VERBS, World};
use serde_json::{Value, json};

/// A SubjectAccessReview's content.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Question {
    pub(crate) user: String,
    pub(crate) groups: Vec<String>,
    pub(crate) verb: String,
    pub(crate) about: About,
}

/// Resource or path.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum About {
    Resource { group: String, resource: String, subresource: String, namespace: String, name: String },
    Path(String),
}

impl Question {
    /// A random question about `world`.
    pub(crate) fn random(world: &World, random: &mut Random) -> Self {
        let mut question = Self::from_grant(world, random).unwrap_or_else(|| Self::any(random));
        for _ in 0..[0, 0, 0, 0, 1, 1, 2][random.below(7)] {
            question.spoil(random);
        }
        // The Node authorizer has a suite of its own; and a review needs a user or a group.
        if question.user.starts_with("system:node:") || question.user.is_empty() && question.groups.is_empty()
        {
            question.user = "nobody".into();
        }
        question
    }

    fn any(random: &mut Random) -> Self {
        let about = if random.below(4) == 0 { path(random) } else { resource(random) };
        let groups = (0..random.below(3)).map(|_| text(&GROUP_NAMES, random)).collect();
        Self { user: text(&USERS, random), groups, verb: text(&VERBS, random), about }
    }

    /// What a rule of a bound role allows to one of its subjects.
    fn from_grant(world: &World, random: &mut Random) -> Option<Self> {
        let bindings = world.objects.iter().filter(|object| object["roleRef"].is_object());
        let bindings: Vec<&Value> = bindings.collect();
        let binding = bindings.get(random.below(bindings.len()))?;
        let subject = one(&binding["subjects"], random)?;
        let reference = &binding["roleRef"];
        let mut question = Self::any(random);
        let name = subject["name"].as_str()?;
        match subject["kind"].as_str()? {
            "Group" => question.groups.push(name.into()),
            "User" => question.user = name.into(),
            _ => {
                let namespace = subject["namespace"].as_str().or(binding["metadata"]["namespace"].as_str())?;
                question.user = format!("system:serviceaccount:{namespace}:{name}");
            }
        }
        let bound = binding["metadata"]["namespace"].as_str();
        let role = world.objects.iter().find(|object| {
            object["kind"] == reference["kind"]
                && object["metadata"]["name"] == reference["name"]
                && (object["kind"] == "ClusterRole" || object["metadata"]["namespace"].as_str() == bound)
        });
        if let Some(rule) = role.and_then(|role| one(&role["rules"], random)) {
            question.follow(rule, random);
        }
        if let (About::Resource { namespace, .. }, Some(bound)) = (&mut question.about, bound) {
            *namespace = bound.into();
        }
        Some(question)
    }

    fn follow(&mut self, rule: &Value, random: &mut Random) {
        let mut word = |key: &str| one(&rule[key], random).and_then(Value::as_str).map(str::to_owned);
        if let Some(verb) = word("verbs") {
            self.verb = if verb == "*" { "get".into() } else { verb };
        }
        if let Some(url) = word("nonResourceURLs") {
            self.about = About::Path(url.replace('*', "x"));
            return;
        }
        let (owned_group, owned, owned_name) = (word("apiGroups"), word("resources"), word("resourceNames"));
        let mut about = resource(random);
        if let About::Resource { group, resource, subresource, name, .. } = &mut about {
            if let Some(owned) = owned_group.filter(|group| group != "*") {
                *group = owned;
            }
            if let Some(owned) = owned.filter(|resource| resource != "*") {
                let owned =
                    owned.strip_prefix("*/").map_or(owned.clone(), |sub| format!("deployments/{sub}"));
                let (main, sub) = owned.split_once('/').unwrap_or((&owned, ""));
                (*resource, *subresource) = (main.into(), sub.into());
            }
            if let Some(owned) = owned_name {
                *name = owned;
            }
        }
        self.about = about;
    }

    /// Changes one thing.
    fn spoil(&mut self, random: &mut Random) {
        match (random.below(8), &mut self.about) {
            (0, _) => self.user = text(&USERS, random),
            (1, _) => self.groups.push(text(&GROUP_NAMES, random)),
            (2, _) => self.verb = text(&VERBS, random),
            (3, _) if random.below(20) == 0 => self.groups.push("system:masters".into()),
            (3, About::Resource { group, .. }) => *group = text(&GROUPS, random),
            (4, About::Resource { resource, .. }) => *resource = text(&RESOURCES, random),
            (5, About::Resource { subresource, .. }) => {
                *subresource = text(&["", "exec", "scale", "log", "*", "exec/x", "/", "Scale"], random);
            }
            (6, About::Resource { namespace, .. }) => *namespace = namespace_of(random),
            (7, About::Resource { name, .. }) => *name = text(&NAMES, random),
            (_, about @ About::Path(_)) => *about = path(random),
            _ => {}
        }
    }

    /// `spec` of the review; now and then with selectors, or as the API refuses it.
    pub(crate) fn spec(&self, random: &mut Random) -> Value {
        let mut spec = json!({"user": self.user, "groups": self.groups});
        match &self.about {
            About::Path(path) => spec["nonResourceAttributes"] = json!({"path": path, "verb": self.verb}),
            About::Resource { group, resource, subresource, namespace, name } => {
                spec["resourceAttributes"] = json!({
                    "verb": self.verb, "group": group, "resource": resource, "subresource": subresource,
                    "namespace": namespace, "name": name,
                });
                for key in ["fieldSelector", "labelSelector"] {
                    if random.below(30) == 0 {
                        spec["resourceAttributes"][key] = selector(random);
                    }
                }
            }
        }
        match random.below(200) {
            0 => spec["nonResourceAttributes"] = json!({"path": "/x"}),
            1 => spec["resourceAttributes"] = Value::Null,
            2 => spec["groups"] = Value::Null,
            3 => spec["user"] = "".into(),
            4 => spec["extra"] = json!({"k": ["v"]}),
            5 => spec["uid"] = "u".into(),
            _ => {}
        }
        spec
    }
}

/// Selectors of both kinds share their form; the words fit neither or both.
fn selector(random: &mut Random) -> Value {
    const RAW: [&str; 12] = [
        "metadata.name=a",
        "a=b,c!=d",
        "a in (b,c)",
        "a",
        "!a",
        "=",
        "x=y=z",
        "a>1",
        "",
        "a=b,,",
        "a==b",
        "spec.nodeName=n",
    ];
    const KEYS: [&str; 6] = ["metadata.name", "a", "", "a/b", "-x", "a b"];
    const OPERATORS: [&str; 8] = ["In", "NotIn", "Exists", "DoesNotExist", "In", "", "Gt", "in"];
    const VALUES: [&str; 5] = ["a", "b", "", "a b", "é"];
    let mut out = json!({});
    if random.below(3) == 0 {
        out["rawSelector"] = text(&RAW, random).into();
    }
    if random.below(3) > 0 {
        let term = |random: &mut Random| {
            let values: Vec<String> =
                (0..[0, 1, 1, 1, 2][random.below(5)]).map(|_| text(&VALUES, random)).collect();
            json!({"key": text(&KEYS, random), "operator": text(&OPERATORS, random), "values": values})
        };
        out["requirements"] = (0..random.below(4)).map(|_| term(random)).collect();
    }
    out
}

fn one<'a>(list: &'a Value, random: &mut Random) -> Option<&'a Value> {
    let list = list.as_array()?;
    list.get(random.below(list.len()))
}

fn text(from: &[&str], random: &mut Random) -> String {
    from[random.below(from.len())].to_owned()
}

fn namespace_of(random: &mut Random) -> String {
    match random.below(8) {
        0 | 1 => String::new(),
        2 => "Team-A".into(),
        3 => "nowhere".into(),
        _ => text(&NAMESPACES, random),
    }
}

fn path(random: &mut Random) -> About {
    let mut path = text(&URLS, random);
    if random.below(3) == 0 {
        path = path.replace('*', "");
    }
    if random.below(4) == 0 {
        path.push_str(random.pick(&["x", "/", "/x", "*"]));
    }
    About::Path(path)
}

fn resource(random: &mut Random) -> About {
    let full = text(&RESOURCES, random);
    // A review may also name `pods/exec` as a resource: it is compared as it stands.
    let (resource, subresource) = match full.split_once('/') {
        Some((resource, subresource)) if random.below(10) > 0 => {
            (resource.to_owned(), subresource.to_owned())
        }
        _ => (full, String::new()),
    };
    About::Resource {
        group: text(&GROUPS, random),
        resource,
        subresource,
        namespace: namespace_of(random),
        name: if random.below(2) == 0 { String::new() } else { text(&NAMES, random) },
    }
}

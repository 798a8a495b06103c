//! `seawall can-i`: may this subject do it, by which binding, role and rule; or why not, and what comes nearest.

use super::answer::{self, ProofEntry};
use super::{Asked, resource};
use crate::cli::{AnswerFormat, CanI, Common};
use crate::{Exit, output};
use anyhow::{Result, bail};
use schemars::JsonSchema;
use seawall_auth::Attributes;
use seawall_auth::authorizer::{ChainAnswer, Decision};
use seawall_auth::rbac::authorizer::{Gap, Near, Proof};
use seawall_auth::rbac::{Subject, subjects_of};
use seawall_auth::user::{User, split_service_account};
use seawall_model::{Object, WellKnown};
use serde::Serialize;
use std::io::{BufWriter, Write};
use std::sync::Arc;

/// Ways that JSON lists, at most.
const WAYS: usize = 100;
/// Near grants that are shown, at most.
const NEAR: usize = 3;

/// `-o json`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CanIAnswer<'a> {
    /// `seawall.dev/can-i/v1`.
    schema: &'static str,
    /// Whether the request would be allowed; null where that cannot be known from the input.
    allowed: Option<bool>,
    /// The API server's reason, in its own words.
    #[serde(skip_serializing_if = "str::is_empty")]
    reason: &'a str,
    /// What would have to be known, where `allowed` is null.
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<&'a str>,
    /// Who asks, implied groups included.
    user: &'a str,
    /// Their groups.
    groups: &'a [String],
    /// What is asked.
    request: RequestEntry<'a>,
    /// Every way in which RBAC allows it: binding, then role, for each.
    proof: Vec<ProofEntry<'a>>,
    /// Of a refusal: the grants that come nearest.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    nearest: Vec<NearEntry<'a>>,
    /// What is taken for granted.
    notes: &'a [String],
}

/// The request.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RequestEntry<'a> {
    pub(super) verb: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) group: Option<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) resource: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) subresource: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) namespace: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) name: &'a str,
}

/// A grant that nearly allows the request.
#[derive(Debug, Serialize, JsonSchema)]
struct NearEntry<'a> {
    /// What it lacks.
    lacks: String,
    /// The binding, if there is one, and the role.
    grant: Vec<ProofEntry<'a>>,
}

/// Runs the command.
pub(crate) fn run(question: &CanI, common: &Common) -> Result<Exit> {
    let user = user(question.user.as_deref(), &question.groups)?;
    let asked = Asked::load(&question.paths, &question.what_if, common)?;
    let words = Words::of(&question.verb, &question.resource, &question.place, &asked);
    let attributes = words.attributes();
    let chain = asked.chain();
    let answer = chain.authorize(&user, &attributes);
    let groups = user.group_names();
    let subject = user.subject(&groups);
    let allowed = match answer.answer.decision {
        Decision::Allow => Some(true),
        Decision::Deny | Decision::NoOpinion => Some(false),
        _ => None,
    };
    let proofs = if answer.masters { Vec::new() } else { asked.rbac().proofs(subject, &attributes, WAYS) };
    let nearest = if allowed == Some(true) { Vec::new() } else { nearest(&asked, subject, &attributes) };
    asked.say_holes();
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut notes: Vec<String> = asked.notes.iter().chain(&words.resource.note).cloned().collect();
    notes.extend(words.name_note());
    notes.extend(account_note(&user, &asked));
    match question.output {
        AnswerFormat::Json => {
            let entry = CanIAnswer {
                schema: "seawall.dev/can-i/v1",
                allowed,
                reason: &answer.answer.reason,
                unknown: answer.answer.unknown.as_deref(),
                user: &user.name,
                groups: &user.groups,
                request: words.entry(),
                proof: answer::entries(&proofs),
                nearest: nearest.iter().map(near_entry).collect(),
                notes: &notes,
            };
            serde_json::to_writer_pretty(&mut out, &entry)?;
            writeln!(out)?;
        }
        AnswerFormat::Table => {
            let told = Told { user: &user, words: &words, answer: &answer, allowed };
            told.write(&proofs, &nearest, &mut out)?;
            if !common.quiet {
                notes.iter().try_for_each(|note| writeln!(out, "note: {}", seawall_report::line(note)))?;
            }
        }
    }
    out.flush()?;
    Ok(match allowed {
        Some(false) => Exit::Findings,
        Some(true) if asked.holes.is_empty() => Exit::Clean,
        _ => Exit::Incomplete,
    })
}

/// The grants that come nearest. Nobody should bind the roles of controllers: they are no hint.
fn nearest<'a>(asked: &'a Asked, subject: Subject<'_>, attributes: &Attributes<'_>) -> Vec<Near<'a>> {
    let mut nearest = asked.rbac().nearest(subject, attributes, NEAR);
    let of_controllers = |near: &Near<'_>| {
        near.proof.is_none() && near.role.built_in && near.role.object.name().starts_with("system:")
    };
    nearest.retain(|near| !of_controllers(near));
    nearest
}

/// The user that impersonation makes of `--as` and `--as-group`.
pub(super) fn user(name: Option<&str>, groups: &[String]) -> Result<User> {
    if name.is_none() && groups.is_empty() {
        bail!("who? name somebody: --as USER, --as sa:NAMESPACE/NAME, or --as-group GROUP");
    }
    let name = name.unwrap_or("");
    let long;
    let name = match name.strip_prefix("sa:").and_then(|rest| rest.split_once('/')) {
        Some((namespace, account)) => {
            long = seawall_auth::user::service_account_user_name(namespace, account);
            &long
        }
        None => name,
    };
    let mut user = User { groups: groups.to_vec(), ..User::named(name) };
    // Groups that are named replace those of a service account, as Impersonate-Group does.
    if let Some((namespace, account)) = split_service_account(name).filter(|_| groups.is_empty()) {
        user = User::service_account(namespace, account);
    }
    if name == seawall_auth::user::ANONYMOUS {
        user = user.with_implied_groups();
    }
    user.add_authenticated_group();
    Ok(user)
}

/// A service account that nothing in the input describes or names is probably a slip.
fn account_note(user: &User, asked: &Asked) -> Option<String> {
    let (namespace, name) = split_service_account(&user.name)?;
    let cluster = asked.world.cluster();
    let described = || cluster.of(WellKnown::ServiceAccount);
    let is_here = |object: &&Arc<Object>| object.namespace().unwrap_or("default") == namespace;
    let bindings = cluster.of(WellKnown::RoleBinding).chain(cluster.of(WellKnown::ClusterRoleBinding));
    let known = name == "default"
        || described().filter(is_here).any(|account| account.name() == name)
        || bindings.flat_map(subjects_of).any(|one| one.service_account() == Some((namespace, name)));
    if known || described().next().is_none() {
        return None;
    }
    let near = crate::select::nearest(name, described().filter(is_here).map(|account| account.name()));
    let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    Some(format!("no service account `{name}` of namespace `{namespace}` is in the input{hint}"))
}

/// The request in words, which the attributes borrow.
pub(super) struct Words<'q> {
    verb: &'q str,
    path: Option<&'q str>,
    pub(super) resource: resource::Resource,
    namespace: String,
    name: &'q str,
}

impl<'q> Words<'q> {
    pub(super) fn of(verb: &'q str, what: &'q str, place: &'q crate::cli::Place, asked: &Asked) -> Self {
        let resource = resource::read(what, asked);
        let name = place.name.as_deref().unwrap_or("");
        let namespace = match resource.namespaced {
            // Requests for one namespace are in it (requestinfo.go).
            _ if resource.resource == "namespaces" && resource.group.is_empty() => name,
            Some(false) => "",
            _ if place.all_namespaces => "",
            _ => place.namespace.as_deref().unwrap_or("default"),
        };
        let path = what.starts_with('/').then_some(what);
        Self { verb, path, namespace: namespace.to_owned(), name, resource }
    }

    pub(super) fn attributes(&self) -> Attributes<'_> {
        match self.path {
            Some(path) => Attributes::path(self.verb, path),
            None => {
                let mut attributes =
                    Attributes::resource(self.verb, &self.resource.group, &self.resource.resource);
                if let seawall_auth::Request::Resource { subresource, .. } = &mut attributes.request {
                    *subresource = &self.resource.subresource;
                }
                attributes.in_namespace(&self.namespace).named(self.name)
            }
        }
    }

    pub(super) fn entry(&self) -> RequestEntry<'_> {
        let is_resource = self.path.is_none();
        RequestEntry {
            verb: self.verb,
            path: self.path.unwrap_or(""),
            group: is_resource.then_some(&self.resource.group),
            resource: if is_resource { &self.resource.resource } else { "" },
            subresource: if is_resource { &self.resource.subresource } else { "" },
            namespace: if is_resource { &self.namespace } else { "" },
            name: if is_resource { self.name } else { "" },
        }
    }

    /// Requests that never carry a name.
    fn name_note(&self) -> Option<String> {
        let nameless = match self.verb {
            "create" => self.resource.subresource.is_empty() && self.resource.resource != "namespaces",
            "deletecollection" => true,
            _ => false,
        };
        (nameless && self.path.is_none() && !self.name.is_empty()).then(|| {
            let verb = self.verb;
            format!(
                "a plain {verb} carries no name: with one, an apply or update that creates is asked about"
            )
        })
    }

    /// `create pods/exec of web in namespace shop`.
    pub(super) fn say(&self) -> String {
        if let Some(path) = self.path {
            return seawall_report::line(&format!("{} {path}", self.verb)).into_owned();
        }
        let mut out = format!("{} {}", self.verb, self.resource.resource);
        if !self.resource.group.is_empty() && self.resource.group != "*" {
            out += &format!(".{}", self.resource.group);
        }
        if !self.resource.subresource.is_empty() {
            out += &format!("/{}", self.resource.subresource);
        }
        if !self.name.is_empty() {
            out += &format!(" `{}`", self.name);
        }
        out += &match (self.namespace.as_str(), self.resource.namespaced) {
            ("", Some(true)) => " in all namespaces".to_owned(),
            ("", _) => " in the whole cluster".to_owned(),
            (namespace, _) => format!(" in namespace {namespace}"),
        };
        seawall_report::line(&out).into_owned()
    }
}

/// `service account shop/web`, `user jane`, `group devs`.
pub(super) fn who(user: &User) -> String {
    let name = match (split_service_account(&user.name), user.groups.first()) {
        (Some((namespace, name)), _) => format!("service account {namespace}/{name}"),
        (None, Some(group)) if user.name.is_empty() => format!("group {group}"),
        _ => format!("user {}", user.name),
    };
    seawall_report::line(&name).into_owned()
}

struct Told<'t> {
    user: &'t User,
    words: &'t Words<'t>,
    answer: &'t ChainAnswer,
    allowed: Option<bool>,
}

impl Told<'_> {
    fn write(&self, proofs: &[Proof<'_>], nearest: &[Near<'_>], out: &mut dyn Write) -> Result<()> {
        let (who, what) = (who(self.user), self.words.say());
        match self.allowed {
            Some(true) => writeln!(out, "{}: {who} can {what}", output::strong("yes"))?,
            Some(false) => writeln!(out, "{}: {who} cannot {what}", output::strong("no"))?,
            None => writeln!(out, "{}: whether {who} can {what}", output::strong("unknown"))?,
        }
        let mut rows: Vec<Vec<String>> = Vec::new();
        if self.answer.masters {
            rows.push(vec!["through".into(), "group system:masters, which may do everything".into()]);
        }
        if let Some(unknown) = &self.answer.answer.unknown {
            rows.push(vec!["depends on".into(), seawall_report::line(unknown).into_owned()]);
        }
        if let Some(proof) = proofs.first() {
            rows.extend(answer::lines(proof));
            rows.push(vec!["by its rule".into(), answer::rule_words(proof.rule_at())]);
        } else if self.allowed == Some(true) && !self.answer.masters {
            rows.push(vec!["through".into(), "an authorizer other than RBAC".into()]);
        }
        for line in self.answer.answer.reason.lines().filter(|_| self.allowed != Some(true)) {
            rows.push(vec!["because".into(), seawall_report::line(line).into_owned()]);
        }
        answer::table(&rows, 5, out)?;
        let more = bindings(proofs).saturating_sub(1);
        if more > 0 {
            let s = if more == 1 { "" } else { "s" };
            writeln!(out, "     and {more} more binding{s}: -o json lists them")?;
        }
        if !nearest.is_empty() {
            writeln!(out, "{}", output::strong("What comes nearest"))?;
            let rows: Vec<Vec<String>> = nearest.iter().map(near_row).collect();
            answer::table(&rows, 5, out)?;
        }
        Ok(())
    }
}

fn bindings(proofs: &[Proof<'_>]) -> usize {
    let mut all: Vec<_> = proofs.iter().map(|proof| std::sync::Arc::as_ptr(proof.binding)).collect();
    all.dedup();
    all.len()
}

fn lacks(gap: &Gap<'_>) -> String {
    let text = match gap {
        Gap::Verb(verbs) => format!("has the verbs {}", verbs.join(", ")),
        Gap::Name(names) => format!("holds for the names {} alone", names.join(", ")),
        Gap::Namespace(namespace) => format!("holds in namespace {namespace}"),
        Gap::Resource(resource) => format!("is about {resource}"),
        Gap::Group(groups) => {
            let groups: Vec<_> =
                groups.iter().map(|group| if group.is_empty() { "core" } else { group }).collect();
            format!("is about API group {}", groups.join(", "))
        }
        Gap::Unbound => "grants it, and no binding gives it to them".to_owned(),
    };
    seawall_report::line(&text).into_owned()
}

fn near_row(near: &Near<'_>) -> Vec<String> {
    let role = answer::named(near.role.object);
    match &near.proof {
        Some(proof) => vec![
            format!("{} gives {role}", answer::named(proof.binding)),
            lacks(&near.gap),
            answer::place(proof.rule_at(), proof.source.built_in),
        ],
        None => vec![role, lacks(&near.gap), answer::place(near.role.object.at(), near.role.built_in)],
    }
}

fn near_entry<'a>(near: &Near<'a>) -> NearEntry<'a> {
    let grant = match &near.proof {
        Some(proof) => answer::entries(std::slice::from_ref(proof)),
        None => vec![answer::role_entry(near.role)],
    };
    NearEntry { lacks: lacks(&near.gap), grant }
}

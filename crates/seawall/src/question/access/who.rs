//! The subject that is asked about.

use anyhow::{Result, bail};
use seawall_auth::user::{NODE_USER_PREFIX, NODES_GROUP, User, split_service_account};
use std::path::PathBuf;

/// A subject as it is typed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Word {
    ServiceAccount(String, String),
    User(String),
    Group(String),
    Node(String),
    Pod(String, String),
    Certificate(PathBuf),
    Token(PathBuf),
}

const FORMS: &str =
    "sa:NAMESPACE/NAME, user:NAME, group:NAME, node:NAME, pod:NAMESPACE/NAME, cert:FILE or token:FILE";

/// Reads a subject.
pub(super) fn read(text: &str) -> Result<Word> {
    let Some((kind, rest)) = text.split_once(':') else {
        bail!("`{text}` is no subject: write {FORMS}");
    };
    if rest.is_empty() {
        bail!("`{text}`: the name is missing; write {FORMS}");
    }
    let pair = || match rest.split_once('/') {
        Some((namespace, name)) if !namespace.is_empty() && !name.is_empty() => {
            Ok((namespace.to_owned(), name.to_owned()))
        }
        _ => bail!("`{text}`: write {kind}:NAMESPACE/NAME"),
    };
    Ok(match kind {
        "sa" => pair().map(|(namespace, name)| Word::ServiceAccount(namespace, name))?,
        "pod" => pair().map(|(namespace, name)| Word::Pod(namespace, name))?,
        "user" => Word::User(rest.to_owned()),
        "group" => Word::Group(rest.to_owned()),
        "node" => Word::Node(rest.to_owned()),
        "cert" => Word::Certificate(rest.into()),
        "token" => Word::Token(rest.into()),
        _ => {
            let kinds = ["sa", "user", "group", "node", "pod", "cert", "token"];
            let near = crate::select::nearest(kind, kinds).map(|near| format!("; did you mean `{near}:`?"));
            bail!("`{text}` is no subject{}: write {FORMS}", near.unwrap_or_default());
        }
    })
}

/// Whether a word can only be a subject: a path seldom starts so.
pub(super) fn is_subject(text: &str) -> bool {
    let kind = text.split_once(':').map_or("", |(kind, _)| kind);
    matches!(kind, "sa" | "user" | "group" | "node" | "pod" | "cert" | "token")
}

/// The user that the name of a subject stands for, with the groups that always come with it.
pub(super) fn user(word: &Word) -> Option<User> {
    let mut user = match word {
        Word::ServiceAccount(namespace, name) => User::service_account(namespace, name),
        Word::User(name) => User::named(name.as_str()).with_implied_groups(),
        Word::Node(name) => {
            User { groups: vec![NODES_GROUP.into()], ..User::named(format!("{NODE_USER_PREFIX}{name}")) }
        }
        Word::Group(name) => {
            let mut groups = vec![name.clone()];
            // Who is in the group of one namespace is in the group of all.
            if name.starts_with("system:serviceaccounts:") {
                groups.insert(0, "system:serviceaccounts".into());
            }
            User { groups, ..User::default() }
        }
        Word::Pod(..) | Word::Certificate(_) | Word::Token(_) => return None,
    };
    user.add_authenticated_group();
    Some(user)
}

/// The subject of a user as it is typed: `sa:shop/web`, `user:jane`.
pub(super) fn word_of(user: &User) -> String {
    match (split_service_account(&user.name), user.name.strip_prefix(NODE_USER_PREFIX)) {
        (Some((namespace, name)), _) => format!("sa:{namespace}/{name}"),
        (None, Some(node)) if user.groups.iter().any(|group| group == NODES_GROUP) => format!("node:{node}"),
        _ => format!("user:{}", user.name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        assert_eq!(read("sa:shop/web").unwrap(), Word::ServiceAccount("shop".into(), "web".into()));
        assert_eq!(read("user:system:admin").unwrap(), Word::User("system:admin".into()));
        assert_eq!(read("token:-").unwrap(), Word::Token("-".into()));
        for wrong in ["jane", "sa:web", "pod:/web", "user:", "usr:jane", "sa:shop/"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert!(read("usr:jane").unwrap_err().to_string().contains("did you mean `user:`"));
    }

    #[test]
    fn groups_that_come_along() {
        let groups = |text: &str| user(&read(text).unwrap()).unwrap().groups.join(" ");
        assert_eq!(groups("node:n1"), "system:nodes system:authenticated");
        assert_eq!(groups("group:devs"), "devs system:authenticated");
        assert_eq!(groups("group:system:unauthenticated"), "system:unauthenticated");
        assert_eq!(groups("user:system:anonymous"), "system:unauthenticated");
        assert_eq!(
            groups("sa:shop/web"),
            "system:serviceaccounts system:serviceaccounts:shop system:authenticated"
        );
        let known = |text: &str| word_of(&user(&read(text).unwrap()).unwrap());
        assert!(["sa:shop/web", "node:n1", "user:jane"].iter().all(|text| known(text) == *text));
    }
}

//! The headers.

use crate::authentication::Headers;
use crate::go_quote::quoted;
use crate::user::User;

const EXTRA: &str = "Impersonate-Extra-";

/// What the headers ask for, as written: nothing is added yet.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Wanted {
    /// The user; an empty name where no user is named.
    pub user: User,
}

impl Wanted {
    pub(super) fn read(headers: Headers<'_>) -> Self {
        let first = |name| headers.first(name).unwrap_or("").to_owned();
        let mut user = User::named(first("Impersonate-User"));
        user.uid = first("Impersonate-Uid");
        user.groups = headers.all("Impersonate-Group").map(str::to_owned).collect();
        for (name, value) in headers.iter() {
            let Some((head, key)) = name.split_at_checked(EXTRA.len()) else { continue };
            if head.eq_ignore_ascii_case(EXTRA) {
                let key = crate::authentication::extra_key(key);
                user.extra.entry(key).or_default().push(value.to_owned());
            }
        }
        Self { user }
    }

    /// Whether the headers ask for nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.user == User::default()
    }

    /// Upstream's text for groups, UID or extra without a user.
    pub(super) fn refusal(&self) -> String {
        let list = |texts: &[String]| {
            let all: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
            format!("[]string{{{}}}", all.join(", "))
        };
        let User { uid, groups, extra, .. } = &self.user;
        let groups = if groups.is_empty() { "[]string(nil)".to_owned() } else { list(groups) };
        let extra = if extra.is_empty() {
            "map[string][]string(nil)".to_owned()
        } else {
            let all: Vec<String> =
                extra.iter().map(|(key, values)| format!("{}:{}", quoted(key), list(values))).collect();
            format!("map[string][]string{{{}}}", all.join(", "))
        };
        format!(
            "requested &user.DefaultInfo{{Name:\"\", UID:{}, Groups:{groups}, Extra:{extra}}} without impersonating a \
             user name",
            quoted(uid)
        )
    }
}

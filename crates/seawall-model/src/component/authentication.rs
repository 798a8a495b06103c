//! Does the API server take requests without credentials?
//! (pkg/kubeapiserver/options/authentication.go)

use super::{ComponentAt, NamedFile};
use crate::At;

/// What happens to a request that carries no credentials.
#[derive(Clone, Debug)]
pub enum Anonymous<'a> {
    /// It is refused; where that is said.
    Off(At<'a>),
    /// It becomes `system:anonymous`.
    On(At<'a>),
    /// It becomes `system:anonymous` for exactly these paths, and is refused for others.
    Paths(At<'a>, Vec<&'a str>),
    /// It cannot be known; the text says what would decide it.
    Unknown(String),
}

impl<'a> ComponentAt<'a> {
    /// What the API server does with requests without credentials. The file's `anonymous` block wins over the
    /// default of `--anonymous-auth` (both given: the server refuses to start); the authorization mode AlwaysAllow,
    /// which is also the default mode, switches the flag's form off.
    pub fn anonymous(self) -> Anonymous<'a> {
        let flag = self.setting("anonymous-auth");
        match self.file("authentication-config") {
            NamedFile::Found(file) => {
                let anonymous = file.key("anonymous");
                // The field came in 1.31 (KEP-4633).
                if anonymous.exists() && self.version.at_least(31) {
                    return structured(anonymous);
                }
            }
            NamedFile::Unknown(decides) if !flag.is_set() => return Anonymous::Unknown(decides),
            _ => {}
        }
        match flag.bool() {
            Some(false) => Anonymous::Off(flag.at()),
            Some(true) => {
                let modes = self.setting("authorization-mode");
                let by_file = !matches!(self.file("authorization-config"), NamedFile::NotGiven);
                let list = modes.list().unwrap_or_default();
                // ApplyAuthorization: the two together are not allowed, and anonymous requests give way.
                let always_allow =
                    !by_file && (list.is_empty() && modes.is_known() || list.contains(&"AlwaysAllow"));
                if always_allow { Anonymous::Off(modes.at()) } else { Anonymous::On(flag.at()) }
            }
            None => Anonymous::Unknown(
                flag.unknown().unwrap_or("the value of `anonymous-auth` is no boolean").into(),
            ),
        }
    }
}

fn structured(anonymous: At<'_>) -> Anonymous<'_> {
    if !anonymous.key("enabled").is_true() {
        return Anonymous::Off(anonymous.key("enabled"));
    }
    let paths: Vec<&str> =
        anonymous.key("conditions").items().filter_map(|condition| condition.key("path").str()).collect();
    if paths.is_empty() {
        Anonymous::On(anonymous.key("enabled"))
    } else {
        Anonymous::Paths(anonymous.key("conditions"), paths)
    }
}

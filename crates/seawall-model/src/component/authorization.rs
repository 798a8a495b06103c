//! Who decides what a request may do? (pkg/kubeapiserver/options/authorization.go)

use super::{ComponentAt, NamedFile};
use crate::At;

/// One authorizer of the API server's chain.
#[derive(Clone, Debug)]
pub struct Authorizer<'a> {
    /// `Node`, `RBAC`, `Webhook`, `ABAC`, `AlwaysAllow`, `AlwaysDeny`.
    pub mode: String,
    /// Where it is named.
    pub at: At<'a>,
    /// The `webhook` block of AuthorizationConfiguration.
    pub webhook: Option<At<'a>>,
}

/// The API server's chain of authorizers. `system:masters` stands before every chain.
#[derive(Clone, Debug)]
pub enum Authorizers<'a> {
    /// In order; `at` is where the chain is, or would be, set.
    Known {
        /// The chain.
        chain: Vec<Authorizer<'a>>,
        /// Where it is set.
        at: At<'a>,
        /// Nobody set it: AlwaysAllow by default.
        by_default: bool,
    },
    /// It cannot be known; the text says what would decide it.
    Unknown(String),
}

impl<'a> ComponentAt<'a> {
    /// The API server's authorizers: AuthorizationConfiguration if it is given, else `--authorization-mode`, else
    /// AlwaysAllow alone.
    pub fn authorizers(self) -> Authorizers<'a> {
        match self.file("authorization-config") {
            NamedFile::Unknown(decides) => return Authorizers::Unknown(decides),
            NamedFile::Found(file) => {
                let list = file.key("authorizers");
                let chain = list.items().map(|item| Authorizer {
                    mode: item.key("type").str().unwrap_or("").to_owned(),
                    at: item.key("type"),
                    webhook: Some(item.key("webhook")).filter(|webhook| webhook.exists()),
                });
                return Authorizers::Known { chain: chain.collect(), at: list, by_default: false };
            }
            NamedFile::NotGiven => {}
        }
        let setting = self.setting("authorization-mode");
        let at = setting.at();
        let Some(modes) = setting.list() else {
            return Authorizers::Unknown(
                setting.unknown().unwrap_or("the flag `--authorization-mode`").to_owned(),
            );
        };
        let by_default = modes.is_empty();
        let modes = if by_default { vec!["AlwaysAllow"] } else { modes };
        let chain =
            modes.into_iter().map(|mode| Authorizer { mode: mode.to_owned(), at, webhook: None }).collect();
        Authorizers::Known { chain, at, by_default }
    }
}

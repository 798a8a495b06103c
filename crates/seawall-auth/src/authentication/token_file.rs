//! Static tokens (`--token-auth-file`, `pkg/authentication/token/tokenfile`).

mod csv;

use super::{Evidence, Identity, Verdict};
use crate::user::User;
use std::collections::HashMap;

/// The tokens of the file and whose they are. The tokens are in no output.
#[derive(Clone, Default)]
pub struct TokenFile {
    tokens: HashMap<String, User>,
}

impl core::fmt::Debug for TokenFile {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "TokenFile({} tokens)", self.tokens.len())
    }
}

impl TokenFile {
    /// Reads the file's text: token, user name, UID, and groups joined by commas. Of a repeated token the last row
    /// counts, rows without a token are skipped.
    ///
    /// # Errors
    /// When the API server would refuse to start: the text is no CSV, or a row has fewer than three columns.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut tokens = HashMap::new();
        for record in csv::records(text)? {
            let [token, name, uid, rest @ ..] = record.as_slice() else {
                return Err(format!(
                    "token file must have at least 3 columns (token, user name, user uid), found {}",
                    record.len()
                ));
            };
            if token.is_empty() {
                continue;
            }
            let groups = rest.first().map(|groups| groups.split(',').map(str::to_owned).collect());
            let user =
                User { uid: uid.clone(), groups: groups.unwrap_or_default(), ..User::named(name.as_str()) };
            tokens.insert(token.clone(), user);
        }
        Ok(Self { tokens })
    }

    /// The users that the file can make somebody, in no order.
    pub fn users(&self) -> impl Iterator<Item = &User> {
        self.tokens.values()
    }

    pub(super) fn authenticate(&self, token: &str) -> Verdict {
        let Some(user) = self.tokens.get(token) else { return Verdict::Abstained };
        Verdict::authenticated(Identity {
            user: user.clone(),
            evidence: vec![Evidence::new("token-file", "the token stands in the file of static tokens")],
            ..Identity::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `tokenfile_test.go`: the file of `TestTokenFile` and its rows, and the two refusals.
    #[test]
    fn upstream() {
        let file = TokenFile::parse(
            "token1,user1,uid1\ntoken2,user2,uid2\ntoken3,user3,uid3,\"group1,group2\"\ntoken4,user4,uid4,\"group2\"\ntoken5,user5,uid5,group5\ntoken6,user6,uid6,group5,otherdata\ntoken7,user7,uid7,\"group1,group2\",otherdata\n",
        )
        .unwrap();
        for (token, name, uid, groups) in [
            ("token1", "user1", "uid1", &[][..]),
            ("token2", "user2", "uid2", &[]),
            ("token3", "user3", "uid3", &["group1", "group2"]),
            ("token4", "user4", "uid4", &["group2"]),
            ("token5", "user5", "uid5", &["group5"]),
            ("token6", "user6", "uid6", &["group5"]),
            ("token7", "user7", "uid7", &["group1", "group2"]),
        ] {
            let verdict = file.authenticate(token);
            let user = &verdict.identity().unwrap().user;
            assert_eq!((user.name.as_str(), user.uid.as_str()), (name, uid));
            assert_eq!(user.group_names(), groups);
        }
        assert_eq!(file.authenticate("token8"), Verdict::Abstained);
        assert!(TokenFile::parse("token1,user1,uid1\ntoken2,user2,uid2\ntoken3,user3\n").is_err());
        let empty = TokenFile::parse("auser,bob,uid\n,anon,uid2\n").unwrap();
        assert_eq!(empty.users().count(), 1);
        assert!(!format!("{file:?}").contains("token1"));
    }
}

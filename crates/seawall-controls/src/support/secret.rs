//! Is this text a secret written in plain sight? Values never leave these functions.

use seawall_model::redact::{is_plausible, is_secret_name};

/// Whether a value under a name gives a secret away.
pub(crate) fn is_secret(name: &str, value: &str) -> bool {
    is_secret_name(name) && is_plausible(value) || holds_secret(value)
}

/// Whether a text gives itself away: a private key, or credentials in a URL.
pub(crate) fn holds_secret(text: &str) -> bool {
    has_private_key(text) || text.lines().any(has_url_credentials)
}

fn has_private_key(text: &str) -> bool {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("-----BEGIN ") {
        let title = after.split_once("-----").map_or("", |(title, _)| title);
        if title.len() < 40 && title.ends_with("PRIVATE KEY") {
            return true;
        }
        rest = after;
    }
    false
}

/// `scheme://user:password@host`, the password not being a reference.
fn has_url_credentials(line: &str) -> bool {
    let mut rest = line;
    while let Some((_, after)) = rest.split_once("://") {
        let end = after.find(['/', ' ', '"', '\'', '?', '#']).unwrap_or(after.len());
        let authority = after.get(..end).unwrap_or("");
        if let Some((user, _)) = authority.rsplit_once('@')
            && let Some((_, password)) = user.split_once(':')
            && is_plausible(password)
        {
            return true;
        }
        rest = after;
    }
    false
}

/// Whether a configuration text has a line `name: value` or `name = value` that gives a secret away.
pub(crate) fn has_secret_line(text: &str) -> bool {
    text.lines().any(|line| {
        let line = line.trim_start();
        let Some(at) = line.find([':', '=']) else { return false };
        let name = line.get(..at).unwrap_or("").trim().trim_matches(['"', '\'', '-']).trim_start();
        let value = line.get(at + 1..).unwrap_or("");
        // Keys only: prose and code are no settings.
        let plain = name.len() <= 64
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
        plain && !value.trim().contains(' ') && is_secret_name(name) && is_plausible(value)
    })
}

#[cfg(test)]
mod tests {
    use super::{has_secret_line, holds_secret};

    #[test]
    fn texts() {
        assert!(holds_secret("postgres://app:hunter2@db:5432/app"));
        assert!(holds_secret("x\n-----BEGIN RSA PRIVATE KEY-----\nabc"));
        assert!(!holds_secret("postgres://app:$(PASSWORD)@db/app"));
        assert!(!holds_secret("http://host:80/a@b -----BEGIN CERTIFICATE-----"));
        assert!(has_secret_line("a = 1\n  db.password = hunter2\n"));
        assert!(has_secret_line("\"apiKey\": \"abcdef\","));
        assert!(!has_secret_line("# explain the password: it is long\ntoken_file: /run/token\npassword:\n"));
    }
}

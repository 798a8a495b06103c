//! Secrets inside of texts: tokens by their shape, private keys, passwords in URLs, and assignments.

use super::{MASK, is_secret_name};
use std::borrow::Cow;

/// How tokens of well-known issuers begin, and how many characters follow at least.
const TOKEN_PREFIXES: &[(&str, usize)] = &[
    ("eyJ", 20),
    ("ghp_", 20),
    ("gho_", 20),
    ("ghs_", 20),
    ("github_pat_", 20),
    ("glpat-", 16),
    ("xoxb-", 16),
    ("xoxp-", 16),
    ("sk_live_", 16),
    ("rk_live_", 16),
    ("AIza", 30),
    ("hvs.", 20),
    ("npm_", 30),
    ("dckr_pat_", 16),
    ("k8s-aws-v1.", 16),
];

/// `text` with everything that looks like a secret masked; for single texts such as messages.
pub fn mask(text: &str) -> Cow<'_, str> {
    let mut spans = Vec::new();
    secrets(text, &mut |start, end| spans.push((start, end)));
    if spans.is_empty() {
        return Cow::Borrowed(text);
    }
    spans.sort_unstable();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (start, end) in spans {
        if start >= at {
            out.push_str(text.get(at..start).unwrap_or(""));
            out.push_str(MASK);
        }
        at = at.max(end);
    }
    out.push_str(text.get(at..).unwrap_or(""));
    Cow::Owned(out)
}

/// Whether the value names another variable or a template's value instead of holding a secret.
pub fn is_reference(value: &str) -> bool {
    let value = value.trim();
    value.is_empty()
        || value.starts_with("$(")
        || value.starts_with("${")
        || value.starts_with("{{")
        || variable(value)
}

/// Whether a value can be a secret at all: not empty, no reference, path, placeholder or switch.
pub fn is_plausible(value: &str) -> bool {
    let value = value.trim().trim_matches(['"', '\'', ',']);
    let switch = ["true", "false", "null", "none", "nil", "yes", "no", "on", "off", "enabled", "disabled"];
    value.len() >= 3
        && !value.starts_with(['$', '<', '/', '{', '[', '%', '*', '.', '|', '>', '&'])
        && !value.contains("$(")
        && !value.contains("${")
        && !value.contains("{{")
        && !switch.iter().any(|word| value.eq_ignore_ascii_case(word))
}

fn variable(value: &str) -> bool {
    value.strip_prefix('$').is_some_and(|name| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

/// Reports the byte range of every secret in `text`, in no particular order, possibly overlapping.
pub fn secrets(text: &str, found: &mut dyn FnMut(usize, usize)) {
    if text.len() < 6 {
        return;
    }
    tokens(text, found);
    private_keys(text, found);
    // What one assignment covers is not looked at again: that keeps the work linear.
    let mut covered = 0;
    for (at, byte) in text.bytes().enumerate() {
        if !matches!(byte, b'=' | b':') || at < covered {
            continue;
        }
        if text.get(at..at + 3) == Some("://") {
            url_password(text, at + 3, found);
        } else if let Some((start, end)) = assignment(text, at, byte == b'=') {
            found(start, end);
            covered = end;
        }
    }
}

fn tokens(text: &str, found: &mut dyn FnMut(usize, usize)) {
    let of_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '=' | '+' | '/');
    let bytes = text.as_bytes();
    let mut at = 0;
    // Words of token characters; a token can only begin where a word or a part of it begins.
    while let Some(length) = text.get(at..).map(|rest| rest.find(of_token)) {
        let Some(skip) = length else { return };
        let start = at + skip;
        let rest = text.get(start..).unwrap_or("");
        let end = start + rest.find(|c| !of_token(c)).unwrap_or(rest.len());
        if end - start >= 16 {
            for from in start..end {
                let begins = from == start || matches!(bytes.get(from - 1), Some(b'=' | b'/' | b'.'));
                let word = if begins { text.get(from..end).unwrap_or("") } else { "" };
                if TOKEN_PREFIXES
                    .iter()
                    .any(|(prefix, more)| word.starts_with(prefix) && word.len() >= prefix.len() + more)
                {
                    found(from, end);
                    break;
                }
            }
        }
        at = end;
    }
}

fn private_keys(text: &str, found: &mut dyn FnMut(usize, usize)) {
    const BEGIN: &str = "PRIVATE KEY-----";
    let mut at = 0;
    while let Some(start) =
        text.get(at..).and_then(|rest| rest.find(BEGIN)).map(|start| at + start + BEGIN.len())
    {
        let end =
            text.get(start..).and_then(|rest| rest.find("-----END")).map_or(text.len(), |end| start + end);
        found(start, end);
        // Past the end line, whose own `PRIVATE KEY-----` begins nothing.
        at = text
            .get(end..)
            .and_then(|rest| rest.find(BEGIN))
            .map_or(text.len(), |last| end + last + BEGIN.len());
    }
}

fn url_password(text: &str, start: usize, found: &mut dyn FnMut(usize, usize)) {
    let rest = text.get(start..).unwrap_or("");
    let end =
        rest.find(|c: char| c == '/' || c == '?' || c.is_whitespace() || c == '"').unwrap_or(rest.len());
    let Some(authority) = rest.get(..end) else { return };
    if let Some((user, _)) = authority.rsplit_once('@')
        && let Some((name, password)) = user.split_once(':')
        && !is_reference(password)
    {
        let from = start + name.len() + 1;
        found(from, from + password.len());
    }
}

/// How far names are looked for, and how long a value may be before the rest of the line counts as secret too.
const REACH: usize = 2_048;

/// The value of a secret-like name before the `=` or `:` at byte `at`.
fn assignment(text: &str, at: usize, equals: bool) -> Option<(usize, usize)> {
    let after = text.as_bytes().get(at + 1);
    if !equals && !matches!(after, Some(b' ' | b'"' | b'\'' | b'\t')) {
        return None;
    }
    let of_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let before = text.get(..at)?.trim_end_matches(['"', '\'', ' ', '\\']);
    let length = before.bytes().rev().take(REACH).take_while(of_name).count();
    let name = before.get(before.len() - length..)?.trim_start_matches('-');
    if !is_secret_name(name) {
        return None;
    }
    let rest = text.get(at + 1..)?;
    let start = at + 1 + rest.len() - rest.trim_start_matches([' ', '\t', '\\']).len();
    let value = text.get(start..)?;
    let opening = value.trim_start_matches(['"', '\'']);
    // Decided before the end is looked for, because these are not covered afterwards.
    let path = equals && (opening.starts_with('/') || opening.starts_with("./"));
    if path || ["$(", "${", "{{"].iter().any(|open| opening.starts_with(open)) {
        return None;
    }
    let length = value_length(value, name.eq_ignore_ascii_case("authorization"));
    let bare = value.get(..length)?.trim_matches(['"', '\'']);
    if is_reference(bare) || matches!(bare, "true" | "false" | "null") {
        return None;
    }
    Some((start, start + length))
}

/// How far the value reaches: to the closing quote, or to a blank or delimiter; a header to the end of its line.
fn value_length(value: &str, header: bool) -> usize {
    let line = |from: usize| {
        let rest = value.get(from..).unwrap_or("");
        from + rest.find(['\n', '\r']).unwrap_or(rest.len())
    };
    if header {
        return line(0);
    }
    if let Some(quote @ (b'"' | b'\'')) = value.bytes().next() {
        let closing = value.bytes().skip(1).take(REACH).position(|byte| byte == quote);
        return closing.map_or_else(|| line(0), |at| at + 2);
    }
    let ends = |byte: u8| {
        byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b',' | b';' | b'&' | b'|' | b')' | b'}')
    };
    let end = value.bytes().take(REACH).position(ends);
    end.unwrap_or_else(|| if value.len() <= REACH { value.len() } else { line(0) })
}

#[cfg(test)]
mod tests {
    use super::{is_plausible, mask};

    #[test]
    fn values() {
        for value in ["hunter2", "changeme", "1234", "\"quoted\""] {
            assert!(is_plausible(value), "{value}");
        }
        for value in
            ["", "$(REF)", "/run/secret", "<fill in>", "{{ .Values.x }}", "true", "None", "${X}", "a$(B)"]
        {
            assert!(!is_plausible(value), "{value}");
        }
    }

    #[test]
    fn masks_by_shape() {
        let jwt = "eyJhbGciOiJSUzI1NiIsImtpZCI6IiJ9.eyJpc3MiOiJrdWJlIn0.c2ln";
        assert_eq!(mask(&format!("token is {jwt} here")), "token is ••• here");
        assert_eq!(mask("postgres://user:hunter2@db/x"), "postgres://user:•••@db/x");
        assert_eq!(
            mask("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nafter"),
            "-----BEGIN RSA PRIVATE KEY-----•••-----END RSA PRIVATE KEY-----\nafter"
        );
        assert_eq!(mask("ghp_0123456789abcdefghijABCDEFGHIJ"), "•••");
    }

    #[test]
    fn masks_assignments() {
        assert_eq!(mask("--password=hunter2 --user=x"), "--password=••• --user=x");
        assert_eq!(mask("export DB_PASSWORD='a b'; run"), "export DB_PASSWORD=•••; run");
        assert_eq!(mask("{\"password\": \"x y\", \"a\": 1}"), "{\"password\": •••, \"a\": 1}");
        assert_eq!(mask("# password: hunter2"), "# password: •••");
        assert_eq!(mask("Authorization: Basic abc def"), "Authorization: •••");
    }

    #[test]
    fn leaves_the_rest() {
        for text in [
            "container `app` runs privileged",
            "--service-account-key-file=/etc/kubernetes/pki/sa.pub",
            "--token-auth-file=/x",
            "PASSWORD=$(DB_PASSWORD)",
            "token: ${TOKEN}",
            "automountServiceAccountToken: true",
            "https://example.com/a:b@c",
            "secretName: web-tls",
        ] {
            assert_eq!(mask(text), text);
        }
    }

    #[test]
    fn long_texts_take_linear_time() {
        for unit in ["a=", "eyJ", "://a:b@", "password:", "PRIVATE KEY-----", "-----BEGIN "] {
            let _ = mask(&unit.repeat(100_000));
        }
    }
}

//! Does this name say that its value is a secret?

/// Words that end a secret's name.
const LAST: &[&str] = &[
    "password",
    "passwords",
    "passwd",
    "passphrase",
    "pwd",
    "pass",
    "secret",
    "token",
    "credential",
    "credentials",
    "creds",
    "apikey",
    "secretkey",
    "privatekey",
    "accesskey",
    "authkey",
    "signingkey",
    "encryptionkey",
    "jwt",
    "bearer",
    "dsn",
    "salt",
    "pepper",
    "authorization",
    "htpasswd",
    "kubeconfig",
    "dockerconfigjson",
    "connectionstring",
    "pincode",
];

/// Words that make a following `key` a secret one.
const BEFORE_KEY: &[&str] = &[
    "api",
    "access",
    "secret",
    "private",
    "encryption",
    "signing",
    "master",
    "auth",
    "account",
    "session",
    "cipher",
    "aes",
    "hmac",
    "license",
    "certificate",
    "shared",
    "app",
    "deploy",
    "ssh",
];

/// Words after the one that matters.
const TRAILING: &[&str] = &["base64", "b64", "plain", "plaintext", "raw", "value", "default", "text", "data"];

/// Whether a value of this name is likely a secret: `DB_PASSWORD`, `apiKey`, `jwt-secret`. Names of places and
/// references (`tokenFile`, `secretName`, `PASSWORD_PATH`) are not.
pub fn is_secret_name(name: &str) -> bool {
    if name.len() < 3 || name.len() > 256 || !name.is_ascii() {
        return false;
    }
    let words = words(name);
    let mut words = words.as_slice();
    while let [rest @ .., last] = words
        && (TRAILING.contains(&last.as_str()) || last.bytes().all(|byte| byte.is_ascii_digit()))
        && !rest.is_empty()
    {
        words = rest;
    }
    let [before @ .., last] = words else { return false };
    let last = last.trim_end_matches(|c: char| c.is_ascii_digit());
    let previous = before.last().map(String::as_str);
    match (previous, last) {
        (Some(word), "key" | "keys") => BEFORE_KEY.contains(&word),
        (Some("connection" | "conn"), "string" | "str") | (Some("pass"), "word" | "phrase") => true,
        (Some("max" | "min"), _) => false,
        _ => {
            LAST.contains(&last) || ["password", "passwd", "passphrase"].iter().any(|end| last.ends_with(end))
        }
    }
}

/// The words of a name in lower case, split at punctuation and where lower case turns to upper case.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut open = false;
    let mut lower = false;
    for c in name.chars() {
        if !c.is_ascii_alphanumeric() {
            open = false;
            continue;
        }
        if !open || lower && c.is_ascii_uppercase() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(c.to_ascii_lowercase());
        }
        open = true;
        lower = c.is_ascii_lowercase();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::is_secret_name;

    #[test]
    fn secret_names() {
        for name in [
            "password",
            "DB_PASSWORD",
            "dbPassword",
            "mysql-root-password",
            "PGPASSWORD",
            "apiKey",
            "API_KEY",
            "AWS_SECRET_ACCESS_KEY",
            "jwt-secret",
            "token",
            "GITHUB_TOKEN",
            "client.secret",
            "passwd",
            "REDIS_PASS",
            "token1",
            "PASSWORD_2",
            "connectionString",
            "client-key-data-private-key",
            "Authorization",
            "secret",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn other_names() {
        for name in [
            "tokenFile",
            "secretName",
            "PASSWORD_PATH",
            "key",
            "publicKey",
            "AWS_ACCESS_KEY_ID",
            "keys",
            "name",
            "secretKeyRef",
            "service-account-key-file",
            "tls-private-key-file",
            "passwordless",
            "tokens",
            "compass",
            "max_token",
            "imagePullSecrets",
            "bypass",
            "",
            "token-ttl",
            "secret-provider-class",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }
}

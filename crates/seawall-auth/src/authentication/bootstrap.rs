//! Bootstrap tokens (`plugin/pkg/auth/authenticator/token/bootstrap/bootstrap.go`, `k8s.io/cluster-bootstrap`).

use super::objects::{Lookup, Objects, deleted_at, described, is_left_out, secret_value};
use super::{Evidence, Expiry, Identity, Verdict, time};
use crate::user::User;
use seawall_model::{Object, WellKnown};
use std::collections::BTreeSet;
use std::sync::Arc;

const NAMESPACE: &str = "kube-system";

/// What a token gives: nothing but an identity or no opinion; upstream logs why and tells nobody.
pub(super) fn authenticate(token: &str, objects: &dyn Objects, now: i64) -> Verdict {
    let Some((id, secret_part)) = split(token) else { return Verdict::Abstained };
    let name = format!("bootstrap-token-{id}");
    let secret = match objects.find(WellKnown::Secret, NAMESPACE, &name) {
        Lookup::Found(secret) => secret,
        Lookup::Absent => return Verdict::Abstained,
        Lookup::Unknown(reason) => return Verdict::unknown(reason),
    };
    if is_left_out(secret, "token-secret") {
        let what = described(WellKnown::Secret, NAMESPACE, &name);
        return Verdict::unknown(format!("the values of {what} were not kept when the cluster was read"));
    }
    check(secret, id, secret_part, now).map_or(Verdict::Abstained, Verdict::authenticated)
}

/// `[a-z0-9]{6}.[a-z0-9]{16}`.
fn split(token: &str) -> Option<(&str, &str)> {
    let (id, secret) = token.split_once('.')?;
    let word = |text: &str| text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    (id.len() == 6 && secret.len() == 16 && word(id) && word(secret)).then_some((id, secret))
}

fn check(secret: &Arc<Object>, id: &str, secret_part: &str, now: i64) -> Option<Identity> {
    let value = |key| secret_value(secret, key).unwrap_or_default();
    if value("token-secret") != secret_part.as_bytes() || value("token-id") != id.as_bytes() {
        return None;
    }
    bearer(secret, now)
}

/// Who is taken for whom with the token of a Secret, whatever its secret part is; `None` if nobody is.
pub fn bearer(secret: &Arc<Object>, now: i64) -> Option<Identity> {
    let at = secret.at();
    let has_data = at.key("data").exists() || at.key("stringData").exists();
    let kind = at.key("type").str() == Some("bootstrap.kubernetes.io/token");
    if deleted_at(secret).is_some() || !kind || !has_data {
        return None;
    }
    let value = |key| secret_value(secret, key).unwrap_or_default();
    let id = String::from_utf8(value("token-id")).ok()?;
    // The Secret is looked up by the token's id, in one namespace.
    let found = secret.name().strip_prefix("bootstrap-token-") == Some(&id);
    if !found || secret.namespace() != Some(NAMESPACE) {
        return None;
    }
    let expiration = value("expiration");
    let expires = if expiration.is_empty() {
        None
    } else {
        // A time that cannot be read counts as past.
        let stated = time::parse(core::str::from_utf8(&expiration).ok()?).filter(|&stated| stated > now)?;
        Some(Expiry { stated, last_accepted: stated - 1 })
    };
    if value("usage-bootstrap-authentication") != b"true" {
        return None;
    }
    let groups = groups(&value("auth-extra-groups"))?;
    Some(Identity {
        user: User { groups, ..User::named(format!("system:bootstrap:{id}")) },
        expires,
        evidence: vec![Evidence::new(
            "bootstrap-token",
            format!("Secret {NAMESPACE}/bootstrap-token-{id} holds the token and allows authentication"),
        )],
        ..Identity::default()
    })
}

/// The default group and the extra ones, sorted; `None` if one of them is not allowed.
fn groups(extra: &[u8]) -> Option<Vec<String>> {
    let mut groups = BTreeSet::from(["system:bootstrappers".to_owned()]);
    let extra = core::str::from_utf8(extra).ok()?;
    if !extra.is_empty() {
        for group in extra.split(',') {
            is_allowed(group).then_some(())?;
            groups.insert(group.to_owned());
        }
    }
    Some(groups.into_iter().collect())
}

/// `\Asystem:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]\z`.
fn is_allowed(group: &str) -> bool {
    let Some(rest) = group.strip_prefix("system:bootstrappers:") else { return false };
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (1..=256).contains(&rest.len())
        && rest.bytes().all(|byte| plain(byte) || matches!(byte, b':' | b'-'))
        && rest.bytes().next_back().is_some_and(plain)
}

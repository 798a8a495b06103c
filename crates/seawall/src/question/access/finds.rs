//! Where credentials are: kubeconfigs, Secrets, certificate files, signing requests.

use super::credential::{self, Judged};
use crate::question::Asked;
use crate::question::answer::{Place, located};
use crate::question::trust::Trust;
use seawall_auth::authentication::{
    Holding, bootstrap_bearer, certificates_held, format_time, is_kubeconfig, kubeconfigs_in,
};
use seawall_auth::user::User;
use seawall_model::decode::base64;
use seawall_model::{At, Object, WellKnown};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Larger files are no kubeconfigs.
const KUBECONFIG: u64 = 1 << 20;
/// Folders in folders, at most.
const DEPTH: usize = 64;

/// A credential that was found.
pub(super) struct Find {
    /// What it is, in a word of the JSON schema.
    pub(super) kind: &'static str,
    /// What holds it: `user admin of a kubeconfig`, `Secret shop/web-token`.
    pub(super) holder: String,
    pub(super) place: Place,
    pub(super) judged: Judged,
    /// How many seconds it is good from its issue, where its end is not known.
    pub(super) lifetime: Option<i64>,
}

/// Looks for credentials and judges them.
pub(super) struct Search<'s> {
    asked: &'s Asked,
    trust: &'s Trust<'s>,
    now: i64,
    pub(super) finds: Vec<Find>,
}

impl<'s> Search<'s> {
    /// All credentials of the input.
    pub(super) fn of(asked: &'s Asked, trust: &'s Trust<'s>, now: i64) -> Vec<Find> {
        let mut search = Self { asked, trust, now, finds: Vec::new() };
        let cluster = search.asked.world.cluster();
        for object in cluster.of(WellKnown::Other).filter(|object| is_kubeconfig(object)) {
            search.certificates(object);
            search.kubeconfig(object, None);
        }
        for object in cluster.of(WellKnown::Secret) {
            search.secret(object);
        }
        for kind in [WellKnown::CertificateFile, WellKnown::CertificateSigningRequest] {
            cluster.of(kind).for_each(|object| search.certificates(object));
        }
        search.finds.extend(super::mounted::tokens(asked));
        search.finds
    }

    /// The users of a kubeconfig; `inside` is what holds it, if it is no file of its own.
    fn kubeconfig(&mut self, object: &Arc<Object>, inside: Option<(&str, &Place)>) {
        for entry in object.at().key("users").items() {
            let user = entry.key("user");
            let name = entry.key("name").str().unwrap_or("");
            let holder = match inside {
                Some((holder, _)) => format!("user {name} of a kubeconfig in {holder}"),
                None => format!("user {name} of a kubeconfig"),
            };
            let place = |at: At<'_>| inside.map_or_else(|| located(at), |(_, place)| place.clone());
            let at = user.key("token");
            if let Some(token) = at.str().filter(|token| !token.is_empty()) {
                self.token("kubeconfigToken", token, holder, place(at), None);
            }
        }
    }

    fn secret(&mut self, secret: &Arc<Object>) {
        let namespace = secret.namespace().unwrap_or("default");
        let holder = format!("Secret {namespace}/{}", secret.name());
        let place = located(secret.at());
        match secret.at().key("type").str() {
            Some("kubernetes.io/service-account-token") => {
                let name = secret.annotation("kubernetes.io/service-account.name").unwrap_or("");
                let mut owner = User::service_account(namespace, name);
                owner.add_authenticated_group();
                let token = value(secret, "token").unwrap_or_default();
                self.token(
                    "serviceAccountToken",
                    &token,
                    holder,
                    place,
                    Some(owner).filter(|_| !name.is_empty()),
                );
            }
            Some("bootstrap.kubernetes.io/token") => {
                if secret.is_sealed() {
                    return self.sealed_bootstrap(secret, holder, place);
                }
                let part = |key| value(secret, key).unwrap_or_default();
                let token = format!("{}.{}", part("token-id"), part("token-secret"));
                self.token("bootstrapToken", &token, holder, place, None);
            }
            _ => self.values(secret, &holder, &place),
        }
    }

    /// A bootstrap token whose secret part was left out when the cluster was read: what it gives stands beside it.
    fn sealed_bootstrap(&mut self, secret: &Arc<Object>, holder: String, place: Place) {
        let why = "the token itself is not kept in snapshots; whoever has it is this user";
        let mut judged = credential::not_at_hand("token", why);
        match bootstrap_bearer(secret, self.now) {
            Some(identity) => {
                judged.entry.expires = identity.expires.map(|expires| format_time(expires.stated));
                let mut user = identity.user;
                user.add_authenticated_group();
                judged.user = Some(user);
            }
            None => {
                judged.entry.accepted = Some(false);
                judged.entry.unknown.clear();
                judged.entry.error = Some("it has expired, or may not be used for authentication".into());
            }
        }
        self.finds.push(Find { kind: "bootstrapToken", holder, place, judged, lifetime: None });
    }

    /// Certificates and kubeconfigs among the values of a Secret.
    fn values(&mut self, secret: &Arc<Object>, holder: &str, place: &Place) {
        self.certificates(secret);
        let keys = ["data", "stringData"].into_iter().flat_map(|list| secret.at().key(list).entries());
        let mut keys: Vec<&str> = keys.map(|(key, _)| key).collect();
        keys.sort_unstable();
        keys.dedup();
        for text in keys.into_iter().filter_map(|key| value(secret, key)) {
            for object in kubeconfigs_in(&text) {
                self.kubeconfig(&object, Some((holder, place)));
            }
        }
    }

    /// The client certificates that an object holds.
    fn certificates(&mut self, object: &Arc<Object>) {
        for held in certificates_held(object) {
            if held.leaf().is_none_or(|leaf| !leaf.is_for_clients()) {
                continue;
            }
            let kind = match held.holding {
                Holding::Kubeconfig => "kubeconfigCertificate",
                Holding::Secret => "secretCertificate",
                Holding::File => "certificateFile",
                Holding::Request => "certificateSigningRequest",
            };
            if let Some(judged) = credential::certificate(&held.chain, self.trust, self.now) {
                self.finds.push(Find {
                    kind,
                    holder: held.holder,
                    place: located(held.at),
                    judged,
                    lifetime: None,
                });
            }
        }
    }

    fn token(&mut self, kind: &'static str, token: &str, holder: String, place: Place, owner: Option<User>) {
        let mut judged = credential::token(token, self.trust, self.now);
        if token.is_empty() {
            // The token controller fills such Secrets; the text says whose the token will be.
            judged = credential::not_at_hand("token", "the token itself is not in the input");
        }
        // The anonymous user is what a request without a credential gets, not whose this is.
        judged.user = judged.user.or(owner);
        self.finds.push(Find { kind, holder, place, judged, lifetime: None });
    }
}

/// A value of a Secret as text.
fn value(secret: &Arc<Object>, key: &str) -> Option<String> {
    let last = |list: &'static str| {
        let entries = secret.at().key(list).entries();
        entries.filter(|(known, _)| *known == key).last().and_then(|(_, at)| at.str())
    };
    match last("stringData") {
        Some(text) => Some(text.to_owned()),
        None => String::from_utf8(base64(last("data")?)?).ok(),
    }
}

/// The kubeconfigs named `*.conf` below the folders among `paths`, such as kubeadm writes them. What git ignores is
/// looked at, too: credentials usually are.
pub(super) fn kubeconfig_files(paths: &[PathBuf]) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for path in paths.iter().filter(|path| path.is_dir()) {
        below(path, DEPTH, &mut out);
    }
    out
}

fn below(folder: &Path, depth: usize, out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut entries: Vec<_> = entries.filter_map(Result::ok).collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let Ok(kind) = entry.file_type() else { continue };
        let path = entry.path();
        let name = entry.file_name();
        if kind.is_dir() && depth > 0 && !matches!(name.to_str(), Some(".git" | "node_modules")) {
            below(&path, depth - 1, out);
        } else if kind.is_file() && path.extension().is_some_and(|ending| ending == "conf") {
            let is_small = entry.metadata().is_ok_and(|metadata| metadata.len() <= KUBECONFIG);
            let text =
                if is_small { std::fs::read_to_string(&path).unwrap_or_default() } else { String::new() };
            // Other programs have files of this name, too: those are not judged.
            let line = |wanted: &str| text.lines().any(|line| line.trim_end() == wanted);
            if line("kind: Config") && line("apiVersion: v1") {
                out.push(path);
            }
        }
    }
}

//! The authenticators of a kube-apiserver as its flags and files configure it
//! (`pkg/kubeapiserver/options/authentication.go` `ToAuthenticationConfig`).

use super::certificate::Authorities;
use super::chain::{AnonymousRequests, Authenticators, Part};
use super::front_proxy::FrontProxy;
use super::issuer::{IssuerAuthenticator, IssuerOptions, KeySet, OidcFlags};
use super::keys::public_keys;
use super::service_account::ServiceAccountTokens;
use super::{Features, TokenFile};
use crate::authentication_config::{self, Loaded};
use seawall_model::decode::shown;
use seawall_model::{Anonymous, ComponentAt, NamedFile};

/// What of the world outside the flags is at hand.
pub struct Surroundings<'a> {
    /// The text of a file that a flag names, by its path; `None` if it is not at hand.
    pub file: &'a dyn Fn(&str) -> Option<String>,
    /// The keys that an issuer publishes, by its URL; `None` if they are not at hand.
    pub issuer_keys: &'a dyn Fn(&str) -> Option<KeySet>,
}

impl core::fmt::Debug for Surroundings<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Surroundings")
    }
}

/// The algorithms that a configuration file allows: all that upstream knows.
const ALL_ALGORITHMS: [&str; 9] =
    ["ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512"];

impl Authenticators {
    /// The authenticators of `server`, a kube-apiserver.
    pub fn of(server: ComponentAt<'_>, surroundings: &Surroundings<'_>) -> Self {
        let flags = Flags { server, surroundings };
        let gates = server.gates();
        let features = Features::of(server.version(), |name| {
            gates.iter().find(|gate| gate.name == name).map(|gate| gate.enabled)
        });
        let issuers = flags.list("service-account-issuer");
        let audiences = match flags.list("api-audiences") {
            audiences if audiences.is_empty() => issuers.clone(),
            audiences => audiences,
        };
        Self {
            features,
            api_audiences: audiences,
            front_proxy: flags.front_proxy(),
            client_authorities: flags.file("client-ca-file").and_then(|text| Authorities::of_pem(&text)),
            token_file: flags.file("token-auth-file").and_then(|text| TokenFile::parse(&text)),
            service_accounts: flags.service_accounts(&issuers),
            bootstrap_tokens: match server.setting("enable-bootstrap-token-auth").bool() {
                Some(true) => Part::Known(()),
                Some(false) => Part::Absent,
                None => flags.undecided("enable-bootstrap-token-auth"),
            },
            issuers: flags.issuers(&issuers),
            token_webhook: !matches!(flags.text("authentication-token-webhook-config-file"), Part::Absent),
            anonymous: match server.anonymous() {
                Anonymous::Off(_) => AnonymousRequests::Refused,
                Anonymous::On(_) => AnonymousRequests::Allowed,
                Anonymous::Paths(_, paths) => {
                    AnonymousRequests::AllowedFor(paths.into_iter().map(str::to_owned).collect())
                }
                Anonymous::Unknown(reason) => AnonymousRequests::Unknown(reason),
            },
        }
    }
}

impl<T> Part<T> {
    /// Reads what is known; a text that the API server refuses leaves nobody to answer.
    fn and_then<U>(self, read: impl FnOnce(T) -> Result<U, String>) -> Part<U> {
        match self {
            Self::Absent => Part::Absent,
            Self::Known(value) => match read(value) {
                Ok(value) => Part::Known(value),
                Err(error) => Part::Unknown(format!("the API server does not start: {error}")),
            },
            Self::Unknown(reason) => Part::Unknown(reason),
        }
    }
}

struct Flags<'a, 's> {
    server: ComponentAt<'a>,
    surroundings: &'s Surroundings<'s>,
}

impl<'a> Flags<'a, '_> {
    /// A flag that has no value that is known.
    fn undecided<T>(&self, name: &'a str) -> Part<T> {
        let setting = self.server.setting(name);
        let reason = setting.unknown().map(str::to_owned);
        Part::Unknown(reason.unwrap_or_else(|| format!("the value of `--{name}` is not in the input")))
    }

    /// The text of a flag; the empty one is no flag.
    fn text(&self, name: &'a str) -> Part<String> {
        match self.server.setting(name).text() {
            Some("") => Part::Absent,
            Some(text) => Part::Known(text.to_owned()),
            None if *self.server.setting(name).state() == seawall_model::State::Removed => Part::Absent,
            None => self.undecided(name),
        }
    }

    /// The elements of a flag, as far as they are known.
    fn list(&self, name: &'a str) -> Vec<String> {
        let setting = self.server.setting(name);
        setting.list().unwrap_or_default().into_iter().map(str::to_owned).collect()
    }

    /// The text of the file that a flag names.
    fn file(&self, name: &'a str) -> Part<String> {
        match self.text(name) {
            Part::Known(path) => self.read(name, &path),
            other => other,
        }
    }

    fn read(&self, name: &str, path: &str) -> Part<String> {
        match (self.surroundings.file)(path) {
            Some(text) => Part::Known(text),
            None => Part::Unknown(format!("the file `{}` of `--{name}` is not at hand", shown(path))),
        }
    }

    fn front_proxy(&self) -> Part<FrontProxy> {
        self.file("requestheader-client-ca-file").and_then(|text| {
            Ok(FrontProxy {
                authorities: Authorities::of_pem(&text)?,
                allowed_names: self.list("requestheader-allowed-names"),
                user_headers: self.list("requestheader-username-headers"),
                uid_headers: self.list("requestheader-uid-headers"),
                group_headers: self.list("requestheader-group-headers"),
                extra_prefixes: self.list("requestheader-extra-headers-prefix"),
            })
        })
    }

    fn service_accounts(&self, issuers: &[String]) -> Part<ServiceAccountTokens> {
        if matches!(self.text("service-account-signing-endpoint"), Part::Known(_)) {
            return Part::Unknown("an external signer holds the keys of service account tokens".into());
        }
        let paths = self.list("service-account-key-file");
        if paths.is_empty() {
            return match self.text("service-account-key-file") {
                Part::Unknown(reason) => Part::Unknown(reason),
                // Without key files the server's own TLS key is taken, if it is one.
                _ => match self.file("tls-private-key-file") {
                    Part::Known(text) => public_keys(&text)
                        .map_or(Part::Absent, |keys| Part::Known(self.tokens(keys, issuers))),
                    Part::Absent => Part::Absent,
                    Part::Unknown(reason) => Part::Unknown(reason),
                },
            };
        }
        let mut keys = Vec::new();
        for path in paths {
            match self.read("service-account-key-file", &path).and_then(|text| public_keys(&text)) {
                Part::Known(more) => keys.extend(more),
                Part::Unknown(reason) => return Part::Unknown(reason),
                Part::Absent => {}
            }
        }
        Part::Known(self.tokens(keys, issuers))
    }

    fn tokens(&self, keys: Vec<super::PublicKey>, issuers: &[String]) -> ServiceAccountTokens {
        let lookup = self.server.setting("service-account-lookup").bool().unwrap_or(true);
        ServiceAccountTokens { keys, issuers: issuers.to_vec(), lookup }
    }

    fn issuers(&self, service_account_issuers: &[String]) -> Part<Vec<IssuerAuthenticator>> {
        let file = match self.server.file("authentication-config") {
            NamedFile::NotGiven => return self.flag_issuer(),
            NamedFile::Unknown(reason) => return Part::Unknown(reason),
            NamedFile::Found(file) => file,
        };
        let known: Vec<&str> = service_account_issuers.iter().map(String::as_str).collect();
        let gate = self
            .server
            .gates()
            .iter()
            .find(|gate| gate.name == "AnonymousAuthConfigurableEndpoints")
            .map(|gate| gate.enabled);
        let options = authentication_config::Options {
            version: self.server.version(),
            anonymous_gate: gate,
            service_account_issuers: &known,
        };
        let Loaded { configuration, .. } = match authentication_config::load(file, &options) {
            Ok(loaded) => loaded,
            Err(refusals) => {
                let first = refusals.first().map_or("", |refusal| refusal.message.as_str());
                return Part::Unknown(format!(
                    "the API server refuses its authentication configuration: {first}"
                ));
            }
        };
        let issuers = configuration.issuers.iter().map(|issuer| {
            let algorithms = ALL_ALGORITHMS.map(str::to_owned).into();
            IssuerAuthenticator::of(issuer, &self.options(issuer.url, algorithms))
        });
        Part::Known(()).and_then(|()| issuers.collect())
    }

    fn options(&self, url: &str, algorithms: Vec<String>) -> IssuerOptions {
        let keys = (self.surroundings.issuer_keys)(url);
        IssuerOptions { version: self.server.version(), algorithms, keys }
    }

    fn flag_issuer(&self) -> Part<Vec<IssuerAuthenticator>> {
        let (issuer_url, client_id) = match (self.text("oidc-issuer-url"), self.text("oidc-client-id")) {
            (Part::Known(url), Part::Known(id)) => (url, id),
            (Part::Unknown(reason), _) | (_, Part::Unknown(reason)) => return Part::Unknown(reason),
            _ => return Part::Known(Vec::new()),
        };
        let mut texts =
            ["oidc-username-claim", "oidc-username-prefix", "oidc-groups-claim", "oidc-groups-prefix"]
                .map(|name| (name, self.text(name)));
        let mut take = |at: usize| match texts.get_mut(at).map(|(_, part)| std::mem::take(part)) {
            Some(Part::Known(text)) => Ok(text),
            Some(Part::Unknown(reason)) => Err(reason),
            _ => Ok(String::new()),
        };
        let read = |take: &mut dyn FnMut(usize) -> Result<String, String>| {
            Ok::<_, String>((take(0)?, take(1)?, take(2)?, take(3)?))
        };
        let (username_claim, username_prefix, groups_claim, groups_prefix) = match read(&mut take) {
            Ok(texts) => texts,
            Err(reason) => return Part::Unknown(reason),
        };
        let pairs = self.list("oidc-required-claim");
        let required = pairs.iter().filter_map(|pair| pair.split_once('='));
        let options = self.options(&issuer_url, self.list("oidc-signing-algs"));
        let flags = OidcFlags {
            username_claim,
            username_prefix,
            groups_claim,
            groups_prefix,
            required_claims: required.map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
            issuer_url,
            client_id,
        };
        Part::Known(vec![IssuerAuthenticator::of_flags(&flags, &options)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authentication::ClusterObjects;
    use crate::authentication::objects::tests::cluster;
    use seawall_model::{Components, Version};

    fn of(flags: &[&str], more: &str, files: &[(&str, &str)], check: impl FnOnce(&Authenticators)) {
        let command: String = flags.iter().map(|flag| format!("        - {flag}\n")).collect();
        let text = format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: kube-apiserver, namespace: kube-system}}\nspec:\n  \
             containers:\n    - name: a\n      image: registry.k8s.io/kube-apiserver:v1.34.1\n      command:\n        \
             - kube-apiserver\n{command}---\n{more}"
        );
        let components = Components::of(&cluster(&text));
        let server = components.iter().next().unwrap().in_version(Version::NEWEST);
        let file =
            |path: &str| files.iter().find(|(known, _)| *known == path).map(|(_, text)| (*text).to_owned());
        check(&Authenticators::of(server, &Surroundings { file: &file, issuer_keys: &|_| None }));
    }

    #[test]
    fn parts_of_flags() {
        let flags = [
            "--client-ca-file=/ca.crt",
            "--token-auth-file=/tokens.csv",
            "--service-account-issuer=https://a",
            "--service-account-key-file=/sa.pub",
            "--enable-bootstrap-token-auth",
            "--authorization-mode=Node,RBAC",
            "--oidc-issuer-url=https://issuer",
            "--oidc-client-id=k",
        ];
        let rsa = super::super::jwt::tests::RSA_PEM;
        of(&flags, "", &[("/tokens.csv", "t,anna,1,\"a,b\"\n"), ("/sa.pub", rsa)], |server| {
            assert_eq!(server.features.version.minor(), 34);
            assert_eq!(server.api_audiences, ["https://a"]);
            let Part::Unknown(reason) = &server.client_authorities else { panic!() };
            assert_eq!(reason, "the file `/ca.crt` of `--client-ca-file` is not at hand");
            assert!(matches!(server.front_proxy, Part::Absent));
            assert!(matches!(server.bootstrap_tokens, Part::Known(())));
            let Part::Known(accounts) = &server.service_accounts else { panic!() };
            assert!(accounts.lookup && accounts.keys.len() == 1);
            let Part::Known(issuers) = &server.issuers else { panic!() };
            assert_eq!(issuers[0].url(), "https://issuer");
            assert_eq!(server.anonymous, AnonymousRequests::Allowed);
            assert!(!server.token_webhook);
            let empty = cluster("");
            let review = server.token_review("t", &[], &ClusterObjects::new(&empty, true), 0).unwrap();
            let user = review.user.unwrap();
            assert_eq!(user.group_names(), ["a", "b", "system:authenticated"]);
            assert_eq!(review.audiences, ["https://a"]);
            let review = server.token_review("x", &[], &ClusterObjects::new(&empty, true), 0).unwrap();
            assert_eq!((review.authenticated, review.error.as_str()), (Some(false), "invalid bearer token"));
            // A token with a space in front is none, so that nobody asks.
            let review = server.token_review(" t", &[], &ClusterObjects::new(&empty, true), 0).unwrap();
            assert_eq!(review.user.unwrap().name, "system:anonymous");
        });
    }

    #[test]
    fn parts_of_files() {
        let more = "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\n\
                    anonymous: {enabled: true, conditions: [{path: /livez}]}\njwt:\n- issuer: {url: 'https://i', \
                    audiences: [k]}\n  claimMappings: {username: {expression: claims.sub}}\n";
        of(&["--authentication-config=/a.yaml"], more, &[], |server| {
            assert_eq!(server.anonymous, AnonymousRequests::AllowedFor(vec!["/livez".into()]));
            let Part::Known(issuers) = &server.issuers else { panic!("{:?}", server.issuers) };
            assert_eq!(issuers.len(), 1);
            assert!(matches!(server.service_accounts, Part::Absent));
        });
        let wrong = more.replace("claims.sub", "claims.(");
        of(&["--authentication-config=/a.yaml"], &wrong, &[], |server| {
            assert!(matches!(server.issuers, Part::Unknown(_)));
        });
        of(&["--authentication-token-webhook-config-file=/w"], "", &[], |server| {
            let empty = cluster("");
            let review = server.token_review("t", &[], &ClusterObjects::new(&empty, true), 0).unwrap();
            assert_eq!(review.unknown, ["a webhook authenticates tokens"]);
        });
    }
}

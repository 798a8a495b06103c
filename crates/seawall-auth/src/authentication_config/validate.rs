//! Upstream's `ValidateAuthenticationConfiguration`.

use super::load::Options;
use super::{AuthenticationConfiguration, Issuer, certificate};
use seawall_cel::{Environment, Program, Purpose, Type};
use seawall_model::decode::{GoUrl, Refusal, domain_prefixed_path, shown, text_of};
use seawall_model::{At, Version};
use std::cell::OnceCell;
use std::collections::HashSet;

/// Collects what is refused and what stays open.
pub(super) struct Check<'a> {
    pub(super) refusals: Vec<Refusal<'a>>,
    pub(super) undecided: Vec<Refusal<'a>>,
    version: Version,
    /// Made when the first expression is met.
    claims: OnceCell<Environment>,
    user: OnceCell<Environment>,
    /// Of the issuer that is looked at: whether the user name uses `claims.email`, and whether anything looks at
    /// `claims.email_verified`.
    uses_email: bool,
    uses_email_verified: bool,
}

impl<'a> Check<'a> {
    fn refuse(&mut self, at: At<'a>, message: impl Into<String>) {
        self.refusals.push(Refusal::new(at, message));
    }

    pub(super) fn new(version: Version) -> Self {
        Self {
            refusals: Vec::new(),
            undecided: Vec::new(),
            version,
            claims: OnceCell::new(),
            user: OnceCell::new(),
            uses_email: false,
            uses_email_verified: false,
        }
    }

    /// Compiles an expression; conditions must be of type bool, the type of mappings shows in the evaluation alone.
    fn expression(&mut self, at: At<'a>, purpose: Purpose, condition: bool) -> Option<Program> {
        let cell = if purpose == Purpose::User { &self.user } else { &self.claims };
        let environment = cell.get_or_init(|| Environment::new(u32::from(self.version.minor()), purpose));
        let text = text_of(at);
        let program =
            if condition { environment.compile_as(text, &Type::Bool) } else { environment.compile(text) };
        program.map_err(|error| self.refuse(at, error.to_string())).ok()
    }

    /// An expression over claims, which may look at whether the email address is verified.
    fn claims_expression(&mut self, at: At<'a>, condition: bool) {
        if let Some(program) = self.expression(at, Purpose::Claims, condition) {
            self.uses_email_verified |= selects_claim(&program, "email_verified");
        }
    }

    pub(super) fn configuration(
        &mut self,
        configuration: &AuthenticationConfiguration<'a>,
        options: &Options<'_>,
    ) {
        let at = configuration.at;
        if configuration.issuers.len() > 64 {
            self.refuse(at.key("jwt"), "must have at most 64 items");
            return;
        }
        let (mut urls, mut discovery_urls) = (HashSet::new(), HashSet::new());
        for issuer in &configuration.issuers {
            self.issuer(issuer, options);
            let place = issuer.at.key("issuer");
            if !urls.insert(issuer.url) {
                self.refuse(place.key("url"), format!("`{}` is used twice", shown(issuer.url)));
            }
            if let Some(url) = issuer.discovery_url
                && !discovery_urls.insert(url)
            {
                self.refuse(place.key("discoveryURL"), format!("`{}` is used twice", shown(url)));
            }
        }
        let Some(anonymous) = &configuration.anonymous else { return };
        let locked = options.version.at_least(34);
        match options.anonymous_gate {
            Some(false) if !locked => self.refuse(
                anonymous.at,
                "anonymous is not supported when AnonymousAuthConfigurableEndpoints feature gate is disabled",
            ),
            None if !options.version.at_least(32) => self.undecided.push(Refusal::new(
                anonymous.at,
                "the feature gate AnonymousAuthConfigurableEndpoints is off by default in this version",
            )),
            _ => {}
        }
        if !anonymous.enabled && !anonymous.paths.is_empty() {
            let message = "enabled should be set to true when conditions are defined";
            self.refuse(anonymous.at.key("conditions"), message);
        }
    }

    fn issuer(&mut self, issuer: &Issuer<'a>, options: &Options<'_>) {
        let place = issuer.at.key("issuer");
        if issuer.url.is_empty() {
            self.refuse(place.key("url"), "is required");
        } else {
            if options.service_account_issuers.contains(&issuer.url) {
                self.refuse(
                    place.key("url"),
                    "URL must not overlap with the issuers of service account tokens",
                );
            }
            self.url(place.key("url"), issuer.url);
        }
        if let Some(url) = issuer.discovery_url {
            if !issuer.url.is_empty() && issuer.url.trim_end_matches('/') == url.trim_end_matches('/') {
                self.refuse(place.key("discoveryURL"), "discoveryURL must be different from URL");
            }
            self.url(place.key("discoveryURL"), url);
        }
        self.audiences(place, &issuer.audiences);
        let authority = text_of(place.key("certificateAuthority"));
        if !authority.is_empty()
            && let Err(message) = certificate::check(authority)
        {
            self.refuse(place.key("certificateAuthority"), message);
        }
        if !matches!(text_of(place.key("egressSelectorType")), "" | "controlplane" | "cluster") {
            self.refuse(
                place.key("egressSelectorType"),
                "egress selector must be either controlplane or cluster",
            );
        }
        (self.uses_email, self.uses_email_verified) = (false, false);
        self.claim_rules(issuer.at.key("claimValidationRules"));
        self.mappings(issuer.at.key("claimMappings"), options);
        let mut seen = HashSet::new();
        for rule in issuer.at.key("userValidationRules").items() {
            let at = rule.key("expression");
            if self.is_unique_expression(at, &mut seen) {
                self.expression(at, Purpose::User, true);
            }
        }
    }

    fn url(&mut self, at: At<'a>, text: &str) {
        let url = match GoUrl::parse(text) {
            Ok(url) => url,
            Err(error) => return self.refuse(at, error),
        };
        if url.scheme != "https" {
            self.refuse(at, "URL scheme must be https");
        }
        if url.has_user {
            self.refuse(at, "URL must not contain a username or password");
        }
        if !url.query.is_empty() {
            self.refuse(at, "URL must not contain a query");
        }
        if !url.fragment.is_empty() {
            self.refuse(at, "URL must not contain a fragment");
        }
    }

    fn audiences(&mut self, place: At<'a>, audiences: &[&'a str]) {
        if audiences.is_empty() {
            return self.refuse(place.key("audiences"), "at least one audience is required");
        }
        let mut seen = HashSet::new();
        for item in place.key("audiences").items() {
            let audience = text_of(item);
            if audience.is_empty() {
                self.refuse(item, "is required");
            }
            if !seen.insert(audience) {
                self.refuse(item, format!("`{}` is used twice", shown(audience)));
            }
        }
        match (audiences.len(), text_of(place.key("audienceMatchPolicy"))) {
            (_, "MatchAny") | (1, "") => {}
            (1, _) => self.refuse(
                place.key("audienceMatchPolicy"),
                "audienceMatchPolicy must be empty or MatchAny for single audience",
            ),
            _ => self.refuse(
                place.key("audienceMatchPolicy"),
                "audienceMatchPolicy must be MatchAny for multiple audiences",
            ),
        }
    }

    fn claim_rules(&mut self, rules: At<'a>) {
        let (mut claims, mut expressions) = (HashSet::new(), HashSet::new());
        for rule in rules.items() {
            match (text_of(rule.key("claim")), text_of(rule.key("expression"))) {
                ("", "") => self.refuse(rule, "claim or expression is required"),
                (claim, "") => {
                    if !text_of(rule.key("message")).is_empty() {
                        self.refuse(rule.key("message"), "may not be specified when claim is set");
                    }
                    if !claims.insert(claim) {
                        self.refuse(rule.key("claim"), format!("`{}` is used twice", shown(claim)));
                    }
                }
                ("", _) => {
                    if !text_of(rule.key("requiredValue")).is_empty() {
                        self.refuse(rule.key("requiredValue"), "may not be specified when expression is set");
                    }
                    let at = rule.key("expression");
                    if self.is_unique_expression(at, &mut expressions) {
                        self.claims_expression(at, true);
                    }
                }
                _ => self.refuse(rule, "claim and expression can't both be set"),
            }
        }
    }

    fn is_unique_expression(&mut self, at: At<'a>, seen: &mut HashSet<&'a str>) -> bool {
        let expression = text_of(at);
        if expression.is_empty() {
            self.refuse(at, "is required");
        } else if !seen.insert(expression) {
            self.refuse(at, "the same expression is used twice");
        } else {
            return true;
        }
        false
    }

    fn mappings(&mut self, mappings: At<'a>, options: &Options<'_>) {
        if let Some(program) = self.prefixed(mappings.key("username"), true) {
            self.uses_email |= selects_claim(&program, "email");
            self.uses_email_verified |= selects_claim(&program, "email_verified");
        }
        self.prefixed(mappings.key("groups"), false);
        let uid = mappings.key("uid");
        match (text_of(uid.key("claim")), text_of(uid.key("expression"))) {
            (_, "") => {}
            ("", _) => {
                self.expression(uid.key("expression"), Purpose::Claims, false);
            }
            _ => self.refuse(uid, "claim and expression can't both be set"),
        }
        let mut keys = HashSet::new();
        for extra in mappings.key("extra").items() {
            let (at, key) = (extra.key("key"), text_of(extra.key("key")));
            if let Err(message) = domain_prefixed_path(key) {
                self.refuse(at, message);
            }
            if key != key.to_lowercase() {
                self.refuse(at, "must be lowercase");
            }
            if options.version.at_least(32) && is_kubernetes_domain(key) {
                let message = "k8s.io, kubernetes.io and their subdomains are reserved for Kubernetes use";
                self.refuse(at, message);
            }
            if !keys.insert(key) {
                self.refuse(at, format!("`{}` is used twice", shown(key)));
                continue;
            }
            let value = extra.key("valueExpression");
            if text_of(value).is_empty() {
                self.refuse(value, "is required");
            } else {
                self.claims_expression(value, false);
            }
        }
        if self.uses_email && !self.uses_email_verified {
            let message = "claims.email_verified must be used in claimMappings.username.expression or \
                           claimMappings.extra[*].valueExpression or claimValidationRules[*].expression when \
                           claims.email is used in claimMappings.username.expression";
            self.refuse(mappings.key("username").key("expression"), message);
        }
    }

    /// `validatePrefixClaimOrExpression`; the expression, if it is one.
    fn prefixed(&mut self, at: At<'a>, required: bool) -> Option<Program> {
        match (text_of(at.key("claim")), text_of(at.key("expression"))) {
            ("", "") if required => self.refuse(at, "claim or expression is required"),
            ("", "") => {}
            (_, "") => {
                if !at.key("prefix").exists() {
                    let message = "prefix is required when claim is set. It can be set to an empty string to disable \
                                   prefixing";
                    self.refuse(at.key("prefix"), message);
                }
            }
            ("", _) => {
                if at.key("prefix").exists() {
                    self.refuse(at.key("prefix"), "may not be specified when expression is set");
                }
                return self.expression(at.key("expression"), Purpose::Claims, false);
            }
            _ => self.refuse(at, "claim and expression can't both be set"),
        }
        None
    }
}

/// Upstream's `hasSelectExp`: `claims.name` or `claims.?name`; an index with the name does not count. The compiled
/// form knows fields by name, the text tells whether they are those of `claims`.
fn selects_claim(program: &Program, name: &str) -> bool {
    let text: String = program.source().chars().filter(|c| !c.is_whitespace()).collect();
    let is_selected = |form: String| {
        let mut after = text.match_indices(&form).filter_map(|(at, _)| text.get(at + form.len()..));
        after.any(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_'))
    };
    program.mentions_field(name)
        && (is_selected(format!("claims.{name}")) || is_selected(format!("claims.?{name}")))
}

fn is_kubernetes_domain(key: &str) -> bool {
    let domain = key.split_once('/').map_or("", |(domain, _)| domain);
    ["kubernetes.io", "k8s.io"].iter().any(|owned| {
        domain.strip_suffix(owned).is_some_and(|before| before.is_empty() || before.ends_with('.'))
    })
}

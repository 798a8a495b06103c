//! Can an issuer's tokens become `system:` users or groups?
//!
//! Upstream forbids it nowhere: whoever controls the issuer then controls the cluster. CEL is not evaluated; only
//! shapes whose meaning is certain are recognised.

use super::{ClaimRule, Issuer, Mapping};

/// Whether a name beginning with `system:` can come out of a mapping.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum SystemNames {
    /// It cannot.
    Impossible,
    /// It can: nothing stands between the claim and the name.
    Possible,
    /// That depends on CEL expressions; says on which.
    Unknown(&'static str),
}

const SYSTEM: &str = "system:";

impl Issuer<'_> {
    /// Whether its tokens can carry a user name such as `system:kube-controller-manager`.
    pub fn system_users(&self) -> SystemNames {
        self.system_names(self.username, "!user.username.startsWith('system:')")
    }

    /// Whether its tokens can carry a group such as `system:masters`.
    pub fn system_groups(&self) -> SystemNames {
        match self.groups {
            Mapping::Nothing => SystemNames::Impossible,
            groups => self.system_names(groups, ""),
        }
    }

    fn system_names(&self, mapping: Mapping<'_>, user_guard: &str) -> SystemNames {
        let from_mapping = match mapping {
            Mapping::Nothing => return SystemNames::Impossible,
            Mapping::Claim { prefix, .. } => begins(prefix),
            Mapping::Expression(expression) => match leading_literal(expression) {
                Some(literal) => begins(literal),
                None => SystemNames::Unknown("the mapping is a CEL expression"),
            },
        };
        if from_mapping == SystemNames::Impossible {
            return SystemNames::Impossible;
        }
        if self.claim_is_fixed(mapping) {
            return SystemNames::Impossible;
        }
        let guarded = |rule: &&str| {
            conjuncts(rule)
                .iter()
                .any(|part| if user_guard.is_empty() { is_group_guard(part) } else { part == user_guard })
        };
        if self.user_rules.iter().any(guarded) {
            return SystemNames::Impossible;
        }
        if !self.user_rules.is_empty() {
            return SystemNames::Unknown("userValidationRules may forbid it");
        }
        if self.claim_rules.iter().any(|rule| matches!(rule, ClaimRule::Expression(_))) {
            return SystemNames::Unknown("claimValidationRules may forbid it");
        }
        from_mapping
    }

    /// A claim that must equal a value yields that name alone.
    fn claim_is_fixed(&self, mapping: Mapping<'_>) -> bool {
        let Mapping::Claim { claim: wanted, prefix } = mapping else { return false };
        self.claim_rules.iter().any(|rule| match rule {
            ClaimRule::Equals { claim, value } => {
                *claim == wanted && !format!("{prefix}{value}").starts_with(SYSTEM)
            }
            ClaimRule::Expression(_) => false,
        })
    }
}

/// Whether a name that begins with `prefix` can begin with `system:`.
fn begins(prefix: &str) -> SystemNames {
    if SYSTEM.starts_with(prefix) || prefix.starts_with(SYSTEM) {
        SystemNames::Possible
    } else {
        SystemNames::Impossible
    }
}

/// The literal that every result of `'literal' + …` begins with. Without a conditional anywhere, the sum is the
/// whole expression: comparisons and logic would not yield a string.
fn leading_literal(expression: &str) -> Option<&str> {
    let text = expression.trim();
    let quote = text.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
    let body = text.get(1..)?;
    let (literal, rest) = body.split_once(quote)?;
    let rest = rest.trim_start();
    let certain = !literal.contains('\\') && !literal.is_empty() && !rest.contains('?');
    (certain && (rest.is_empty() || rest.starts_with('+'))).then_some(literal)
}

/// The parts of a conjunction, without spaces and with single quotes. Text with brackets around `&&` or with a
/// disjunction is one part.
fn conjuncts(expression: &str) -> Vec<String> {
    let text: String =
        expression.chars().filter(|c| !c.is_whitespace()).map(|c| if c == '"' { '\'' } else { c }).collect();
    if text.contains("||") || text.contains('?') {
        return vec![text];
    }
    let mut parts = vec![String::new()];
    let (mut depth, mut quoted) = (0i32, false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\'' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted => depth -= 1,
            '&' if !quoted && depth == 0 && chars.peek() == Some(&'&') => {
                chars.next();
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(part) = parts.last_mut() {
            part.push(c);
        }
    }
    parts
}

/// `user.groups.all(g,!g.startsWith('system:'))` with any variable.
fn is_group_guard(part: &str) -> bool {
    let body = part.strip_prefix("user.groups.all(").and_then(|rest| rest.strip_suffix(')'));
    body.and_then(|body| body.split_once(",!")).is_some_and(|(variable, test)| {
        test.strip_prefix(variable).and_then(|rest| rest.strip_prefix(".startsWith")) == Some("('system:')")
    })
}

//! Chains from a leaf to an authority, as Go's `crypto/x509` `verify.go` builds and judges them.

use super::super::keys::SignatureCheck;
use super::super::time;
use super::{Authorities, Certificate, MAX_CERTIFICATES};
use std::collections::HashMap;

/// Go's bound on the signatures that one verification may check.
const MAX_SIGNATURES: usize = 100;

const UNKNOWN_AUTHORITY: &str = "x509: certificate signed by unknown authority";

/// The outcome.
pub(in super::super) enum Verified<'a> {
    /// A chain; of several the one that lasts longest.
    Good(Chain<'a>),
    /// Go's error.
    Bad(String),
    /// What cannot be computed here.
    Unknown(String),
}

/// A verified chain.
pub(in super::super) struct Chain<'a> {
    /// The authority at its end.
    pub(super) root: Option<&'a Certificate>,
    /// How many certificates it has.
    pub(super) length: usize,
    /// The last second in which all of them are valid.
    pub(super) ends: i64,
}

/// Verifies a leaf for client authentication.
pub(in super::super) fn verify<'a>(
    leaf: &'a Certificate,
    intermediates: &'a [Certificate],
    authorities: &'a Authorities,
    now: i64,
) -> Verified<'a> {
    if intermediates.len() > MAX_CERTIFICATES {
        return Verified::Unknown("the client sends too many certificates".into());
    }
    if let Err(reason) = leaf.is_valid(Role::Leaf, &[], now) {
        return Verified::Bad(reason);
    }
    let mut builder = Builder {
        roots: Pool::new(&authorities.roots),
        intermediates: Pool::new(intermediates),
        now,
        signatures: 0,
        chains: Vec::new(),
        hint: None,
        unknown: None,
    };
    if authorities.roots.iter().any(|root| root.raw == leaf.raw) {
        builder.chains.push(vec![leaf]);
    } else {
        builder.extend(&mut vec![leaf]);
    }
    builder.judge()
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Role {
    Leaf,
    Intermediate,
    Root,
}

impl Certificate {
    /// Go's `isValid`; `chain` is what stands below, the leaf first.
    fn is_valid(&self, role: Role, chain: &[&Self], now: i64) -> Result<(), String> {
        if self.extensions.unhandled {
            return Err("x509: unhandled critical extension".into());
        }
        if chain.last().is_some_and(|child| child.issuer != self.subject) {
            return Err("x509: issuer name does not match subject from issuing certificate".into());
        }
        let outside = |word: &str, bound: i64| {
            Err(format!(
                "x509: certificate has expired or is not yet valid: current time {} is {word} {}",
                time::format(now),
                time::format(bound)
            ))
        };
        if now < self.not_before {
            return outside("before", self.not_before);
        }
        if now > self.not_after {
            return outside("after", self.not_after);
        }
        let basic = self.extensions.basic;
        if role == Role::Intermediate && !basic.is_some_and(|(is_authority, _)| is_authority) {
            return Err("x509: certificate is not authorized to sign other certificates".into());
        }
        let below = chain.len().saturating_sub(1);
        if let Some((_, Some(limit))) = basic
            && below > limit as usize
        {
            return Err("x509: too many intermediates for path length constraint".into());
        }
        Ok(())
    }
}

/// Certificates by subject.
struct Pool<'a> {
    by_subject: HashMap<&'a [u8], Vec<&'a Certificate>>,
}

impl<'a> Pool<'a> {
    fn new(certificates: &'a [Certificate]) -> Self {
        let mut by_subject: HashMap<&[u8], Vec<&Certificate>> = HashMap::new();
        for certificate in certificates {
            let same = by_subject.entry(&certificate.subject).or_default();
            // The check of signatures stops long before so many are looked at.
            if same.len() <= MAX_SIGNATURES && !same.iter().any(|known| known.raw == certificate.raw) {
                same.push(certificate);
            }
        }
        Self { by_subject }
    }

    /// Candidates for the issuer, those first whose key identifier fits.
    fn parents_of(&self, child: &Certificate) -> Vec<&'a Certificate> {
        let mut found = self.by_subject.get(child.issuer.as_slice()).cloned().unwrap_or_default();
        let wanted = &child.extensions.authority_key;
        found.sort_by_key(|candidate| {
            let has = &candidate.extensions.subject_key;
            if has == wanted { 0 } else { 2 - u8::from(has.is_empty() != wanted.is_empty()) }
        });
        found
    }
}

struct Builder<'a> {
    roots: Pool<'a>,
    intermediates: Pool<'a>,
    now: i64,
    signatures: usize,
    chains: Vec<Vec<&'a Certificate>>,
    /// Why the first candidate was none, and its name.
    hint: Option<(String, String)>,
    unknown: Option<&'static str>,
}

impl<'a> Builder<'a> {
    /// Collects the chains that begin with this one; at most [`MAX_SIGNATURES`] steps in all.
    fn extend(&mut self, chain: &mut Vec<&'a Certificate>) {
        let Some(&child) = chain.last() else { return };
        for (role, parents) in [
            (Role::Root, self.roots.parents_of(child)),
            (Role::Intermediate, self.intermediates.parents_of(child)),
        ] {
            for parent in parents {
                self.signatures += 1;
                if self.signatures > MAX_SIGNATURES {
                    return;
                }
                if parent.key.is_some() && !is_in(parent, chain) && self.accepts(child, parent, role, chain) {
                    chain.push(parent);
                    if role == Role::Root {
                        self.chains.push(chain.clone());
                    } else {
                        self.extend(chain);
                    }
                    chain.pop();
                }
            }
        }
    }

    fn accepts(
        &mut self,
        child: &Certificate,
        parent: &Certificate,
        role: Role,
        chain: &[&'a Certificate],
    ) -> bool {
        let reason = match child.check_signature_from(parent) {
            SignatureCheck::Good => match parent.is_valid(role, chain, self.now) {
                Ok(()) => return true,
                Err(reason) => reason,
            },
            SignatureCheck::Bad => "the signature does not fit the key, or the key may not sign".to_owned(),
            SignatureCheck::Unknown(reason) => {
                self.unknown.get_or_insert(reason);
                return false;
            }
        };
        self.hint.get_or_insert_with(|| (reason, parent.shown_subject()));
        false
    }

    fn judge(self) -> Verified<'a> {
        if self.chains.is_empty() {
            return match (self.unknown, self.hint) {
                (Some(reason), _) => Verified::Unknown(format!("a signature in the chain: {reason}")),
                _ if self.signatures > MAX_SIGNATURES => Verified::Bad(
                    "x509: signature check attempts limit reached while verifying certificate chain".into(),
                ),
                (None, None) => Verified::Bad(UNKNOWN_AUTHORITY.into()),
                (None, Some((reason, name))) => Verified::Bad(format!(
                    "{UNKNOWN_AUTHORITY} (possibly because of {} while trying to verify candidate authority \
                     certificate {})",
                    crate::go_quote::quoted(&reason),
                    crate::go_quote::quoted(&name)
                )),
            };
        }
        let (mut best, mut undecided): (Option<Chain<'a>>, Option<&str>) = (None, None);
        for chain in &self.chains {
            if !is_for_clients(chain) {
                continue;
            }
            if let Some(reason) = undecided_constraint(chain) {
                undecided = Some(reason);
                continue;
            }
            let ends = chain.iter().map(|certificate| certificate.not_after).min().unwrap_or(i64::MIN);
            if best.as_ref().is_none_or(|best| best.ends < ends) {
                best = Some(Chain { root: chain.last().copied(), length: chain.len(), ends });
            }
        }
        match (best, undecided) {
            (Some(chain), _) => Verified::Good(chain),
            (None, Some(reason)) => Verified::Unknown(reason.to_owned()),
            (None, None) => Verified::Bad("x509: certificate specifies an incompatible key usage".into()),
        }
    }
}

/// Go's `alreadyInChain`: same subject, key and alternative names.
fn is_in(candidate: &Certificate, chain: &[&Certificate]) -> bool {
    chain.iter().any(|known| {
        known.subject == candidate.subject
            && known.key_info == candidate.key_info
            && known.extensions.alternative_names == candidate.extensions.alternative_names
    })
}

/// Go's `checkChainForKeyUsage`: every certificate that names usages names `clientAuth`, or any.
fn is_for_clients(chain: &[&Certificate]) -> bool {
    chain.iter().all(|certificate| certificate.extensions.client_usage != Some(false))
}

/// Constraints that are not computed here: of names, where a certificate below has some, and of policies.
fn undecided_constraint(chain: &[&Certificate]) -> Option<&'static str> {
    if chain.iter().any(|certificate| certificate.extensions.policies) {
        return Some("an authority limits certificate policies, which is not computed here");
    }
    let mut named = false;
    for certificate in chain {
        if certificate.extensions.name_constraints && named {
            return Some("an authority limits alternative names, which is not computed here");
        }
        named |= certificate.extensions.alternative_names.is_some();
    }
    None
}

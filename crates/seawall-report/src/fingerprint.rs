//! Which finding is this? The same one when lines move, another one when the object, field or rule differs.

use foldhash::HashMap;
use seawall_model::Finding;
use sha2::{Digest, Sha256};
use std::fmt::{self, Display, Formatter};

/// 128 bits of SHA-256 over rule, object, file, container and field path; written as 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Fingerprint([u8; 16]);

impl Display for Fingerprint {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Fingerprint {
    fn of(parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            // Lengths keep `ab`,`c` and `a`,`bc` apart.
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        let digest = hash.finalize();
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        Self(bytes)
    }
}

/// The fingerprints of `findings`, in their order: what `--baseline` compares. Findings that differ in none of
/// the parts (two documents that describe one object in one file) are told apart by their order.
pub fn fingerprints(findings: &[Finding]) -> Vec<Fingerprint> {
    let mut seen: HashMap<Fingerprint, u32> = HashMap::default();
    findings
        .iter()
        .map(|finding| {
            let first = fingerprint(finding);
            let count = seen.entry(first).and_modify(|count| *count += 1).or_insert(0);
            if *count == 0 { first } else { Fingerprint::of(&[&first.to_string(), &count.to_string()]) }
        })
        .collect()
}

/// The fingerprint of one finding, repeated ones not told apart.
pub fn fingerprint(finding: &Finding) -> Fingerprint {
    let object = &finding.at.object;
    let identity = object.identity();
    Fingerprint::of(&[
        "seawall.dev/v1",
        finding.rule,
        identity.group,
        identity.kind,
        identity.namespace.unwrap_or(""),
        identity.name,
        object.file(),
        finding.container.as_deref().unwrap_or(""),
        &finding.at.field(),
    ])
}

/// The same text for findings that one edit fixes: the group's name and a hash of object and container.
pub(crate) fn group_id(finding: &Finding) -> Option<String> {
    let group = finding.group?;
    let object = &finding.at.object;
    let document = object.document();
    let print = Fingerprint::of(&[
        group,
        object.file(),
        &document.number().to_string(),
        &object.root().id().0.to_string(),
        finding.container.as_deref().unwrap_or(""),
    ])
    .to_string();
    Some(format!("{group}/{}", print.get(..12).unwrap_or("")))
}

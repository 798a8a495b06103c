//! Providers and their keys.

use seawall_model::At;
use seawall_model::decode::{GoDuration, base64};
use std::collections::HashMap;

/// One element of `providers`.
#[derive(Clone, Debug)]
pub struct Provider<'a> {
    /// Its place.
    pub at: At<'a>,
    /// What it does.
    pub kind: ProviderKind<'a>,
}

/// What a provider does.
#[derive(Clone, Debug)]
pub enum ProviderKind<'a> {
    /// Stores objects as they are; reads anything that is not encrypted.
    Identity,
    /// Encrypts with keys of this file.
    Keys(Algorithm, Vec<Key<'a>>),
    /// Encrypts with a key management service behind a socket.
    Kms(Kms<'a>),
}

/// The ciphers whose keys stand in the file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Algorithm {
    /// AES in CBC mode: no integrity check.
    AesCbc,
    /// AES in GCM mode: one key must not write 2^32 times.
    AesGcm,
    /// XSalsa20 and Poly1305.
    Secretbox,
}

impl Algorithm {
    /// The field's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::AesCbc => "aescbc",
            Self::AesGcm => "aesgcm",
            Self::Secretbox => "secretbox",
        }
    }

    /// Key lengths in bytes that the API server takes. The comment of the type asks for 32 with AES-CBC, the code
    /// takes 16 and 24 too (`aesKeySizes`).
    pub fn key_lengths(self) -> &'static [usize] {
        match self {
            Self::AesCbc | Self::AesGcm => &[16, 24, 32],
            Self::Secretbox => &[32],
        }
    }
}

/// A named key. The material stays in the document.
#[derive(Clone, Copy, Debug)]
pub struct Key<'a> {
    /// Its place.
    pub at: At<'a>,
    /// Its name, which is stored with each value.
    pub name: &'a str,
    /// The cipher it is for.
    pub algorithm: Algorithm,
}

impl<'a> Key<'a> {
    /// Where the material stands.
    pub fn secret(&self) -> At<'a> {
        self.at.key("secret")
    }

    fn material(&self) -> Option<Vec<u8>> {
        self.secret().str().and_then(base64)
    }

    /// How many bytes the key has; `None` if it is no base64.
    pub fn length(&self) -> Option<usize> {
        self.material().map(|bytes| bytes.len())
    }

    /// A sign of a key that nobody drew at random: a single byte repeated, printable text, or bytes counting up.
    pub fn looks_made_up(&self) -> Option<&'static str> {
        let bytes = self.material()?;
        let first = bytes.first()?;
        if bytes.iter().all(|byte| byte == first) {
            return Some("one byte repeated");
        }
        if bytes.windows(2).all(|pair| matches!(pair, [a, b] if b.wrapping_sub(*a) == 1)) {
            return Some("bytes that count up");
        }
        // 16 random bytes are all printable once in 14 million draws.
        bytes.iter().all(|byte| (b' '..=b'~').contains(byte)).then_some("readable text")
    }
}

/// Groups keys of equal material, in order of first appearance; only groups of two or more.
pub(crate) fn same_material<'k, 'a>(keys: impl Iterator<Item = &'k Key<'a>>) -> Vec<Vec<Key<'a>>>
where
    'a: 'k,
{
    let mut groups: Vec<Vec<Key<'a>>> = Vec::new();
    let mut seen: HashMap<Vec<u8>, usize> = HashMap::new();
    for key in keys {
        let Some(material) = key.material() else { continue };
        let index = *seen.entry(material).or_insert(groups.len());
        match groups.get_mut(index) {
            Some(group) => group.push(*key),
            None => groups.push(vec![*key]),
        }
    }
    groups.retain(|group| group.len() > 1);
    groups
}

/// A key management service.
#[derive(Clone, Copy, Debug)]
pub struct Kms<'a> {
    /// Its place.
    pub at: At<'a>,
    /// 1 or 2.
    pub version: u8,
    /// Its name, which is stored with each value.
    pub name: &'a str,
    /// The socket, such as `unix:///run/kms.sock`.
    pub endpoint: &'a str,
    /// How long a call may take; 3 s unless set.
    pub timeout: GoDuration,
    /// Version 1: how many data keys are kept in memory; negative is none; 1000 unless set.
    pub cache_size: Option<i64>,
}

impl Provider<'_> {
    /// What the values it writes begin with: `k8s:enc:aescbc:v1:key1:`; nothing for identity.
    pub fn prefix(&self) -> String {
        match &self.kind {
            ProviderKind::Identity => String::new(),
            ProviderKind::Keys(algorithm, keys) => {
                let first = keys.first().map_or("", |key| key.name);
                format!("k8s:enc:{}:v1:{first}:", algorithm.name())
            }
            ProviderKind::Kms(kms) => format!("k8s:enc:kms:v{}:{}:", kms.version, kms.name),
        }
    }

    /// The field's name: `identity`, `aescbc`, `kms` …
    pub fn name(&self) -> &'static str {
        match &self.kind {
            ProviderKind::Identity => "identity",
            ProviderKind::Keys(algorithm, _) => algorithm.name(),
            ProviderKind::Kms(_) => "kms",
        }
    }

    /// Whether it leaves objects as they are.
    pub fn is_identity(&self) -> bool {
        matches!(self.kind, ProviderKind::Identity)
    }

    /// Its keys, if they stand in the file.
    pub fn keys(&self) -> &[Key<'_>] {
        match &self.kind {
            ProviderKind::Keys(_, keys) => keys,
            _ => &[],
        }
    }
}

/// Whether a provider can read what a writer stored.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reading {
    /// It cannot.
    No,
    /// It can.
    Yes,
    /// It can, and the next update rewrites the object even if nothing else changed.
    Stale,
    /// AES-CBC with a wrong key of the same name: about one value in 256 decrypts to nonsense instead of an error.
    Chance,
}

impl Provider<'_> {
    /// Whether this provider reads what `writer` stored; the data key of a service is taken as known to it.
    pub fn reads(&self, writer: &Provider<'_>) -> Reading {
        match (&self.kind, &writer.kind) {
            (ProviderKind::Identity, ProviderKind::Identity) => Reading::Yes,
            (ProviderKind::Kms(here), ProviderKind::Kms(there))
                if (here.version, here.name) == (there.version, there.name) =>
            {
                Reading::Yes
            }
            (ProviderKind::Keys(algorithm, keys), ProviderKind::Keys(other, theirs))
                if algorithm == other =>
            {
                let Some(key) = theirs.first() else { return Reading::No };
                let material = key.material();
                for (index, candidate) in keys.iter().enumerate().filter(|(_, found)| found.name == key.name)
                {
                    match (candidate.material() == material, algorithm) {
                        (true, _) if index == 0 => return Reading::Yes,
                        (true, _) => return Reading::Stale,
                        (false, Algorithm::AesCbc) => return Reading::Chance,
                        (false, _) => {}
                    }
                }
                Reading::No
            }
            _ => Reading::No,
        }
    }
}

//! From tree to configuration, or to what the API server would refuse.

use super::provider::{Algorithm, Key, Kms, Provider, ProviderKind};
use super::{EncryptionConfiguration, Entry, ResourceName, validate};
use seawall_model::decode::{self, GoDuration, Refusal, Shape, TYPE_META, text_of};
use seawall_model::{At, Version};

/// What the answer depends on beside the file.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The version of the API server.
    pub version: Version,
    /// The feature gate `KMSv1`: off by default since 1.29. `None` when the flags are not known: then a KMS v1
    /// provider is not refused for it.
    pub kms_v1: Option<bool>,
    /// `--encryption-provider-config-automatic-reload`: names of KMS v1 providers must be unique too.
    pub reload: bool,
}

const KEYS: Shape = Shape::Struct(&[(
    "keys",
    Shape::List(&Shape::Struct(&[("name", Shape::String), ("secret", Shape::String)])),
)]);

const KMS: Shape = Shape::Struct(&[
    ("apiVersion", Shape::String),
    ("name", Shape::String),
    ("cachesize", Shape::Int32),
    ("endpoint", Shape::String),
    ("timeout", Shape::OptionalDuration),
]);

const ENTRY: Shape = Shape::Struct(&[
    ("resources", Shape::List(&Shape::String)),
    (
        "providers",
        Shape::List(&Shape::Struct(&[
            ("aesgcm", KEYS),
            ("aescbc", KEYS),
            ("secretbox", KEYS),
            ("identity", Shape::Struct(&[])),
            ("kms", KMS),
        ])),
    ),
]);

const SHAPE: Shape = Shape::Struct(&[TYPE_META[0], TYPE_META[1], ("resources", Shape::List(&ENTRY))]);

/// Reads the object at `at` as the API server's loader does at its start.
///
/// # Errors
/// Everything the API server refuses, each with its place; no key material. Sockets are not tried: a KMS that does
/// not answer is no refusal upstream either.
pub fn load<'a>(at: At<'a>, options: Options) -> Result<EncryptionConfiguration<'a>, Vec<Refusal<'a>>> {
    let (api_version, kind) = (text_of(at.key("apiVersion")), text_of(at.key("kind")));
    // `v1 EncryptionConfig` is registered too, because documentation once said so (`apis/apiserver/v1/register.go`).
    if !matches!(
        (api_version, kind),
        ("apiserver.config.k8s.io/v1", "EncryptionConfiguration") | ("v1", "EncryptionConfig")
    ) {
        let message = format!(
            "no kind `{}` is registered for version `{}`",
            decode::shown(kind),
            decode::shown(api_version)
        );
        return Err(vec![Refusal::new(at.key("apiVersion"), message)]);
    }
    let misfit = decode::fit(at, &SHAPE);
    let mut refusals = misfit.types;
    // Strict since 1.31 (`serializer.EnableStrict` in config.go); 1.30 skips what it does not know.
    if options.version.at_least(31) {
        refusals.extend(misfit.strict);
    }
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let raw = validate::Raw::of(at);
    let refusals = validate::refusals(&raw, options.reload);
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let refusals = validate::build_refusals(&raw, options.kms_v1 == Some(false));
    if !refusals.is_empty() {
        return Err(refusals);
    }
    Ok(EncryptionConfiguration { at, entries: raw.entries.iter().map(entry).collect() })
}

fn entry<'a>(raw: &validate::RawEntry<'a>) -> Entry<'a> {
    let resources = raw.resources.iter().map(|&at| ResourceName::parse(at, text_of(at))).collect();
    let providers = raw.providers.iter().filter_map(|&at| provider(at)).collect();
    Entry { at: raw.at, resources, providers }
}

fn provider(at: At<'_>) -> Option<Provider<'_>> {
    let keys = |field: &'static str, algorithm| {
        let list = at.key(field);
        let keys = list.key("keys").items().map(|at| Key { at, name: text_of(at.key("name")), algorithm });
        list.exists().then(|| ProviderKind::Keys(algorithm, keys.collect()))
    };
    let kind = keys("aesgcm", Algorithm::AesGcm)
        .or_else(|| keys("aescbc", Algorithm::AesCbc))
        .or_else(|| keys("secretbox", Algorithm::Secretbox))
        .or_else(|| at.key("kms").exists().then(|| ProviderKind::Kms(kms(at.key("kms")))))
        .or_else(|| at.key("identity").exists().then_some(ProviderKind::Identity))?;
    Some(Provider { at, kind })
}

/// The service with upstream's defaults (`SetDefaults_KMSConfiguration`).
pub(super) fn kms(at: At<'_>) -> Kms<'_> {
    let version = if text_of(at.key("apiVersion")) == "v2" { 2 } else { 1 };
    let cache_size = at.key("cachesize").node().and_then(decode::integer);
    Kms {
        at,
        version,
        name: text_of(at.key("name")),
        endpoint: text_of(at.key("endpoint")),
        timeout: at.key("timeout").str().and_then(GoDuration::parse).unwrap_or(GoDuration::seconds(3)),
        cache_size: if version == 1 { cache_size.or(Some(1000)) } else { cache_size },
    }
}

//! Levels and policy versions, as namespace labels name them.

use std::fmt;

/// A Pod Security level; stricter ones are greater.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Level {
    /// Everything is allowed.
    Privileged,
    /// Known privilege escalations are forbidden.
    Baseline,
    /// Hardening is required.
    Restricted,
}

impl Level {
    /// The level with this exact name (`api/helpers.go` `ParseLevel`; the error is worded by the caller).
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "privileged" => Some(Self::Privileged),
            "baseline" => Some(Self::Baseline),
            "restricted" => Some(Self::Restricted),
            _ => None,
        }
    }

    /// Its name: `privileged`, `baseline`, `restricted`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Privileged => "privileged",
            Self::Baseline => "baseline",
            Self::Restricted => "restricted",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The version of the policy's text: `latest` or `v1.x`. Versions after the newest known revision of any check
/// mean the same as the newest.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum PolicyVersion {
    /// `v1.<minor>`.
    Minor(u64),
    /// `latest`: newer than every minor.
    Latest,
}

impl PolicyVersion {
    /// Reads `latest` or `v1.<minor>` without leading zeros (`api/helpers.go` `ParseVersion`).
    pub fn parse(text: &str) -> Option<Self> {
        if text == "latest" {
            return Some(Self::Latest);
        }
        let digits = text.strip_prefix("v1.")?;
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !plain || digits.len() > 1 && digits.starts_with('0') {
            return None;
        }
        // Upstream reads a Go int: 64 bits, signed.
        digits.parse::<i64>().ok().and_then(|minor| u64::try_from(minor).ok()).map(Self::Minor)
    }

    /// The version that an API server of `server` evaluates when this one is asked: an older server does not know
    /// the newer revisions (`policy/registry.go` `maxVersion`).
    pub fn on(self, server: seawall_model::Version) -> Self {
        self.min(Self::Minor(u64::from(server.minor())))
    }

    /// The minor number for comparing with revisions.
    pub(crate) fn minor(self) -> u64 {
        match self {
            Self::Minor(minor) => minor,
            Self::Latest => u64::MAX,
        }
    }
}

impl fmt::Display for PolicyVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Minor(minor) => write!(f, "v1.{minor}"),
            Self::Latest => f.write_str("latest"),
        }
    }
}

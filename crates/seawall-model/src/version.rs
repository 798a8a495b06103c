//! Which Kubernetes is asked? Minor versions: the ones seawall knows exactly, and how people write them.

use std::fmt;
use std::str::FromStr;

/// A minor release of Kubernetes 1, known to seawall or not: `Minor(22)` is 1.22.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Minor(pub u8);

impl fmt::Display for Minor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1.{}", self.0)
    }
}

impl From<Version> for Minor {
    fn from(version: Version) -> Self {
        Self(version.minor())
    }
}

/// A minor version whose behaviour is known exactly: 1.30 to 1.36.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Version(u8);

impl Version {
    /// The oldest one.
    pub const OLDEST: Self = Self(30);
    /// The newest one.
    pub const NEWEST: Self = Self(36);
    /// How many there are.
    pub const COUNT: usize = (Self::NEWEST.0 - Self::OLDEST.0 + 1) as usize;

    /// All of them, oldest first.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator {
        (0..Self::COUNT as u8).map(|step| Self(Self::OLDEST.0 + step))
    }

    /// The version with this minor number, if it is one of the known ones.
    pub const fn new(minor: u8) -> Option<Self> {
        if minor < Self::OLDEST.0 || minor > Self::NEWEST.0 { None } else { Some(Self(minor)) }
    }

    /// The number after `1.`.
    pub const fn minor(self) -> u8 {
        self.0
    }

    /// Its place among the known ones: 0 for the oldest, below [`Version::COUNT`].
    pub const fn index(self) -> usize {
        (self.0 - Self::OLDEST.0) as usize
    }

    /// The one after it, if known.
    pub const fn next(self) -> Option<Self> {
        Self::new(self.0 + 1)
    }

    /// Whether this is `minor` or newer; any minor of Kubernetes 1 may be asked.
    pub const fn at_least(self, minor: u8) -> bool {
        self.0 >= minor
    }

    /// Reads `1.36`, `v1.36.3`, `1.36.3-gke.1`, `v1.36.3+k3s1` or the API server's `1.36+`. A newer minor than
    /// the newest known answers as that one (see [`VersionReading::newer`]).
    ///
    /// # Errors
    /// When the text is no version, or older than the oldest known.
    pub fn read(text: &str) -> Result<VersionReading, VersionError> {
        let wrong =
            || VersionError::Malformed(text.chars().take(40).flat_map(char::escape_default).collect());
        let bare = text.strip_prefix('v').unwrap_or(text);
        let core = bare.split(['-', '+']).next().unwrap_or("");
        let mut parts = core.split('.');
        let mut number = || {
            let digits = parts.next()?;
            let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            // As in semantic versions, no leading zero.
            (plain && (digits == "0" || !digits.starts_with('0'))).then(|| digits.parse::<u32>().ok())?
        };
        let (Some(major), Some(minor)) = (number(), number()) else { return Err(wrong()) };
        if core.split('.').count() > 2 && number().is_none() || core.split('.').count() > 3 {
            return Err(wrong());
        }
        if major == 0 || major == 1 && minor < u32::from(Self::OLDEST.0) {
            return Err(VersionError::TooOld { major, minor });
        }
        let known = if major == 1 { u8::try_from(minor).ok().and_then(Self::new) } else { None };
        Ok(VersionReading {
            version: known.unwrap_or(Self::NEWEST),
            newer: if known.is_some() { None } else { Some((major, minor)) },
        })
    }
}

impl Default for Version {
    /// The newest: what is asked when nobody says otherwise.
    fn default() -> Self {
        Self::NEWEST
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1.{}", self.0)
    }
}

impl FromStr for Version {
    type Err = VersionError;

    /// [`Version::read`] without the note about newer ones.
    fn from_str(text: &str) -> Result<Self, VersionError> {
        Self::read(text).map(|reading| reading.version)
    }
}

/// What a written version comes to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct VersionReading {
    /// The version that answers.
    pub version: Version,
    /// Major and minor as asked, when that is newer than every known one.
    pub newer: Option<(u32, u32)>,
}

impl VersionReading {
    /// What to tell people when a newer version was asked.
    pub fn note(&self) -> Option<String> {
        let (major, minor) = self.newer?;
        Some(format!("Kubernetes {major}.{minor} is not known yet; answering as {}", self.version))
    }
}

/// Why a version is refused.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum VersionError {
    /// The text is no version; it is given escaped and shortened.
    #[error("`{0}` is not a Kubernetes version; write it like 1.36 or v1.36.3")]
    Malformed(Box<str>),
    /// Older than the oldest known.
    #[error("Kubernetes {major}.{minor} is not supported; the oldest is {}", Version::OLDEST)]
    TooOld {
        /// The first number.
        major: u32,
        /// The second number.
        minor: u32,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_and_servers_write() {
        for text in
            ["1.36", "v1.36", "1.36.3", "v1.36.3", "1.36.3-gke.1", "v1.36.3+k3s1", "1.36+", "1.36.0-rc.0"]
        {
            let reading = Version::read(text).unwrap();
            assert_eq!((reading.version.minor(), reading.newer), (36, None), "{text}");
        }
        assert_eq!(Version::read("1.30").unwrap().version, Version::OLDEST);
    }

    #[test]
    fn newer_answers_as_the_newest_with_a_note() {
        let reading = Version::read("1.40.1").unwrap();
        assert_eq!((reading.version, reading.newer), (Version::NEWEST, Some((1, 40))));
        assert!(reading.note().unwrap().contains("1.40"));
        assert_eq!(Version::read("2.0").unwrap().version, Version::NEWEST);
        assert_eq!(Version::read("1.36").unwrap().note(), None);
    }

    #[test]
    fn refuses_older_and_malformed() {
        assert_eq!("1.29.9".parse::<Version>(), Err(VersionError::TooOld { major: 1, minor: 29 }));
        assert_eq!("0.40".parse::<Version>(), Err(VersionError::TooOld { major: 0, minor: 40 }));
        for text in [
            "", "v", "1", "1.", "1.x", "1.036", "01.36", "1.36.", "1.36.x", "1.36.1.2", " 1.36", "latest",
            "1.+36",
        ] {
            assert!(matches!(Version::read(text), Err(VersionError::Malformed(_))), "{text}");
        }
    }

    #[test]
    fn orders_and_counts() {
        assert!(Version::OLDEST < Version::NEWEST);
        assert_eq!(Version::all().len(), 7);
        assert!(Version::all().enumerate().all(|(index, version)| version.index() == index));
        assert_eq!(Version::NEWEST.next(), None);
        assert_eq!(Version::NEWEST.to_string(), "1.36");
    }
}

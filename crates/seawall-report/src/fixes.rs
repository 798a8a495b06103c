//! Which fixes a format shows: only those need to be re-checked before it is written.

use crate::view::View;
use crate::{Format, Options, ScanResult};
use foldhash::HashSet;
use seawall_model::Object;

/// The fixes that a report shows.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum ShownFixes {
    /// None.
    #[default]
    None,
    /// Those of the findings on these objects, by address.
    Of(HashSet<*const Object>),
    /// All.
    All,
}

impl ShownFixes {
    /// What either of two reports shows.
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::All, _) | (_, Self::All) => Self::All,
            (Self::None, one) | (one, Self::None) => one,
            (Self::Of(mut objects), Self::Of(more)) => {
                objects.extend(more);
                Self::Of(objects)
            }
        }
    }
}

impl Format {
    /// Whether it shows the fixes of all findings, however many there are.
    pub fn shows_all_fixes(self) -> bool {
        match self {
            Self::Json | Self::Jsonl | Self::Sarif | Self::Junit | Self::Html => true,
            Self::Concise | Self::Github | Self::Gitlab | Self::Openreports | Self::Full | Self::Markdown => {
                false
            }
        }
    }
}

/// The fixes that `format` shows of a sorted result. All fixes of an object go together: what one of them mends may
/// depend on the others.
pub fn shown_fixes(result: &ScanResult, format: Format, options: &Options) -> ShownFixes {
    match format {
        Format::Concise | Format::Github | Format::Gitlab | Format::Openreports => ShownFixes::None,
        Format::Full | Format::Markdown => {
            let view = View::new(result, options);
            if view.blocks.len() <= options.limit {
                return ShownFixes::All;
            }
            let drawn = view.blocks.iter().take(options.limit);
            let findings = drawn.filter_map(|block| view.first(block));
            ShownFixes::Of(findings.map(|finding| std::sync::Arc::as_ptr(&finding.at.object)).collect())
        }
        _ => ShownFixes::All,
    }
}

//! Scenarios in which another project reads the specification otherwise than upstream, each with the reason.

/// Why a scenario of np-guard differs.
pub(crate) fn reason(scenario: &str) -> Option<&'static str> {
    EXCEPTIONS.iter().find(|(name, _)| *name == scenario).map(|(_, reason)| *reason)
}

const EXCEPTIONS: &[(&str, &str)] = &[];

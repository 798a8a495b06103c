//! Where the configuration of PodSecurity stands: in an object of its own, or inside an AdmissionConfiguration.

use seawall_admission::configuration::load;
use seawall_model::{At, WellKnown};

/// The place in this object; none in other kinds.
pub(crate) fn pod_security_place(at: At<'_>) -> Option<At<'_>> {
    match at.object().well_known() {
        WellKnown::PodSecurityConfiguration => Some(at),
        WellKnown::AdmissionConfiguration => load(at).ok()?.plugin("PodSecurity")?.configuration,
        _ => None,
    }
}

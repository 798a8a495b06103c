//! Pod Security as the PodSecurity admission plugin decides and words it, for every policy version
//! (`kubernetes/pod-security-admission`: `policy/registry.go`, `policy/check_*.go`, `api/helpers.go`).
//!
//! Each check stands in its own file with all its revisions. The pod is looked at as written; of what the API
//! server fills in before admission only the `emptyDir` of a volume without a source changes a decision, and it is
//! respected. (Host ports that it fills in for host-network pods only lengthen the text of a denial.)

mod allow_privilege_escalation;
mod app_armor_profile;
mod capabilities_baseline;
mod capabilities_restricted;
mod check;
mod host_namespaces;
mod host_path_volumes;
mod host_ports;
mod host_probes_and_host_lifecycle;
mod labels;
mod level;
mod privileged;
mod proc_mount;
mod restricted_volumes;
mod run_as_non_root;
mod run_as_user;
mod se_linux_options;
mod seccomp_profile_baseline;
mod seccomp_profile_restricted;
mod sysctls;
mod text;

mod windows_host_process;

pub use allow_privilege_escalation::ALLOW_PRIVILEGE_ESCALATION;
pub use app_armor_profile::APP_ARMOR_PROFILE;
pub use capabilities_baseline::CAPABILITIES_BASELINE;
pub use capabilities_restricted::CAPABILITIES_RESTRICTED;
pub use check::{Check, Offence, Violation};
pub use host_namespaces::HOST_NAMESPACES;
pub use host_path_volumes::HOST_PATH_VOLUMES;
pub use host_ports::HOST_PORTS;
pub use host_probes_and_host_lifecycle::HOST_PROBES_AND_HOST_LIFECYCLE;
pub use labels::{LABEL_PREFIX, LabelError, LevelVersion, Mode, NamespacePolicy};
pub use level::{Level, PolicyVersion};
pub use privileged::PRIVILEGED;
pub use proc_mount::{PROC_MOUNT, PROC_MOUNT_RESTRICTED};
pub use restricted_volumes::RESTRICTED_VOLUMES;
pub use run_as_non_root::RUN_AS_NON_ROOT;
pub use run_as_user::RUN_AS_USER;
pub use se_linux_options::SE_LINUX_OPTIONS;
use seawall_model::PodAt;
pub use seccomp_profile_baseline::SECCOMP_PROFILE_BASELINE;
pub use seccomp_profile_restricted::SECCOMP_PROFILE_RESTRICTED;
pub use sysctls::SYSCTLS;
pub(crate) use text::go_quoted;
pub use windows_host_process::WINDOWS_HOST_PROCESS;

/// Every check in the order of evaluation: baseline ids sorted by byte, then restricted ids.
pub static CHECKS: [&Check; 19] = [
    &APP_ARMOR_PROFILE,
    &CAPABILITIES_BASELINE,
    &HOST_NAMESPACES,
    &HOST_PATH_VOLUMES,
    &HOST_PORTS,
    &HOST_PROBES_AND_HOST_LIFECYCLE,
    &PRIVILEGED,
    &PROC_MOUNT,
    &SE_LINUX_OPTIONS,
    &SECCOMP_PROFILE_BASELINE,
    &SYSCTLS,
    &WINDOWS_HOST_PROCESS,
    &ALLOW_PRIVILEGE_ESCALATION,
    &CAPABILITIES_RESTRICTED,
    &PROC_MOUNT_RESTRICTED,
    &RESTRICTED_VOLUMES,
    &RUN_AS_NON_ROOT,
    &RUN_AS_USER,
    &SECCOMP_PROFILE_RESTRICTED,
];

/// What `level` at `version` forbids in `pod`, in upstream's order; empty when the pod is allowed
/// (`policy/registry.go` `EvaluatePod`).
pub fn evaluate<'a>(pod: PodAt<'a>, level: Level, version: PolicyVersion) -> Vec<Violation<'a>> {
    checks(level, version).filter_map(|check| check.evaluate(pod, version)).collect()
}

/// Whether a pod breaks no check of the level: [`evaluate`] without the violations.
pub fn passes(pod: PodAt<'_>, level: Level, version: PolicyVersion) -> bool {
    checks(level, version).all(|check| check.evaluate(pod, version).is_none())
}

/// The checks that `level` runs at `version`: a restricted check can replace a baseline one
/// (`policy/registry.go` `populate`).
pub fn checks(level: Level, version: PolicyVersion) -> impl Iterator<Item = &'static Check> {
    let wanted = move |check: &Check| check.level <= level && check.applies(version);
    let replaced = move |id: &str| {
        level == Level::Restricted && CHECKS.iter().any(|other| other.overrides(version).contains(&id))
    };
    CHECKS.iter().copied().filter(move |check| wanted(check) && !replaced(check.id))
}

/// The words of a denial: `violates PodSecurity "restricted:v1.29": reason (detail), reason (detail)`
/// (`admission/admission.go` `EvaluatePod`, `policy/checks.go` `ForbiddenDetail`).
pub fn denial(level: Level, version: PolicyVersion, violations: &[Violation<'_>]) -> String {
    let parts: Vec<String> = violations.iter().map(Violation::to_string).collect();
    format!("violates PodSecurity \"{level}:{version}\": {}", parts.join(", "))
}

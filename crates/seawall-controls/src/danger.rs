//! Rights that are dangerous to gain: those that the catalogue rates high or critical when they are held in the
//! whole cluster. One list for whoever compares rights; the words are those of the controls.

use crate::rbac::*;
use crate::support::rights::{Named, Rights, lower};
use seawall_model::Severity;

/// Worst first, as they are told.
const ALL: &[(&str, &Rights)] = &[
    ("secrets-readable", &secrets_readable::RIGHTS),
    ("pod-exec", &pod_exec::RIGHTS),
    ("pod-creation", &pod_creation::RIGHTS),
    ("workload-creation", &workload_creation::RIGHTS),
    ("ephemeral-container-creation", &ephemeral_container_creation::RIGHTS),
    ("escalate-verb", &escalate_verb::RIGHTS),
    ("bind-verb", &bind_verb::RIGHTS),
    ("impersonation", &impersonation::RIGHTS),
    ("service-account-token-creation", &service_account_token_creation::RIGHTS),
    ("node-proxy", &node_proxy::RIGHTS),
    ("node-writable", &node_writable::RIGHTS),
    ("persistent-volume-creation", &persistent_volume_creation::RIGHTS),
    ("csr-approval", &csr_approval::RIGHTS),
    ("csr-signing", &csr_signing::RIGHTS),
    ("webhook-configuration-writable", &webhook_configuration_writable::RIGHTS),
    ("admission-policy-writable", &admission_policy_writable::RIGHTS),
    ("secrets-writable", &secrets_writable::RIGHTS),
    ("namespace-label-writable", &namespace_label_writable::RIGHTS),
];

/// A dangerous right.
#[derive(Clone, Copy)]
pub struct Danger {
    /// The rule of the catalogue that finds it in roles.
    pub rule: &'static str,
    rights: &'static Rights,
}

/// Any of some verbs on a resource.
#[derive(Clone, Copy, Debug)]
pub struct DangerousVerbs {
    /// Any of these verbs.
    pub verbs: &'static [&'static str],
    /// The API group.
    pub group: &'static str,
    /// The resource, `/` and subresource included.
    pub resource: &'static str,
}

/// All of them, worst first.
pub fn dangers() -> impl Iterator<Item = Danger> {
    ALL.iter()
        .filter(|(_, rights)| rights.cluster >= Severity::High)
        .map(|&(rule, rights)| Danger { rule, rights })
}

impl Danger {
    /// What the holder gets from it; a sentence that begins with "it".
    pub fn effect(self) -> &'static str {
        self.rights.effect
    }

    /// Holding any of these is it.
    pub fn rights(self) -> impl Iterator<Item = DangerousVerbs> {
        self.rights.any.iter().map(|right| DangerousVerbs {
            verbs: right.verbs,
            group: right.group,
            resource: right.resource,
        })
    }

    /// Whether it is dangerous to hold it for certain names, too.
    pub fn even_named(self) -> bool {
        self.rights.named == Named::Lower && lower(self.rights.cluster) >= Severity::High
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_a_rule_of_the_catalogue_and_dangerous() {
        assert_eq!(dangers().count(), ALL.len());
        for danger in dangers() {
            assert!(crate::find(danger.rule).is_some(), "{}", danger.rule);
            assert!(danger.rights().count() > 0 && danger.effect().len() > 10);
        }
        let named: Vec<&str> = dangers().filter(|one| one.even_named()).map(|one| one.rule).collect();
        assert_eq!(named, ["escalate-verb", "impersonation", "node-proxy"]);
    }
}

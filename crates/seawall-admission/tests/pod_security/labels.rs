//! Namespace labels: levels, versions, fallbacks, and warn following enforce.

use seawall_admission::pod_security::{Level, LevelVersion, NamespacePolicy, PolicyVersion};

fn policy(labels: &[(&str, &str)]) -> (NamespacePolicy, Vec<String>) {
    let look = |key: &str| {
        let name = key.strip_prefix("pod-security.kubernetes.io/")?;
        labels.iter().find(|(label, _)| *label == name).map(|(_, value)| *value)
    };
    let (policy, errors) = NamespacePolicy::of_labels(look, NamespacePolicy::default());
    (policy, errors.iter().map(ToString::to_string).collect())
}

fn shown(labels: &[(&str, &str)]) -> [String; 3] {
    let (policy, _) = policy(labels);
    [policy.enforce, policy.audit, policy.warn].map(|choice: LevelVersion| choice.to_string())
}

#[test]
fn without_labels_everything_is_privileged() {
    assert_eq!(shown(&[]), ["privileged:latest", "privileged:latest", "privileged:latest"]);
}

#[test]
fn warn_is_raised_to_enforce() {
    assert_eq!(
        shown(&[("enforce", "baseline"), ("enforce-version", "v1.29")]),
        ["baseline:v1.29", "privileged:latest", "baseline:v1.29"]
    );
    assert_eq!(
        shown(&[("enforce", "baseline"), ("enforce-version", "v1.29"), ("warn-version", "v1.30")])[2],
        "baseline:v1.30"
    );
    // A label of its own wins, even a weaker one.
    assert_eq!(shown(&[("enforce", "restricted"), ("warn", "privileged")])[2], "privileged:latest");
}

#[test]
fn wrong_labels_fall_back_and_are_named() {
    let (policy, errors) = policy(&[
        ("enforce", "Baseline"),
        ("enforce-version", "v1.09"),
        ("audit", "strict"),
        ("warn", ""),
        ("warn-version", "1.29"),
    ]);
    let latest = PolicyVersion::Latest;
    assert_eq!(policy.enforce, LevelVersion { level: Level::Restricted, version: latest });
    assert_eq!(policy.audit, LevelVersion { level: Level::Privileged, version: latest });
    assert_eq!(policy.warn, LevelVersion { level: Level::Privileged, version: latest });
    assert_eq!(
        errors,
        [
            "metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: \"Baseline\": \
             must be one of privileged, baseline, restricted",
            "metadata.labels[pod-security.kubernetes.io/enforce-version]: Invalid value: \"v1.09\": \
             must be \"latest\" or \"v1.x\"",
            "metadata.labels[pod-security.kubernetes.io/audit]: Invalid value: \"strict\": \
             must be one of privileged, baseline, restricted",
            "metadata.labels[pod-security.kubernetes.io/warn]: Invalid value: \"\": \
             must be one of privileged, baseline, restricted",
            "metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid value: \"1.29\": \
             must be \"latest\" or \"v1.x\"",
        ]
    );
    // A wrong enforce label does not raise warn.
    assert_eq!(shown(&[("enforce", "Baseline")])[2], "privileged:latest");
}

#[test]
fn versions_are_exact() {
    for (text, minor) in
        [("v1.0", 0), ("v1.9", 9), ("v1.36", 36), ("v1.9223372036854775807", i64::MAX as u64)]
    {
        assert_eq!(PolicyVersion::parse(text), Some(PolicyVersion::Minor(minor)), "{text}");
    }
    for text in
        ["", "v1", "v1.", "v1.01", "v2.0", "V1.2", "v1.2.3", " v1.2", "v1.9223372036854775808", "Latest"]
    {
        assert_eq!(PolicyVersion::parse(text), None, "{text}");
    }
}

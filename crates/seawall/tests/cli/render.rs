//! `--render`: charts by `helm`, overlays by `kustomize` or `kubectl`.

use crate::program::{BAD, Folder, HARDENED, finish};
use std::process::Command;

fn chart() -> Folder {
    Folder::with(&[
        ("in/chart/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 0.1.0\n"),
        ("in/chart/values.yaml", "privileged: true\n"),
        ("in/chart/templates/pod.yaml", "kind: Pod\nmetadata: {{ toYaml .Values | nindent 2 }}\n"),
        ("in/web.yaml", HARDENED),
    ])
}

/// A stand-in for a tool: it prints a file, or fails with a message.
#[cfg(unix)]
pub(crate) fn tool(folder: &Folder, name: &str, script: &str) {
    use std::os::unix::fs::PermissionsExt;
    let path = folder.write(&format!("tools/{name}"), format!("#!/bin/sh\n{script}\n"));
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// The program with only the stand-ins and a shell's own tools to be found.
pub(crate) fn render(folder: &Folder, arguments: &str) -> crate::program::Answer {
    let words: Vec<&str> = arguments.split_whitespace().collect();
    let tools = folder.path().join("tools");
    finish(folder.command(&words).env("PATH", tools), b"")
}

#[cfg(unix)]
#[test]
fn a_chart_is_judged_as_rendered_and_found_by_its_folder() {
    let folder = chart();
    folder.write("rendered.yaml", format!("---\n# Source: shop/templates/pod.yaml\n{BAD}"));
    let rendered = folder.path().join("rendered.yaml");
    let script = format!(
        "[ \"$1 $3\" = 'template in/chart' ] || exit 7\nwhile IFS= read -r line; do echo \"$line\"; done < '{}'",
        rendered.display()
    );
    tool(&folder, "helm", &script);
    let json = render(&folder, "scan -o json --render in").expect(1).json();
    let findings = json["findings"].as_array().unwrap();
    let finding = findings.iter().find(|finding| finding["rule"] == "privileged-container").unwrap();
    assert_eq!(finding["location"]["file"], "in/chart/templates/pod.yaml");
    assert!(finding["location"].get("line").is_none(), "{finding}");
    assert!(finding.get("fix").is_none(), "rendered text cannot be edited: {finding}");
    // What it was made from is not said to be left out.
    let reasons = json["skipped"].to_string();
    assert!(!reasons.contains("Helm"), "{reasons}");
    assert_eq!(json["notes"], serde_json::json!([]));
    for format in ["full", "concise", "sarif", "github", "gitlab", "junit", "markdown", "html"] {
        let answer = render(&folder, &format!("scan -o {format} --render in")).expect(1);
        assert!(answer.out.contains("in/chart/templates/pod.yaml"), "{format}:\n{}", answer.out);
    }
}

#[cfg(unix)]
#[test]
fn a_tool_that_is_missing_or_fails_leaves_a_hole() {
    let folder = chart();
    std::fs::create_dir(folder.path().join("tools")).unwrap();
    let json = render(&folder, "scan -o json --render in").expect(3).json();
    assert_eq!(json["errors"][0]["file"], "in/chart");
    assert_eq!(json["errors"][0]["message"], "not rendered: helm is not on the PATH");
    tool(
        &folder,
        "helm",
        "echo working; (echo 'Error: no value for x'; echo; echo 'Use --debug') >&2; exit 1",
    );
    let json = render(&folder, "scan -o json --render in").expect(3).json();
    assert_eq!(json["errors"][0]["message"], "helm failed to render it: no value for x");
    assert_eq!(json["summary"]["objects"], 1);
    // What helm prints by hand is the same input.
    let text = format!("---\n# Source: shop/templates/pod.yaml\n{BAD}");
    let json = folder.run_with("scan -o json -", &text).expect(1).json();
    assert!(json["findings"].to_string().contains("shop/templates/pod.yaml"), "{json}");
}

#[test]
fn an_overlay_is_judged_as_kubectl_renders_it() {
    let kubectl = Command::new("kubectl").args(["version", "--client"]).output();
    if !kubectl.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: kubectl is not installed");
        return;
    }
    let patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  template:\n    \
                 spec:\n      containers:\n        - name: app\n          securityContext:\n            privileged: true\n            \
                 allowPrivilegeEscalation: true\n";
    let folder = Folder::with(&[
        ("in/base/kustomization.yaml", "resources: [web.yaml]\n"),
        ("in/base/web.yaml", HARDENED),
        ("in/over/kustomization.yaml", "resources: [../base]\npatches:\n- path: patch.yaml\n"),
        ("in/over/patch.yaml", patch),
    ]);
    folder.run("scan in").expect(0);
    let json = folder.run("scan -o json --render in").expect(1).json();
    assert_eq!(json["summary"]["objects"], 1, "the base is judged by what is built upon it: {json}");
    let findings = json["findings"].as_array().unwrap();
    let finding = findings.iter().find(|finding| finding["rule"] == "privileged-container").unwrap();
    assert!(finding["location"]["file"].as_str().unwrap().starts_with("in/over"), "{finding}");
    assert_eq!(json["skipped"], serde_json::json!([]));
    // Bases elsewhere are not fetched.
    folder.write("in/over/kustomization.yaml", "resources: ['https://example.org/base']\n");
    let json = folder.run("scan -o json --render in").json();
    let errors = json["errors"].to_string();
    assert!(errors.contains("rendering runs without network"), "{errors}");
}

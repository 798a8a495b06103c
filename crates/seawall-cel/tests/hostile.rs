//! Expressions made to hurt: each ends soon, with an answer or a refusal.

#![allow(clippy::unwrap_used, clippy::panic)]

use seawall_cel::{Environment, Purpose, Value, Variables};
use std::sync::LazyLock;

static ENVIRONMENT: LazyLock<Environment> = LazyLock::new(|| Environment::new(36, Purpose::Claims));

fn run(text: &str) -> Result<String, String> {
    let program = ENVIRONMENT.compile(text).map_err(|error| error.to_string())?;
    let claims = serde_json::json!({"sub": "u"});
    let evaluation = program.evaluate(&Variables::new([("claims", Value::from_claims(&claims))]));
    evaluation.result.map(|value| format!("{value:?}")).map_err(|error| error.message)
}

/// Frames of unoptimized builds are large.
fn with_stack(test: fn()) {
    std::thread::Builder::new().stack_size(8 << 20).spawn(test).unwrap().join().unwrap();
}

#[test]
fn depth_is_bounded() {
    with_stack(deep);
}

fn deep() {
    for (open, close) in
        [("(", ")"), ("[", "]"), ("{1:", "}"), ("dyn(", ")"), ("!(", ")"), ("[1].all(x,", ")")]
    {
        let text = format!("{}true{}", open.repeat(300), close.repeat(300));
        let error = run(&text).unwrap_err();
        assert!(error.contains("expression recursion limit exceeded: 250"), "{open}: {error}");
        let text = format!("{}true{}", open.repeat(100), close.repeat(100));
        let _ = run(&text);
    }
    let chain = format!("claims{}", ".a".repeat(300));
    assert!(run(&chain).unwrap_err().contains("max recursion depth exceeded"));
    let sum = vec!["1"; 300].join(" + ");
    assert!(run(&sum).unwrap_err().contains("max recursion depth exceeded"));
    let many = vec!["true"; 10_000].join(" && ");
    assert_eq!(run(&many), Ok("Bool(true)".into()));
}

#[test]
fn size_is_bounded() {
    let error = run(&format!("'{}'", "a".repeat(100_000))).unwrap_err();
    assert!(
        error.contains("expression code point size exceeds limit: size: 100002, limit 100000"),
        "{error}"
    );
}

#[test]
fn doubling_does_not_run_away() {
    let lists = format!("[[1, 2]]{}.size()", ".map(l, l + l)".repeat(60));
    assert_eq!(run(&lists), Ok("Int(1)".into()));
    let copies = format!("claims.?sub{}", ".optMap(v, v + v)".repeat(60));
    assert!(run(&copies).unwrap_err().contains("too large"));
    let types = format!("[0]{}", ".map(v, {[v]: [v]})".repeat(60));
    let _ = run(&types);
}

#[test]
fn any_bytes_are_refused_and_not_more() {
    let pieces = [
        "'",
        "\"",
        "\\",
        "`",
        "b'",
        "r\"",
        "\u{0}",
        "\u{1F600}",
        "\r",
        "\n",
        "//",
        "0x",
        "1e",
        "..",
        "?.",
        "[?",
        "{?",
    ];
    for first in pieces {
        for second in pieces {
            for third in pieces {
                let _ = run(&format!("{first}{second}{third}"));
            }
        }
    }
}

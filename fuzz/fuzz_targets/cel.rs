//! Any text as an expression: compiling and evaluating neither panics nor runs away.
#![no_main]

use libfuzzer_sys::fuzz_target;
use seawall_cel::{Environment, PER_CALL_LIMIT, Purpose, Value, Variables};
use std::sync::LazyLock;

static ENVIRONMENT: LazyLock<Environment> = LazyLock::new(|| Environment::new(36, Purpose::Claims));

fuzz_target!(|text: &str| {
    let Ok(program) = ENVIRONMENT.compile(text) else { return };
    let claims = serde_json::json!({"sub": "u", "groups": ["a", "b"], "n": 1, "nested": {"k": [1, {}]}});
    let evaluation = program.evaluate(&Variables::new([("claims", Value::from_claims(&claims))]));
    assert!(evaluation.cost <= PER_CALL_LIMIT || evaluation.result.is_err());
});

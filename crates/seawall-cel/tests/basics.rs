//! Expressions of the kinds that configuration files hold, and their values and costs.

#![allow(clippy::unwrap_used, clippy::panic)]

use seawall_cel::{CompileError, Environment, Purpose, Type, Value, Variables};

fn claims(json: &str, text: &str) -> Result<String, String> {
    let claims: serde_json::Value = serde_json::from_str(json).unwrap();
    let environment = Environment::new(36, Purpose::Claims);
    let program = environment.compile(text).map_err(|error| error.to_string())?;
    let evaluation = program.evaluate(&Variables::new([("claims", Value::from_claims(&claims))]));
    evaluation.result.map(|value| format!("{value:?}")).map_err(|error| error.message)
}

#[test]
fn values() {
    let json = r#"{"sub":"u","groups":["a","b"],"n":1,"nested":{"k":true}}"#;
    for (text, wanted) in [
        ("1 + 2 * 3", "Int(7)"),
        ("claims.sub + '!'", "String(\"u!\")"),
        ("dyn(claims.groups).exists(g, g == 'b')", "Bool(true)"),
        ("claims.n == 1", "Bool(true)"),
        ("claims.nested.k ? 'yes' : 'no'", "String(\"yes\")"),
        ("claims.?missing.orValue('d')", "String(\"d\")"),
        ("has(claims.missing)", "Bool(false)"),
        ("[1, 2, 3].map(x, x * 2).filter(x, x > 2) == [4, 6]", "Bool(true)"),
        ("'a' in ['a', 'b']", "Bool(true)"),
        ("size(claims.groups)", "Int(2)"),
        ("false && claims.missing", "Bool(false)"),
        ("{'a': 1}.transformMap(k, v, v + 1)['a']", "Int(2)"),
    ] {
        assert_eq!(claims(json, text), Ok(wanted.to_owned()), "{text}");
    }
    assert_eq!(claims(json, "claims.missing"), Err("no such key: missing".to_owned()));
    assert_eq!(claims(json, "1 / 0"), Err("division by zero".to_owned()));
}

#[test]
fn compile_errors() {
    let environment = Environment::new(36, Purpose::AuthorizationMatchCondition);
    let error = environment.compile("request.nope == 'a'").unwrap_err();
    let wanted = "ERROR: <input>:1:8: undefined field 'nope'\n | request.nope == 'a'\n | .......^";
    assert_eq!(error, CompileError::Invalid(wanted.to_owned()));
    let error = environment.compile_as("request.user", &Type::Bool).unwrap_err();
    assert_eq!(error.to_string(), "must evaluate to bool but got string");
}

#[test]
fn unknown_is_not_a_pass() {
    let environment = Environment::new(36, Purpose::AuthorizationMatchCondition);
    let request = || Value::object([("user", Value::Unknown("user".into()))]);
    for (text, known) in [
        ("false && request.user == 'a'", Some(false)),
        ("request.user == 'a' || true", Some(true)),
        ("request.user == 'a'", None),
        ("request.user == 'a' && 1 / 0 == 1", None),
    ] {
        let program = environment.compile(text).unwrap();
        let evaluation = program.evaluate(&Variables::new([("request", request())]));
        match (known, evaluation.result) {
            (Some(known), Ok(Value::Bool(value))) => assert_eq!(value, known, "{text}"),
            (None, Ok(Value::Unknown(_))) => {}
            (_, other) => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn an_expensive_expression_is_stopped() {
    let environment = Environment::new(36, Purpose::Claims);
    let text = "lists.range(2000000).size() > 0";
    let program = environment.compile(text).unwrap();
    let evaluation = program.evaluate(&Variables::new([]));
    let message = evaluation.result.unwrap_err().message;
    assert_eq!(message, "operation cancelled: actual cost limit exceeded");
}

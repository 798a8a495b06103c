use super::*;

fn sealer() -> Sealer {
    Sealer::new().unwrap()
}

fn text_of(text: &str) -> String {
    let document = sealer().document(&"x".into(), text.to_owned(), false).unwrap();
    document.source().text().to_owned()
}

#[test]
fn secrets_keep_keys_sizes_and_equality() {
    let text = r#"{"kind":"Secret","type":"Opaque","metadata":{"name":"a","annotations":{"note":"hunter2",
        "kubectl.kubernetes.io/last-applied-configuration":"{\"data\":{\"a\":\"aHVudGVyMg==\"}}",
        "kubernetes.io/service-account.name":"robot"}},
        "data":{"a":"aHVudGVyMg==","b":"aHVudGVyMg==","c":"Yg=="},"other":"hunter2"}"#;
    let mut secret = serde_json::from_str(text).unwrap();
    sealer().secret(&mut secret);
    let value = Value::Object(secret);
    let written = value.to_string();
    assert!(!written.contains("hunter2") && !written.contains("aHVudGVyMg"), "{written}");
    assert_eq!(value["data"], json!({"a": null, "b": null, "c": null}));
    let annotations = &value["metadata"]["annotations"];
    assert_eq!(annotations["kubernetes.io/service-account.name"], "robot");
    assert_eq!(annotations[LAST_APPLIED], LAST_APPLIED_SEALED);
    let sealed: Value = serde_json::from_str(annotations[SEALED].as_str().unwrap()).unwrap();
    assert_eq!((&sealed["a"]["size"], &sealed["c"]["size"]), (&json!(7), &json!(1)));
    assert_eq!(sealed["a"]["digest"], sealed["b"]["digest"]);
    assert_ne!(sealed["a"]["digest"], sealed["c"]["digest"]);
}

#[test]
fn secret_like_values_are_replaced_and_the_rest_is_left() {
    let text = text_of(
        r#"{"kind":"Pod","spec":{"containers":[{"name":"c","args":["--user=x","--password","hunter2"],
        "env":[{"name":"DB_PASSWORD","value":"hunter2"},{"name":"USE_TOKEN","value":"true"},
        {"name":"API_TOKEN","value":"$(OTHER)"},{"name":"PIN_CODE_TOKEN","value":"/hunter2"},
        {"name":"URL","value":"postgres://u:hunter2@db/x"},{"name":"MODE","value":"fast"}]}]}}"#,
    );
    assert!(!text.contains("hunter2"), "{text}");
    for kept in
        ["--user=x", "\"true\"", "$(OTHER)", "postgres://u:sealed-", "@db/x", "\"fast\"", "\"<sealed-"]
    {
        assert!(text.contains(kept), "{kept}: {text}");
    }
}

#[test]
fn texts_inside_of_texts() {
    let config = "a: 1\ntoken: hunter2 and more\npassword: \"hunter2\"\njson: {\"secret\": \"hunter2\"}\n";
    let object =
        json!({"kind": "ConfigMap", "data": {"app.yaml": config, "password": "hunter2", "n": "\\\"x"}});
    let text = text_of(&object.to_string());
    assert!(!text.contains("hunter2") && !text.contains("and more"), "{text}");
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["data"]["n"], "\\\"x");
    assert!(value["data"]["app.yaml"].as_str().unwrap().starts_with("a: 1\ntoken: sealed-"), "{text}");
}

#[test]
fn encryption_keys_become_others_of_their_length() {
    let text = r#"{"kind":"EncryptionConfiguration","resources":[{"providers":[{"aescbc":{"keys":[
        {"name":"a","secret":"aHVudGVyMmh1bnRlcjI="},{"name":"b","secret":"aHVudGVyMmh1bnRlcjI="}]}}]}]}"#;
    let value: Value = serde_json::from_str(&text_of(text)).unwrap();
    let keys = &value["resources"][0]["providers"][0]["aescbc"]["keys"];
    let key = keys[0]["secret"].as_str().unwrap();
    assert_eq!(decode::base64(key).unwrap().len(), 14);
    assert_ne!(key, "aHVudGVyMmh1bnRlcjI=");
    assert_eq!(keys[0]["secret"], keys[1]["secret"]);
}

//! Named formats: apiserver's `pkg/cel/library/format.go` over apimachinery's `validation` and kube-openapi's `strfmt`.

use super::{pattern, url};
use crate::value::text::quote;
use crate::value::{Extension, Timestamp, Value};
use std::sync::Arc;

/// A named format.
#[derive(Debug)]
pub struct Format {
    /// Its name as equality sees it.
    pub(crate) name: &'static str,
    /// Its name in expressions.
    function: &'static str,
    /// What is wrong with a text, in upstream's words.
    check: fn(&str) -> Vec<String>,
    /// The length of its regular expression in the cost model.
    pub(crate) pattern_size: u64,
}

impl Format {
    /// Its name as equality sees it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }
}

const LABEL: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
const OLD_LABEL: &str = "[a-z]([-a-z0-9]*[a-z0-9])?";
const KEY: &str = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const LABEL_VALUE: &str = "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?";
const UUID: &str = "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$";
const BASE64: &str =
    "^(?:[A-Za-z0-9+\\/]{4})*(?:[A-Za-z0-9+\\/]{2}==|[A-Za-z0-9+\\/]{3}=|[A-Za-z0-9+\\/]{4})$";
const TIME: &str = "^([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|([+-][0-9]{2}:[0-9]{2}))$";

fn fits(expression: &str, text: &str) -> bool {
    pattern::compile(expression).is_ok_and(|pattern| pattern.is_match(text))
}

fn whole(expression: &str, text: &str) -> bool {
    fits(&format!("^{expression}$"), text)
}

fn expected(message: &str, expression: &str, examples: &[&str]) -> String {
    let examples: Vec<String> = examples.iter().map(|example| format!("'{example}', ")).collect();
    format!("{message} (e.g. {}regex used for validation is '{expression}')", examples.join(" or "))
}

fn label(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if text.len() > 63 {
        wrong.push("must be no more than 63 characters".to_owned());
    }
    if !whole(LABEL, text) {
        if whole(SUBDOMAIN, text) {
            wrong.push("must not contain dots".into());
        } else {
            let message = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
            wrong.push(expected(message, LABEL, &["my-name", "123-abc"]));
        }
    }
    wrong
}

fn subdomain(text: &str, unit: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if text.len() > 253 {
        wrong.push(format!("must be no more than 253 {unit}"));
    }
    if !whole(SUBDOMAIN, text) {
        let message = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
        wrong.push(expected(message, SUBDOMAIN, &["example.com"]));
    }
    wrong
}

fn old_label(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if text.len() > 63 {
        wrong.push("must be no more than 63 characters".to_owned());
    }
    if !whole(OLD_LABEL, text) {
        let message = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
        wrong.push(expected(message, OLD_LABEL, &["my-name", "abc-123"]));
    }
    wrong
}

const KEY_MESSAGE: &str = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const KEY_EXAMPLES: &[&str] = &["MyName", "my.name", "123-abc"];

fn qualified_name(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let parts: Vec<&str> = text.split('/').collect();
    let name = match parts.as_slice() {
        [name] => name,
        [prefix, name] => {
            if prefix.is_empty() {
                wrong.push("prefix part must be non-empty".to_owned());
            } else {
                wrong
                    .extend(subdomain(prefix, "bytes").into_iter().map(|text| format!("prefix part {text}")));
            }
            name
        }
        _ => {
            let rule = expected(KEY_MESSAGE, KEY, KEY_EXAMPLES);
            wrong.push(format!(
                "a valid label key {rule} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
            ));
            return wrong;
        }
    };
    if name.is_empty() {
        wrong.push("name part must be non-empty".into());
    } else if name.len() > 63 {
        wrong.push("name part must be no more than 63 bytes".into());
    }
    if !whole(KEY, name) {
        wrong.push(format!("name part {}", expected(KEY_MESSAGE, KEY, KEY_EXAMPLES)));
    }
    wrong
}

fn label_value(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if text.len() > 63 {
        wrong.push("must be no more than 63 bytes".to_owned());
    }
    if !whole(LABEL_VALUE, text) {
        let message = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
        wrong.push(expected(message, LABEL_VALUE, &["MyValue", "my_value", "12345"]));
    }
    wrong
}

/// A prefix for generated names may end with a dash (`maskTrailingDash`, which drops the letter before it too).
fn masked(text: &str) -> String {
    match text.strip_suffix('-') {
        Some(rest) if text.len() > 1 => {
            let mut bytes = rest.as_bytes().to_vec();
            bytes.pop();
            bytes.push(b'a');
            String::from_utf8_lossy(&bytes).into_owned()
        }
        _ => text.to_owned(),
    }
}

fn only(valid: bool, message: &str) -> Vec<String> {
    if valid { Vec::new() } else { vec![message.to_owned()] }
}

fn is_date(text: &str) -> bool {
    text.len() == 10 && Timestamp::parse(&format!("{text}T00:00:00Z")).is_some()
}

fn is_datetime(text: &str) -> bool {
    let lower = text.to_lowercase();
    let mut parts = lower.split('t');
    let (Some(date), Some(time)) = (parts.next(), parts.next()) else { return false };
    let part = |range| time.get(range).unwrap_or_default();
    text.len() >= 4
        && is_date(date)
        && fits(TIME, time)
        && part(0..2) <= "23"
        && part(3..5) <= "59"
        && part(6..8) <= "59"
}

static FORMATS: &[Format] = &[
    Format { name: "DNS1123Label", function: "dns1123Label", check: label, pattern_size: 30 },
    Format {
        name: "DNS1123Subdomain",
        function: "dns1123Subdomain",
        check: |text| subdomain(text, "characters"),
        pattern_size: 60,
    },
    Format { name: "DNS1035Label", function: "dns1035Label", check: old_label, pattern_size: 30 },
    Format { name: "QualifiedName", function: "qualifiedName", check: qualified_name, pattern_size: 60 },
    Format {
        name: "DNS1123LabelPrefix",
        function: "dns1123LabelPrefix",
        check: |text| label(&masked(text)),
        pattern_size: 30,
    },
    Format {
        name: "DNS1123SubdomainPrefix",
        function: "dns1123SubdomainPrefix",
        check: |text| subdomain(&masked(text), "characters"),
        pattern_size: 60,
    },
    Format {
        name: "DNS1035LabelPrefix",
        function: "dns1035LabelPrefix",
        check: |text| old_label(&masked(text)),
        pattern_size: 30,
    },
    Format { name: "LabelValue", function: "labelValue", check: label_value, pattern_size: 40 },
    Format {
        name: "URI",
        function: "uri",
        check: |text| url::check_request(text).err().into_iter().collect(),
        pattern_size: 1103,
    },
    Format {
        name: "uuid",
        function: "uuid",
        check: |text| only(fits(UUID, text), "does not match the UUID format"),
        pattern_size: UUID.len() as u64,
    },
    Format {
        name: "byte",
        function: "byte",
        check: |text| only(fits(BASE64, text), "invalid base64"),
        pattern_size: 84,
    },
    Format {
        name: "date",
        function: "date",
        check: |text| only(is_date(text), "invalid date"),
        pattern_size: TIME.len() as u64,
    },
    Format {
        name: "datetime",
        function: "datetime",
        check: |text| only(is_datetime(text), "invalid datetime"),
        pattern_size: TIME.len() as u64,
    },
];

/// The format of a name as expressions write it.
pub(crate) fn by_name<'v>(name: &str) -> Value<'v> {
    match FORMATS.iter().find(|format| format.function == name) {
        Some(format) => Value::Extension(Arc::new(Extension::Format(format))),
        None => Value::error(format!("no such format: {}", quote(name))),
    }
}

pub(crate) fn named<'v>(values: &[Value<'v>]) -> Value<'v> {
    let [Value::String(name)] = values else { return Value::error("no such overload") };
    if FORMATS.iter().any(|format| format.function == &**name) {
        Value::optional(by_name(name))
    } else {
        Value::Optional(None)
    }
}

pub(crate) fn validate<'v>(values: &[Value<'v>]) -> Value<'v> {
    let [Value::Extension(format), Value::String(text)] = values else {
        return Value::error("no such overload");
    };
    let Extension::Format(format) = &**format else { return Value::error("no such overload") };
    let wrong = (format.check)(text);
    if wrong.is_empty() { Value::Optional(None) } else { Value::optional(Value::strings(wrong)) }
}

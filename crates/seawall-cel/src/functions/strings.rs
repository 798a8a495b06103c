//! The string library: cel-go's `ext/strings.go`, version 2.

use crate::value::Value;
use crate::value::convert::display;

fn out_of_range<'v>(index: i64) -> Value<'v> {
    Value::error(format!("index out of range: {index}"))
}

fn no<'v>() -> Value<'v> {
    Value::error("no such overload")
}

/// The code points of a text.
fn characters(text: &str) -> Vec<char> {
    text.chars().collect()
}

pub(crate) fn char_at<'v>(values: &[Value<'v>]) -> Value<'v> {
    let [Value::String(text), Value::Int(index)] = values else { return no() };
    let characters = characters(text);
    match usize::try_from(*index) {
        Ok(at) if at < characters.len() => {
            Value::shared(characters.get(at).map(char::to_string).unwrap_or_default())
        }
        Ok(at) if at == characters.len() => Value::string(""),
        _ => out_of_range(*index),
    }
}

fn position(text: &[char], part: &[char], starts: impl Iterator<Item = usize>) -> i64 {
    for start in starts {
        if text.get(start..start + part.len()) == Some(part) {
            return i64::try_from(start).unwrap_or(-1);
        }
    }
    -1
}

pub(crate) fn index_of<'v>(values: &[Value<'v>]) -> Value<'v> {
    let (text, part, offset) = match values {
        [Value::String(text), Value::String(part)] => (text, part, 0),
        [Value::String(text), Value::String(part), Value::Int(offset)] => (text, part, *offset),
        _ => return no(),
    };
    if part.is_empty() {
        return Value::Int(offset);
    }
    let Ok(start) = usize::try_from(offset) else { return out_of_range(offset) };
    let (text, part) = (characters(text), characters(part));
    if start >= text.len() || part.len() > text.len() {
        return Value::Int(-1);
    }
    Value::Int(position(&text, &part, start..=text.len() - part.len()))
}

pub(crate) fn last_index_of<'v>(values: &[Value<'v>]) -> Value<'v> {
    let (text, part, offset) = match values {
        [Value::String(text), Value::String(part)] => (text, part, None),
        [Value::String(text), Value::String(part), Value::Int(offset)] => (text, part, Some(*offset)),
        _ => return no(),
    };
    let letters = characters(text);
    let length = i64::try_from(letters.len()).unwrap_or(i64::MAX);
    if part.is_empty() {
        return Value::Int(offset.unwrap_or(length));
    }
    if offset.is_none() && text.len() < part.len() {
        return Value::Int(-1);
    }
    let offset = offset.unwrap_or(length - 1);
    let Ok(start) = usize::try_from(offset) else { return out_of_range(offset) };
    let part = characters(part);
    if start >= letters.len() || part.len() > letters.len() {
        return Value::Int(-1);
    }
    let start = start.min(letters.len() - part.len());
    Value::Int(position(&letters, &part, (0..=start).rev()))
}

pub(crate) fn lower_ascii<'v>(values: &[Value<'v>]) -> Value<'v> {
    let [Value::String(text)] = values else { return no() };
    Value::shared(text.to_ascii_lowercase())
}

pub(crate) fn upper_ascii<'v>(values: &[Value<'v>]) -> Value<'v> {
    let [Value::String(text)] = values else { return no() };
    Value::shared(text.to_ascii_uppercase())
}

pub(crate) fn replace<'v>(values: &[Value<'v>]) -> Value<'v> {
    let (text, old, new, count) = match values {
        [Value::String(text), Value::String(old), Value::String(new)] => (text, old, new, -1),
        [Value::String(text), Value::String(old), Value::String(new), Value::Int(count)] => {
            (text, old, new, *count)
        }
        _ => return no(),
    };
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    Value::shared(text.replacen(&**old, new, count))
}

pub(crate) fn split<'v>(values: &[Value<'v>]) -> Value<'v> {
    let (text, separator, count) = match values {
        [Value::String(text), Value::String(separator)] => (text, separator, -1),
        [Value::String(text), Value::String(separator), Value::Int(count)] => (text, separator, *count),
        _ => return no(),
    };
    if count == 0 {
        return Value::list(Vec::new());
    }
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    if separator.is_empty() {
        // Code points, the last with all that is left.
        let mut parts: Vec<String> = Vec::new();
        for (index, character) in text.chars().enumerate() {
            match parts.last_mut() {
                Some(last) if index >= count => last.push(character),
                _ => parts.push(character.to_string()),
            }
        }
        return Value::strings(parts);
    }
    Value::strings(text.splitn(count, &**separator).map(str::to_owned))
}

pub(crate) fn substring<'v>(values: &[Value<'v>]) -> Value<'v> {
    let (text, start, end) = match values {
        [Value::String(text), Value::Int(start)] => (text, *start, None),
        [Value::String(text), Value::Int(start), Value::Int(end)] => (text, *start, Some(*end)),
        _ => return no(),
    };
    let letters = characters(text);
    let length = i64::try_from(letters.len()).unwrap_or(i64::MAX);
    if let Some(end) = end
        && start > end
    {
        return Value::error(format!("invalid substring range. start: {start}, end: {end}"));
    }
    let end = end.unwrap_or(length);
    for index in [start, end] {
        if !(0..=length).contains(&index) {
            return out_of_range(index);
        }
    }
    let range = usize::try_from(start).unwrap_or(0)..usize::try_from(end).unwrap_or(0);
    Value::shared(letters.get(range).unwrap_or_default().iter().collect::<String>())
}

pub(crate) fn trim<'v>(values: &[Value<'v>]) -> Value<'v> {
    let [Value::String(text)] = values else { return no() };
    Value::shared(text.trim())
}

/// `strings.quote`: the escapes of CEL, nothing else.
pub(crate) fn quote<'v>(values: &[Value<'v>]) -> Value<'v> {
    let [Value::String(text)] = values else { return no() };
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{b}' => out.push_str("\\v"),
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            other => out.push(other),
        }
    }
    out.push('"');
    Value::shared(out)
}

pub(crate) fn join<'v>(values: &[Value<'v>]) -> Value<'v> {
    let (list, separator) = match values {
        [Value::List(list)] => (list, ""),
        [Value::List(list), Value::String(separator)] => (list, &**separator),
        _ => return no(),
    };
    let mut out = String::new();
    for (index, element) in list.iter().enumerate() {
        if index > 0 {
            out.push_str(separator);
        }
        match element {
            Value::String(text) => out.push_str(&text),
            other => return Value::error(format!("join: invalid input: {}", display(&other))),
        }
    }
    Value::shared(out)
}

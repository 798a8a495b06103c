//! CSV as Go's `encoding/csv` reads it with its defaults.

/// The records. Empty lines are skipped.
///
/// # Errors
/// A bare `"` in an unquoted field, or text after a closing one.
pub(super) fn records(text: &str) -> Result<Vec<Vec<String>>, String> {
    let mut out = Vec::new();
    let mut lines = text.split_inclusive('\n');
    while let Some(line) = lines.next() {
        let mut rest = content(line);
        if rest.is_empty() {
            continue;
        }
        let mut fields = Vec::new();
        loop {
            let Some(quoted) = rest.strip_prefix('"') else {
                let (field, after) = rest.split_once(',').map_or((rest, None), |(f, a)| (f, Some(a)));
                if field.contains('"') {
                    return Err("bare \" in non-quoted-field".into());
                }
                fields.push(field.to_owned());
                match after {
                    Some(after) => rest = after,
                    None => break,
                }
                continue;
            };
            let (field, after) = quoted_field(quoted, &mut lines)?;
            fields.push(field);
            match after.strip_prefix(',') {
                Some(after) => rest = after,
                None if after.is_empty() => break,
                None => return Err("extraneous or missing \" in quoted-field".into()),
            }
        }
        out.push(fields);
    }
    Ok(out)
}

/// A line without its end.
fn content(line: &str) -> &str {
    let line = line.strip_suffix('\n').unwrap_or(line);
    line.strip_suffix('\r').unwrap_or(line)
}

/// The field after an opening quote, over lines if need be, and what follows it on its last line.
fn quoted_field<'t>(
    mut rest: &'t str,
    lines: &mut impl Iterator<Item = &'t str>,
) -> Result<(String, &'t str), String> {
    let mut field = String::new();
    loop {
        match rest.split_once('"') {
            Some((before, after)) => {
                field.push_str(before);
                match after.strip_prefix('"') {
                    Some(after) => {
                        field.push('"');
                        rest = after;
                    }
                    None => return Ok((field, after)),
                }
            }
            None => {
                field.push_str(rest);
                field.push('\n');
                rest = content(lines.next().ok_or("extraneous or missing \" in quoted-field")?);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::records;

    #[test]
    fn as_go() {
        let read = |text| records(text).unwrap();
        assert_eq!(read("a,b\r\n\n\"x,\"\"y\"\"\",\n"), [vec!["a", "b"], vec!["x,\"y\"", ""]]);
        assert_eq!(read("\"two\r\nlines\",z"), [["two\nlines", "z"]]);
        for broken in ["a\"b", "\"a\"b", "\"a"] {
            assert!(records(broken).is_err(), "{broken}");
        }
    }
}

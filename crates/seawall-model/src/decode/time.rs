//! Times as `time.Parse(time.RFC3339, …)` reads them.

/// Whether the text is a time of RFC 3339, such as `2026-01-31T23:59:59.5+01:00`.
pub(super) fn is_rfc3339(text: &str) -> bool {
    read(text.as_bytes()).is_some()
}

fn number(text: &[u8], from: usize, length: usize) -> Option<u32> {
    let digits = text.get(from..from + length)?;
    digits
        .iter()
        .all(u8::is_ascii_digit)
        .then(|| digits.iter().fold(0, |sum, d| sum * 10 + u32::from(d - b'0')))
}

fn read(text: &[u8]) -> Option<()> {
    let separators = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    separators.iter().all(|&(at, byte)| text.get(at) == Some(&byte)).then_some(())?;
    let (year, month, day) = (number(text, 0, 4)?, number(text, 5, 2)?, number(text, 8, 2)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    let in_range = (1..=days).contains(&day)
        && number(text, 11, 2)? <= 23
        && number(text, 14, 2)? <= 59
        && number(text, 17, 2)? <= 59;
    let mut at = 19;
    // Go takes a comma for the dot too.
    if matches!(text.get(at), Some(b'.' | b',')) {
        let digits = text.get(at + 1..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
        (digits > 0).then_some(())?;
        at += 1 + digits;
    }
    let zone = match text.get(at)? {
        b'Z' => text.len() == at + 1,
        b'+' | b'-' => {
            text.len() == at + 6
                && text.get(at + 3) == Some(&b':')
                && number(text, at + 1, 2)? <= 24
                && number(text, at + 4, 2)? < 60
        }
        _ => false,
    };
    (in_range && zone).then_some(())
}

#[cfg(test)]
mod tests {
    use super::is_rfc3339;

    #[test]
    fn reads_times() {
        for text in ["2026-01-31T23:59:59Z", "2024-02-29T00:00:00.123+01:00", "0000-01-01T00:00:00Z"] {
            assert!(is_rfc3339(text), "{text}");
        }
        for text in [
            "",
            "2026-01-31",
            "2026-02-29T00:00:00Z",
            "2026-01-31 00:00:00Z",
            "2026-01-31T24:00:00Z",
            "2026-01-31T00:00:00",
        ] {
            assert!(!is_rfc3339(text), "{text}");
        }
    }
}

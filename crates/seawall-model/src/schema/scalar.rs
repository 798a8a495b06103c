//! Strings with a grammar: would Kubernetes' own decoders accept them?

/// Whether the text is a quantity (apimachinery pkg/api/resource, `ParseQuantity`, around which `UnmarshalJSON` trims
/// spaces).
pub fn is_quantity(text: &str) -> bool {
    // The JSON text is trimmed, in which control characters are escaped and thus stay.
    let text =
        text.trim_matches(|c: char| c.is_whitespace() && c >= ' ' && !matches!(c, '\u{2028}' | '\u{2029}'));
    if text.is_empty() {
        return false;
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let rest = unsigned.trim_start_matches(|c: char| c.is_ascii_digit());
    let rest = match rest.strip_prefix('.') {
        Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => rest,
    };
    match rest {
        "" | "n" | "u" | "m" | "k" | "M" | "G" | "T" | "P" | "E" | "Ki" | "Mi" | "Gi" | "Ti" | "Pi"
        | "Ei" => true,
        _ => {
            let Some(exponent) = rest.strip_prefix(['e', 'E']) else { return false };
            let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
            !digits.is_empty()
                && digits.bytes().all(|b| b.is_ascii_digit())
                && exponent.parse::<i64>().is_ok()
        }
    }
}

/// Whether Go's `time.Parse(time.RFC3339, …)` accepts the text, as `metav1.Time` does.
pub fn is_time(text: &str) -> bool {
    time_of(text).is_some()
}

/// Whether `metav1.MicroTime` accepts the text: exactly six fractional digits.
pub fn is_micro_time(text: &str) -> bool {
    time_of(text) == Some(6)
}

/// The number of fractional digits, if the text is a time.
fn time_of(text: &str) -> Option<usize> {
    let mut rest = text.as_bytes();
    let year = number(&mut rest, 4, 4)?;
    literal(&mut rest, b"-")?;
    let month = number(&mut rest, 2, 2).filter(|month| (1..=12).contains(month))?;
    literal(&mut rest, b"-")?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    number(&mut rest, 2, 2).filter(|day| (1..=days).contains(day))?;
    literal(&mut rest, b"T")?;
    // Go's "15" takes one digit too.
    number(&mut rest, 1, 2).filter(|hour| *hour < 24)?;
    literal(&mut rest, b":")?;
    number(&mut rest, 2, 2).filter(|minute| *minute < 60)?;
    literal(&mut rest, b":")?;
    number(&mut rest, 2, 2).filter(|second| *second < 60)?;
    let mut fraction = 0;
    if let [b'.' | b',', digits @ ..] = rest {
        fraction = digits.iter().take_while(|b| b.is_ascii_digit()).count();
        if fraction == 0 {
            return None;
        }
        rest = digits.get(fraction..)?;
    }
    match rest {
        b"Z" => Some(fraction),
        [b'+' | b'-', zone @ ..] => {
            rest = zone;
            // Go allows these limits themselves.
            number(&mut rest, 2, 2).filter(|hour| *hour <= 24)?;
            literal(&mut rest, b":")?;
            number(&mut rest, 2, 2).filter(|minute| *minute <= 60)?;
            rest.is_empty().then_some(fraction)
        }
        _ => None,
    }
}

fn number(rest: &mut &[u8], least: usize, most: usize) -> Option<u32> {
    let count = rest.iter().take(most).take_while(|b| b.is_ascii_digit()).count();
    if count < least {
        return None;
    }
    let (digits, tail) = rest.split_at_checked(count)?;
    *rest = tail;
    Some(digits.iter().fold(0, |value, digit| value * 10 + u32::from(digit - b'0')))
}

fn literal(rest: &mut &[u8], expected: &[u8]) -> Option<()> {
    *rest = rest.strip_prefix(expected)?;
    Some(())
}

/// Whether Go's `base64.StdEncoding` decodes the text: line ends are skipped, padding is needed, bits left over in
/// the last digit do not matter.
pub fn is_base64(text: &str) -> bool {
    let (mut digits, mut padding) = (0_usize, 0_usize);
    for byte in text.bytes() {
        match byte {
            b'\r' | b'\n' => {}
            b'=' => padding += 1,
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if padding == 0 => digits += 1,
            _ => return false,
        }
    }
    matches!((digits % 4, padding), (0, 0) | (2, 2) | (3, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities() {
        for text in
            ["0", "1", "100m", "1.5Gi", "-1", "+.5", "1e3", "1E", "1E6", "12e-3", "1.", ".", "5Ei", " 1Gi "]
        {
            assert!(is_quantity(text), "{text:?}");
        }
        for text in [
            "", " ", "1gi", "1 Gi", "1GiB", "1mi", "0x10", "1e", "1e+", "1ki", "1K", "Gi5", "1\n", "1,5",
            "ten",
        ] {
            assert!(!is_quantity(text), "{text:?}");
        }
    }

    #[test]
    fn times() {
        for text in ["2024-02-29T10:00:00Z", "2024-01-01T1:00:00.5+02:00", "0000-01-01T00:00:00Z"] {
            assert!(is_time(text), "{text}");
        }
        for text in [
            "",
            "2023-02-29T10:00:00Z",
            "2024-01-01",
            "2024-01-01t10:00:00Z",
            "2024-01-01T24:00:00Z",
            "2024-01-01T10:00:60Z",
        ] {
            assert!(!is_time(text), "{text}");
        }
        assert!(is_micro_time("2024-01-01T10:00:00.000001Z"));
        assert!(!is_micro_time("2024-01-01T10:00:00Z"));
        assert!(!is_micro_time("2024-01-01T10:00:00.001Z"));
    }

    #[test]
    fn base64() {
        for text in ["", "YQ==", "YWI=", "YWJj", "YW\nJj\r\n", "YR=="] {
            assert!(is_base64(text), "{text:?}");
        }
        for text in ["YQ", "YQ=", "Y===", "YQ==YQ==", "YW-j", "a b=", "YWJj=", "YQ==="] {
            assert!(!is_base64(text), "{text:?}");
        }
    }
}

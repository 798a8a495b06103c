//! Go's durations: `time.ParseDuration` and `Duration.String`.

/// A duration as Go has it: nanoseconds, signed.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct GoDuration(pub i64);

const UNITS: [(&str, u64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("\u{b5}s", 1_000),
    ("\u{3bc}s", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

const LIMIT: u64 = 1 << 63;

impl GoDuration {
    /// `n` seconds.
    pub const fn seconds(n: i64) -> Self {
        Self(n * 1_000_000_000)
    }

    /// Reads what `time.ParseDuration` reads: `1h30m`, `1.5s`, `-3ms`, `0`. `None` where Go gives an error.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, mut rest) = match text.as_bytes().first() {
            Some(b'-') => (true, text.get(1..)?),
            Some(b'+') => (false, text.get(1..)?),
            _ => (false, text),
        };
        if rest == "0" {
            return Some(Self(0));
        }
        if rest.is_empty() {
            return None;
        }
        let mut total: u64 = 0;
        while !rest.is_empty() {
            let (value, after) = component(rest)?;
            total = total.checked_add(value).filter(|&sum| sum <= LIMIT)?;
            rest = after;
        }
        match (negative, total) {
            // Go's -Duration(1<<63) wraps to the smallest value.
            (true, LIMIT) => Some(Self(i64::MIN)),
            (true, _) => Some(Self(-(total as i64))),
            (false, LIMIT) => None,
            (false, _) => Some(Self(total as i64)),
        }
    }
}

/// One number with its unit, in nanoseconds, and the rest.
fn component(text: &str) -> Option<(u64, &str)> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole_length = digits(text);
    let mut value = text.get(..whole_length)?.bytes().try_fold(0u64, |sum, digit| {
        let next = (sum <= LIMIT / 10).then(|| sum * 10 + u64::from(digit - b'0'))?;
        (next <= LIMIT).then_some(next)
    })?;
    let mut rest = text.get(whole_length..)?;
    let (mut fraction, mut scale, mut has_fraction) = (0u64, 1f64, false);
    if let Some(after) = rest.strip_prefix('.') {
        let length = digits(after);
        has_fraction = length > 0;
        let mut overflow = false;
        for digit in after.get(..length)?.bytes() {
            if overflow || fraction > (LIMIT - 1) / 10 {
                overflow = true;
                continue;
            }
            let next = fraction * 10 + u64::from(digit - b'0');
            if next > LIMIT {
                overflow = true;
                continue;
            }
            fraction = next;
            scale *= 10.0;
        }
        rest = after.get(length..)?;
    }
    if whole_length == 0 && !has_fraction {
        return None;
    }
    let unit_length = rest.bytes().take_while(|&byte| byte != b'.' && !byte.is_ascii_digit()).count();
    let name = rest.get(..unit_length)?;
    let (_, unit) = UNITS.into_iter().find(|(unit, _)| *unit == name)?;
    if value > LIMIT / unit {
        return None;
    }
    value *= unit;
    if fraction > 0 {
        value += (fraction as f64 * (unit as f64 / scale)) as u64;
    }
    (value <= LIMIT).then_some((value, rest.get(unit_length..)?))
}

impl std::fmt::Display for GoDuration {
    /// The shortest usual form for whole seconds and milliseconds (`5m0s` as Go prints it), else nanoseconds.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let nanos = self.0.unsigned_abs();
        let (seconds, below) = (nanos / 1_000_000_000, nanos % 1_000_000_000);
        let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        if below != 0 {
            return if nanos.is_multiple_of(1_000_000) && nanos < 1_000_000_000 {
                write!(f, "{sign}{}ms", nanos / 1_000_000)
            } else {
                write!(f, "{sign}{nanos}ns")
            };
        }
        match (hours, minutes) {
            (0, 0) => write!(f, "{sign}{rest}s"),
            (0, _) => write!(f, "{sign}{minutes}m{rest}s"),
            _ => write!(f, "{sign}{hours}h{minutes}m{rest}s"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::GoDuration;

    #[test]
    fn reads_as_go_does() {
        for (text, nanos) in [
            ("0", 0),
            ("+0", 0),
            ("5s", 5_000_000_000),
            ("1h30m", 5_400_000_000_000),
            ("1.5s", 1_500_000_000),
            (".5s", 500_000_000),
            ("1.s", 1_000_000_000),
            ("-3ms", -3_000_000),
            ("1us2µs3μs", 6_000),
            ("-9223372036854775808ns", i64::MIN),
        ] {
            assert_eq!(GoDuration::parse(text), Some(GoDuration(nanos)), "{text}");
        }
        for text in
            ["", "-", "5", "s", ".s", "1 s", "5 s", "1d", "9223372036854775808ns", "3000000h", "1sm", "١s"]
        {
            assert_eq!(GoDuration::parse(text), None, "{text}");
        }
    }

    #[test]
    fn prints_as_go_does() {
        for (nanos, text) in [
            (0, "0s"),
            (5_000_000_000, "5s"),
            (300_000_000_000, "5m0s"),
            (5_400_000_000_000, "1h30m0s"),
            (3_000_000, "3ms"),
            (-3_000_000_000, "-3s"),
        ] {
            assert_eq!(GoDuration(nanos).to_string(), text);
        }
    }
}

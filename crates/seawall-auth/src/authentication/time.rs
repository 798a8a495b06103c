//! Times as seconds since 1970-01-01T00:00:00Z, from and to RFC 3339 as Go's `time.Parse` and `Format` do it.

const DAY: i64 = 86_400;

/// The seconds of a time; a fraction counts as a whole second, so that "not after" stays exact for whole seconds.
pub fn parse(text: &str) -> Option<i64> {
    let text = text.as_bytes();
    let number = |from: usize, length: usize| -> Option<i64> {
        let digits = text.get(from..from + length)?;
        let all = digits.iter().all(u8::is_ascii_digit);
        all.then(|| digits.iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')))
    };
    let separators = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    separators.iter().all(|&(at, byte)| text.get(at) == Some(&byte)).then_some(())?;
    let (year, month, day) = (number(0, 4)?, number(5, 2)?, number(8, 2)?);
    let (hour, minute, second) = (number(11, 2)?, number(14, 2)?, number(17, 2)?);
    let valid = (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    valid.then_some(())?;
    let (mut at, mut fraction) = (19, false);
    if matches!(text.get(at), Some(b'.' | b',')) {
        let digits = text.get(at + 1..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
        (digits > 0).then_some(())?;
        fraction = text.get(at + 1..at + 1 + digits)?.iter().any(|&digit| digit != b'0');
        at += 1 + digits;
    }
    let offset = match text.get(at)? {
        b'Z' if text.len() == at + 1 => 0,
        sign @ (b'+' | b'-') if text.len() == at + 6 && text.get(at + 3) == Some(&b':') => {
            let (hours, minutes) = (number(at + 1, 2)?, number(at + 4, 2)?);
            (hours <= 24 && minutes < 60).then_some(())?;
            let offset = hours * 3600 + minutes * 60;
            if *sign == b'-' { -offset } else { offset }
        }
        _ => return None,
    };
    let days = days_from_civil(year, month, day);
    Some(days * DAY + hour * 3600 + minute * 60 + second - offset + i64::from(fraction))
}

/// The time in UTC, for texts.
pub fn format(seconds: i64) -> String {
    let (days, rest) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    let (year, month, day) = civil_from_days(days);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", rest / 3600, rest / 60 % 60, rest % 60)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the Gregorian calendar; years are counted from March.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days.saturating_add(719_468);
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let of_era_years = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * of_era_years + of_era_years / 4 - of_era_years / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (of_era_years + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T12:34:56Z", 951_827_696),
            ("2026-11-21T17:00:00+01:00", 1_795_276_800),
            ("1969-12-31T23:59:59Z", -1),
            ("2026-01-01T00:00:00.5Z", 1_767_225_601),
            ("2026-01-01T00:00:00.000Z", 1_767_225_600),
        ] {
            assert_eq!(parse(text), Some(seconds), "{text}");
        }
        for seconds in (-100_000_000_000..100_000_000_000).step_by(9_999_991) {
            assert_eq!(parse(&format(seconds)).unwrap_or(seconds), seconds);
        }
        for broken in [
            "",
            "2026-02-29T00:00:00Z",
            "2026-01-01 00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:00",
        ] {
            assert_eq!(parse(broken), None, "{broken}");
        }
        assert!(!format(i64::MAX).is_empty() && !format(i64::MIN).is_empty());
    }
}

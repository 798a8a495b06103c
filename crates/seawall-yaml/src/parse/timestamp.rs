//! Which texts upstream takes as `!!timestamp`; they stay strings, but the tag refuses all others.

/// Whether one of the four layouts of `resolve.go` matches, as Go's `time.Parse` reads them.
pub(crate) fn is_timestamp(text: &str) -> bool {
    let Some((year, rest)) = digits(text, 4, 4) else { return false };
    let Some(rest) = rest.strip_prefix('-') else { return false };
    let Some((month, rest)) = digits(rest, 1, 2) else { return false };
    let Some(rest) = rest.strip_prefix('-') else { return false };
    let Some((day, rest)) = digits(rest, 1, 2) else { return false };
    if !(1..=12).contains(&month) || day < 1 || day > days_in(year, month) {
        return false;
    }
    if rest.is_empty() {
        return true;
    }
    if let Some(clock) = rest.strip_prefix(['T', 't']) {
        return time(clock).is_some_and(is_zone);
    }
    // The blank of the layout stands for any number of blanks in the text, none included after a date.
    let clock = rest.trim_start_matches(' ');
    clock.len() < rest.len() && time(clock).is_some_and(str::is_empty)
}

fn days_in(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Between `least` and `most` digits from the front, and what follows.
fn digits(text: &str, least: usize, most: usize) -> Option<(u32, &str)> {
    let count = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    if count < least {
        return None;
    }
    let (number, rest) = text.split_at_checked(count)?;
    Some((number.parse().ok()?, rest))
}

/// `15:4:5` with an optional fraction; gives what follows.
fn time(text: &str) -> Option<&str> {
    let (hour, rest) = digits(text, 2, 2).or_else(|| digits(text, 1, 2))?;
    let (minute, rest) = digits(rest.strip_prefix(':')?, 1, 2)?;
    let (second, rest) = digits(rest.strip_prefix(':')?, 1, 2)?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    // A fraction is taken after seconds, of any length, behind a dot or a comma.
    let Some(fraction) = rest.strip_prefix(['.', ',']) else { return Some(rest) };
    let count = fraction.bytes().take_while(u8::is_ascii_digit).count();
    if count == 0 { Some(rest) } else { fraction.get(count..) }
}

/// `Z` or `+07:00`.
fn is_zone(text: &str) -> bool {
    if text == "Z" {
        return true;
    }
    let Some(rest) = text.strip_prefix(['+', '-']) else { return false };
    let Some((hour, rest)) = digits(rest, 2, 2) else { return false };
    let Some(rest) = rest.strip_prefix(':') else { return false };
    matches!(digits(rest, 2, 2), Some((minute, "")) if hour <= 24 && minute <= 60)
}

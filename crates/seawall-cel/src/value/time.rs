//! Times and durations: Go's `time` as far as the language reaches it, and cel-go's overflow rules.

use super::{Value, text};
use jiff::tz::{Offset, TimeZone};
use std::cmp::Ordering;
use std::fmt::Write;

const SECOND: i64 = 1_000_000_000;
/// The first second of the year 1 and the last of the year 9999.
const MIN_SECONDS: i64 = -62_135_596_800;
const MAX_SECONDS: i64 = 253_402_300_799;
/// Upstream's words for a time outside of these years.
pub(crate) const TIMESTAMP_OVERFLOW: &str = "timestamp overflow";

/// A point in time and the offset from UTC it is printed with.
#[derive(Clone, Copy, Debug)]
pub struct Timestamp {
    /// Seconds since 1970-01-01T00:00:00Z.
    pub seconds: i64,
    /// Nanoseconds after that, 0 to 999,999,999.
    pub nanoseconds: u32,
    /// Seconds east of UTC.
    pub offset: i32,
}

/// The parts of a time as a calendar and clock show them.
pub(crate) struct Civil {
    pub(crate) year: i64,
    /// From 1.
    pub(crate) month: u32,
    /// From 1.
    pub(crate) day: u32,
    /// From 0.
    pub(crate) day_of_year: u32,
    /// From 0, Sunday.
    pub(crate) weekday: u32,
    pub(crate) hour: u32,
    pub(crate) minute: u32,
    pub(crate) second: u32,
}

fn leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn month_length(year: i64, month: u32) -> u32 {
    match month {
        2 => 28 + u32::from(leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar.
fn days(year: i64, month: u32, day: u32) -> i64 {
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let year_of_era = shifted.rem_euclid(400);
    let day_of_year = (153 * i64::from((month + 9) % 12) + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

impl Timestamp {
    /// A time in UTC by seconds; `None` outside of the years 1 to 9999.
    pub(crate) fn from_seconds(seconds: i64) -> Option<Self> {
        (MIN_SECONDS..=MAX_SECONDS).contains(&seconds).then_some(Self { seconds, nanoseconds: 0, offset: 0 })
    }

    /// Which is earlier; the offset does not count.
    pub(crate) fn cmp_instant(self, other: Self) -> Ordering {
        (self.seconds, self.nanoseconds).cmp(&(other.seconds, other.nanoseconds))
    }

    /// Calendar and clock at an offset.
    pub(crate) fn civil(self, offset: i64) -> Civil {
        let local = self.seconds.saturating_add(offset);
        let (day_number, rest) = (local.div_euclid(86_400), local.rem_euclid(86_400));
        let shifted = day_number + 719_468;
        let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_shifted = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_shifted = (5 * day_of_shifted + 2) / 153;
        let small = |number: i64| u32::try_from(number).unwrap_or(0);
        let day = small(day_of_shifted - (153 * month_shifted + 2) / 5 + 1);
        let month = small(if month_shifted < 10 { month_shifted + 3 } else { month_shifted - 9 });
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Civil {
            year,
            month,
            day,
            day_of_year: small(day_number - days(year, 1, 1)),
            weekday: small((day_number + 4).rem_euclid(7)),
            hour: small(rest / 3600),
            minute: small(rest / 60 % 60),
            second: small(rest % 60),
        }
    }

    /// `time.RFC3339Nano`.
    pub(crate) fn format(self) -> String {
        let civil = self.civil(i64::from(self.offset));
        let mut out = format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
            civil.year, civil.month, civil.day, civil.hour, civil.minute, civil.second
        );
        if self.nanoseconds != 0 {
            let digits = format!("{:09}", self.nanoseconds);
            out.push('.');
            out.push_str(digits.trim_end_matches('0'));
        }
        if self.offset == 0 {
            out.push('Z');
        } else {
            let minutes = self.offset / 60;
            let sign = if minutes < 0 { '-' } else { '+' };
            let _ = write!(out, "{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60);
        }
        out
    }

    /// `time.Parse(time.RFC3339, text)`; `Some(None)` outside of the years 1 to 9999.
    pub(crate) fn parse(text: &str) -> Option<Option<Self>> {
        let mut reader = Reader(text.as_bytes());
        let year = i64::from(reader.digits(4, 4)?);
        reader.literal(b'-')?;
        let month = reader.digits(2, 2)?;
        reader.literal(b'-')?;
        let day = reader.digits(2, 2)?;
        reader.literal(b'T')?;
        let hour = reader.digits(1, 2)?; // one digit is enough for Go
        reader.literal(b':')?;
        let minute = reader.digits(2, 2)?;
        reader.literal(b':')?;
        let second = reader.digits(2, 2)?;
        let nanoseconds = reader.fraction();
        let offset = reader.offset()?;
        let valid = reader.0.is_empty()
            && (1..=12).contains(&month)
            && day >= 1
            && day <= month_length(year, month)
            && hour < 24
            && minute < 60
            && second < 60;
        if !valid {
            return None;
        }
        let clock = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
        let seconds = days(year, month, day) * 86_400 + clock - i64::from(offset);
        Some((MIN_SECONDS..=MAX_SECONDS).contains(&seconds).then_some(Self { seconds, nanoseconds, offset }))
    }

    /// A time some nanoseconds later.
    pub(crate) fn add(self, nanoseconds: i64) -> Result<Self, &'static str> {
        let sum = i64::from(self.nanoseconds) + nanoseconds % SECOND;
        let seconds = self.seconds + nanoseconds / SECOND + sum.div_euclid(SECOND);
        if !(MIN_SECONDS..=MAX_SECONDS).contains(&seconds) {
            return Err(TIMESTAMP_OVERFLOW);
        }
        Ok(Self { seconds, nanoseconds: u32::try_from(sum.rem_euclid(SECOND)).unwrap_or(0), ..self })
    }

    /// The nanoseconds since another time.
    pub(crate) fn since(self, other: Self) -> Result<i64, &'static str> {
        let seconds = self.seconds - other.seconds;
        let nanoseconds = i64::from(self.nanoseconds) - i64::from(other.nanoseconds);
        seconds.checked_mul(SECOND).and_then(|whole| whole.checked_add(nanoseconds)).ok_or("integer overflow")
    }

    /// Seconds east of UTC in a named zone or at a written offset (`inTimeZone` of cel-go's standard library).
    pub(crate) fn offset_in(self, zone: &str) -> Result<i64, String> {
        let Some((hours, minutes)) = zone.split_once(':') else { return self.offset_of_zone(zone) };
        let number = |text: &str| {
            atoi(text).ok_or_else(|| format!("strconv.Atoi: parsing {}: invalid syntax", text::quote(text)))
        };
        let (hours, minutes) = (number(hours)?, number(minutes)?);
        let total = if zone.starts_with('-') {
            hours.saturating_mul(60).saturating_sub(minutes)
        } else {
            hours.saturating_mul(60).saturating_add(minutes)
        };
        Ok(total.saturating_mul(60))
    }

    fn offset_of_zone(self, name: &str) -> Result<i64, String> {
        if name.is_empty() || name == "UTC" || name == "Local" {
            return Ok(0); // the server's own zone: UTC in the published images
        }
        // Go refuses what could leave the folder of zones before it looks.
        if name.contains("..") || name.starts_with('/') || name.starts_with('\\') {
            return Err("time: invalid location name".into());
        }
        let zone = TimeZone::get(name)
            .ok()
            .filter(|zone| zone.iana_name() == Some(name))
            .ok_or_else(|| format!("unknown time zone {name}"))?;
        let at = jiff::Timestamp::from_second(self.seconds).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        Ok(i64::from(Offset::seconds(zone.to_offset(at))))
    }
}

fn atoi(text: &str) -> Option<i64> {
    text.parse().ok()
}

/// Reads the parts of a time.
struct Reader<'t>(&'t [u8]);

impl Reader<'_> {
    fn digits(&mut self, least: usize, most: usize) -> Option<u32> {
        let count = self.0.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
        if count < least {
            return None;
        }
        let (digits, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(digits.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0')))
    }

    fn literal(&mut self, wanted: u8) -> Option<()> {
        let (first, rest) = self.0.split_first()?;
        (*first == wanted).then(|| self.0 = rest)
    }

    fn fraction(&mut self) -> u32 {
        let [b'.' | b',', rest @ ..] = self.0 else { return 0 };
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if count == 0 {
            return 0;
        }
        let mut nanoseconds = 0;
        for index in 0..9 {
            let digit = rest.get(index).filter(|_| index < count).map_or(0, |digit| u32::from(digit - b'0'));
            nanoseconds = nanoseconds * 10 + digit;
        }
        self.0 = rest.get(count..).unwrap_or_default();
        nanoseconds
    }

    fn offset(&mut self) -> Option<i32> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        let sign = match first {
            b'Z' => return Some(0),
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        let hours = self.digits(2, 2)?;
        self.literal(b':')?;
        let minutes = self.digits(2, 2)?;
        if hours > 24 || minutes > 60 {
            return None;
        }
        Some(sign * i32::try_from(hours * 3600 + minutes * 60).ok()?)
    }
}

/// Units of `time.ParseDuration`, longer names first.
const UNITS: &[(&str, u64)] = &[
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// `time.ParseDuration` where it succeeds.
pub(crate) fn parse_duration(text: &str) -> Option<i64> {
    const LIMIT: u64 = 1 << 63;
    let negative = text.starts_with('-');
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let count = digits(rest);
        let whole_text = rest.get(..count)?;
        let whole: u64 = if count == 0 { 0 } else { whole_text.parse().ok()? };
        if whole > LIMIT {
            return None;
        }
        rest = rest.get(count..)?;
        let mut fraction = "";
        if let Some(after) = rest.strip_prefix('.') {
            let digits = digits(after);
            fraction = after.get(..digits)?;
            rest = after.get(digits..)?;
        }
        if count == 0 && fraction.is_empty() {
            return None;
        }
        let end =
            rest.find(|character: char| character == '.' || character.is_ascii_digit()).unwrap_or(rest.len());
        let name = rest.get(..end)?;
        let unit = UNITS.iter().find(|(unit, _)| *unit == name)?.1;
        rest = rest.get(end..)?;
        let mut value = whole.checked_mul(unit).filter(|value| *value <= LIMIT)?;
        if !fraction.is_empty() {
            let (number, scale) = leading_fraction(fraction);
            value = value
                .checked_add((number as f64 * (unit as f64 / scale)) as u64)
                .filter(|value| *value <= LIMIT)?;
        }
        total = total.checked_add(value).filter(|total| *total <= LIMIT)?;
    }
    if negative {
        return i64::try_from(-i128::from(total)).ok();
    }
    i64::try_from(total).ok()
}

/// The digits of a fraction as a number and what to divide it by; digits that overflow are dropped.
fn leading_fraction(digits: &str) -> (u64, f64) {
    let (mut number, mut scale) = (0_u64, 1.0);
    for digit in digits.bytes() {
        if number > ((1 << 63) - 1) / 10 {
            break;
        }
        let next = number * 10 + u64::from(digit - b'0');
        if next > 1 << 63 {
            break;
        }
        number = next;
        scale *= 10.0;
    }
    (number, scale)
}

/// `string(duration)`: seconds with the shortest digits.
pub(crate) fn duration_text(nanoseconds: i64) -> String {
    format!("{}s", text::fixed(unit(nanoseconds, SECOND)))
}

/// Go's `Duration.Hours`, `Minutes`, `Seconds`: whole units and the rest added as doubles.
pub(crate) fn unit(nanoseconds: i64, of: i64) -> f64 {
    (nanoseconds / of) as f64 + (nanoseconds % of) as f64 / of as f64
}

/// `a + b` where one is a time or both are durations.
pub(crate) fn add<'v>(a: &Value<'v>, b: &Value<'v>) -> Value<'v> {
    match (a, b) {
        (Value::Duration(a), Value::Duration(b)) => {
            a.checked_add(*b).map_or_else(|| Value::error("integer overflow"), Value::Duration)
        }
        (Value::Timestamp(time), Value::Duration(by)) | (Value::Duration(by), Value::Timestamp(time)) => {
            time.add(*by).map_or_else(Value::error, Value::Timestamp)
        }
        _ => b.no_such_overload(),
    }
}

/// `a - b` where the left is a time or a duration.
pub(crate) fn subtract<'v>(a: &Value<'v>, b: &Value<'v>) -> Value<'v> {
    match (a, b) {
        (Value::Duration(a), Value::Duration(b)) => {
            a.checked_sub(*b).map_or_else(|| Value::error("integer overflow"), Value::Duration)
        }
        (Value::Timestamp(time), Value::Duration(by)) => match by.checked_neg() {
            None => Value::error("integer overflow"),
            Some(by) => time.add(by).map_or_else(Value::error, Value::Timestamp),
        },
        (Value::Timestamp(a), Value::Timestamp(b)) => a.since(*b).map_or_else(Value::error, Value::Duration),
        _ => b.no_such_overload(),
    }
}

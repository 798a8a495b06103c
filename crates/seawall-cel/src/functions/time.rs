//! Parts of times and durations.

use crate::value::Value;
use crate::value::time::{Civil, unit};

const HOUR: i64 = 3_600_000_000_000;
const MINUTE: i64 = 60_000_000_000;
const SECOND: i64 = 1_000_000_000;

/// A part of a time in UTC or in the zone of the second argument.
fn part<'v>(arguments: &[Value<'v>], of: impl Fn(&Civil) -> i64) -> Value<'v> {
    let (at, zone) = match arguments {
        [Value::Timestamp(at)] => (at, "UTC"),
        [Value::Timestamp(at), Value::String(zone)] => (at, &**zone),
        _ => return Value::error("no such overload"),
    };
    match at.offset_in(zone) {
        Ok(offset) => Value::Int(of(&at.civil(offset))),
        Err(message) => Value::error(message),
    }
}

pub(crate) fn year<'v>(arguments: &[Value<'v>]) -> Value<'v> {
    part(arguments, |civil| civil.year)
}

pub(crate) fn month<'v>(arguments: &[Value<'v>]) -> Value<'v> {
    part(arguments, |civil| i64::from(civil.month) - 1)
}

pub(crate) fn day_of_year<'v>(arguments: &[Value<'v>]) -> Value<'v> {
    part(arguments, |civil| i64::from(civil.day_of_year))
}

pub(crate) fn day_of_month<'v>(arguments: &[Value<'v>]) -> Value<'v> {
    part(arguments, |civil| i64::from(civil.day) - 1)
}

pub(crate) fn date<'v>(arguments: &[Value<'v>]) -> Value<'v> {
    part(arguments, |civil| i64::from(civil.day))
}

pub(crate) fn day_of_week<'v>(arguments: &[Value<'v>]) -> Value<'v> {
    part(arguments, |civil| i64::from(civil.weekday))
}

/// The whole units of a duration, or a part of a time.
fn unit_or_part<'v>(arguments: &[Value<'v>], size: i64, of: impl Fn(&Civil) -> i64) -> Value<'v> {
    match arguments {
        [Value::Duration(nanoseconds)] => Value::Int(unit(*nanoseconds, size) as i64),
        _ => part(arguments, of),
    }
}

pub(crate) fn hours<'v>(arguments: &[Value<'v>]) -> Value<'v> {
    unit_or_part(arguments, HOUR, |civil| i64::from(civil.hour))
}

pub(crate) fn minutes<'v>(arguments: &[Value<'v>]) -> Value<'v> {
    unit_or_part(arguments, MINUTE, |civil| i64::from(civil.minute))
}

pub(crate) fn seconds<'v>(arguments: &[Value<'v>]) -> Value<'v> {
    unit_or_part(arguments, SECOND, |civil| i64::from(civil.second))
}

pub(crate) fn milliseconds<'v>(arguments: &[Value<'v>]) -> Value<'v> {
    match arguments {
        [Value::Duration(nanoseconds)] => Value::Int(nanoseconds / 1_000_000),
        // Milliseconds do not depend on the zone, but a wrong one is an error.
        [Value::Timestamp(at), ..] => {
            let nanoseconds = at.nanoseconds;
            part(arguments, move |_| i64::from(nanoseconds / 1_000_000))
        }
        _ => Value::error("no such overload"),
    }
}

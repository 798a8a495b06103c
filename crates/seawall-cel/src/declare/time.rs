//! Functions on times and durations: cel-go's `common/stdlib/standard.go`.

use super::Computed::Eagerly;
use super::{Line, member};
use crate::functions::time as f;

pub(super) const LINES: &[Line] = &[
    member("getFullYear", "timestamp_to_year", "timestamp", "int", Eagerly(f::year)),
    member("getFullYear", "timestamp_to_year_with_tz", "timestamp, string", "int", Eagerly(f::year)),
    member("getMonth", "timestamp_to_month", "timestamp", "int", Eagerly(f::month)),
    member("getMonth", "timestamp_to_month_with_tz", "timestamp, string", "int", Eagerly(f::month)),
    member("getDayOfYear", "timestamp_to_day_of_year", "timestamp", "int", Eagerly(f::day_of_year)),
    member(
        "getDayOfYear",
        "timestamp_to_day_of_year_with_tz",
        "timestamp, string",
        "int",
        Eagerly(f::day_of_year),
    ),
    member("getDayOfMonth", "timestamp_to_day_of_month", "timestamp", "int", Eagerly(f::day_of_month)),
    member(
        "getDayOfMonth",
        "timestamp_to_day_of_month_with_tz",
        "timestamp, string",
        "int",
        Eagerly(f::day_of_month),
    ),
    member("getDate", "timestamp_to_day_of_month_1_based", "timestamp", "int", Eagerly(f::date)),
    member(
        "getDate",
        "timestamp_to_day_of_month_1_based_with_tz",
        "timestamp, string",
        "int",
        Eagerly(f::date),
    ),
    member("getDayOfWeek", "timestamp_to_day_of_week", "timestamp", "int", Eagerly(f::day_of_week)),
    member(
        "getDayOfWeek",
        "timestamp_to_day_of_week_with_tz",
        "timestamp, string",
        "int",
        Eagerly(f::day_of_week),
    ),
    member("getHours", "timestamp_to_hours", "timestamp", "int", Eagerly(f::hours)),
    member("getHours", "timestamp_to_hours_with_tz", "timestamp, string", "int", Eagerly(f::hours)),
    member("getHours", "duration_to_hours", "duration", "int", Eagerly(f::hours)),
    member("getMinutes", "timestamp_to_minutes", "timestamp", "int", Eagerly(f::minutes)),
    member("getMinutes", "timestamp_to_minutes_with_tz", "timestamp, string", "int", Eagerly(f::minutes)),
    member("getMinutes", "duration_to_minutes", "duration", "int", Eagerly(f::minutes)),
    member("getSeconds", "timestamp_to_seconds", "timestamp", "int", Eagerly(f::seconds)),
    member("getSeconds", "timestamp_to_seconds_tz", "timestamp, string", "int", Eagerly(f::seconds)),
    member("getSeconds", "duration_to_seconds", "duration", "int", Eagerly(f::seconds)),
    member("getMilliseconds", "timestamp_to_milliseconds", "timestamp", "int", Eagerly(f::milliseconds)),
    member(
        "getMilliseconds",
        "timestamp_to_milliseconds_with_tz",
        "timestamp, string",
        "int",
        Eagerly(f::milliseconds),
    ),
    member("getMilliseconds", "duration_to_milliseconds", "duration", "int", Eagerly(f::milliseconds)),
];

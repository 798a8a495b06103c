//! The standard library: cel-go's `common/stdlib/standard.go`.

use super::Computed::{Eagerly, Elsewhere};
use super::{Computed, Line, Singleton, global, member};
use crate::functions::standard as f;
use crate::value::convert::{Target, convert};
use crate::value::{Map, Value};

const SAME: Computed = Eagerly(f::identity);

macro_rules! to {
    ($target:ident) => {
        Eagerly(|arguments| f::unary(arguments, |value| convert(value, Target::$target)))
    };
}

pub(super) const LINES: &[Line] = &[
    global("_?_:_", "conditional", "bool, A, A", "A", Elsewhere),
    global("_&&_", "logical_and", "bool, bool", "bool", Elsewhere),
    global("_||_", "logical_or", "bool, bool", "bool", Elsewhere),
    global("!_", "logical_not", "bool", "bool", Elsewhere),
    global("@not_strictly_false", "not_strictly_false", "bool", "bool", Eagerly(f::not_strictly_false)),
    global("_==_", "equals", "A, A", "bool", Elsewhere),
    global("_!=_", "not_equals", "A, A", "bool", Elsewhere),
    global("_+_", "add_bytes", "bytes, bytes", "bytes", Elsewhere),
    global("_+_", "add_double", "double, double", "double", Elsewhere),
    global("_+_", "add_duration_duration", "duration, duration", "duration", Elsewhere),
    global("_+_", "add_duration_timestamp", "duration, timestamp", "timestamp", Elsewhere),
    global("_+_", "add_timestamp_duration", "timestamp, duration", "timestamp", Elsewhere),
    global("_+_", "add_int64", "int, int", "int", Elsewhere),
    global("_+_", "add_list", "list(A), list(A)", "list(A)", Elsewhere),
    global("_+_", "add_string", "string, string", "string", Elsewhere),
    global("_+_", "add_uint64", "uint, uint", "uint", Elsewhere),
    global("_/_", "divide_double", "double, double", "double", Elsewhere),
    global("_/_", "divide_int64", "int, int", "int", Elsewhere),
    global("_/_", "divide_uint64", "uint, uint", "uint", Elsewhere),
    global("_%_", "modulo_int64", "int, int", "int", Elsewhere),
    global("_%_", "modulo_uint64", "uint, uint", "uint", Elsewhere),
    global("_*_", "multiply_double", "double, double", "double", Elsewhere),
    global("_*_", "multiply_int64", "int, int", "int", Elsewhere),
    global("_*_", "multiply_uint64", "uint, uint", "uint", Elsewhere),
    global("-_", "negate_double", "double", "double", Elsewhere),
    global("-_", "negate_int64", "int", "int", Elsewhere),
    global("_-_", "subtract_double", "double, double", "double", Elsewhere),
    global("_-_", "subtract_duration_duration", "duration, duration", "duration", Elsewhere),
    global("_-_", "subtract_int64", "int, int", "int", Elsewhere),
    global("_-_", "subtract_timestamp_duration", "timestamp, duration", "timestamp", Elsewhere),
    global("_-_", "subtract_timestamp_timestamp", "timestamp, timestamp", "duration", Elsewhere),
    global("_-_", "subtract_uint64", "uint, uint", "uint", Elsewhere),
    global("_<_", "less_bool", "bool, bool", "bool", Elsewhere),
    global("_<_", "less_int64", "int, int", "bool", Elsewhere),
    global("_<_", "less_int64_double", "int, double", "bool", Elsewhere),
    global("_<_", "less_int64_uint64", "int, uint", "bool", Elsewhere),
    global("_<_", "less_uint64", "uint, uint", "bool", Elsewhere),
    global("_<_", "less_uint64_double", "uint, double", "bool", Elsewhere),
    global("_<_", "less_uint64_int64", "uint, int", "bool", Elsewhere),
    global("_<_", "less_double", "double, double", "bool", Elsewhere),
    global("_<_", "less_double_int64", "double, int", "bool", Elsewhere),
    global("_<_", "less_double_uint64", "double, uint", "bool", Elsewhere),
    global("_<_", "less_string", "string, string", "bool", Elsewhere),
    global("_<_", "less_bytes", "bytes, bytes", "bool", Elsewhere),
    global("_<_", "less_timestamp", "timestamp, timestamp", "bool", Elsewhere),
    global("_<_", "less_duration", "duration, duration", "bool", Elsewhere),
    global("_<=_", "less_equals_bool", "bool, bool", "bool", Elsewhere),
    global("_<=_", "less_equals_int64", "int, int", "bool", Elsewhere),
    global("_<=_", "less_equals_int64_double", "int, double", "bool", Elsewhere),
    global("_<=_", "less_equals_int64_uint64", "int, uint", "bool", Elsewhere),
    global("_<=_", "less_equals_uint64", "uint, uint", "bool", Elsewhere),
    global("_<=_", "less_equals_uint64_double", "uint, double", "bool", Elsewhere),
    global("_<=_", "less_equals_uint64_int64", "uint, int", "bool", Elsewhere),
    global("_<=_", "less_equals_double", "double, double", "bool", Elsewhere),
    global("_<=_", "less_equals_double_int64", "double, int", "bool", Elsewhere),
    global("_<=_", "less_equals_double_uint64", "double, uint", "bool", Elsewhere),
    global("_<=_", "less_equals_string", "string, string", "bool", Elsewhere),
    global("_<=_", "less_equals_bytes", "bytes, bytes", "bool", Elsewhere),
    global("_<=_", "less_equals_timestamp", "timestamp, timestamp", "bool", Elsewhere),
    global("_<=_", "less_equals_duration", "duration, duration", "bool", Elsewhere),
    global("_>_", "greater_bool", "bool, bool", "bool", Elsewhere),
    global("_>_", "greater_int64", "int, int", "bool", Elsewhere),
    global("_>_", "greater_int64_double", "int, double", "bool", Elsewhere),
    global("_>_", "greater_int64_uint64", "int, uint", "bool", Elsewhere),
    global("_>_", "greater_uint64", "uint, uint", "bool", Elsewhere),
    global("_>_", "greater_uint64_double", "uint, double", "bool", Elsewhere),
    global("_>_", "greater_uint64_int64", "uint, int", "bool", Elsewhere),
    global("_>_", "greater_double", "double, double", "bool", Elsewhere),
    global("_>_", "greater_double_int64", "double, int", "bool", Elsewhere),
    global("_>_", "greater_double_uint64", "double, uint", "bool", Elsewhere),
    global("_>_", "greater_string", "string, string", "bool", Elsewhere),
    global("_>_", "greater_bytes", "bytes, bytes", "bool", Elsewhere),
    global("_>_", "greater_timestamp", "timestamp, timestamp", "bool", Elsewhere),
    global("_>_", "greater_duration", "duration, duration", "bool", Elsewhere),
    global("_>=_", "greater_equals_bool", "bool, bool", "bool", Elsewhere),
    global("_>=_", "greater_equals_int64", "int, int", "bool", Elsewhere),
    global("_>=_", "greater_equals_int64_double", "int, double", "bool", Elsewhere),
    global("_>=_", "greater_equals_int64_uint64", "int, uint", "bool", Elsewhere),
    global("_>=_", "greater_equals_uint64", "uint, uint", "bool", Elsewhere),
    global("_>=_", "greater_equals_uint64_double", "uint, double", "bool", Elsewhere),
    global("_>=_", "greater_equals_uint64_int64", "uint, int", "bool", Elsewhere),
    global("_>=_", "greater_equals_double", "double, double", "bool", Elsewhere),
    global("_>=_", "greater_equals_double_int64", "double, int", "bool", Elsewhere),
    global("_>=_", "greater_equals_double_uint64", "double, uint", "bool", Elsewhere),
    global("_>=_", "greater_equals_string", "string, string", "bool", Elsewhere),
    global("_>=_", "greater_equals_bytes", "bytes, bytes", "bool", Elsewhere),
    global("_>=_", "greater_equals_timestamp", "timestamp, timestamp", "bool", Elsewhere),
    global("_>=_", "greater_equals_duration", "duration, duration", "bool", Elsewhere),
    global("_[_]", "index_list", "list(A), int", "A", Elsewhere),
    global("_[_]", "index_map", "map(A, B), A", "B", Elsewhere),
    global("@in", "in_list", "A, list(A)", "bool", Elsewhere),
    global("@in", "in_map", "A, map(A, B)", "bool", Elsewhere),
    global("size", "size_bytes", "bytes", "int", Elsewhere),
    member("size", "bytes_size", "bytes", "int", Elsewhere),
    global("size", "size_list", "list(A)", "int", Elsewhere),
    member("size", "list_size", "list(A)", "int", Elsewhere),
    global("size", "size_map", "map(A, B)", "int", Elsewhere),
    member("size", "map_size", "map(A, B)", "int", Elsewhere),
    global("size", "size_string", "string", "int", Elsewhere),
    member("size", "string_size", "string", "int", Elsewhere),
    global("type", "type", "A", "type(A)", Elsewhere),
    global("bool", "bool_to_bool", "bool", "bool", SAME),
    global("bool", "string_to_bool", "string", "bool", to!(Bool)),
    global("bytes", "bytes_to_bytes", "bytes", "bytes", SAME),
    global("bytes", "string_to_bytes", "string", "bytes", to!(Bytes)),
    global("double", "double_to_double", "double", "double", SAME),
    global("double", "int64_to_double", "int", "double", to!(Double)),
    global("double", "string_to_double", "string", "double", to!(Double)),
    global("double", "uint64_to_double", "uint", "double", to!(Double)),
    global("duration", "duration_to_duration", "duration", "duration", SAME),
    global("duration", "int64_to_duration", "int", "duration", to!(Duration)),
    global("duration", "string_to_duration", "string", "duration", to!(Duration)),
    global("dyn", "to_dyn", "A", "dyn", Elsewhere),
    global("int", "int64_to_int64", "int", "int", SAME),
    global("int", "double_to_int64", "double", "int", to!(Int)),
    global("int", "duration_to_int64", "duration", "int", to!(Int)),
    global("int", "string_to_int64", "string", "int", to!(Int)),
    global("int", "timestamp_to_int64", "timestamp", "int", to!(Int)),
    global("int", "uint64_to_int64", "uint", "int", to!(Int)),
    global("string", "string_to_string", "string", "string", SAME),
    global("string", "bool_to_string", "bool", "string", to!(String)),
    global("string", "bytes_to_string", "bytes", "string", to!(String)),
    global("string", "double_to_string", "double", "string", to!(String)),
    global("string", "duration_to_string", "duration", "string", to!(String)),
    global("string", "int64_to_string", "int", "string", to!(String)),
    global("string", "timestamp_to_string", "timestamp", "string", to!(String)),
    global("string", "uint64_to_string", "uint", "string", to!(String)),
    global("timestamp", "timestamp_to_timestamp", "timestamp", "timestamp", SAME),
    global("timestamp", "int64_to_timestamp", "int", "timestamp", to!(Timestamp)),
    global("timestamp", "string_to_timestamp", "string", "timestamp", to!(Timestamp)),
    global("uint", "uint64_to_uint64", "uint", "uint", SAME),
    global("uint", "double_to_uint64", "double", "uint", to!(Uint)),
    global("uint", "int64_to_uint64", "int", "uint", to!(Uint)),
    global("uint", "string_to_uint64", "string", "uint", to!(Uint)),
    member("contains", "contains_string", "string, string", "bool", Eagerly(f::contains)),
    member("endsWith", "ends_with_string", "string, string", "bool", Eagerly(f::ends_with)),
    member("startsWith", "starts_with_string", "string, string", "bool", Eagerly(f::starts_with)),
    global("matches", "matches", "string, string", "bool", Elsewhere),
    member("matches", "matches_string", "string, string", "bool", Elsewhere),
];

/// The one implementation of functions that look at the types of values only while computing.
pub(super) fn singleton(name: &str) -> Option<Singleton> {
    let any: fn(&Value<'_>) -> bool = |_| true;
    let number = |value: &Value<'_>| matches!(value, Value::Int(_) | Value::Uint(_) | Value::Double(_));
    let (implementation, accepts): (super::Implementation, fn(&Value<'_>) -> bool) = match name {
        "!_" => (f::not, any),
        "_+_" => (f::add, |value| {
            matches!(
                value,
                Value::Int(_)
                    | Value::Uint(_)
                    | Value::Double(_)
                    | Value::String(_)
                    | Value::Bytes(_)
                    | Value::Duration(_)
                    | Value::Timestamp(_)
                    | Value::List(_)
                    | Value::Accumulator(_)
            )
        }),
        "_-_" => (f::subtract, |value| {
            matches!(
                value,
                Value::Int(_) | Value::Uint(_) | Value::Double(_) | Value::Duration(_) | Value::Timestamp(_)
            )
        }),
        "_*_" => (f::multiply, number),
        "_/_" => (f::divide, number),
        "_%_" => (f::remainder, |value| matches!(value, Value::Int(_) | Value::Uint(_))),
        "-_" => (f::negate, |value| {
            matches!(value, Value::Int(_) | Value::Double(_) | Value::Duration(_) | Value::Bool(_))
        }),
        "_<_" => (f::less, crate::value::compare::is_ordered),
        "_<=_" => (f::less_or_equal, crate::value::compare::is_ordered),
        "_>_" => (f::greater, crate::value::compare::is_ordered),
        "_>=_" => (f::greater_or_equal, crate::value::compare::is_ordered),
        "@in" => (f::is_in, any),
        "size" => (f::size, |value| {
            matches!(value, Value::String(_) | Value::Bytes(_) | Value::List(_) | Value::Accumulator(_))
                || matches!(value, Value::Map(map) if !matches!(map, Map::Lazy(_)))
        }),
        "type" => (f::type_of, any),
        "dyn" => (f::identity, any),
        "matches" => (f::matches, |value| matches!(value, Value::String(_))),
        _ => return None,
    };
    Some(Singleton { implementation, accepts })
}

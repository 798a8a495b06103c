//! cel-go's own extensions which apiserver switches on: optionals, strings, sets, comprehensions, lists.

use super::Computed::{Eagerly, Elsewhere, Lazily};
use super::{Line, Singleton, global, member};
use crate::functions::{formatting, lists as l, optional as o, strings as s};
use crate::value::Value;

pub(super) const OPTIONAL: &[Line] = &[
    global("optional.of", "optional_of", "V", "optional(V)", Eagerly(o::of)),
    global("optional.ofNonZeroValue", "optional_ofNonZeroValue", "V", "optional(V)", Eagerly(o::of_non_zero)),
    global("optional.none", "optional_none", "", "optional(V)", Lazily(o::none)),
    member("value", "optional_value", "optional(V)", "V", Eagerly(o::value)),
    member("hasValue", "optional_hasValue", "optional(V)", "bool", Eagerly(o::has_value)),
    member("or", "optional_or_optional", "optional(V), optional(V)", "optional(V)", Elsewhere),
    member("orValue", "optional_orValue_value", "optional(V), V", "V", Elsewhere),
    global("_?._", "select_optional_field", "dyn, string", "optional(V)", Elsewhere),
    global("_[?_]", "list_optindex_optional_int", "list(V), int", "optional(V)", Elsewhere),
    global(
        "_[?_]",
        "optional_list_optindex_optional_int",
        "optional(list(V)), int",
        "optional(V)",
        Elsewhere,
    ),
    global("_[?_]", "map_optindex_optional_value", "map(K, V), K", "optional(V)", Elsewhere),
    global(
        "_[?_]",
        "optional_map_optindex_optional_value",
        "optional(map(K, V)), K",
        "optional(V)",
        Elsewhere,
    ),
    global("_[_]", "optional_list_index_int", "optional(list(V)), int", "optional(V)", Elsewhere),
    global("_[_]", "optional_map_index_value", "optional(map(K, V)), K", "optional(V)", Elsewhere),
    member("last", "list_last", "list(V)", "optional(V)", Eagerly(o::last)),
    member("first", "list_first", "list(V)", "optional(V)", Eagerly(o::first)),
    global("optional.unwrap", "optional_unwrap", "list(optional(V))", "list(V)", Eagerly(o::unwrap)),
    member("unwrapOpt", "optional_unwrapOpt", "list(optional(V))", "list(V)", Eagerly(o::unwrap)),
];

pub(super) const STRINGS: &[Line] = &[
    member("charAt", "string_char_at_int", "string, int", "string", Eagerly(s::char_at)),
    member("indexOf", "string_index_of_string", "string, string", "int", Eagerly(s::index_of)),
    member("indexOf", "string_index_of_string_int", "string, string, int", "int", Lazily(s::index_of)),
    member("lastIndexOf", "string_last_index_of_string", "string, string", "int", Eagerly(s::last_index_of)),
    member(
        "lastIndexOf",
        "string_last_index_of_string_int",
        "string, string, int",
        "int",
        Lazily(s::last_index_of),
    ),
    member("lowerAscii", "string_lower_ascii", "string", "string", Eagerly(s::lower_ascii)),
    member("replace", "string_replace_string_string", "string, string, string", "string", Lazily(s::replace)),
    member(
        "replace",
        "string_replace_string_string_int",
        "string, string, string, int",
        "string",
        Lazily(s::replace),
    ),
    member("split", "string_split_string", "string, string", "list(string)", Eagerly(s::split)),
    member("split", "string_split_string_int", "string, string, int", "list(string)", Lazily(s::split)),
    member("substring", "string_substring_int", "string, int", "string", Eagerly(s::substring)),
    member("substring", "string_substring_int_int", "string, int, int", "string", Lazily(s::substring)),
    member("trim", "string_trim", "string", "string", Eagerly(s::trim)),
    member("upperAscii", "string_upper_ascii", "string", "string", Eagerly(s::upper_ascii)),
    member("format", "string_format", "string, list(dyn)", "string", Lazily(formatting::format)),
    global("strings.quote", "strings_quote", "string", "string", Eagerly(s::quote)),
    member("join", "list_join", "list(string)", "string", Eagerly(s::join)),
    member("join", "list_join_string", "list(string), string", "string", Eagerly(s::join)),
];

pub(super) const SETS: &[Line] = &[
    global("sets.contains", "list_sets_contains_list", "list(T), list(T)", "bool", Eagerly(l::sets_contains)),
    global(
        "sets.equivalent",
        "list_sets_equivalent_list",
        "list(T), list(T)",
        "bool",
        Eagerly(l::sets_equivalent),
    ),
    global(
        "sets.intersects",
        "list_sets_intersects_list",
        "list(T), list(T)",
        "bool",
        Eagerly(l::sets_intersects),
    ),
];

pub(super) const TWO_VARIABLES: &[Line] = &[
    global(
        "cel.@mapInsert",
        "@mapInsert_map_key_value",
        "map(K, V), K, V",
        "map(K, V)",
        Lazily(o::map_insert),
    ),
    global(
        "cel.@mapInsert",
        "@mapInsert_map_map",
        "map(K, V), map(K, V)",
        "map(K, V)",
        Eagerly(o::map_insert),
    ),
];

macro_rules! sorts {
    ($lines:ident, [$(($type:literal, $name:literal)),*]) => {
        $($lines.push(member("sort", concat!("list_", $name, "_sort"), concat!("list(", $type, ")"), concat!("list(", $type, ")"), Elsewhere));)*
        $($lines.push(member("@sortByAssociatedKeys", concat!("list_", $name, "_sortByAssociatedKeys"), concat!("list(T), list(", $type, ")"), "list(T)", Elsewhere));)*
    };
}

/// Version 3 of the list library.
pub(super) fn lists() -> Vec<Line> {
    let mut lines = vec![
        member("slice", "list_slice", "list(T), int, int", "list(T)", Lazily(l::slice)),
        member("flatten", "list_flatten", "list(list(T))", "list(T)", Eagerly(l::flatten)),
        member("flatten", "list_flatten_int", "list(dyn), int", "list(dyn)", Eagerly(l::flatten)),
        global("lists.range", "lists_range", "int", "list(int)", Eagerly(l::range)),
        member("reverse", "list_reverse", "list(T)", "list(T)", Eagerly(l::reverse)),
        member("distinct", "list_distinct", "list(T)", "list(T)", Eagerly(l::distinct)),
    ];
    sorts!(
        lines,
        [
            ("int", "int"),
            ("uint", "uint"),
            ("double", "double"),
            ("bool", "bool"),
            ("duration", "google.protobuf.Duration"),
            ("timestamp", "google.protobuf.Timestamp"),
            ("string", "string"),
            ("bytes", "bytes")
        ]
    );
    lines
}

/// Sorting looks at the types of the elements itself.
pub(super) fn singleton(name: &str) -> Option<Singleton> {
    let accepts = |value: &Value<'_>| matches!(value, Value::List(_) | Value::Accumulator(_));
    Some(match name {
        "sort" => Singleton { implementation: l::sort, accepts },
        "@sortByAssociatedKeys" => Singleton { implementation: l::sort_by, accepts },
        _ => return None,
    })
}

//! What steps cost: cel-go's `interpreter/runtimecost.go` and apiserver's `pkg/cel/library/cost.go`.
//!
//! The tracker keeps the stack of values by id as upstream does, leftovers included, since a call whose arguments
//! it does not find there costs nothing.

use crate::plan::{Attribute, Base};
use crate::value::convert::go_type;
use crate::value::{Extension, Value};
use std::collections::HashMap;

/// Above this an evaluation stops (`celconfig.PerCallLimit`).
pub const PER_CALL_LIMIT: u64 = 1_000_000;
/// Of a list literal that is no constant.
pub(super) const LIST_CREATE: u64 = 10;
/// Of a map literal that is no constant.
pub(super) const MAP_CREATE: u64 = 30;
/// Of an object literal.
pub(super) const STRUCT_CREATE: u64 = 40;

const TRAVERSAL: f64 = 0.1;
const PATTERN: f64 = 0.25;

#[derive(Default)]
pub(super) struct Tracker<'v> {
    pub(super) cost: u64,
    stack: Vec<(u32, Value<'v>)>,
    /// How often each id is on the stack, so that looking for what is not there costs nothing.
    counts: HashMap<u32, u32>,
}

impl<'v> Tracker<'v> {
    pub(super) fn push(&mut self, id: u32, value: &Value<'v>) {
        self.stack.push((id, value.clone()));
        *self.counts.entry(id).or_default() += 1;
    }

    /// Removes the last value of an id and everything above it.
    pub(super) fn drop(&mut self, id: u32) -> Option<Value<'v>> {
        if self.counts.get(&id).is_none_or(|count| *count == 0) {
            return None;
        }
        while let Some((found, value)) = self.stack.pop() {
            if let Some(count) = self.counts.get_mut(&found) {
                *count -= 1;
            }
            if found == id {
                return Some(value);
            }
        }
        None
    }

    /// The values of arguments, last first; stops at the first that is not there.
    fn arguments(&mut self, ids: impl DoubleEndedIterator<Item = u32>) -> Option<Vec<Value<'v>>> {
        let mut values = Vec::new();
        for id in ids.rev() {
            values.push(self.drop(id)?);
        }
        values.reverse();
        Some(values)
    }

    pub(super) fn drop_all(&mut self, ids: impl Iterator<Item = u32>) {
        let ids: Vec<u32> = ids.collect();
        self.arguments(ids.into_iter());
    }

    /// An attribute that was read.
    pub(super) fn attribute(&mut self, attribute: &Attribute, test: bool) {
        if let Base::Conditional { condition, yes, no } = &attribute.base {
            self.drop(no.id());
            self.drop(yes.id());
            self.drop(condition.id());
        } else {
            self.drop(attribute.id());
            self.cost += 1;
        }
        if test {
            self.cost = self.cost.wrapping_sub(1);
        }
    }

    /// A call that was made. The text of a runtime error where upstream's own counting stops with one.
    pub(super) fn call(
        &mut self,
        function: &str,
        overload: &str,
        ids: &[u32],
        result: &Value<'v>,
    ) -> Option<String> {
        let values = self.arguments(ids.iter().copied())?;
        let stopped = stops(overload, &values);
        if stopped.is_none() {
            self.cost = self.cost.wrapping_add(call(function, overload, &values, result));
        }
        stopped
    }
}

/// Trackers of the list library that take their argument for a list, or a number, without looking.
fn stops(overload: &str, arguments: &[Value<'_>]) -> Option<String> {
    let sorts_by = overload.ends_with("_sortByAssociatedKeys");
    if overload == "list_flatten_int" {
        let depth = arguments.get(1)?;
        let of = go_type(depth);
        return (!matches!(depth, Value::Int(_)))
            .then(|| format!("internal error: interface conversion: ref.Val is {of}, not types.Int"));
    }
    if !(overload == "list_distinct" || overload.ends_with("_sort") || sorts_by) {
        return None;
    }
    let list = arguments.get(usize::from(sorts_by))?;
    let adds = matches!(
        list,
        Value::Int(_)
            | Value::Uint(_)
            | Value::Double(_)
            | Value::String(_)
            | Value::Bytes(_)
            | Value::Duration(_)
            | Value::Timestamp(_)
    );
    let missing = if adds { "Contains" } else { "Add" };
    let of = go_type(list);
    (!matches!(list, Value::List(_))).then(|| {
        format!("internal error: interface conversion: {of} is not traits.Lister: missing method {missing}")
    })
}

fn size(value: &Value<'_>) -> u64 {
    value.size().unwrap_or(1)
}

/// The core of cel-go also looks into optionals.
fn core_size(value: &Value<'_>) -> u64 {
    match value {
        Value::Optional(Some(inner)) => core_size(inner),
        other => size(other),
    }
}

fn part(size: u64, factor: f64) -> u64 {
    (size as f64 * factor).ceil() as u64
}

fn call(function: &str, overload: &str, arguments: &[Value<'_>], result: &Value<'_>) -> u64 {
    tracked(overload, arguments, result)
        .or_else(|| kubernetes(function, overload, arguments, result))
        .unwrap_or_else(|| core(overload, arguments))
}

/// Overloads with a tracker of their own (`ext/lists.go`, `ext/sets.go`).
fn tracked(overload: &str, arguments: &[Value<'_>], result: &Value<'_>) -> Option<u64> {
    let argument = |index: usize| arguments.get(index).map_or(1, size);
    // A negative product wraps around, as Go's conversion does on its servers.
    let allocating = |factor: f64, size: u64| {
        let product = size as f64 * factor;
        let units = if product < 0.0 { (product as i64).cast_unsigned() } else { product as u64 };
        units.wrapping_add(1 + LIST_CREATE)
    };
    Some(match overload {
        "list_slice" | "lists_range" | "list_reverse" => allocating(1.0, size(result)),
        "list_flatten" => allocating(1.0, argument(0)),
        "list_flatten_int" => {
            let depth = match arguments.get(1) {
                Some(Value::Int(depth)) => *depth as f64,
                _ => 1.0,
            };
            allocating(depth, argument(0))
        }
        "list_distinct" => allocating(self_compare(arguments.first()), argument(0).pow(2)),
        _ if overload.starts_with("list_") && overload.ends_with("_sort") => {
            allocating(self_compare(arguments.first()), argument(0).pow(2))
        }
        _ if overload.starts_with("list_") && overload.ends_with("_sortByAssociatedKeys") => {
            allocating(self_compare(arguments.get(1)), argument(1).pow(2))
        }
        "list_sets_contains_list" | "list_sets_intersects_list" => 1 + argument(0) * argument(1),
        "list_sets_equivalent_list" => 1 + ((argument(0) * argument(1)) as f64 * 2.0) as u64,
        _ => return None,
    })
}

fn self_compare(list: Option<&Value<'_>>) -> f64 {
    let first = match list {
        Some(Value::List(list)) => list.get(0),
        _ => None,
    };
    if matches!(first, Some(Value::String(_) | Value::Bytes(_))) { 2.0 + TRAVERSAL } else { 2.0 }
}

/// `CostEstimator.CallCost` of apiserver.
fn kubernetes(function: &str, overload: &str, arguments: &[Value<'_>], result: &Value<'_>) -> Option<u64> {
    let argument = |index: usize| arguments.get(index).map_or(1, size);
    Some(match function {
        "check" => 350_000,
        "serviceAccount" | "path" | "group" | "resource" | "subresource" | "namespace" | "name"
        | "allowed" | "reason" | "error" | "errored" => 1,
        "fieldSelector" | "labelSelector" => {
            let length = argument(1);
            let requirements = part(length, 0.5);
            10 + part(length, TRAVERSAL) + part(requirements, 50.0)
        }
        "isSorted" | "sum" | "max" | "min" | "indexOf" | "lastIndexOf" => {
            arguments.first().map_or(0, |list| traversal(list, &mut 0))
        }
        "url" | "lowerAscii" | "upperAscii" | "substring" | "trim" | "jsonpatch.escapeKey" => {
            part(argument(0), TRAVERSAL)
        }
        "replace" | "split" => part(argument(0), 2.0 * TRAVERSAL),
        "join" => part(size(result), 2.0 * TRAVERSAL),
        "find" | "findAll" => pattern(argument(0), argument(1)),
        "cidr" | "isIP" | "isCIDR" => part(argument(0), TRAVERSAL),
        "ip" if overload == "cidr_ip" => 1,
        "ip" => part(argument(0), TRAVERSAL),
        "ip.isCanonical" => part(argument(0), 2.0 * TRAVERSAL),
        "masked"
        | "prefixLength"
        | "family"
        | "isUnspecified"
        | "isLoopback"
        | "isLinkLocalMulticast"
        | "isLinkLocalUnicast"
        | "isGlobalUnicast"
        | "format.named"
        | "sign"
        | "asInteger"
        | "isInteger"
        | "asApproximateFloat"
        | "isGreaterThan"
        | "isLessThan"
        | "compareTo"
        | "add"
        | "sub"
        | "major"
        | "minor"
        | "patch"
        | "getScheme"
        | "getHostname"
        | "getHost"
        | "getPort"
        | "getEscapedPath"
        | "getQuery" => 1,
        "containsIP" => {
            let text = if overload == "cidr_contains_ip_string" { part(argument(1), TRAVERSAL) } else { 0 };
            part(2 * argument(0), TRAVERSAL) + text
        }
        "containsCIDR" => {
            let text = if overload == "cidr_contains_cidr_string" { part(argument(1), TRAVERSAL) } else { 0 };
            part(2 * argument(0), TRAVERSAL) + part(argument(0), TRAVERSAL) + 1 + text
        }
        "quantity" | "isQuantity" | "semver" | "isSemver" => part(argument(0), TRAVERSAL),
        "validate" => match arguments.first() {
            Some(Value::Extension(of)) => match &**of {
                Extension::Format(format) => pattern(argument(1), format.pattern_size),
                _ => return None,
            },
            _ => return None,
        },
        "_==_" if matches!(arguments.first(), Some(Value::Extension(_))) => 1,
        _ => return None,
    })
}

fn pattern(text: u64, expression: u64) -> u64 {
    ((1.0 + text as f64) * TRAVERSAL).ceil() as u64 * part(expression, PATTERN)
}

/// How long reading all of a value takes; `seen` bounds values that hold one another many times.
fn traversal(value: &Value<'_>, seen: &mut u64) -> u64 {
    *seen += 1;
    if *seen > 2 * PER_CALL_LIMIT {
        return *seen;
    }
    match value {
        Value::String(text) => (text.len() as f64 * TRAVERSAL) as u64,
        Value::Bytes(bytes) => (bytes.len() as f64 * TRAVERSAL) as u64,
        Value::List(list) => {
            let mut sum = 0_u64;
            for element in list.iter() {
                sum = sum.saturating_add(traversal(&element, seen));
                if *seen > 2 * PER_CALL_LIMIT {
                    break;
                }
            }
            sum
        }
        Value::Map(map) => map
            .keys()
            .iter()
            .map(|key| traversal(key, seen) + map.find(key).map_or(1, |value| traversal(&value, seen)))
            .sum(),
        _ => 1,
    }
}

/// `CostTracker.costCall` of cel-go.
fn core(overload: &str, arguments: &[Value<'_>]) -> u64 {
    let argument = |index: usize| arguments.get(index).map_or(1, core_size);
    match overload {
        "starts_with_string" | "ends_with_string" | "string_to_bytes" | "bytes_to_string"
        | "strings_quote" | "string_format" => part(argument(0), TRAVERSAL),
        "in_list" => argument(1),
        "less_string"
        | "greater_string"
        | "less_equals_string"
        | "greater_equals_string"
        | "less_bytes"
        | "greater_bytes"
        | "less_equals_bytes"
        | "greater_equals_bytes"
        | "equals"
        | "not_equals" => part(argument(0).min(argument(1)), TRAVERSAL),
        "add_string" | "add_bytes" => part(argument(0) + argument(1), TRAVERSAL),
        "matches_string" => pattern(argument(0), argument(1)),
        "contains_string" => part(argument(0), TRAVERSAL) * part(argument(1), TRAVERSAL),
        _ => 1,
    }
}

//! The Kubernetes libraries: apiserver's `pkg/cel/library`.

use super::Computed::{Eagerly, Elsewhere, Lazily};
use super::{Line, global, member};
use crate::functions::{format, lists as l, net, quantity, regex, semver, url};

pub(super) const URLS: &[Line] = &[
    global("url", "string_to_url", "string", "kubernetes.URL", Eagerly(url::url)),
    member("getScheme", "url_get_scheme", "kubernetes.URL", "string", Eagerly(url::get_scheme)),
    member("getHost", "url_get_host", "kubernetes.URL", "string", Eagerly(url::get_host)),
    member("getHostname", "url_get_hostname", "kubernetes.URL", "string", Eagerly(url::get_hostname)),
    member("getPort", "url_get_port", "kubernetes.URL", "string", Eagerly(url::get_port)),
    member(
        "getEscapedPath",
        "url_get_escaped_path",
        "kubernetes.URL",
        "string",
        Eagerly(url::get_escaped_path),
    ),
    member(
        "getQuery",
        "url_get_query",
        "kubernetes.URL",
        "map(string, list(string))",
        Eagerly(url::get_query),
    ),
    global("isURL", "is_url_string", "string", "bool", Eagerly(url::is_url)),
];

pub(super) const REGEX: &[Line] = &[
    member("find", "string_find_string", "string, string", "string", Eagerly(regex::find)),
    member("findAll", "string_find_all_string", "string, string", "list(string)", Eagerly(regex::find_all)),
    member(
        "findAll",
        "string_find_all_string_int",
        "string, string, int",
        "list(string)",
        Lazily(regex::find_all),
    ),
];

macro_rules! of_each {
    ($lines:ident, $name:literal, $result:expr, $function:path, [$(($type:literal, $id:literal)),*]) => {
        $($lines.push(member($name, $id, concat!("list(", $type, ")"), $result.unwrap_or($type), Eagerly($function)));)*
    };
}

/// `isSorted`, `sum`, `max`, `min`, `indexOf`, `lastIndexOf`.
#[allow(clippy::vec_init_then_push)] // the macro pushes
pub(super) fn lists() -> Vec<Line> {
    let mut lines = Vec::new();
    of_each!(
        lines,
        "isSorted",
        Some("bool"),
        l::is_sorted,
        [
            ("int", "list_int_is_sorted_bool"),
            ("uint", "list_uint_is_sorted_bool"),
            ("double", "list_double_is_sorted_bool"),
            ("bool", "list_bool_is_sorted_bool"),
            ("duration", "list_duration_is_sorted_bool"),
            ("timestamp", "list_timestamp_is_sorted_bool"),
            ("string", "list_string_is_sorted_bool"),
            ("bytes", "list_bytes_is_sorted_bool")
        ]
    );
    of_each!(lines, "sum", None::<&str>, l::sum_int, [("int", "list_int_sum_int")]);
    of_each!(lines, "sum", None::<&str>, l::sum_uint, [("uint", "list_uint_sum_uint")]);
    of_each!(lines, "sum", None::<&str>, l::sum_double, [("double", "list_double_sum_double")]);
    of_each!(lines, "sum", None::<&str>, l::sum_duration, [("duration", "list_duration_sum_duration")]);
    of_each!(
        lines,
        "max",
        None::<&str>,
        l::max,
        [
            ("int", "list_int_max_int"),
            ("uint", "list_uint_max_uint"),
            ("double", "list_double_max_double"),
            ("bool", "list_bool_max_bool"),
            ("duration", "list_duration_max_duration"),
            ("timestamp", "list_timestamp_max_timestamp"),
            ("string", "list_string_max_string"),
            ("bytes", "list_bytes_max_bytes")
        ]
    );
    of_each!(
        lines,
        "min",
        None::<&str>,
        l::min,
        [
            ("int", "list_int_min_int"),
            ("uint", "list_uint_min_uint"),
            ("double", "list_double_min_double"),
            ("bool", "list_bool_min_bool"),
            ("duration", "list_duration_min_duration"),
            ("timestamp", "list_timestamp_min_timestamp"),
            ("string", "list_string_min_string"),
            ("bytes", "list_bytes_min_bytes")
        ]
    );
    lines.push(member("indexOf", "list_a_index_of_int", "list(A), A", "int", Eagerly(l::index_of)));
    let last = Eagerly(l::last_index_of);
    lines.push(member("lastIndexOf", "list_a_last_index_of_int", "list(A), A", "int", last));
    lines
}

const AUTHORIZER_TYPE: &str = "kubernetes.authorization.Authorizer";
const PATH: &str = "kubernetes.authorization.PathCheck";
const GROUP: &str = "kubernetes.authorization.GroupCheck";
const RESOURCE: &str = "kubernetes.authorization.ResourceCheck";
const DECISION: &str = "kubernetes.authorization.Decision";

/// Declared so that messages are upstream's; no variable of these environments has such a value.
pub(super) const AUTHORIZER: &[Line] = &[
    member("path", "authorizer_path", "kubernetes.authorization.Authorizer, string", PATH, Elsewhere),
    member("group", "authorizer_group", "kubernetes.authorization.Authorizer, string", GROUP, Elsewhere),
    member(
        "serviceAccount",
        "authorizer_serviceaccount",
        "kubernetes.authorization.Authorizer, string, string",
        AUTHORIZER_TYPE,
        Elsewhere,
    ),
    member(
        "resource",
        "groupcheck_resource",
        "kubernetes.authorization.GroupCheck, string",
        RESOURCE,
        Elsewhere,
    ),
    member(
        "subresource",
        "resourcecheck_subresource",
        "kubernetes.authorization.ResourceCheck, string",
        RESOURCE,
        Elsewhere,
    ),
    member(
        "namespace",
        "resourcecheck_namespace",
        "kubernetes.authorization.ResourceCheck, string",
        RESOURCE,
        Elsewhere,
    ),
    member(
        "name",
        "resourcecheck_name",
        "kubernetes.authorization.ResourceCheck, string",
        RESOURCE,
        Elsewhere,
    ),
    member("check", "pathcheck_check", "kubernetes.authorization.PathCheck, string", DECISION, Elsewhere),
    member(
        "check",
        "resourcecheck_check",
        "kubernetes.authorization.ResourceCheck, string",
        DECISION,
        Elsewhere,
    ),
    member("errored", "decision_errored", DECISION, "bool", Elsewhere),
    member("error", "decision_error", DECISION, "string", Elsewhere),
    member("allowed", "decision_allowed", DECISION, "bool", Elsewhere),
    member("reason", "decision_reason", DECISION, "string", Elsewhere),
];

/// The same, from 1.31.
pub(super) const AUTHORIZER_SELECTORS: &[Line] = &[
    member(
        "fieldSelector",
        "authorizer_fieldselector",
        "kubernetes.authorization.ResourceCheck, string",
        RESOURCE,
        Elsewhere,
    ),
    member(
        "labelSelector",
        "authorizer_labelselector",
        "kubernetes.authorization.ResourceCheck, string",
        RESOURCE,
        Elsewhere,
    ),
];

const QUANTITY_TYPE: &str = "kubernetes.Quantity";
const TWO_QUANTITIES: &str = "kubernetes.Quantity, kubernetes.Quantity";
const QUANTITY_INT: &str = "kubernetes.Quantity, int";

pub(super) const QUANTITY: &[Line] = &[
    global("quantity", "string_to_quantity", "string", QUANTITY_TYPE, Eagerly(quantity::quantity)),
    global("isQuantity", "is_quantity_string", "string", "bool", Eagerly(quantity::is_quantity)),
    global("sign", "quantity_sign", QUANTITY_TYPE, "int", Eagerly(quantity::sign)),
    member(
        "isGreaterThan",
        "quantity_is_greater_than",
        TWO_QUANTITIES,
        "bool",
        Eagerly(quantity::is_greater),
    ),
    member("isLessThan", "quantity_is_less_than", TWO_QUANTITIES, "bool", Eagerly(quantity::is_less)),
    member("compareTo", "quantity_compare_to", TWO_QUANTITIES, "int", Eagerly(quantity::compare_to)),
    member("asApproximateFloat", "quantity_get_float", QUANTITY_TYPE, "double", Eagerly(quantity::as_float)),
    member("asInteger", "quantity_get_int", QUANTITY_TYPE, "int", Eagerly(quantity::as_integer)),
    member("isInteger", "quantity_is_integer", QUANTITY_TYPE, "bool", Eagerly(quantity::is_integer)),
    member("add", "quantity_add", TWO_QUANTITIES, QUANTITY_TYPE, Eagerly(quantity::add)),
    member("add", "quantity_add_int", QUANTITY_INT, QUANTITY_TYPE, Eagerly(quantity::add)),
    member("sub", "quantity_sub", TWO_QUANTITIES, QUANTITY_TYPE, Eagerly(quantity::sub)),
    member("sub", "quantity_sub_int", QUANTITY_INT, QUANTITY_TYPE, Eagerly(quantity::sub)),
];

pub(super) const IP: &[Line] = &[
    global("ip", "string_to_ip", "string", "net.IP", Eagerly(net::ip)),
    member("family", "ip_family", "net.IP", "int", Eagerly(net::family)),
    global("ip.isCanonical", "ip_is_canonical", "string", "bool", Eagerly(net::is_canonical)),
    member("isUnspecified", "ip_is_unspecified", "net.IP", "bool", Eagerly(net::is_unspecified)),
    member("isLoopback", "ip_is_loopback", "net.IP", "bool", Eagerly(net::is_loopback)),
    member(
        "isLinkLocalMulticast",
        "ip_is_link_local_multicast",
        "net.IP",
        "bool",
        Eagerly(net::is_link_local_multicast),
    ),
    member(
        "isLinkLocalUnicast",
        "ip_is_link_local_unicast",
        "net.IP",
        "bool",
        Eagerly(net::is_link_local_unicast),
    ),
    member("isGlobalUnicast", "ip_is_global_unicast", "net.IP", "bool", Eagerly(net::is_global_unicast)),
    global("isIP", "is_ip", "string", "bool", Eagerly(net::is_ip)),
    global("string", "ip_to_string", "net.IP", "string", Eagerly(net::text)),
];

pub(super) const CIDR: &[Line] = &[
    global("cidr", "string_to_cidr", "string", "net.CIDR", Eagerly(net::cidr)),
    member("containsIP", "cidr_contains_ip_string", "net.CIDR, string", "bool", Eagerly(net::contains_ip)),
    member("containsIP", "cidr_contains_ip_ip", "net.CIDR, net.IP", "bool", Eagerly(net::contains_ip)),
    member(
        "containsCIDR",
        "cidr_contains_cidr_string",
        "net.CIDR, string",
        "bool",
        Eagerly(net::contains_cidr),
    ),
    member("containsCIDR", "cidr_contains_cidr", "net.CIDR, net.CIDR", "bool", Eagerly(net::contains_cidr)),
    member("ip", "cidr_ip", "net.CIDR", "net.IP", Eagerly(net::cidr_ip)),
    member("prefixLength", "cidr_prefix_length", "net.CIDR", "int", Eagerly(net::prefix_length)),
    member("masked", "cidr_masked", "net.CIDR", "net.CIDR", Eagerly(net::masked)),
    global("isCIDR", "is_cidr", "string", "bool", Eagerly(net::is_cidr)),
    global("string", "cidr_to_string", "net.CIDR", "string", Eagerly(net::text)),
];

const FORMAT_TYPE: &str = "kubernetes.NamedFormat";

macro_rules! named {
    ($name:literal) => {
        global(
            concat!("format.", $name),
            concat!("format.", $name),
            "",
            FORMAT_TYPE,
            Lazily(|_| format::by_name($name)),
        )
    };
}

pub(super) const FORMAT: &[Line] = &[
    member(
        "validate",
        "format-validate",
        "kubernetes.NamedFormat, string",
        "optional(list(string))",
        Eagerly(format::validate),
    ),
    global(
        "format.named",
        "format-named",
        "string",
        "optional(kubernetes.NamedFormat)",
        Eagerly(format::named),
    ),
    named!("dns1123Label"),
    named!("dns1123Subdomain"),
    named!("dns1035Label"),
    named!("qualifiedName"),
    named!("dns1123LabelPrefix"),
    named!("dns1123SubdomainPrefix"),
    named!("dns1035LabelPrefix"),
    named!("labelValue"),
    named!("uri"),
    named!("uuid"),
    named!("byte"),
    named!("date"),
    named!("datetime"),
];

const SEMVER_TYPE: &str = "kubernetes.Semver";
const TWO_SEMVERS: &str = "kubernetes.Semver, kubernetes.Semver";

pub(super) const SEMVER: &[Line] = &[
    global("semver", "string_to_semver", "string", SEMVER_TYPE, Eagerly(semver::semver)),
    global("semver", "string_bool_to_semver", "string, bool", SEMVER_TYPE, Eagerly(semver::semver)),
    global("isSemver", "is_semver_string", "string", "bool", Eagerly(semver::is_semver)),
    global("isSemver", "is_semver_string_bool", "string, bool", "bool", Eagerly(semver::is_semver)),
    member("isGreaterThan", "semver_is_greater_than", TWO_SEMVERS, "bool", Eagerly(semver::is_greater)),
    member("isLessThan", "semver_is_less_than", TWO_SEMVERS, "bool", Eagerly(semver::is_less)),
    member("compareTo", "semver_compare_to", TWO_SEMVERS, "int", Eagerly(semver::compare_to)),
    member("major", "semver_major", SEMVER_TYPE, "int", Eagerly(semver::major)),
    member("minor", "semver_minor", SEMVER_TYPE, "int", Eagerly(semver::minor)),
    member("patch", "semver_patch", SEMVER_TYPE, "int", Eagerly(semver::patch)),
];

//! LimitRanges: the values that hold after the API's defaulting, and what the API server refuses
//! (upstream: `pkg/apis/core/v1/defaults.go` `SetDefaults_LimitRangeItem`, `pkg/apis/core/validation`
//! `ValidateLimitRange`).

use seawall_model::{At, Object, Quantity};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Resources of one element that are compared.
const MOST_RESOURCES: usize = 100;

/// One element of `spec.limits`.
#[derive(Clone, Copy, Debug)]
pub struct LimitItem<'a> {
    at: At<'a>,
}

/// Two values that exclude each other.
#[derive(Clone, Debug)]
pub struct Contradiction<'a> {
    /// The field that the API server names.
    pub at: At<'a>,
    /// What is wrong, with both values.
    pub message: String,
}

/// The elements of a LimitRange.
pub fn items(limit_range: &Arc<Object>) -> impl Iterator<Item = LimitItem<'_>> {
    limit_range.at().get("spec.limits").items().map(|at| LimitItem { at })
}

impl<'a> LimitItem<'a> {
    /// The element's mapping.
    pub fn at(self) -> At<'a> {
        self.at
    }

    /// `Container`, `Pod`, `PersistentVolumeClaim`.
    pub fn kind(self) -> &'a str {
        self.at.key("type").str().unwrap_or("")
    }

    /// A value as written: `field` is `min`, `max`, `default`, `defaultRequest` or `maxLimitRequestRatio`.
    pub fn value(self, field: &'a str, resource: &'a str) -> Option<(At<'a>, Quantity)> {
        let at = self.at.key(field).key(resource);
        Some((at, Quantity::of(at.node()?).ok()?))
    }

    /// The limit that a container without one gets: `default`, else `max`.
    pub fn default_limit(self, resource: &'a str) -> Option<(At<'a>, Quantity)> {
        let own = self.value("default", resource);
        if self.kind() == "Container" { own.or_else(|| self.value("max", resource)) } else { own }
    }

    /// The request that a container without one gets: `defaultRequest`, else the default limit, else `min`.
    pub fn default_request(self, resource: &'a str) -> Option<(At<'a>, Quantity)> {
        let own = self.value("defaultRequest", resource);
        if self.kind() != "Container" {
            return own;
        }
        own.or_else(|| self.default_limit(resource)).or_else(|| self.value("min", resource))
    }

    /// The resources that it says something about.
    pub fn resources(self) -> BTreeSet<&'a str> {
        const FIELDS: [&str; 5] = ["min", "max", "default", "defaultRequest", "maxLimitRequestRatio"];
        FIELDS
            .into_iter()
            .flat_map(|field| self.at.key(field).entries())
            .map(|(resource, _)| resource)
            .collect()
    }

    /// What excludes each other in it; the API server refuses such an object.
    pub fn contradictions(self) -> Vec<Contradiction<'a>> {
        let mut out = Vec::new();
        if self.kind() == "Pod" {
            for field in ["default", "defaultRequest"] {
                let at = self.at.key(field);
                if at.entries().next().is_some() {
                    out.push(Contradiction { at, message: format!("type `Pod` may not have `{field}`") });
                }
            }
        }
        // No real element says something about more; a hostile one must not cost the square of its size.
        for resource in self.resources().into_iter().take(MOST_RESOURCES) {
            self.compare(resource, &mut out);
        }
        out
    }

    fn compare(self, resource: &'a str, out: &mut Vec<Contradiction<'a>>) {
        let min = self.value("min", resource);
        let max = self.value("max", resource);
        let limit = self.default_limit(resource);
        let request = self.default_request(resource);
        let ratio = self.value("maxLimitRequestRatio", resource);
        let mut more =
            |big: &Option<(At<'a>, Quantity)>, name, small: &Option<(At<'a>, Quantity)>, of, at_big| {
                if let (Some((at, high)), Some((other, low))) = (big, small)
                    && high > low
                    && at.field_ref().field() != other.field_ref().field()
                {
                    let at = if at_big { *at } else { *other };
                    out.push(Contradiction {
                        at,
                        message: format!("{name} {high} of {resource} is more than {of} {low}"),
                    });
                }
            };
        if let (Some((at, low)), Some((_, high))) = (&min, &max)
            && low > high
        {
            // The defaults follow from these two: naming them as well would tell the same again.
            let message = format!("the minimum {low} of {resource} is more than the maximum {high}");
            return out.push(Contradiction { at: *at, message });
        }
        more(&min, "the minimum", &request, "the default request", false);
        more(&request, "the default request", &max, "the maximum", true);
        more(&request, "the default request", &limit, "the default limit", true);
        more(&min, "the minimum", &limit, "the default limit", false);
        more(&limit, "the default limit", &max, "the maximum", true);
        if let Some((at, ratio)) = ratio
            && ratio < Quantity::from_i64(1)
        {
            out.push(Contradiction {
                at,
                message: format!("the ratio {ratio} of {resource} is less than 1"),
            });
        }
        // One wrong number can break several comparisons; the field it stands in is named once.
        out.dedup_by(|a, b| a.at.field_ref().field() == b.at.field_ref().field());
    }
}

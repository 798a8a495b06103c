//! What changed between Kubernetes versions: API kinds that came and went, flags, feature gates, admission plugins.
//!
//! The tables are texts, sorted and searched in place; `cargo xtask gen schema` makes them from each release's own
//! code (their first lines say how).

pub mod flags;
pub mod gates;
pub mod lifecycle;
pub mod names;
pub mod plugins;
mod rows;

#[cfg(test)]
mod tests;

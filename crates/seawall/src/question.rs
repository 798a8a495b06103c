//! Questions about rights: `can-i`, `who-can`, `authorize` and what they share.

mod answer;
mod asked;
mod authorize;
mod can_i;
mod resource;
mod who_can;

pub(crate) use asked::Asked;
pub(crate) use authorize::run as authorize;
pub(crate) use can_i::run as can_i;
pub(crate) use who_can::run as who_can;

/// The JSON schemas of the answers, by name.
pub fn schemas() -> Vec<(&'static str, schemars::Schema)> {
    vec![
        ("can-i", schemars::schema_for!(can_i::CanIAnswer<'_>)),
        ("who-can", schemars::schema_for!(who_can::WhoCanAnswer<'_>)),
    ]
}

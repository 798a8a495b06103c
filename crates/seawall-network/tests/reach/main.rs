//! The engine is compared with a slow and obvious form of itself on clusters made by chance.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod difference;
mod facts;
mod generate;
mod generated;
mod hostile;
mod large;
mod model;
mod naive;
mod properties;

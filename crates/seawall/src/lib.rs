//! The program: one file for each face, and what they share.
//!
//! A library, so that the man pages, the completions and the documentation come from the same definitions.

pub mod cli;
pub mod config;

mod baseline;
mod convert;
mod copies;
mod coverage;
mod exit;
mod files;
mod fix;
mod output;
mod pipeline;
mod probe;
mod progress;
pub mod question;
mod rules;
mod scan;
mod select;
mod snapshot;

pub use exit::{Exit, run};

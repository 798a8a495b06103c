//! The program as people and scripts call it: what it answers to good input, bad input and hostile input.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod access;
mod authenticate;
mod baseline;
mod clusters;
mod credentials;
mod diff;
mod exit_codes;
mod fixes;
mod generate;
mod hostile;
mod inputs;
mod ordinary;
mod output;
mod paths;
mod program;
mod reach;
mod real;
mod render;
mod review;
mod rights;
mod simulate;
mod views;

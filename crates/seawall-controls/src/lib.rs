//! The catalogue: what can be wrong, one file each.
//!
//! A control is a function marked with `#[control]`; the type of its first parameter says what it visits. To add
//! one: write `src/<area>/<name>.rs` and `tests/<area>/<name>.md`, then run `cargo xtask gen`.

#![allow(unreachable_pub)] // controls are reached through the catalogue only

// Areas: each is a folder of controls; the module files are generated.
mod admission;
mod api;
mod apiserver;
mod audit;
mod authentication;
mod authorization;
mod chain;
mod component;
mod controller_manager;
mod credential;
mod encryption;
mod etcd;
mod image;
mod kube_proxy;
mod kubelet;
mod namespace;
mod network;
mod node;
mod owner;
mod pod;
mod probe;
mod rbac;
mod secret;
mod workload;

mod bounded;
mod catalogue;
mod control;
pub mod danger;
mod engine;
pub mod framework;
mod support;
pub mod suppress;
mod target;
mod threads;
pub mod verify;

pub use bounded::Found;
pub use catalogue::CATALOGUE;
pub use control::{Control, find};
pub use engine::Engine;
pub use owner::follows_owner;
pub use target::*;

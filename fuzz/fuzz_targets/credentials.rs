//! Broken certificates, tokens, requests and selectors: no panic, and nobody gets in.
#![no_main]

#[path = "../../crates/seawall-auth/tests/hostile/judge.rs"]
mod judge;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| judge::judge(data));

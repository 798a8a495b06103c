//! `gen docs`: runs `xtask-docs`, which needs the catalogue and so is a program of its own.

use crate::catalogue::root;
use anyhow::{Context, Result, ensure};
use std::process::Command;

/// Writes or checks what is generated from the catalogue.
pub fn run(check: bool) -> Result<()> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["run", "-q", "-p", "xtask-docs", "--"]).current_dir(root());
    if check {
        command.arg("--check");
    }
    let status = command.status().context("failed to run xtask-docs")?;
    ensure!(status.success(), "xtask-docs failed");
    Ok(())
}

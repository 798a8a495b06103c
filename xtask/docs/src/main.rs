//! `xtask-docs`: what is generated from the catalogue and the program's own definitions.
//!
//! A crate of its own, so that `xtask` (which writes the catalogue) builds while the catalogue does not.

mod man;
mod migration;
mod pages;
mod paths;
mod practices;
mod rules;
mod schemas;

use anyhow::{Context, Result, bail};
use pages::Pages;
use std::path::Path;

fn main() -> Result<()> {
    let mut check = false;
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--check" => check = true,
            other => bail!("xtask-docs takes --check alone, not `{other}`"),
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).context("the crate lies in xtask")?;
    let mut pages = Pages::default();
    rules::write(&mut pages);
    paths::write(&mut pages);
    migration::write(&mut pages)?;
    practices::write(&mut pages, root)?;
    schemas::write(&mut pages)?;
    man::write(&mut pages)?;
    pages.put(root, check)
}

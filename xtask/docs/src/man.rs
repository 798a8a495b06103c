//! `docs/man`: a page for the program and one for each command.

use crate::pages::Pages;
use anyhow::Result;
use clap::{Command, CommandFactory};
use clap_mangen::Man;

/// Adds the pages.
pub fn write(pages: &mut Pages) -> Result<()> {
    let mut command = seawall::cli::Arguments::command().disable_help_subcommand(true);
    command.build();
    page(&command, pages)
}

fn page(command: &Command, pages: &mut Pages) -> Result<()> {
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        page(sub, pages)?;
    }
    let man = Man::new(command.clone()).source(concat!("seawall ", env!("CARGO_PKG_VERSION")));
    let mut text = Vec::new();
    man.render(&mut text)?;
    pages.add(format!("docs/man/{}", man.get_filename()), String::from_utf8(text)?);
    Ok(())
}

//! `docs/reference/paths.md`: the catalogue of steps as a page.

use crate::pages::{HEADER, Pages, cell};
use seawall_paths::{Built, Row};
use std::fmt::Write;

/// Adds the page.
pub fn write(pages: &mut Pages) {
    let built = Row::ALL.iter().filter(|row| row.info().built == Built::Yes).count();
    let mut out = format!(
        "{HEADER}# Steps of attack paths\n\nThe ways from one thing to another that `seawall paths` knows: {built} of \
         {} in the catalogue are steps of their own. The others lie within one of those, or are not built, for the \
         reason given. Every technique is one of MITRE ATT&CK.\n\n| number | step | technique | from there |\n| --- | \
         --- | --- | --- |\n",
        Row::ALL.len(),
    );
    for row in Row::ALL.iter().map(|row| row.info()) {
        let says = match row.built {
            Built::Yes => row.says.to_owned(),
            Built::Within(other) => format!("within {other}"),
            Built::No(why) => format!("*not built*: {why}"),
        };
        let _ = writeln!(out, "| {} | {} | {} | {} |", row.id, row.name, row.technique, cell(&says));
    }
    pages.add("docs/reference/paths.md", out);
}

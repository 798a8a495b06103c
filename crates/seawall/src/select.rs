//! Which rules are asked for.

use anyhow::{Result, bail};
use seawall_controls::{CATALOGUE, Control};

/// The rules that `--select` and `--ignore` leave; a word is a rule's id or `area/`.
pub(crate) fn controls(select: &[String], ignore: &[String]) -> Result<Vec<&'static Control>> {
    for word in select.iter().chain(ignore) {
        if !CATALOGUE.iter().any(|control| matches(control, word)) {
            let ids = CATALOGUE.iter().map(|control| control.id);
            match nearest(word, ids) {
                Some(near) => bail!("no rule or area `{word}`; did you mean `{near}`?"),
                None => bail!("no rule or area `{word}`; `seawall rules` lists them"),
            }
        }
    }
    let wanted = |control: &&&'static Control| {
        (select.is_empty() || select.iter().any(|word| matches(control, word)))
            && !ignore.iter().any(|word| matches(control, word))
    };
    Ok(CATALOGUE.iter().filter(wanted).copied().collect())
}

fn matches(control: &Control, word: &str) -> bool {
    match word.strip_suffix('/') {
        Some(area) => control.area() == area || control.area().replace('_', "-") == area,
        None => control.id == word,
    }
}

/// The known word that was probably meant.
pub(crate) fn nearest<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let scored = known.into_iter().map(|known| (strsim::damerau_levenshtein(word, known), known));
    let (distance, known) = scored.min()?;
    (distance <= 2 + word.len() / 5).then_some(known)
}

//! How wide text is, and how it is made to fit.

use crate::line;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The width of a letter of the picture's main text, in pixels; the fonts of browsers differ, so a little more.
pub(super) const LETTER: f64 = 8.0;
/// The same for small text.
pub(super) const SMALL: f64 = 6.4;

/// The width of a line in columns.
pub(super) fn columns(text: &str) -> usize {
    text.width()
}

/// The text on one line, shortened in its middle: names that only differ at the end stay different.
pub(super) fn fit(text: &str, most: usize) -> String {
    let text = line(text);
    if text.width() <= most {
        return text.into_owned();
    }
    let half = most.saturating_sub(1) / 2;
    let head = within(text.chars(), half + (most + 1) % 2);
    let tail: String = within(text.chars().rev(), half).chars().rev().collect();
    format!("{head}…{tail}")
}

fn within(chars: impl Iterator<Item = char>, most: usize) -> String {
    let mut used = 0;
    chars
        .take_while(|c| {
            used += c.width().unwrap_or(0);
            used <= most
        })
        .collect()
}

/// The text in at most `lines` lines of `most` columns, broken between words.
pub(super) fn wrap(text: &str, most: usize, lines: usize) -> Vec<String> {
    let text = line(text);
    let mut out: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let full = out.len() == lines;
        match out.last_mut() {
            Some(last) if last.width() + 1 + word.width() <= most => {
                last.push(' ');
                last.push_str(word);
            }
            Some(last) if full => {
                last.push_str(" …");
                break;
            }
            _ => out.push(fit(word, most)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shortened_in_the_middle() {
        assert_eq!(fit("sa:shop/web", 20), "sa:shop/web");
        assert_eq!(fit("abcdefghij", 5), "ab…ij");
        assert_eq!(fit("abcdefghij", 6), "abc…ij");
        assert_eq!(fit("漢字漢字漢字", 7), "漢…字");
        assert_eq!(fit("a\nb", 9), "a\\nb");
    }

    #[test]
    fn labels_are_wrapped() {
        assert_eq!(
            wrap("may run a pod as the service account", 16, 3),
            ["may run a pod as", "the service", "account"]
        );
        assert_eq!(wrap("one two three four", 7, 2), ["one two", "three …"]);
        assert!(wrap("", 7, 2).is_empty());
    }
}

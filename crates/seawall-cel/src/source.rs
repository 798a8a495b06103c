//! Places in an expression, and messages about them as cel-go prints them (`common/error.go`, `common/errors.go`).

/// The text of an expression by code points, since columns count those.
pub(crate) struct Source {
    /// The code points.
    pub(crate) characters: Vec<char>,
    /// Where each line starts.
    lines: Vec<u32>,
}

/// A place: a line from 1 and a column from 0; (-1, -1) where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Location {
    pub(crate) line: i32,
    pub(crate) column: i32,
}

/// No place in particular.
pub(crate) const NOWHERE: Location = Location { line: -1, column: -1 };

/// One finding of the parser or checker.
#[derive(Clone, Debug)]
pub(crate) struct Issue {
    pub(crate) location: Location,
    pub(crate) message: String,
}

/// Upstream stops printing after this many.
const ISSUES_PRINTED: usize = 100;
/// Longer lines are not shown under the message.
const SNIPPET_LIMIT: usize = 16_384;

impl Source {
    pub(crate) fn new(text: &str) -> Self {
        let characters: Vec<char> = text.chars().collect();
        let mut lines = vec![0];
        for (offset, character) in characters.iter().enumerate() {
            if *character == '\n' {
                lines.push(u32::try_from(offset + 1).unwrap_or(u32::MAX));
            }
        }
        Self { characters, lines }
    }

    /// The place of a code point.
    pub(crate) fn location(&self, offset: u32) -> Location {
        let line = self.lines.partition_point(|start| *start <= offset);
        let start = line.checked_sub(1).and_then(|index| self.lines.get(index)).copied().unwrap_or(0);
        Location {
            line: i32::try_from(line).unwrap_or(i32::MAX),
            column: i32::try_from(offset - start).unwrap_or(i32::MAX),
        }
    }

    fn snippet(&self, line: i32) -> Option<String> {
        if self.characters.is_empty() {
            return None;
        }
        let index = usize::try_from(line).ok()?.checked_sub(1)?;
        let start = *self.lines.get(index)? as usize;
        let end = self.lines.get(index + 1).map_or(self.characters.len(), |next| *next as usize - 1);
        Some(self.characters.get(start..end)?.iter().collect())
    }

    /// All issues by place, each with the line it stands in.
    pub(crate) fn display(&self, issues: &[Issue]) -> String {
        let mut sorted: Vec<&Issue> = issues.iter().take(ISSUES_PRINTED).collect();
        sorted.sort_by_key(|issue| issue.location);
        let mut printed: Vec<String> = sorted.into_iter().map(|issue| self.display_one(issue)).collect();
        if issues.len() > ISSUES_PRINTED {
            printed.push(format!("{} more errors were truncated", issues.len() - ISSUES_PRINTED));
        }
        printed.join("\n")
    }

    fn display_one(&self, issue: &Issue) -> String {
        let Location { line, column } = issue.location;
        let mut text = format!("ERROR: <input>:{line}:{}: {}", column.saturating_add(1), issue.message);
        let Some(snippet) = self.snippet(line).filter(|snippet| snippet.len() <= SNIPPET_LIMIT) else {
            return text;
        };
        let snippet = snippet.replace('\t', " ");
        text.push_str("\n | ");
        text.push_str(&snippet);
        text.push_str("\n | ");
        let mut characters = snippet.chars();
        for _ in 0..column.max(0) {
            let Some(character) = characters.next() else { break };
            text.push(if character.len_utf8() > 1 { '\u{ff0e}' } else { '.' });
        }
        let wide = characters.next().is_some_and(|character| character.len_utf8() > 1);
        text.push(if wide { '\u{ff3e}' } else { '^' });
        text
    }
}

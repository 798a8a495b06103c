//! Lines of tab-separated columns, sorted by the first ones and found by bisection.

use crate::{Minor, Version};

/// The lines of `table` whose first columns are `key`, which are its sorting order. Lines starting with `#` come
/// first and are never found.
pub(super) fn find(table: &'static str, key: &[&str]) -> impl Iterator<Item = Row> + use<> {
    let (mut low, mut high) = (0, table.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let before = table.as_bytes().get(..middle).unwrap_or_default();
        let start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        let line = line_at(table, start);
        if line.starts_with('#') || line.split('\t').take(key.len()).lt(key.iter().copied()) {
            low = start + line.len() + 1;
        } else {
            high = start;
        }
    }
    let key: Vec<String> = key.iter().map(|part| (*part).to_owned()).collect();
    all(table.get(low..).unwrap_or(""))
        .take_while(move |row| row.0.split('\t').take(key.len()).eq(key.iter()))
}

/// All lines that are no comments.
pub(super) fn all(table: &'static str) -> impl Iterator<Item = Row> {
    table.lines().filter(|line| !line.starts_with('#')).map(Row)
}

fn line_at(table: &'static str, start: usize) -> &'static str {
    table.get(start..).and_then(|rest| rest.lines().next()).unwrap_or("")
}

/// One line.
#[derive(Clone, Copy)]
pub(super) struct Row(&'static str);

impl Row {
    /// A column from 0; missing ones are empty.
    pub(super) fn column(self, number: usize) -> &'static str {
        self.0.split('\t').nth(number).unwrap_or("")
    }

    /// The column as minor ranges such as `30-33,36-36`.
    pub(super) fn minors(self, column: usize) -> Minors {
        Minors(self.column(column))
    }

    /// The column as a minor; 0 and nothing are "not said".
    pub(super) fn minor(self, column: usize) -> Option<Minor> {
        self.column(column).parse().ok().filter(|minor| *minor != 0).map(Minor)
    }
}

/// A set of minors.
#[derive(Clone, Copy)]
pub(super) struct Minors(&'static str);

impl Minors {
    fn ranges(self) -> impl Iterator<Item = (u8, u8)> {
        self.0.split(',').filter_map(|range| {
            let (first, last) = range.split_once('-')?;
            Some((first.parse().ok()?, last.parse().ok()?))
        })
    }

    pub(super) fn contains(self, version: Version) -> bool {
        self.ranges().any(|(first, last)| (first..=last).contains(&version.minor()))
    }

    /// The last one before `version`.
    pub(super) fn last_before(self, version: Version) -> Option<u8> {
        self.ranges().map(|(_, last)| last).filter(|last| *last < version.minor()).max()
    }

    /// The first one after `version`.
    pub(super) fn first_after(self, version: Version) -> Option<u8> {
        self.ranges().map(|(first, _)| first).filter(|first| *first > version.minor()).min()
    }

    /// The first of all.
    pub(super) fn first(self) -> Option<u8> {
        self.ranges().map(|(first, _)| first).min()
    }

    /// The last of all.
    pub(super) fn last(self) -> Option<u8> {
        self.ranges().map(|(_, last)| last).max()
    }
}

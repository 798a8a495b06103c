//! How many pairs of pods may talk: every pair is looked at, pods that are alike together.

use super::answer::Face;
use super::row::Row;
use super::table::{ALL, NONE, Operation, SetId, Table};
use super::{Bound, Reach};
use crate::{Direction, Family};

/// Pairs of pods by what is surely open between them; of a pod with itself none.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Totals {
    /// Every port.
    pub all: u64,
    /// Some ports.
    pub some: u64,
    /// No port.
    pub none: u64,
}

/// A group as one end: its column and classes of a family.
#[derive(Clone, Copy)]
struct Spot {
    /// None: it has no address of the family.
    column: Option<u32>,
    /// None: no policy can select it.
    classes: Option<[u32; 2]>,
}

/// A group that listens, in one family: its number, its column, and the number of its class' row.
type Target = (u32, u32, u32);

/// Sources that are looked at together: what rows say of them lies side by side in memory.
const BLOCK: usize = 64;
/// Pairs of port sets whose common ports are kept in a square of all of them.
const SQUARE: usize = 1 << 24;
/// Where there are more: places of a small table that keeps the last pair of each.
const REMEMBERED: usize = 1 << 14;
/// A place of the square that is not filled yet.
const UNKNOWN: u8 = u8::MAX;

/// The rows of a direction with port sets numbered anew: only those that come up, one after the other.
struct Coded<'e> {
    rows: Vec<&'e Row>,
    /// The new numbers of each row's list; one for rows without.
    lists: Vec<Vec<u32>>,
    /// The port sets by their new numbers; the first is that of every port.
    sets: Vec<SetId>,
    codes: Vec<u32>,
}

impl<'e> Coded<'e> {
    fn new(rows: &[&'e Row], table: &Table) -> Self {
        let mut coded = Self {
            rows: rows.to_vec(),
            lists: Vec::new(),
            sets: Vec::new(),
            codes: vec![u32::MAX; table.len()],
        };
        coded.number(ALL);
        for row in rows {
            let list = row.sets().iter().map(|&set| coded.number(set)).collect();
            coded.lists.push(list);
        }
        coded
    }

    fn number(&mut self, set: SetId) -> u32 {
        let next = self.sets.len() as u32;
        match self.codes.get_mut(set as usize) {
            Some(code) if *code == u32::MAX => {
                *code = next;
                self.sets.push(set);
                next
            }
            Some(code) => *code,
            None => 0,
        }
    }

    /// What each row says of some columns: row after row for the first column, then for the next one. Behind the rows
    /// stands what those take that no policy selects: everything.
    fn of_columns(&self, columns: &[Option<u32>], out: &mut Vec<u32>) {
        let width = self.rows.len() + 1;
        out.clear();
        out.resize(width * columns.len(), 0);
        // Some rows for all columns, then the next ones: both what is read and what is written stays near.
        for first in (0..self.rows.len()).step_by(BLOCK) {
            let end = self.rows.len().min(first + BLOCK);
            let (Some(rows), Some(lists)) = (self.rows.get(first..end), self.lists.get(first..end)) else {
                continue;
            };
            for (column, out) in columns.iter().zip(out.chunks_mut(width)) {
                let (Some(column), Some(out)) = (*column, out.get_mut(first..end)) else { continue };
                for ((row, list), cell) in rows.iter().zip(lists).zip(out) {
                    let place = match row {
                        Row::Flat(_) => 0,
                        Row::Narrow(_, cells) => {
                            usize::from(cells.get(column as usize).copied().unwrap_or(0))
                        }
                        Row::Wide(_) => column as usize,
                    };
                    *cell = list.get(place).copied().unwrap_or(0);
                }
            }
        }
    }
}

/// The common ports of two sets by their new numbers.
struct Pairs<'e> {
    sent: &'e [SetId],
    taken: &'e [SetId],
    /// 0 none, 1 every port, 2 some: with one family of addresses no more is asked.
    square: Vec<u8>,
    /// Both sets and what they have in common.
    last: Vec<(u32, u32, SetId)>,
}

impl<'e> Pairs<'e> {
    fn new(sent: &'e [SetId], taken: &'e [SetId], families: usize) -> Self {
        let fits = families <= 1 && sent.len().saturating_mul(taken.len()) <= SQUARE;
        let (square, last) = match fits {
            true => (vec![UNKNOWN; sent.len() * taken.len()], Vec::new()),
            false => (Vec::new(), vec![(u32::MAX, u32::MAX, NONE); REMEMBERED]),
        };
        Self { sent, taken, square, last }
    }

    #[inline]
    fn of(&mut self, sent: u32, taken: u32, table: &mut Table) -> SetId {
        if !self.square.is_empty() {
            let place = sent as usize * self.taken.len() + taken as usize;
            let known = self.square.get(place).copied().unwrap_or(0);
            if known != UNKNOWN {
                return SetId::from(known);
            }
            let both = self.combine(sent, taken, table).min(2);
            if let Some(place) = self.square.get_mut(place) {
                *place = both as u8;
            }
            return both;
        }
        let place = sent.wrapping_mul(0x9E37_79B1).wrapping_add(taken.wrapping_mul(0x85EB_CA77)) >> 18;
        match self.last.get(place as usize) {
            Some(&(one, other, both)) if (one, other) == (sent, taken) => both,
            _ => {
                let both = self.combine(sent, taken, table);
                if let Some(place) = self.last.get_mut(place as usize) {
                    *place = (sent, taken, both);
                }
                both
            }
        }
    }

    #[cold]
    fn combine(&self, sent: u32, taken: u32, table: &mut Table) -> SetId {
        let set = |list: &[SetId], code: u32| list.get(code as usize).copied().unwrap_or(NONE);
        table.combine(Operation::Intersect, set(self.sent, sent), set(self.taken, taken), Bound::Sure)
    }

    /// What one source opens: what it may send by column, what each class takes from it. Adds to what another family
    /// opens.
    #[inline]
    fn spread(
        &mut self,
        targets: &[Target],
        sent: impl Fn(u32) -> u32,
        taken: &[u32],
        open: &mut [SetId],
        table: &mut Table,
    ) {
        for &(group, column, class) in targets {
            let set = self.of(sent(column), taken.get(class as usize).copied().unwrap_or(0), table);
            if let Some(open) = open.get_mut(group as usize) {
                *open = match *open {
                    NONE => set,
                    known => table.combine(Operation::Unite, known, set, Bound::Sure),
                };
            }
        }
    }
}

impl Reach {
    /// How many pairs of pods may talk.
    pub fn totals(&self) -> Totals {
        let [rows, _] = self.all_rows();
        let mut table = self.table();
        let [ingress, egress] = &rows.rows;
        let (ingress, egress) = (Coded::new(ingress, &table), Coded::new(egress, &table));
        let unselected = ingress.rows.len() as u32;
        let families: Vec<(Vec<Spot>, Vec<Target>)> = (Family::ALL.into_iter())
            .map(|family| self.spots(family))
            .map(|spots| {
                let target = |(group, spot): (usize, &Spot)| {
                    let class = spot.classes.map_or(unselected, |[class, _]| class);
                    Some((group as u32, spot.column?, class))
                };
                let targets: Vec<Target> = spots.iter().enumerate().filter_map(target).collect();
                (spots, targets)
            })
            .filter(|(_, targets)| !targets.is_empty())
            .collect();
        let pods: Vec<u64> = self.space.groups.iter().map(|group| group.pods.len() as u64).collect();
        let mut pairs = Pairs::new(&egress.sets, &ingress.sets, families.len());
        let mut counts = [0_u64; 3];
        let mut open = vec![NONE; pods.len()];
        let width = ingress.rows.len() + 1;
        let mut taken: Vec<Vec<u32>> = families.iter().map(|_| Vec::new()).collect();
        for first in (0..pods.len()).step_by(BLOCK) {
            for ((spots, _), taken) in families.iter().zip(&mut taken) {
                let sources = spots.get(first..spots.len().min(first + BLOCK)).unwrap_or_default();
                let columns: Vec<Option<u32>> = sources.iter().map(|source| source.column).collect();
                ingress.of_columns(&columns, taken);
            }
            for (at, source) in (first..pods.len().min(first + BLOCK)).enumerate() {
                open.fill(NONE);
                for ((spots, targets), taken) in families.iter().zip(&taken) {
                    let spot = spots.get(source).filter(|spot| spot.column.is_some());
                    if let Some((spot, taken)) = spot.zip(taken.get(at * width..(at + 1) * width)) {
                        egress.each_target(*spot, targets, taken, &mut open, &mut pairs, &mut table);
                    }
                }
                count(source, &open, &pods, &mut counts);
            }
        }
        drop(table);
        let [none, all, some] = counts;
        let mut totals = Totals { all, some, none };
        self.count_neighbours(&mut totals);
        totals
    }

    fn spots(&self, family: Family) -> Vec<Spot> {
        let groups = (0..self.space.groups.len() as u32).map(|number| self.face_of_group(number, family));
        let spot = |face: Option<Face>| Spot {
            column: face.map(|face| face.column),
            classes: face.and_then(|face| face.classes),
        };
        groups.map(spot).collect()
    }
}

/// Adds the pairs of one source: no port, every port, some.
fn count(source: usize, open: &[SetId], pods: &[u64], counts: &mut [u64; 3]) {
    // None and all are the numbers 0 and 1.
    let [mut none, mut all, mut every] = [0_u64; 3];
    for (&open, &there) in open.iter().zip(pods) {
        none += there * u64::from(open == NONE);
        all += there * u64::from(open == ALL);
        every += there;
    }
    let own = pods.get(source).copied().unwrap_or(0);
    for (count, pairs) in counts.iter_mut().zip([none, all, every - none - all]) {
        *count += pairs * own;
    }
    // A pod and itself are no pair.
    let itself = open.get(source).copied().unwrap_or(NONE).min(2);
    if let Some(count) = counts.get_mut(itself as usize) {
        *count -= own;
    }
}

impl Coded<'_> {
    /// What a source opens to each target, by the form of its row.
    fn each_target(
        &self,
        source: Spot,
        targets: &[Target],
        taken: &[u32],
        open: &mut [SetId],
        pairs: &mut Pairs<'_>,
        table: &mut Table,
    ) {
        let class = source.classes.map(|classes| classes[Direction::Egress as usize] as usize);
        let row = class.and_then(|class| self.rows.get(class).copied().zip(self.lists.get(class)));
        match row {
            // Whoever no policy selects may send everything.
            None => pairs.spread(targets, |_| 0, taken, open, table),
            Some((Row::Flat(_), list)) => {
                let all = list.first().copied().unwrap_or(0);
                pairs.spread(targets, |_| all, taken, open, table);
            }
            Some((Row::Narrow(_, cells), list)) => {
                let sent = |column: u32| {
                    let cell = cells.get(column as usize).copied().unwrap_or(0);
                    list.get(usize::from(cell)).copied().unwrap_or(0)
                };
                pairs.spread(targets, sent, taken, open, table);
            }
            Some((Row::Wide(_), list)) => {
                let sent = |column: u32| list.get(column as usize).copied().unwrap_or(0);
                pairs.spread(targets, sent, taken, open, table);
            }
        }
    }
}

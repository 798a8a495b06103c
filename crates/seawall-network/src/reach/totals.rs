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

/// Pairs of port sets whose common ports are remembered.
const REMEMBERED: usize = 1 << 14;

/// Both port sets of a pair to what is open, with the last answer at each place of a small table.
struct Both(Vec<(SetId, SetId, SetId)>);

impl Both {
    fn new() -> Self {
        Self(vec![(NONE, NONE, NONE); REMEMBERED])
    }

    /// No special cases: pairs come in no order that a processor could foresee, so that a look is cheaper than a branch.
    #[inline]
    fn of(&mut self, egress: SetId, ingress: SetId, table: &mut Table) -> SetId {
        let place = egress.wrapping_mul(0x9E37_79B1).wrapping_add(ingress.wrapping_mul(0x85EB_CA77)) >> 18;
        let Some(place) = self.0.get_mut(place as usize) else { return NONE };
        if (place.0, place.1) != (egress, ingress) {
            let both = table.combine(Operation::Intersect, egress, ingress, Bound::Sure);
            *place = (egress, ingress, both);
        }
        place.2
    }
}

/// One source: what each class of receivers takes from it, by class and last what those take that no policy selects;
/// and what it may send, by column.
#[derive(Default)]
struct Source {
    taken: Vec<SetId>,
    sent: Vec<SetId>,
}

impl Source {
    fn fill(&mut self, spot: Spot, column: u32, rows: &[Vec<&Row>; 2], columns: usize) {
        let [ingress, egress] = rows;
        self.taken.clear();
        self.taken.extend(ingress.iter().map(|row| row.get(column)));
        self.taken.push(ALL);
        let row = spot.classes.and_then(|[_, class]| egress.get(class as usize).copied());
        self.sent.clear();
        match row {
            Some(row) => self.sent.extend((0..columns as u32).map(|column| row.get(column))),
            None => self.sent.resize(columns, ALL),
        }
    }
}

impl Reach {
    /// How many pairs of pods may talk.
    pub fn totals(&self) -> Totals {
        let [rows, _] = self.all_rows();
        let mut table = self.table();
        let spots: Vec<Vec<Spot>> = (Family::ALL.into_iter())
            .map(|family| self.spots(family))
            .filter(|spots| spots.iter().any(|spot| spot.column.is_some()))
            .collect();
        let pods: Vec<u64> = self.space.groups.iter().map(|group| group.pods.len() as u64).collect();
        let unselected = rows.rows[Direction::Ingress as usize].len() as u32;
        let (mut both, mut from) = (Both::new(), Source::default());
        let mut counts = [0_u64; 3];
        let mut open = vec![NONE; pods.len()];
        for (source, &own) in pods.iter().enumerate() {
            open.fill(NONE);
            for spots in &spots {
                let Some(spot) = spots.get(source).copied() else { continue };
                let Some(column) = spot.column else { continue };
                from.fill(spot, column, &rows.rows, self.space.len());
                for (open, target) in open.iter_mut().zip(spots) {
                    let Some(column) = target.column else { continue };
                    let class = target.classes.map_or(unselected, |[class, _]| class);
                    let sent = from.sent.get(column as usize).copied().unwrap_or(NONE);
                    let taken = from.taken.get(class as usize).copied().unwrap_or(NONE);
                    let set = both.of(sent, taken, &mut table);
                    *open = match *open {
                        NONE => set,
                        known => table.combine(Operation::Unite, known, set, Bound::Sure),
                    };
                }
            }
            // A pod and itself are no pair.
            let all = open.iter().zip(&pods).enumerate();
            for (target, (&open, &there)) in all {
                let pairs = own * there - if source == target { own } else { 0 };
                // None and all are the numbers 0 and 1.
                if let Some(count) = counts.get_mut(open.min(2) as usize) {
                    *count += pairs;
                }
            }
        }
        let [none, all, some] = counts;
        drop(table);
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

//! Everything that is allowed, workload by workload.

use super::answer::Face;
use super::atoms::address_of;
use super::row::Row;
use super::table::{ALL, NONE, Operation, SetId, Table};
use super::{Bound, Reach};
use crate::{Cidr, Direction, Family, PortSet};
use core::fmt;
use core::net::IpAddr;
use std::sync::Arc;

/// One side of a [`Connection`].
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Party {
    /// The workload of this number in [`Reach::workloads`].
    Workload(usize),
    /// Addresses outside, both ends included.
    Range(IpAddr, IpAddr),
}

/// What one party may open to another.
#[derive(Clone, Debug)]
pub struct Connection {
    /// Who opens it.
    pub from: Party,
    /// Who listens.
    pub to: Party,
    /// Ports that surely are open between some of their pods.
    pub sure: Arc<PortSet>,
    /// The same with what depends on things that the input leaves open.
    pub possible: Arc<PortSet>,
}

/// All connections, in order of `from` and `to`.
#[derive(Clone, Debug, Default)]
pub struct Connections {
    /// Those with an open port, surely or possibly; none of a workload with itself.
    pub list: Vec<Connection>,
    /// Whether there are more than fit.
    pub is_cut: bool,
}

/// Connections that are kept.
const MOST: usize = 4_000_000;

/// A range as CIDR where it is one, else as `first-last`.
#[derive(Clone, Copy, Debug)]
pub struct RangeText(pub IpAddr, pub IpAddr);

impl fmt::Display for RangeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ((family, first), (_, last)) =
            (crate::address::number_of(self.0), crate::address::number_of(self.1));
        let host = (first ^ last).checked_ilog2().map_or(0, |bit| bit as u8 + 1);
        let prefix = family.bits().saturating_sub(host);
        match Cidr::parse(&format!("{}/{prefix}", self.0)) {
            Ok(cidr) if (cidr.first, cidr.last) == (first, last) => write!(f, "{}/{prefix}", self.0),
            _ => write!(f, "{}-{}", self.0, self.1),
        }
    }
}

/// Faces of one workload's groups, by family.
type Faces = [Vec<Face>; 2];

/// The rows of both directions of one bound, by class.
pub(super) struct Rows<'e> {
    pub(super) rows: [Vec<&'e Row>; 2],
    bound: Bound,
    last: ((SetId, SetId), SetId),
}

impl Rows<'_> {
    fn side(&self, direction: Direction, own: Face, other: Face) -> SetId {
        let Some(classes) = own.classes else { return ALL };
        let rows = &self.rows[direction as usize];
        rows.get(classes[direction as usize] as usize).map_or(NONE, |row| row.get(other.column))
    }

    fn between(&mut self, source: Face, target: Face, table: &mut Table) -> SetId {
        let egress = self.side(Direction::Egress, source, target);
        if egress == NONE {
            return NONE;
        }
        let ingress = self.side(Direction::Ingress, target, source);
        if egress == ALL || ingress == egress || ingress == NONE {
            return ingress;
        }
        if self.last.0 != (egress, ingress) {
            let both = table.combine(Operation::Intersect, egress, ingress, self.bound);
            self.last = ((egress, ingress), both);
        }
        self.last.1
    }
}

impl Reach {
    /// Every connection with a party that `focus` wants.
    pub fn connections(&self, focus: impl Fn(usize) -> bool) -> Connections {
        let mut rows = self.all_rows();
        let faces = self.faces_of_workloads();
        let neighbours = self.neighbour_workloads();
        let mut found = Connections::default();
        let mut table = self.table();
        for (from, sources) in faces.iter().enumerate() {
            let is_wanted = focus(from);
            for (to, targets) in faces.iter().enumerate() {
                if from == to || !(is_wanted || focus(to)) {
                    continue;
                }
                let ids = match neighbours.contains(&(from, to)) {
                    true => [ALL; 2],
                    false => rows.each_mut().map(|rows| between(rows, sources, targets, &mut table)),
                };
                found.add(Party::Workload(from), Party::Workload(to), ids, &table);
            }
            if is_wanted {
                self.outside(&rows, from, sources, &mut found, &mut table);
            }
            if found.list.len() > MOST {
                found.is_cut = true;
                break;
            }
        }
        found.list.sort_by_key(|one| (one.from, one.to));
        found
    }

    pub(super) fn all_rows(&self) -> [Rows<'_>; 2] {
        Bound::ALL.map(|bound| {
            let rows = Direction::ALL.map(|direction| {
                let classes = 0..self.side(direction).classes.list.len() as u32;
                classes.filter_map(|class| self.row(direction, class, bound)).collect()
            });
            Rows { rows, bound, last: ((NONE, NONE), NONE) }
        })
    }

    fn faces_of_workloads(&self) -> Vec<Faces> {
        let mut groups: Vec<Vec<u32>> = vec![Vec::new(); self.workloads.len()];
        for pod in &self.pods {
            if let Some(groups) = groups.get_mut(pod.workload as usize)
                && groups.last() != Some(&pod.group)
            {
                groups.push(pod.group);
            }
        }
        let faces = groups.into_iter().map(|mut groups| {
            groups.sort_unstable();
            groups.dedup();
            let of = |family| groups.iter().filter_map(|&group| self.face_of_group(group, family)).collect();
            Family::ALL.map(of)
        });
        faces.collect()
    }

    /// Connections of a workload from and to addresses outside.
    fn outside(
        &self,
        rows: &[Rows<'_>; 2],
        workload: usize,
        faces: &Faces,
        found: &mut Connections,
        table: &mut Table,
    ) {
        for direction in Direction::ALL {
            for family in Family::ALL {
                let own = &faces[family as usize];
                if own.is_empty() {
                    continue;
                }
                let atoms = &self.space.atoms[family as usize];
                let mut open: Option<(u128, u128, [SetId; 2])> = None;
                let mut ranges = Vec::new();
                for (number, atom) in atoms.list().iter().enumerate() {
                    let other = Face { classes: None, column: atom.column };
                    let mut ids = rows.each_ref().map(|rows| {
                        own.iter().fold(NONE, |open, &own| {
                            let set = rows.side(direction, own, other);
                            table.combine(Operation::Unite, open, set, rows.bound)
                        })
                    });
                    if !self.is_outside(family, number) {
                        ids = [NONE; 2];
                    }
                    match &mut open {
                        Some((_, last, known)) if *known == ids => *last = atoms.last(number),
                        _ => ranges.extend(open.replace((atom.first, atoms.last(number), ids))),
                    }
                }
                ranges.extend(open);
                for (first, last, ids) in ranges {
                    let range = Party::Range(address_of(family, first), address_of(family, last));
                    let own = Party::Workload(workload);
                    match direction {
                        Direction::Ingress => found.add(range, own, ids, table),
                        Direction::Egress => found.add(own, range, ids, table),
                    }
                }
            }
        }
    }
}

impl Connections {
    fn add(&mut self, from: Party, to: Party, [sure, possible]: [SetId; 2], table: &Table) {
        if possible != NONE || sure != NONE {
            let (sure, possible) = (table.get(sure), table.get(possible));
            self.list.push(Connection { from, to, sure, possible });
        }
    }
}

/// What is open between some pods of two workloads.
fn between(rows: &mut Rows<'_>, sources: &Faces, targets: &Faces, table: &mut Table) -> SetId {
    let mut open = NONE;
    for (sources, targets) in sources.iter().zip(targets) {
        for &source in sources {
            for &target in targets {
                let set = rows.between(source, target, table);
                open = table.combine(Operation::Unite, open, set, rows.bound);
                if open == ALL {
                    return ALL;
                }
            }
        }
    }
    open
}

#[cfg(test)]
mod tests {
    use super::RangeText;

    #[test]
    fn ranges_read_as_cidr_where_they_are_one() {
        let text =
            |first: &str, last: &str| RangeText(first.parse().unwrap(), last.parse().unwrap()).to_string();
        assert_eq!(text("0.0.0.0", "255.255.255.255"), "0.0.0.0/0");
        assert_eq!(text("10.0.0.0", "10.0.0.255"), "10.0.0.0/24");
        assert_eq!(text("10.0.0.7", "10.0.0.7"), "10.0.0.7/32");
        assert_eq!(text("10.0.0.1", "10.0.0.2"), "10.0.0.1-10.0.0.2");
        assert_eq!(text("0.0.0.0", "9.255.255.255"), "0.0.0.0-9.255.255.255");
        assert_eq!(text("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), "::/0");
        assert_eq!(text("fd00::", "fd00::ff"), "fd00::/120");
    }
}

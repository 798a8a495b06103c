//! Selectors and addresses to columns.

use super::block::Block;
use super::rule::Matched;
use super::set::{Set, Sets};
use super::space::Space;
use super::table::Table;
use crate::{Bits, Dialect, Network};
use seawall_model::{Cluster, LabelSelector};

/// Everything that policies are compiled with.
pub(crate) struct Compiler<'c> {
    pub(crate) cluster: &'c Cluster,
    pub(crate) network: &'c Network,
    pub(crate) space: &'c Space,
    pub(crate) table: &'c mut Table,
    pub(crate) sets: &'c mut Sets,
    pub(crate) dialect: Dialect,
}

/// Columns being collected: surely, and at least possibly meant.
pub(crate) struct Pick {
    pub(crate) sure: Bits,
    pub(crate) possible: Bits,
}

impl Pick {
    fn none(length: usize) -> Self {
        Self { sure: Bits::none(length), possible: Bits::none(length) }
    }

    /// Adds the columns of another.
    pub(crate) fn unite(&mut self, other: &Self) {
        self.sure.unite(&other.sure);
        self.possible.unite(&other.possible);
    }
}

impl Compiler<'_> {
    /// No column.
    pub(crate) fn nothing(&self) -> Pick {
        Pick::none(self.space.len())
    }

    /// Possibly every column.
    pub(crate) fn perhaps_all(&self) -> Pick {
        Pick { sure: Bits::none(self.space.len()), possible: Bits::all(self.space.len()) }
    }

    /// The pods of one namespace.
    pub(crate) fn namespace(&self, number: Option<usize>) -> Pick {
        let mut sure = Bits::none(self.space.len());
        for &(first, end) in number.and_then(|number| self.space.namespaces.get(number)).into_iter().flatten()
        {
            sure.insert_range(first as usize, end as usize);
        }
        Pick { possible: sure.clone(), sure }
    }

    /// The pods of the namespaces that a selector matches.
    pub(crate) fn namespaces(&self, selector: LabelSelector<'_>) -> Pick {
        if selector.problem().is_some() {
            return Pick { sure: Bits::none(self.space.len()), possible: self.space.selectable.clone() };
        }
        if selector.is_empty() {
            return Pick { sure: self.space.selectable.clone(), possible: self.space.selectable.clone() };
        }
        let matches = self.network.select_namespaces(selector);
        let mut pick = self.nothing();
        for number in matches.possible.iter() {
            let sure = matches.sure.contains(number);
            for &(first, end) in self.space.namespaces.get(number).into_iter().flatten() {
                pick.possible.insert_range(first as usize, end as usize);
                if sure {
                    pick.sure.insert_range(first as usize, end as usize);
                }
            }
        }
        pick
    }

    /// Of `pick`, the pods that a selector matches.
    pub(crate) fn narrow(&self, pick: &mut Pick, selector: LabelSelector<'_>) {
        if selector.problem().is_some() {
            pick.sure = Bits::none(self.space.len());
        } else if !selector.is_empty() {
            let matches = self.space.labels.select(selector);
            pick.sure.intersect(&matches.sure);
            pick.possible.intersect(&matches.possible);
        }
    }

    /// Adds the addresses of a block.
    pub(crate) fn add_block(&self, pick: &mut Pick, block: &Block) {
        self.space.each_of_block(block, self.dialect.ip_block_matches_pods, |column, sure| {
            pick.possible.insert(column as usize);
            if sure {
                pick.sure.insert(column as usize);
            }
        });
    }

    /// What some blocks hold, if that are few columns: without a bit for every other one.
    pub(crate) fn few_of_blocks(&mut self, blocks: &[Block]) -> Option<Matched> {
        let most = self.space.len() / 32;
        let (mut sure, mut possible) = (Vec::new(), Vec::new());
        for block in blocks {
            self.space.each_of_block(block, self.dialect.ip_block_matches_pods, |column, is_sure| {
                // One more than fits tells that it is too much.
                if possible.len() <= most {
                    possible.push(column);
                    sure.extend(is_sure.then_some(column));
                }
            });
        }
        if possible.len() >= most {
            return None;
        }
        for list in [&mut sure, &mut possible] {
            list.sort_unstable();
            list.dedup();
        }
        let differs = sure != possible;
        let sure = self.sets.share(Set::Few(sure))?;
        let possible = differs.then(|| self.sets.share(Set::Few(possible)));
        Some(Matched { sure: Some(sure), possible })
    }

    /// The set that is kept.
    pub(crate) fn matched(&mut self, pick: Pick) -> Matched {
        let Pick { sure, possible } = pick;
        let differs = sure != possible;
        let Some(sure) = self.sets.share(Set::of(sure)) else {
            // No room to say which: everything may be meant, nothing is sure.
            let nothing = std::sync::Arc::new(Set::Few(Vec::new()));
            return Matched { sure: Some(nothing), possible: Some(None) };
        };
        let possible = differs.then(|| self.sets.share(Set::of(possible)));
        Matched { sure: Some(sure), possible }
    }
}

//! The cheapest choice that takes an element of every set: branch and bound.

use std::collections::HashMap;

/// Choices that are tried, at most; beyond that the best one found is given as not proven.
const TRIALS: u64 = 3_000_000;

/// The cheapest choice, sorted, and whether no cheaper one exists.
pub(super) fn cheapest(sets: &[Vec<u32>], cost: &dyn Fn(u32) -> u64) -> (Vec<u32>, bool) {
    let sets = minimal(sets);
    let mut search = Search { sets: &sets, cost, best: Vec::new(), best_cost: u64::MAX, left: TRIALS };
    search.greedy();
    let mut chosen = Vec::new();
    search.branch(&mut chosen, 0);
    let exact = search.left > 0;
    let mut best = search.best;
    best.sort_unstable();
    (best, exact)
}

/// Sets that contain another one say nothing more.
fn minimal(sets: &[Vec<u32>]) -> Vec<Vec<u32>> {
    let mut all = sets.to_vec();
    all.sort_by_key(Vec::len);
    all.dedup();
    let mut out: Vec<Vec<u32>> = Vec::new();
    for set in all {
        let contained = |one: &Vec<u32>| one.iter().all(|number| set.binary_search(number).is_ok());
        if !out.iter().any(contained) {
            out.push(set);
        }
    }
    out
}

struct Search<'s> {
    sets: &'s [Vec<u32>],
    cost: &'s dyn Fn(u32) -> u64,
    best: Vec<u32>,
    best_cost: u64,
    left: u64,
}

impl Search<'_> {
    /// A first choice: again and again what hits most for its price.
    fn greedy(&mut self) {
        let mut chosen: Vec<u32> = Vec::new();
        loop {
            let mut counts: HashMap<u32, u64> = HashMap::new();
            for set in self.sets.iter().filter(|set| !hit(set, &chosen)) {
                set.iter().for_each(|number| *counts.entry(*number).or_default() += 1);
            }
            let next = counts.into_iter().max_by_key(|(number, count)| {
                (count * 1_000_000_000 / (self.cost)(*number).max(1), std::cmp::Reverse(*number))
            });
            let Some((next, _)) = next else { break };
            chosen.push(next);
        }
        self.best_cost = chosen.iter().map(|number| (self.cost)(*number)).sum();
        self.best = chosen;
    }

    fn branch(&mut self, chosen: &mut Vec<u32>, spent: u64) {
        if self.left == 0 {
            return;
        }
        self.left -= 1;
        let open: Vec<&Vec<u32>> = self.sets.iter().filter(|set| !hit(set, chosen)).collect();
        let Some(first) = open.first().copied() else {
            if spent < self.best_cost {
                (self.best_cost, self.best) = (spent, chosen.clone());
            }
            return;
        };
        if spent + self.bound(&open) >= self.best_cost {
            return;
        }
        // What hits most is tried first.
        let mut order: Vec<(usize, u64, u32)> = first
            .iter()
            .map(|number| {
                let hits = open.iter().filter(|set| set.binary_search(number).is_ok()).count();
                (open.len() - hits, (self.cost)(*number), *number)
            })
            .collect();
        order.sort_unstable();
        for (_, price, number) in order {
            chosen.push(number);
            self.branch(chosen, spent + price);
            chosen.pop();
        }
    }

    /// Sets without a common element each cost at least their cheapest one.
    fn bound(&self, open: &[&Vec<u32>]) -> u64 {
        let mut taken: std::collections::HashSet<u32> = std::collections::HashSet::new();
        let mut sum = 0;
        for set in open {
            if set.iter().all(|number| !taken.contains(number)) {
                taken.extend(set.iter());
                sum += set.iter().map(|number| (self.cost)(*number)).min().unwrap_or(0);
            }
        }
        sum
    }
}

fn hit(set: &[u32], chosen: &[u32]) -> bool {
    chosen.iter().any(|number| set.binary_search(number).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_all_subsets_say() {
        let mut state = 11_u64;
        let mut next = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for _ in 0..300 {
            let elements = 1 + next(9) as u32;
            let prices: Vec<u64> = (0..elements).map(|_| 1 + next(4)).collect();
            let sets: Vec<Vec<u32>> = (0..next(9))
                .map(|_| {
                    let mut set: Vec<u32> = (0..=next(4)).map(|_| next(u64::from(elements)) as u32).collect();
                    set.sort_unstable();
                    set.dedup();
                    set
                })
                .collect();
            let price = |mask: u32| -> u64 {
                (0..elements).filter(|at| mask >> at & 1 == 1).map(|at| prices[at as usize]).sum()
            };
            let hits = |mask: u32| sets.iter().all(|set| set.iter().any(|at| mask >> at & 1 == 1));
            let least = (0..1_u32 << elements).filter(|mask| hits(*mask)).map(price).min().unwrap();
            let (chosen, exact) = cheapest(&sets, &|number| prices[number as usize]);
            assert!(exact && sets.iter().all(|set| hit(set, &chosen)));
            assert_eq!(chosen.iter().map(|at| prices[*at as usize]).sum::<u64>(), least, "{sets:?}");
        }
    }
}

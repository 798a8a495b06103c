//! Sets of roles: a sorted list while that is smaller, else bits.

use smallvec::SmallVec;

/// A set of small numbers.
#[derive(Clone, Debug)]
pub(super) enum RoleSet {
    /// Most subjects hold so few that they need no place of their own.
    Sparse(SmallVec<[u32; 4]>),
    Dense(Vec<u64>),
}

impl Default for RoleSet {
    fn default() -> Self {
        Self::Sparse(SmallVec::new())
    }
}

impl RoleSet {
    pub(super) fn insert(&mut self, id: u32) {
        match self {
            Self::Sparse(list) => {
                // Roles are numbered in the order in which they are indexed: nearly always the end.
                if list.last().is_none_or(|last| *last < id) {
                    list.push(id);
                } else if let Err(at) = list.binary_search(&id) {
                    list.insert(at, id);
                } else {
                    return;
                }
                // Bits are smaller from one in 32 on.
                let highest = list.last().copied().unwrap_or(0) as usize;
                if list.len() >= 8 && list.len() * 32 > highest {
                    let mut words = vec![0; highest / 64 + 1];
                    list.iter().for_each(|&id| set(&mut words, id));
                    *self = Self::Dense(words);
                }
            }
            Self::Dense(words) => {
                let word = id as usize / 64;
                if word >= words.len() {
                    words.resize(word + 1, 0);
                }
                set(words, id);
            }
        }
    }

    pub(super) fn remove(&mut self, id: u32) {
        match self {
            Self::Sparse(list) => {
                if let Ok(at) = list.binary_search(&id) {
                    list.remove(at);
                }
            }
            Self::Dense(words) => {
                if let Some(word) = words.get_mut(id as usize / 64) {
                    *word &= !(1 << (id % 64));
                }
            }
        }
    }

    #[inline]
    pub(super) fn contains(&self, id: u32) -> bool {
        match self {
            Self::Sparse(list) => match list.as_slice() {
                [] => false,
                [only] => *only == id,
                list => list.binary_search(&id).is_ok(),
            },
            Self::Dense(words) => words.get(id as usize / 64).is_some_and(|word| word >> (id % 64) & 1 == 1),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Sparse(list) => list.is_empty(),
            Self::Dense(words) => words.iter().all(|word| *word == 0),
        }
    }

    /// The bytes that the members take.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Sparse(list) => list.len() * 4,
            Self::Dense(words) => words.len() * 8,
        }
    }

    /// Whether they share a role.
    #[inline]
    pub(super) fn meets(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Dense(one), Self::Dense(two)) => one.iter().zip(two).any(|(one, two)| one & two != 0),
            (Self::Sparse(list), dense @ Self::Dense(_)) | (dense @ Self::Dense(_), Self::Sparse(list)) => {
                list.iter().any(|&id| dense.contains(id))
            }
            (Self::Sparse(one), Self::Sparse(two)) => {
                let (small, large) = if one.len() <= two.len() { (one, two) } else { (two, one) };
                if small.len() * 8 < large.len() {
                    return small.iter().any(|id| large.binary_search(id).is_ok());
                }
                let (mut small, mut large) = (small.iter().peekable(), large.iter().peekable());
                while let (Some(one), Some(two)) = (small.peek(), large.peek()) {
                    match one.cmp(two) {
                        std::cmp::Ordering::Equal => return true,
                        std::cmp::Ordering::Less => small.next(),
                        std::cmp::Ordering::Greater => large.next(),
                    };
                }
                false
            }
        }
    }

    /// The members, ascending.
    pub(super) fn iter(&self) -> impl Iterator<Item = u32> {
        let (list, words): (&[u32], &[u64]) = match self {
            Self::Sparse(list) => (list, &[]),
            Self::Dense(words) => (&[], words),
        };
        let bits = words.iter().enumerate().flat_map(|(at, &word)| {
            std::iter::successors(Some(word).filter(|word| *word != 0), |word| {
                Some(word & (word - 1)).filter(|word| *word != 0)
            })
            .map(move |word| at as u32 * 64 + word.trailing_zeros())
        });
        list.iter().copied().chain(bits)
    }
}

fn set(words: &mut [u64], id: u32) {
    if let Some(word) = words.get_mut(id as usize / 64) {
        *word |= 1 << (id % 64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn as_a_plain_set() {
        let mut state = 7_u32;
        let mut next = |below| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) % below
        };
        for round in 0..200 {
            let highest = [4, 64, 1_000, 100_000][round % 4];
            let mut sets = [(RoleSet::default(), BTreeSet::new()), (RoleSet::default(), BTreeSet::new())];
            for (set, plain) in &mut sets {
                for _ in 0..next(300) {
                    let id = next(highest);
                    if next(4) == 0 {
                        set.remove(id);
                        plain.remove(&id);
                    } else {
                        set.insert(id);
                        plain.insert(id);
                    }
                }
                assert!(set.iter().eq(plain.iter().copied()) && set.is_empty() == plain.is_empty());
                for id in (0..100).map(|_| next(highest)) {
                    assert_eq!(set.contains(id), plain.contains(&id));
                }
            }
            let [(one, plain_one), (two, plain_two)] = &sets;
            assert_eq!(one.meets(two), !plain_one.is_disjoint(plain_two));
            assert_eq!(two.meets(one), !plain_one.is_disjoint(plain_two));
        }
    }
}

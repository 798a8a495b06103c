//! Sets of small numbers, one bit each.

/// A set of the numbers below a fixed length.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Bits {
    words: Vec<u64>,
    length: usize,
}

impl Bits {
    /// No number.
    pub fn none(length: usize) -> Self {
        Self { words: vec![0; length.div_ceil(64)], length }
    }

    /// Every number.
    pub fn all(length: usize) -> Self {
        let mut bits = Self { words: vec![u64::MAX; length.div_ceil(64)], length };
        if let Some(last) = bits.words.last_mut()
            && !length.is_multiple_of(64)
        {
            *last = (1 << (length % 64)) - 1;
        }
        bits
    }

    /// How many numbers it can hold: those below this.
    pub fn length(&self) -> usize {
        self.length
    }

    /// Makes room for the numbers below `length`; the new ones are not in it.
    pub fn grow(&mut self, length: usize) {
        if length > self.length {
            self.words.resize(length.div_ceil(64), 0);
            self.length = length;
        }
    }

    /// Whether both hold a number.
    pub fn intersects(&self, other: &Self) -> bool {
        self.words.iter().zip(&other.words).any(|(one, other)| one & other != 0)
    }

    /// Adds a number; those beyond the length are left out.
    pub fn insert(&mut self, number: usize) {
        if number < self.length
            && let Some(word) = self.words.get_mut(number / 64)
        {
            *word |= 1 << (number % 64);
        }
    }

    /// Adds the numbers from `first` to before `end`; those beyond the length are left out.
    pub fn insert_range(&mut self, first: usize, end: usize) {
        let end = end.min(self.length);
        let mut at = first;
        while at < end {
            let Some(word) = self.words.get_mut(at / 64) else { return };
            let (low, high) = (at % 64, (end - at / 64 * 64).min(64));
            let mask = if high - low == 64 { u64::MAX } else { ((1 << (high - low)) - 1) << low };
            *word |= mask;
            at = at / 64 * 64 + 64;
        }
    }

    /// Whether the number is in it.
    pub fn contains(&self, number: usize) -> bool {
        self.words.get(number / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    /// Whether no number is in it.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    /// How many numbers are in it.
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether every number is in it.
    pub fn is_all(&self) -> bool {
        self.count() == self.length
    }

    /// Keeps the numbers that `keep` holds too.
    pub fn intersect(&mut self, keep: &Self) {
        self.words.iter_mut().zip(&keep.words).for_each(|(word, keep)| *word &= keep);
    }

    /// Takes out the numbers of `other`.
    pub fn subtract(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= !other);
    }

    /// Adds the numbers of `other`.
    pub fn unite(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word |= other);
    }

    /// The numbers, ascending.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(at, &word)| {
            std::iter::successors((word != 0).then_some(word), |word| {
                let rest = word & (word - 1);
                (rest != 0).then_some(rest)
            })
            .map(move |word| at * 64 + word.trailing_zeros() as usize)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Bits;

    #[test]
    fn sets() {
        let mut odd = Bits::none(130);
        (1..140).step_by(2).for_each(|number| odd.insert(number));
        assert_eq!(odd.count(), 65);
        assert_eq!(odd.iter().collect::<Vec<_>>(), (1..130).step_by(2).collect::<Vec<_>>());
        let mut even = Bits::all(130);
        assert!(even.is_all() && even.count() == 130);
        even.subtract(&odd);
        assert!(even.contains(128) && !even.contains(129) && !even.contains(1000));
        assert!(!odd.intersects(&even));
        odd.intersect(&even);
        assert!(odd.is_empty());
        for (first, end) in [(0, 0), (3, 4), (0, 64), (60, 70), (1, 200), (64, 128), (129, 130)] {
            let mut range = Bits::none(130);
            range.insert_range(first, end);
            assert_eq!(range.iter().collect::<Vec<_>>(), (first..end.min(130)).collect::<Vec<_>>());
        }
        odd.grow(200);
        odd.insert(199);
        assert_eq!(odd.length(), 200);
        assert_eq!(odd.iter().collect::<Vec<_>>(), [199]);
        assert!(Bits::none(0).is_all() && Bits::all(64).count() == 64);
    }
}

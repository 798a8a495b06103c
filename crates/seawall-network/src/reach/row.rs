//! The answers of one class: to or from each column, the number of a port set.

use super::table::SetId;
use foldhash::HashMap;

/// A number per column, in one byte each where few different ones are needed.
#[derive(Clone, Debug)]
pub(crate) enum Row {
    /// The same everywhere.
    Flat(SetId),
    /// Numbers into a list.
    Narrow(Box<[SetId]>, Vec<u8>),
    /// The numbers themselves.
    Wide(Vec<SetId>),
}

impl Row {
    /// The smallest form of these numbers.
    pub(crate) fn of(cells: &[SetId]) -> Self {
        let mut palette: Vec<SetId> = Vec::new();
        let mut places: HashMap<SetId, u8> = HashMap::default();
        let mut narrow = Vec::with_capacity(cells.len());
        let mut last = (SetId::MAX, 0);
        for &cell in cells {
            if last.0 != cell {
                let place = match (places.get(&cell), u8::try_from(palette.len())) {
                    (Some(&place), _) => place,
                    (None, Ok(next)) => {
                        places.insert(cell, next);
                        palette.push(cell);
                        next
                    }
                    (None, Err(_)) => return Self::Wide(cells.to_vec()),
                };
                last = (cell, place);
            }
            narrow.push(last.1);
        }
        match palette.as_slice() {
            [only] => Self::Flat(*only),
            _ => Self::Narrow(palette.into(), narrow),
        }
    }

    /// The number for a column.
    #[inline]
    pub(crate) fn get(&self, column: u32) -> SetId {
        match self {
            Self::Flat(id) => *id,
            Self::Narrow(palette, cells) => {
                let cell = cells.get(column as usize).copied().unwrap_or(0);
                palette.get(cell as usize).copied().unwrap_or(0)
            }
            Self::Wide(cells) => cells.get(column as usize).copied().unwrap_or(0),
        }
    }

    /// Adds a column that is answered as another one.
    pub(crate) fn push_like(&mut self, parent: u32) {
        match self {
            Self::Flat(_) => {}
            Self::Narrow(_, cells) => cells.push(cells.get(parent as usize).copied().unwrap_or(0)),
            Self::Wide(cells) => cells.push(cells.get(parent as usize).copied().unwrap_or(0)),
        }
    }

    /// Bytes that it takes, roughly.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Flat(_) => 0,
            Self::Narrow(palette, cells) => palette.len() * 4 + cells.len(),
            Self::Wide(cells) => cells.len() * 4,
        }
    }
}

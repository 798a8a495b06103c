//! The answers of one class: to or from each column, the number of a port set.

use super::table::SetId;

/// The highest number for which a list of places is worth its room.
const DENSE: usize = 1 << 18;

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
        let most = cells.iter().copied().max().unwrap_or(0) as usize;
        if most > DENSE {
            return Self::Wide(cells.to_vec());
        }
        // Where each number is in the list; nowhere yet is the highest.
        let mut places = vec![u16::MAX; most + 1];
        let mut palette: Vec<SetId> = Vec::new();
        let mut narrow = vec![0_u8; cells.len()];
        for (&cell, out) in cells.iter().zip(&mut narrow) {
            let Some(place) = places.get_mut(cell as usize) else { continue };
            if *place == u16::MAX {
                if palette.len() > usize::from(u8::MAX) {
                    return Self::Wide(cells.to_vec());
                }
                *place = palette.len() as u16;
                palette.push(cell);
            }
            *out = *place as u8;
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

    /// The numbers that come up: those of the list, or one for each column where there is none.
    pub(crate) fn sets(&self) -> &[SetId] {
        match self {
            Self::Flat(only) => core::slice::from_ref(only),
            Self::Narrow(palette, _) => palette,
            Self::Wide(cells) => cells,
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

//! The generated table, read in place: nothing is decoded before it is asked for. The layout is described where it
//! is written (xtask, schema/encode.rs). Numbers out of range give zeros, never a panic.

use foldhash::HashMap;
use std::sync::OnceLock;

const TABLE: &[u8] = include_bytes!("schema.bin");
const STRINGS: &str = include_str!("strings.txt");

/// Offset of the first record, and number of records.
const fn section(number: usize) -> (usize, usize) {
    const fn word(at: usize) -> usize {
        u32::from_le_bytes([TABLE[at], TABLE[at + 1], TABLE[at + 2], TABLE[at + 3]]) as usize
    }
    (word(8 + number * 8), word(12 + number * 8))
}

// Read while compiling.
const ENDS: (usize, usize) = section(0);
const SHAPES: (usize, usize) = section(1);
const TYPES: (usize, usize) = section(2);
const FIELDS: (usize, usize) = section(3);
const KINDS: (usize, usize) = section(4);
const RESOURCES: (usize, usize) = section(5);

/// How many kinds there are.
pub(super) const KIND_COUNT: u16 = KINDS.1 as u16;
/// How many resources and subresources there are.
pub(super) const RESOURCE_COUNT: u16 = RESOURCES.1 as u16;

fn byte(at: usize) -> u8 {
    TABLE.get(at).copied().unwrap_or(0)
}

fn half(at: usize) -> u16 {
    match TABLE.get(at..at + 2) {
        Some(&[low, high]) => u16::from_le_bytes([low, high]),
        _ => 0,
    }
}

fn end(number: usize) -> usize {
    match TABLE.get(ENDS.0 + number * 4..ENDS.0 + number * 4 + 4) {
        Some(&[a, b, c, d]) => u32::from_le_bytes([a, b, c, d]) as usize,
        _ => 0,
    }
}

/// String by number; 0 is the empty one.
pub(super) fn string(number: u16) -> &'static str {
    let number = number as usize;
    let start = if number == 0 { 0 } else { end(number - 1) };
    STRINGS.get(start..end(number)).unwrap_or("")
}

/// One shape: tag, list type, argument, keys.
#[derive(Clone, Copy)]
pub(super) struct ShapeRecord {
    pub(super) tag: u8,
    pub(super) list: u8,
    pub(super) argument: u16,
    pub(super) keys: u16,
}

/// Shape by number.
pub(super) fn shape(number: u16) -> ShapeRecord {
    let at = SHAPES.0 + number as usize * 6;
    ShapeRecord { tag: byte(at), list: byte(at + 1), argument: half(at + 2), keys: half(at + 4) }
}

/// Name of a type, and the range of its fields.
pub(super) fn type_record(number: u16) -> (u16, std::ops::Range<u16>) {
    let at = TYPES.0 + number as usize * 6;
    let first = half(at + 2);
    (half(at), first..first.saturating_add(half(at + 4)))
}

/// One field in one form.
#[derive(Clone, Copy)]
pub(super) struct FieldRecord {
    pub(super) name: u16,
    pub(super) shape: u16,
    pub(super) default: u16,
    pub(super) mask: u8,
    pub(super) required: bool,
}

/// Field by number.
pub(super) fn field(number: u16) -> FieldRecord {
    let at = FIELDS.0 + number as usize * 8;
    FieldRecord {
        name: half(at),
        shape: half(at + 2),
        default: half(at + 4),
        mask: byte(at + 6),
        required: byte(at + 7) & 1 == 1,
    }
}

/// The first eight bytes of each field's name as one number, so that most steps of a search compare numbers.
fn prefixes() -> &'static [u64] {
    static PREFIXES: OnceLock<Box<[u64]>> = OnceLock::new();
    PREFIXES.get_or_init(|| (0..FIELDS.1).map(|at| prefix(string(half(FIELDS.0 + at * 8)))).collect())
}

/// Orders as the text does as far as it goes.
fn prefix(text: &str) -> u64 {
    let mut bytes = [0; 8];
    bytes.iter_mut().zip(text.bytes()).for_each(|(to, from)| *to = from);
    u64::from_be_bytes(bytes)
}

/// The form that `bit` has of the field called `name` among `range`, which is sorted by name.
pub(super) fn find_field(range: std::ops::Range<u16>, name: &str, bit: u8) -> Option<u16> {
    let prefixes = prefixes().get(range.start as usize..range.end as usize)?;
    let wanted = prefix(name);
    let first = range.start + prefixes.partition_point(|&prefix| prefix < wanted) as u16;
    // What begins alike stands together; a name may have several forms.
    for (number, _) in (first..range.end)
        .zip(prefixes.get((first - range.start) as usize..)?.iter())
        .take_while(|(_, prefix)| **prefix == wanted)
    {
        let record = field(number);
        if record.mask & bit != 0 && string(record.name) == name {
            return Some(number);
        }
    }
    None
}

/// One kind.
#[derive(Clone, Copy)]
pub(super) struct KindRecord {
    pub(super) kind: u16,
    pub(super) group: u16,
    pub(super) version: u16,
    pub(super) type_number: u16,
    pub(super) resource: u16,
    pub(super) mask: u8,
    pub(super) default_mask: u8,
    pub(super) namespaced: bool,
}

/// Kind by number; they are sorted by kind, group, version.
pub(super) fn kind(number: u16) -> KindRecord {
    let at = KINDS.0 + number as usize * 14;
    KindRecord {
        kind: half(at),
        group: half(at + 2),
        version: half(at + 4),
        type_number: half(at + 6),
        resource: half(at + 8),
        mask: byte(at + 10),
        default_mask: byte(at + 11),
        namespaced: byte(at + 12) & 1 == 1,
    }
}

/// The first kind called `name`; the number of kinds if there is none.
pub(super) fn first_kind(name: &str) -> u16 {
    // Asked several times for every object.
    static FIRST: OnceLock<HashMap<&'static str, u16>> = OnceLock::new();
    let first = FIRST.get_or_init(|| {
        // Backwards: of the kinds of one name, which stand together, the first one stays.
        (0..KIND_COUNT).rev().map(|number| (string(half(KINDS.0 + number as usize * 14)), number)).collect()
    });
    first.get(name).copied().unwrap_or(KIND_COUNT)
}

/// One resource or subresource.
#[derive(Clone, Copy)]
pub(super) struct ResourceRecord {
    pub(super) group: u16,
    pub(super) version: u16,
    pub(super) name: u16,
    pub(super) kind: u16,
    pub(super) verbs: u16,
    pub(super) mask: u8,
    pub(super) namespaced: bool,
    pub(super) default_mask: u8,
}

/// Resource by number; they are sorted by group, version, name.
pub(super) fn resource(number: u16) -> ResourceRecord {
    let at = RESOURCES.0 + number as usize * 14;
    ResourceRecord {
        group: half(at),
        version: half(at + 2),
        name: half(at + 4),
        kind: half(at + 6),
        verbs: half(at + 8),
        mask: byte(at + 10),
        namespaced: byte(at + 11) & 1 == 1,
        default_mask: byte(at + 12),
    }
}

//! Tests over many bytes at once.

/// Whether there is nothing in the text that ends lines in unusual ways, that upstream refuses, or that upstream
/// treats by its place in the read buffer: control characters, lone `\r`, U+0085, U+2028, U+2029, U+FEFF, U+FFFE.
pub(super) fn is_plain(text: &[u8]) -> bool {
    let (mut control, mut returns, mut high) = (false, false, false);
    for block in text.chunks(64) {
        for &byte in block {
            control |= byte < b' ' && byte != b'\n' && byte != b'\t' && byte != b'\r';
            control |= byte == 0x7F;
            returns |= byte == b'\r';
            high |= byte >= 0x80;
        }
        if control {
            return false;
        }
    }
    (!returns || returns_are_plain(text)) && (!high || high_is_plain(text))
}

/// Whether every `\r` is part of one `\r\n`.
fn returns_are_plain(text: &[u8]) -> bool {
    memchr::memchr_iter(b'\r', text).all(|at| text.get(at + 1) == Some(&b'\n'))
}

fn high_is_plain(text: &[u8]) -> bool {
    memchr::memchr3_iter(0xC2, 0xE2, 0xEF, text).all(|at| {
        let (second, third) =
            (text.get(at + 1).copied().unwrap_or(0), text.get(at + 2).copied().unwrap_or(0));
        match text.get(at) {
            Some(0xC2) => second >= 0xA0,
            Some(0xE2) => second != 0x80 || !matches!(third, 0xA8 | 0xA9),
            // A byte order mark is fine where the text begins.
            _ => match (second, third) {
                (0xBB, 0xBF) => at == 0,
                (0xBF, 0xBE | 0xBF) => false,
                _ => true,
            },
        }
    })
}

/// A hash of a key: equal keys have equal hashes.
#[inline]
pub(super) fn hash(key: &[u8]) -> u32 {
    let (words, rest) = key.as_chunks::<8>();
    let mut hash = key.len() as u64;
    let mut mix = |word: u64| hash = (hash ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29);
    for word in words {
        mix(u64::from_le_bytes(*word));
    }
    let mut last = [0; 8];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    mix(u64::from_le_bytes(last));
    (hash ^ (hash >> 32)) as u32
}

/// Whether two of the hashes are equal.
#[inline]
pub(super) fn has_repeats(hashes: &[u32]) -> bool {
    if hashes.len() <= 24 {
        return hashes
            .iter()
            .enumerate()
            .any(|(at, hash)| hashes.get(..at).is_some_and(|before| before.contains(hash)));
    }
    let mut sorted = hashes.to_vec();
    sorted.sort_unstable();
    sorted.windows(2).any(|pair| matches!(pair, [a, b] if a == b))
}

/// Whether a plain scalar may begin with this byte, whatever follows. `-` depends on the next byte.
pub(super) const fn starts_plain(byte: u8) -> bool {
    byte >= 0x80
        || matches!(byte, b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'/' | b'.' | b'$' | b'(' | b')'
        | b'+' | b'<' | b'=' | b'~' | b'^' | b';' | b'\\')
}

/// The bytes at which a plain scalar has to be looked at: `PLAIN` outside, `FLOW` inside of brackets.
const fn stops(flow: bool) -> [bool; 256] {
    let mut table = [false; 256];
    let bytes: &[u8] = if flow { b"\n\r\t:#,?[]{}" } else { b"\n\r\t:#" };
    let mut at = 0;
    while at < bytes.len() {
        table[bytes[at] as usize] = true;
        at += 1;
    }
    table
}

/// See [`stops`].
pub(super) const PLAIN: [bool; 256] = stops(false);
/// See [`stops`].
pub(super) const FLOW: [bool; 256] = stops(true);

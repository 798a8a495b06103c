//! Packets of SCTP (RFC 9260) by hand: kernels may lack its sockets, but not the rules for its ports.

pub(crate) const INIT: u8 = 1;
pub(crate) const INIT_ACK: u8 = 2;
const ABORT: u8 = 6;

/// A packet with one INIT or INIT ACK chunk. `tag`: the other side's verification tag, 0 for INIT.
pub(crate) fn packet(chunk: u8, source: u16, target: u16, tag: u32) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(32);
    bytes.extend(source.to_be_bytes());
    bytes.extend(target.to_be_bytes());
    bytes.extend(tag.to_be_bytes());
    bytes.extend([0; 4]);
    bytes.extend([chunk, 0, 0, 20]);
    // Initiate tag, receiver window, numbers of streams, first sequence number.
    bytes.extend(0x5ea0_0001_u32.to_be_bytes());
    bytes.extend(65_536_u32.to_be_bytes());
    bytes.extend([0, 1, 0, 1]);
    bytes.extend(1_u32.to_be_bytes());
    let sum = checksum(&bytes).to_le_bytes();
    bytes[8..12].copy_from_slice(&sum);
    bytes
}

/// What a packet is.
pub(crate) struct Header {
    pub(crate) source: u16,
    pub(crate) target: u16,
    pub(crate) chunk: u8,
    /// The tag that an answer must carry.
    pub(crate) initiate: u32,
}

impl Header {
    /// Reads what a raw socket gives: of IPv4 with the header of the packet.
    pub(crate) fn parse(bytes: &[u8], is_v4: bool) -> Option<Self> {
        let skip = if is_v4 { usize::from(bytes.first()? & 15) * 4 } else { 0 };
        let bytes = bytes.get(skip..)?;
        let port = |at: usize| Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
        let initiate = bytes.get(16..20).and_then(|tag| tag.try_into().ok()).map_or(0, u32::from_be_bytes);
        Some(Self { source: port(0)?, target: port(2)?, chunk: *bytes.get(12)?, initiate })
    }

    /// Whether it answers an INIT: a kernel with SCTP may abort what our listener has acknowledged.
    pub(crate) fn is_answer(&self) -> bool {
        matches!(self.chunk, INIT_ACK | ABORT)
    }
}

/// CRC32c, bit by bit.
fn checksum(bytes: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { sum >> 1 ^ 0x82F6_3B78 } else { sum >> 1 };
        }
    }
    !sum
}

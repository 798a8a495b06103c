//! PEM blocks as Go's `pem.Decode` finds them.

use seawall_model::decode::base64;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";

/// One block.
pub(crate) struct Block {
    /// What stands after `BEGIN`.
    pub(crate) kind: String,
    /// Whether there are header lines, as in encrypted keys.
    pub(crate) has_headers: bool,
    /// The content.
    pub(crate) bytes: Vec<u8>,
}

/// All blocks in order. Those whose lines or base64 are broken are skipped.
pub(crate) fn blocks(text: &str) -> Vec<Block> {
    let (mut out, mut open): (_, Option<(&str, String, bool)>) = (Vec::new(), None);
    for line in text.split('\n') {
        let line = line.trim_end_matches(['\r', ' ', '\t']);
        if let Some(kind) = line.strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix("-----")) {
            open = Some((kind, String::new(), false));
        } else if let Some(rest) = line.strip_prefix(END) {
            if let Some((kind, body, has_headers)) = open.take()
                && rest.strip_suffix("-----") == Some(kind)
                && let Some(bytes) = base64(&body)
            {
                out.push(Block { kind: kind.to_owned(), has_headers, bytes });
            }
        } else if let Some((_, body, has_headers)) = &mut open {
            if body.is_empty() && line.contains(':') {
                *has_headers = true;
            } else {
                body.extend(line.chars().filter(|c| !matches!(c, ' ' | '\t')));
            }
        }
    }
    out
}

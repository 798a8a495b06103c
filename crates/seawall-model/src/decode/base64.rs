//! Standard base64 as Go's `base64.StdEncoding` decodes it.

/// The bytes, or `None` where Go gives an error: line breaks are skipped, padding is required, unused bits of the
/// last character are ignored.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut quad, mut have, mut padding) = (0u32, 0usize, 0usize);
    for byte in text.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')) {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' if have + padding >= 2 && have >= 2 => {
                padding += 1;
                if have + padding > 4 {
                    return None;
                }
                continue;
            }
            _ => return None,
        };
        if padding > 0 {
            return None;
        }
        quad = quad << 6 | u32::from(value);
        have += 1;
        if have == 4 {
            out.extend_from_slice(&quad.to_be_bytes()[1..]);
            (quad, have) = (0, 0);
        }
    }
    match (have, padding) {
        (0, 0) => {}
        (2, 2) => out.push((quad >> 4) as u8),
        (3, 1) => out.extend_from_slice(&((quad >> 2) as u16).to_be_bytes()),
        _ => return None,
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn decodes_as_go_does() {
        for (text, bytes) in [
            ("", &b""[..]),
            ("YQ==", b"a"),
            ("YWI=", b"ab"),
            ("YWJj", b"abc"),
            ("Y\nQ=\r\n=", b"a"),
            ("YR==", b"a"),
        ] {
            assert_eq!(decode(text).as_deref(), Some(bytes), "{text}");
        }
        for text in ["Y", "YQ", "YQ=", "YQ===", "=", "==", "YWJj=", "YWI=YQ==", "Y Q==", "Y-==", "YQ==YQ=="] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}

//! A ClientHello of our own, for what no TLS library offers any more: TLS 1.0, 1.1, and weak ciphers (RFC 5246, 7.4.1.2).

use super::ProbeTarget;
use super::wire::{connect, read_until};
use std::io::{ErrorKind, Write};

/// TLS 1.0, 1.1, 1.2 as on the wire.
pub(super) const TLS_1_0: u16 = 0x0301;
pub(super) const TLS_1_1: u16 = 0x0302;
pub(super) const TLS_1_2: u16 = 0x0303;

/// Ciphers that servers of TLS 1.0 and 1.1 have.
pub(super) const OLD: &[u16] = &[0xc013, 0xc014, 0xc009, 0xc00a, 0x002f, 0x0035, 0xc012, 0x000a];
/// Without forward secrecy, or broken: RSA key exchange, 3DES, RC4 (RFC 9325, 4.1 and 4.2).
pub(super) const WEAK: &[u16] =
    &[0x009c, 0x009d, 0x003c, 0x003d, 0x002f, 0x0035, 0xc012, 0xc008, 0x000a, 0xc011, 0xc007, 0x0005, 0x0004];

/// What the server says to an offer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Answer {
    /// It takes it, with this cipher.
    Taken(u16),
    /// It does not.
    Refused(String),
    /// It does not speak TLS.
    NotTls,
    /// It cannot be known.
    Unknown(String),
}

/// Offers one version with some ciphers.
pub(super) fn offer(target: &ProbeTarget, version: u16, ciphers: &[u16]) -> Answer {
    let mut stream = match connect(target) {
        Ok(stream) => stream,
        Err(silence) => return Answer::Unknown(silence.words().to_owned()),
    };
    if let Err(error) = stream.write_all(&client_hello(version, ciphers, &target.host)) {
        return Answer::Unknown(error.to_string());
    }
    let (bytes, error) = read_until(&mut stream, |bytes| answer(bytes, version).is_some());
    let closed = error.as_ref().is_none_or(|error| {
        matches!(
            error.kind(),
            ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe
        )
    });
    match answer(&bytes, version) {
        Some(answer) => answer,
        None if bytes.is_empty() && closed => Answer::Refused("the connection was closed".into()),
        None => {
            Answer::Unknown(error.map_or_else(|| "no whole answer came".into(), |error| error.to_string()))
        }
    }
}

/// The record with the message.
fn client_hello(version: u16, ciphers: &[u16], host: &str) -> Vec<u8> {
    let mut body = version.to_be_bytes().to_vec();
    // Nothing is agreed upon, so nothing depends on the random number.
    body.extend([0x5a; 32]);
    body.push(0);
    list(&mut body, ciphers);
    body.extend([1, 0]);
    let mut extensions = Vec::new();
    if host.parse::<std::net::IpAddr>().is_err() && host.len() < 256 {
        let name = host.as_bytes();
        let length = name.len() as u16;
        let mut sni = (length + 3).to_be_bytes().to_vec();
        sni.push(0);
        sni.extend(length.to_be_bytes());
        sni.extend(name);
        extension(&mut extensions, 0, &sni);
    }
    // Curves, uncompressed points.
    extension(&mut extensions, 10, &[0, 6, 0, 29, 0, 23, 0, 24]);
    extension(&mut extensions, 11, &[1, 0]);
    if version >= TLS_1_2 {
        extension(&mut extensions, 13, &[0, 12, 4, 1, 4, 3, 8, 4, 5, 1, 2, 1, 2, 3]);
    }
    body.extend((extensions.len() as u16).to_be_bytes());
    body.extend(extensions);
    let mut message = vec![1, 0];
    message.extend((body.len() as u16).to_be_bytes());
    message.extend(body);
    let mut record = vec![22];
    record.extend(TLS_1_0.to_be_bytes());
    record.extend((message.len() as u16).to_be_bytes());
    record.extend(message);
    record
}

fn list(out: &mut Vec<u8>, numbers: &[u16]) {
    out.extend((numbers.len() as u16 * 2).to_be_bytes());
    out.extend(numbers.iter().flat_map(|number| number.to_be_bytes()));
}

fn extension(out: &mut Vec<u8>, number: u16, data: &[u8]) {
    out.extend(number.to_be_bytes());
    out.extend((data.len() as u16).to_be_bytes());
    out.extend(data);
}

/// What the first record says; `None` until it is whole.
fn answer(bytes: &[u8], version: u16) -> Option<Answer> {
    let word = |at: usize| Some(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]));
    match bytes.first()? {
        // Alert: level, description.
        21 => Some(Answer::Refused(format!("alert {}", bytes.get(6)?))),
        22 => {
            // ServerHello: type, length of 3, version, random of 32, session id, cipher.
            if *bytes.get(5)? != 2 {
                return Some(Answer::Unknown("the first message is no ServerHello".into()));
            }
            let chosen = word(9)?;
            let session = usize::from(*bytes.get(43)?);
            let cipher = word(44 + session)?;
            Some(if chosen == version {
                Answer::Taken(cipher)
            } else {
                Answer::Refused(format!("it answers with version {chosen:#06x}"))
            })
        }
        _ => Some(Answer::NotTls),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_servers() {
        let mut hello = vec![22, 3, 1, 0, 50, 2, 0, 0, 46, 3, 1];
        hello.extend([0; 32]);
        hello.extend([0, 0xc0, 0x13, 0]);
        assert_eq!(answer(&hello, TLS_1_0), Some(Answer::Taken(0xc013)));
        assert!(matches!(answer(&hello, TLS_1_1), Some(Answer::Refused(_))));
        for end in 0..hello.len() - 1 {
            assert_eq!(answer(&hello[..end], TLS_1_0), None, "{end}");
        }
        assert_eq!(answer(&[21, 3, 1, 0, 2, 2, 70], TLS_1_0), Some(Answer::Refused("alert 70".into())));
        assert_eq!(answer(b"HTTP/1.0 400 Bad Request\r\n", TLS_1_0), Some(Answer::NotTls));
        let mut seed = 1_u64;
        for _ in 0..100_000 {
            let bytes: Vec<u8> = (0..seed as usize % 90)
                .map(|_| {
                    seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    (seed >> 33) as u8
                })
                .collect();
            seed = seed.wrapping_add(1);
            let _ = answer(&bytes, TLS_1_2);
        }
    }
}

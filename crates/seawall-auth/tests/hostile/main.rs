//! Broken certificates, tokens, requests and selectors: no panic, and nobody gets in. What `fuzz/` does without end,
//! with a fixed seed and number of rounds.

mod judge;

use judge::judge;

const SEEDS: [&str; 7] = [
    "eyJhbGciOiJSUzI1NiIsImtpZCI6ImEifQ.eyJpc3MiOiJodHRwczovL2EiLCJzdWIiOiJzeXN0ZW06c2VydmljZWFjY291bnQ6YTpiIn0.AAAA",
    "abcdef.0123456789abcdef",
    "-----BEGIN CERTIFICATE-----\nMIIBAjCBqqADAgECAgEBMAoGCCqGSM49BAMCMAwxCjAIBgNVBAMMAWEwHhcNMjYw\n-----END CERTIFICATE-----\n",
    "token,user,uid,\"group1,group2\"\nother,\"a\"\"b\",1\n",
    "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"a\",\"n\":\"AQAB\",\"e\":\"AQAB\"},{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}]}",
    "/api/v1/namespaces/a%2Fb/pods/c/exec?watch=1&fieldSelector=metadata.name=a,b!=c&labelSelector=x%20in%20(a,b)",
    "a in (b,c),!d,e>1,f=g",
];

/// A pseudorandom number below `bound` (Knuth's multiplier).
fn below(state: &mut u64, bound: usize) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) as usize % bound.max(1)
}

fn mutate(seed: &str, state: &mut u64) -> Vec<u8> {
    let mut bytes = seed.as_bytes().to_vec();
    for _ in 0..=below(state, 4) {
        let at = below(state, bytes.len() + 1);
        match below(state, 5) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, below(state, 256) as u8),
            2 if at < bytes.len() => drop(bytes.remove(at)),
            3 if at < bytes.len() => bytes[at] = b"\0\xff\xc3%.,=\"{}[]\n"[below(state, 13)],
            _ => bytes.extend_from_within(at..),
        }
    }
    bytes
}

#[test]
fn broken_credentials_and_requests_let_nobody_in() {
    let mut state = 2_026;
    for round in 0..4_000 {
        let data = mutate(SEEDS[round % SEEDS.len()], &mut state);
        judge(&data);
        // Most readers want text.
        judge(String::from_utf8_lossy(&data).as_bytes());
    }
}

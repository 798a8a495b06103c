//! What of a request authentication looks at.

use super::certificate::Certificate;

/// The headers of a request, in order; names are compared without case.
#[derive(Clone, Copy)]
pub struct Headers<'a>(&'a [(&'a str, &'a str)]);

impl core::fmt::Debug for Headers<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        // Values may be tokens.
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

impl<'a> Headers<'a> {
    /// Names and values, one entry for each line.
    pub fn new(lines: &'a [(&'a str, &'a str)]) -> Self {
        Self(lines)
    }

    /// All of them.
    pub fn iter(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().copied()
    }

    /// The values of a header in order.
    pub fn all(self, name: &str) -> impl Iterator<Item = &'a str> {
        self.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The first value of a header.
    pub fn first(self, name: &str) -> Option<&'a str> {
        self.all(name).next()
    }

    /// Whether the request asks for an upgrade to WebSocket (`k8s.io/streaming`, `IsWebSocketRequest`).
    pub fn is_websocket(self) -> bool {
        self.first("Upgrade").unwrap_or("").eq_ignore_ascii_case("websocket")
            && self.all("Connection").any(|value| value.to_lowercase().contains("upgrade"))
    }
}

/// A request as the authenticators see it.
#[derive(Clone, Copy, Debug)]
pub struct CredentialRequest<'a> {
    /// What the client sent in the TLS handshake, its own certificate first.
    pub certificates: &'a [Certificate],
    /// The headers.
    pub headers: Headers<'a>,
    /// The path, percent-decoded; `None` in a TokenReview, where there is none.
    pub path: Option<&'a str>,
}

/// The token of an `Authorization` header, if it is one that the API server looks at.
pub(super) fn bearer_token(header: Option<&str>) -> Option<&str> {
    let text = header?.trim();
    let mut parts = text.splitn(3, ' ');
    let scheme = parts.next()?;
    let token = parts.next()?;
    (scheme.to_lowercase() == "bearer" && !token.is_empty()).then_some(token)
}

/// The token of a WebSocket subprotocol; upstream's error where it is malformed.
pub(super) fn websocket_token(headers: Headers<'_>) -> Result<Option<String>, &'static str> {
    const PREFIX: &str = "base64url.bearer.authorization.k8s.io.";
    if !headers.is_websocket() {
        return Ok(None);
    }
    let (mut token, mut others) = (None, false);
    for protocol in headers.all("Sec-WebSocket-Protocol").flat_map(|value| value.split(',')) {
        let Some(encoded) = protocol.trim().strip_prefix(PREFIX) else {
            others = true;
            continue;
        };
        if token.is_some() {
            return Err("multiple base64.bearer.authorization tokens specified");
        }
        let decoded = super::jwt::decode_raw_url(encoded)
            .ok_or("invalid base64.bearer.authorization token encoding")?;
        token = Some(String::from_utf8(decoded).map_err(|_| "invalid base64.bearer.authorization token")?);
    }
    match token.filter(|token| !token.is_empty()) {
        Some(_) if !others => Err("missing additional subprotocol"),
        token => Ok(token),
    }
}

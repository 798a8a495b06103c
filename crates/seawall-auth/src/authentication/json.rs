//! JSON as Go reads it in tokens: `encoding/json` and go-jose's fork of it.
//!
//! Not serde_json: repeated keys have to be seen (the fork refuses them, the standard library takes the last),
//! broken UTF-8 and lone surrogates become U+FFFD, and numbers keep their text.

use seawall_model::JsonCursor;

/// Deeper values are not read.
const MAX_DEPTH: usize = 128;

/// A JSON value; objects keep order and repetitions.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    /// As written.
    Number(String),
    String(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// Why a text is not read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum JsonError {
    /// It is no JSON.
    Syntax,
    /// It is nested deeper than is read here; Go may take it.
    TooDeep,
}

impl Json {
    /// Reads the whole text.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, JsonError> {
        let mut reader = Reader { text: JsonCursor::new(text) };
        let value = reader.value(MAX_DEPTH)?;
        reader.text.space();
        if reader.text.is_at_end() { Ok(value) } else { Err(JsonError::Syntax) }
    }

    /// The entries of an object; `None` for other values.
    pub(crate) fn entries(&self) -> Option<&[(String, Self)]> {
        match self {
            Self::Object(entries) => Some(entries),
            _ => None,
        }
    }

    /// The last value of this key.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.entries()?.iter().rev().find(|(known, _)| known == key).map(|(_, value)| value)
    }

    /// The text of a string.
    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The word for its type in Go's errors.
    pub(crate) fn type_word(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "bool",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
        }
    }
}

struct Reader<'a> {
    text: JsonCursor<'a>,
}

impl Reader<'_> {
    fn take(&mut self) -> Result<u8, JsonError> {
        self.text.next_byte().ok_or(JsonError::Syntax)
    }

    /// Goes over the byte that is known to be next, and the space behind; whether `end` follows, which is taken.
    fn open(&mut self, end: u8) -> bool {
        self.text.next_byte();
        self.text.space();
        self.text.word(&[end]).is_some()
    }

    fn word(&mut self, word: &str, value: Json) -> Result<Json, JsonError> {
        self.text.word(word.as_bytes()).map(|()| value).ok_or(JsonError::Syntax)
    }

    fn value(&mut self, depth: usize) -> Result<Json, JsonError> {
        self.text.space();
        match self.text.peek().ok_or(JsonError::Syntax)? {
            b'n' => self.word("null", Json::Null),
            b't' => self.word("true", Json::Bool(true)),
            b'f' => self.word("false", Json::Bool(false)),
            b'"' => self.string().map(Json::String),
            b'[' => self.array(depth.checked_sub(1).ok_or(JsonError::TooDeep)?),
            b'{' => self.object(depth.checked_sub(1).ok_or(JsonError::TooDeep)?),
            _ => self.text.number().map(|text| Json::Number(text.to_owned())).ok_or(JsonError::Syntax),
        }
    }

    fn array(&mut self, depth: usize) -> Result<Json, JsonError> {
        let mut items = Vec::new();
        if self.open(b']') {
            return Ok(Json::Array(items));
        }
        loop {
            items.push(self.value(depth)?);
            self.text.space();
            match self.take()? {
                b',' => {}
                b']' => return Ok(Json::Array(items)),
                _ => return Err(JsonError::Syntax),
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json, JsonError> {
        let mut entries = Vec::new();
        if self.open(b'}') {
            return Ok(Json::Object(entries));
        }
        loop {
            self.text.space();
            if self.text.peek() != Some(b'"') {
                return Err(JsonError::Syntax);
            }
            let key = self.string()?;
            self.text.space();
            if self.take()? != b':' {
                return Err(JsonError::Syntax);
            }
            entries.push((key, self.value(depth)?));
            self.text.space();
            match self.take()? {
                b',' => {}
                b'}' => return Ok(Json::Object(entries)),
                _ => return Err(JsonError::Syntax),
            }
        }
    }

    fn string(&mut self) -> Result<String, JsonError> {
        self.text.next_byte();
        let mut out = Vec::new();
        loop {
            match self.take()? {
                b'"' => {
                    let text = String::from_utf8(out);
                    return Ok(
                        text.unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
                    );
                }
                b'\\' => {
                    let escaped = self.escape()?;
                    out.extend_from_slice(escaped.encode_utf8(&mut [0; 4]).as_bytes());
                }
                byte if byte < b' ' => return Err(JsonError::Syntax),
                byte => out.push(byte),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        Ok(match self.take()? {
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            byte @ (b'"' | b'\\' | b'/') => char::from(byte),
            b'u' => {
                let first = self.hex4()?;
                let pair = |low: u32| 0x10000 + ((first - 0xd800) << 10) + (low - 0xdc00);
                let back = self.text.position();
                if (0xd800..0xdc00).contains(&first) && self.text.word(b"\\u").is_some() {
                    let low = self.hex4()?;
                    if (0xdc00..0xe000).contains(&low) {
                        return Ok(char::from_u32(pair(low)).unwrap_or(char::REPLACEMENT_CHARACTER));
                    }
                    self.text.rewind(back);
                }
                char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            _ => return Err(JsonError::Syntax),
        })
    }

    fn hex4(&mut self) -> Result<u32, JsonError> {
        self.text.hex4().ok_or(JsonError::Syntax)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_go_reads() {
        let text = |json: &[u8]| Json::parse(json).unwrap().as_str().unwrap().to_owned();
        assert_eq!(text(br#""a\u00e9\ud83d\ude00\/""#), "aé😀/");
        assert_eq!(text(br#""\ud800x""#), "\u{fffd}x");
        assert_eq!(text(br#""\ud800\u0041""#), "\u{fffd}A");
        assert_eq!(text(b"\"\xff\""), "\u{fffd}");
        let object = Json::parse(br#" {"a":1,"a":[true,null,-0.5e+1]} "#).unwrap();
        assert_eq!(object.entries().unwrap().len(), 2);
        assert_eq!(object.get("a").unwrap().type_word(), "array");
        for broken in
            ["", "{", "{\"a\"}", "[1,]", "01", "1.", "nul", "\"\n\"", "\"\\x\"", "{} {}", "{a:1}", "+1", ".5"]
        {
            assert_eq!(Json::parse(broken.as_bytes()), Err(JsonError::Syntax), "{broken}");
        }
        let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(Json::parse(nested(MAX_DEPTH).as_bytes()).is_ok());
        assert_eq!(Json::parse(nested(100_000).as_bytes()), Err(JsonError::TooDeep));
    }
}

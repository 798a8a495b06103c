//! JSON that is also safe on a terminal: C1 and bidirectional controls are written as `\u` escapes, which every
//! parser reads back unchanged.

use serde_json::ser::{Formatter, PrettyFormatter};
use std::io::{self, Write};

use super::is_hidden;

fn fragment<W: ?Sized + Write>(writer: &mut W, text: &str) -> io::Result<()> {
    if text.is_ascii() && !text.contains('\u{7f}') {
        return writer.write_all(text.as_bytes());
    }
    let mut from = 0;
    for (at, c) in text.char_indices().filter(|&(_, c)| is_hidden(c)) {
        writer.write_all(text.get(from..at).unwrap_or("").as_bytes())?;
        for unit in c.encode_utf16(&mut [0; 2]) {
            write!(writer, "\\u{unit:04x}")?;
        }
        from = at + c.len_utf8();
    }
    writer.write_all(text.get(from..).unwrap_or("").as_bytes())
}

/// One line.
pub(crate) struct Compact;

impl Formatter for Compact {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, text: &str) -> io::Result<()> {
        fragment(writer, text)
    }
}

/// Indented.
#[derive(Default)]
pub(crate) struct Pretty(PrettyFormatter<'static>);

impl Formatter for Pretty {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, text: &str) -> io::Result<()> {
        fragment(writer, text)
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Serialize;

    #[test]
    fn hidden_characters_survive_as_escapes() {
        let text = "a\u{1b}[1m\u{9b}\u{202e}\u{e0041}é\"\n";
        let mut out = Vec::new();
        text.serialize(&mut serde_json::Serializer::with_formatter(&mut out, Compact)).unwrap();
        let json = String::from_utf8(out).unwrap();
        assert_eq!(json, r#""a\u001b[1m\u009b\u202e\udb40\udc41é\"\n""#);
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}

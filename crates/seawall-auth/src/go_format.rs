//! What Go's `fmt` makes of a text that is taken for a format without arguments (`fmt/print.go`, `doPrintf`).
//!
//! Up to Kubernetes 1.31 a refusal went through `fmt.Errorf(text)`, so that a `%` in a path or name shows as
//! `%!x(MISSING)` (`responsewriters/errors.go`; mended in 1.32).

/// The text as `fmt.Errorf(text).Error()` gives it.
pub(crate) fn errorf(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, directive)) = rest.split_once('%') {
        out.push_str(before);
        let mut directive = Directive { rest: directive, bad_index: false };
        directive.read(&mut out);
        rest = directive.rest;
    }
    out + rest
}

/// What follows a `%`.
struct Directive<'t> {
    rest: &'t str,
    /// An argument was asked for by number: there is none.
    bad_index: bool,
}

impl Directive<'_> {
    fn read(&mut self, out: &mut String) {
        self.rest = self.rest.trim_start_matches(['#', '0', '+', '-', ' ']);
        self.index();
        self.number(out, "%!(BADWIDTH)");
        if let Some(rest) = self.rest.strip_prefix('.') {
            self.rest = rest;
            self.index();
            self.number(out, "%!(BADPREC)");
        }
        self.index();
        let mut chars = self.rest.chars();
        match chars.next() {
            None => out.push_str("%!(NOVERB)"),
            Some('%') => out.push('%'),
            Some(verb) => {
                out.push_str("%!");
                out.push(verb);
                out.push_str(if self.bad_index { "(BADINDEX)" } else { "(MISSING)" });
            }
        }
        self.rest = chars.as_str();
    }

    /// `[3]`: no such argument; without a closing bracket the bracket alone is read.
    fn index(&mut self) {
        if let Some(rest) = self.rest.strip_prefix('[') {
            self.bad_index = true;
            // Fewer than three characters cannot be an index (`parseArgNumber`).
            let end = if self.rest.len() < 3 { None } else { rest.find(']') };
            self.rest = end.and_then(|end| rest.get(end + 1..)).unwrap_or(rest);
        }
    }

    /// A width or precision; `*` takes it from an argument that is not there.
    fn number(&mut self, out: &mut String, missing: &str) {
        if let Some(rest) = self.rest.strip_prefix('*') {
            self.rest = rest;
            out.push_str(missing);
            return;
        }
        let digits = self.rest.len() - self.rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        // `parsenum` gives up on more than a million: then nothing of the text is left to be a verb.
        let mut value: u64 = 0;
        for digit in self.rest.bytes().take(digits) {
            if value > 1_000_000 {
                self.rest = "";
                return;
            }
            value = value * 10 + u64::from(digit - b'0');
        }
        self.rest = self.rest.get(digits..).unwrap_or("");
    }
}

#[cfg(test)]
mod tests {
    use super::errorf;

    #[test]
    fn as_go_formats_without_arguments() {
        // Each right side was printed by Go 1.26.
        for (text, gives) in [
            ("plain é", "plain é"),
            ("100%", "100%!(NOVERB)"),
            ("a%%b", "a%b"),
            ("/%\" x", "/%!\"(MISSING) x"),
            ("%/s", "%!/(MISSING)s"),
            ("%é", "%!é(MISSING)"),
            ("%-05.2d|", "%!d(MISSING)|"),
            ("%*d", "%!(BADWIDTH)%!d(MISSING)"),
            ("%.*d", "%!(BADPREC)%!d(MISSING)"),
            ("%[1]d", "%!d(BADINDEX)"),
            ("%[x]d", "%!d(BADINDEX)"),
            ("%[d", "%!d(BADINDEX)"),
            ("%[dx", "%!d(BADINDEX)x"),
            ("%[", "%!(NOVERB)"),
            ("%12345678d", "%!(NOVERB)"),
            ("%!", "%!!(MISSING)"),
            ("% x", "%!x(MISSING)"),
        ] {
            assert_eq!(errorf(text), gives, "{text}");
        }
    }
}

//! Text in Markdown as GitHub and GitLab read it: no markup, no links, no mentions, no broken tables.

use super::line;

/// Our messages put names in backquotes; those become code spans, everything else is escaped. Whatever a name
/// holds, nothing but code spans and text comes out, on one line.
pub fn markdown(text: &str) -> String {
    let text = line(text);
    let mut out = String::with_capacity(text.len() + 16);
    let mut parts = text.split('`').peekable();
    let mut inside = false;
    while let Some(part) = parts.next() {
        // The last part after an odd number of backquotes has no end: it is text.
        if inside && parts.peek().is_some() {
            push_code(&mut out, part);
        } else {
            if inside {
                out.push_str("\\`");
            }
            push_text(&mut out, part);
        }
        inside = !inside;
    }
    out
}

/// A code span; `part` holds no backquote.
fn push_code(out: &mut String, part: &str) {
    if part.trim().is_empty() {
        // Not a code span in Markdown: show it as the quotes it was.
        out.push_str("\\`");
        out.push_str(part);
        out.push_str("\\`");
        return;
    }
    out.push('`');
    // In tables a bar ends the cell even inside of code.
    out.push_str(&part.replace('|', "\\|"));
    out.push('`');
}

fn push_text(out: &mut String, part: &str) {
    let mut before = '\0';
    let mut rest = part.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\\' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '!' | '|' | '~' | '$' | '^'
            | '=' => {
                out.push('\\');
                out.push(c);
            }
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // Mentions and mail addresses are found after rendering; alone in a code span it is neither.
            '@' => out.push_str("`@`"),
            // No automatic links.
            ':' if rest.peek() == Some(&'/') => out.push_str("\\:"),
            '.' if before == 'w' || before == 'W' => out.push_str("\\."),
            _ => out.push(c),
        }
        before = c;
    }
}

/// A fence of backquotes longer than any run of them in `text`.
pub(crate) fn code_fence(text: &str) -> String {
    let mut longest = 0;
    let mut run = 0;
    for byte in text.bytes() {
        run = if byte == b'`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    "`".repeat(longest.max(2) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_code_the_rest_is_text() {
        assert_eq!(markdown("container `app` runs privileged."), "container `app` runs privileged.");
        assert_eq!(
            markdown("a|b <b>x</b> [l](http://e) @all"),
            "a\\|b &lt;b&gt;x&lt;/b&gt; \\[l\\]\\(http\\://e\\) `@`all"
        );
        assert_eq!(markdown("name `a|b` www.x"), "name `a\\|b` www\\.x");
    }

    #[test]
    fn stray_backquotes_cannot_open_anything() {
        assert_eq!(markdown("`a` [x](y) `"), "`a` \\[x\\]\\(y\\) \\`");
        assert_eq!(markdown("`` <x>"), "\\`\\` &lt;x&gt;");
        assert_eq!(code_fence("a ```` b"), "`````");
        assert_eq!(code_fence("a"), "```");
    }
}

//! The words a container runs: `command` and `args` with Kubernetes' `$(VAR)` expansion
//! (third_party/forked/golang/expansion/expand.go), and the words of a shell script given by `sh -c`.

use crate::At;
use seawall_yaml::NodeId;
use std::collections::HashMap;

/// One word of a command line.
#[derive(Clone, Debug)]
pub(super) struct Word {
    /// The text after expansion.
    pub text: Box<str>,
    /// The node it stands in; every word of a script has the script's node.
    pub node: NodeId,
    /// False when a variable in it has no value in this input.
    pub known: bool,
}

/// Longer scripts are not looked into.
const SCRIPT_LIMIT: usize = 64 * 1024;

/// What is known of a container's environment.
pub(super) struct Environment<'a> {
    /// Literal values; `None` for those that come from elsewhere.
    values: HashMap<&'a str, Option<&'a str>>,
    /// `envFrom` may define any other name.
    open: bool,
}

impl<'a> Environment<'a> {
    pub(super) fn of(container: At<'a>) -> Self {
        let mut values = HashMap::new();
        for entry in container.key("env").items() {
            let Some(name) = entry.key("name").str() else { continue };
            let value = if entry.key("valueFrom").exists() {
                None
            } else {
                // A value may refer to other variables: then it is left open here.
                Some(entry.key("value").text().unwrap_or("")).filter(|text| !text.contains("$("))
            };
            values.insert(name, value);
        }
        Self { values, open: container.key("envFrom").items().next().is_some() }
    }

    pub(super) fn value(&self, name: &str) -> Option<Option<&'a str>> {
        self.values.get(name).copied()
    }

    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    /// `text` with `$(NAME)` replaced, and whether every name had a value. An undefined name stays as it is.
    fn expand(&self, text: &str) -> (Box<str>, bool) {
        if !text.contains('$') {
            return (text.into(), true);
        }
        let mut out = String::with_capacity(text.len());
        let mut known = true;
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            let (before, after) = rest.split_at(at);
            out.push_str(before);
            let after = &after[1..];
            if let Some(escaped) = after.strip_prefix('$') {
                out.push('$');
                rest = escaped;
            } else if let Some((name, tail)) = after.strip_prefix('(').and_then(|inner| inner.split_once(')'))
            {
                match self.value(name) {
                    Some(Some(value)) => out.push_str(value),
                    other => {
                        known &= other.is_none() && !self.open;
                        out.push_str("$(");
                        out.push_str(name);
                        out.push(')');
                    }
                }
                rest = tail;
            } else {
                out.push('$');
                rest = after;
            }
        }
        out.push_str(rest);
        (out.into(), known)
    }
}

/// The elements of `command` or `args` as words.
pub(super) fn of_list(list: At<'_>, environment: &Environment<'_>) -> Vec<Word> {
    list.items()
        .filter_map(|item| {
            let node = item.node()?.id();
            let (text, known) = environment.expand(item.text()?);
            Some(Word { text, node, known })
        })
        .collect()
}

/// The commands of a shell script, each a list of words; redirections are left out.
pub(super) fn of_script(script: &str, node: NodeId) -> Vec<Vec<Word>> {
    if script.len() > SCRIPT_LIMIT {
        return Vec::new();
    }
    let mut shell = Shell {
        commands: Vec::new(),
        words: Vec::new(),
        text: String::new(),
        open: false,
        known: true,
        node,
    };
    let mut quote = None;
    let mut letters = script.chars().peekable();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (Some('\''), '\'') | (Some('"'), '"') => quote = None,
            (Some('\''), _) => shell.push(letter),
            (_, '\\') => match letters.next() {
                Some('\n') | None => {}
                Some(next) => {
                    if quote == Some('"') && !matches!(next, '$' | '`' | '"' | '\\') {
                        shell.push('\\');
                    }
                    shell.push(next);
                }
            },
            (_, '$' | '`') => {
                shell.known = false;
                shell.push(letter);
                substitution(letter, &mut letters);
            }
            (Some(_), _) => shell.push(letter),
            (None, '\'' | '"') => {
                quote = Some(letter);
                shell.open = true;
            }
            (None, '#') if !shell.open => while letters.next_if(|&next| next != '\n').is_some() {},
            (None, '>' | '<') => {
                // `2>`, `1>>`: the number belongs to the redirection, and so does the word after it.
                if shell.text.bytes().all(|byte| byte.is_ascii_digit()) {
                    shell.text.clear();
                    shell.open = false;
                } else {
                    shell.end_word();
                }
                while letters.next_if(|next| matches!(next, '>' | '<' | '&' | ' ' | '\t')).is_some() {}
                while letters
                    .next_if(|next| !next.is_whitespace() && !matches!(next, ';' | '|' | '&'))
                    .is_some()
                {}
            }
            (None, '\n' | ';' | '|' | '&' | '(' | ')' | '{' | '}')
                if !(shell.open && matches!(letter, '{' | '}' | '(' | ')')) =>
            {
                shell.end_command();
            }
            (None, _) if letter.is_whitespace() => shell.end_word(),
            (None, _) => shell.push(letter),
        }
    }
    shell.end_command();
    shell.commands
}

/// Skips what a command substitution runs: it is one word, whatever stands in it.
fn substitution(opening: char, letters: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    if opening == '`' {
        for _ in letters.by_ref().take_while(|&letter| letter != '`') {}
    } else if letters.next_if_eq(&'(').is_some() {
        let mut depth = 1;
        while depth > 0
            && let Some(letter) = letters.next()
        {
            depth += match letter {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
        }
    }
}

struct Shell {
    commands: Vec<Vec<Word>>,
    words: Vec<Word>,
    text: String,
    open: bool,
    known: bool,
    node: NodeId,
}

impl Shell {
    fn push(&mut self, letter: char) {
        self.text.push(letter);
        self.open = true;
    }

    fn end_word(&mut self) {
        if self.open {
            let text = std::mem::take(&mut self.text).into();
            self.words.push(Word { text, node: self.node, known: self.known });
        }
        self.text.clear();
        self.open = false;
        self.known = true;
    }

    fn end_command(&mut self) {
        self.end_word();
        if !self.words.is_empty() {
            self.commands.push(std::mem::take(&mut self.words));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(script: &str) -> Vec<Vec<String>> {
        of_script(script, NodeId(0))
            .iter()
            .map(|words| words.iter().map(|word| word.text.to_string()).collect())
            .collect()
    }

    #[test]
    fn splits_as_a_shell_does() {
        assert_eq!(
            texts(
                "set -e; exec kube-apiserver --a='b c' \\\n --d=\"e\" 1>>/var/log/x 2>&1 # note\necho done"
            ),
            [vec!["set", "-e"], vec!["exec", "kube-apiserver", "--a=b c", "--d=e"], vec!["echo", "done"]]
        );
        let words = of_script("kubelet $FLAGS --x=${Y}", NodeId(0));
        assert_eq!(words[0].iter().map(|word| word.known).collect::<Vec<_>>(), [true, false, false]);
        let words = of_script("kubelet --x=$(hostname -i | (cat)) `a b` --y", NodeId(0));
        assert_eq!(words.len(), 1);
        assert_eq!(words[0].iter().map(|word| word.known).collect::<Vec<_>>(), [true, false, false, true]);
    }

    #[test]
    fn odd_scripts_end() {
        for script in ["'", "\"", "\\", ">", "$", "&&", "a > ", "{ ( ;"] {
            let _ = texts(script);
        }
    }
}

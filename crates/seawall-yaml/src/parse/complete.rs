//! The complete parser: everything that libyaml reads, as libyaml reads it.
//!
//! Slower than the fast one, and used where that one gives up. Scanner and parser follow libyaml's grammar (YAML 1.1)
//! in the form go-yaml v2 has it, down to what it accepts by mistake: the API server would accept it, too.

mod block_scalar;
mod decode;
mod parser;
mod properties;
mod raw;
mod reader;
mod scalars;
mod scanner;
mod token;

use super::chunk::Chunk;
use super::tape::Tape;
use crate::Span;

#[cfg(test)]
pub(super) use raw::MOST_RAW;

/// A refusal at a byte of the chunk's text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault {
    pub(crate) at: usize,
    pub(crate) message: &'static str,
}

/// Reads the first YAML document of the chunk. `None`: there is none.
pub(super) fn parse(chunk: &Chunk<'_>) -> Result<Option<Tape>, Fault> {
    let Some(tree) = parser::Parser::new(chunk.text()).document()? else { return Ok(None) };
    if tree.full {
        return Err(Fault { at: 0, message: super::TOO_MANY });
    }
    let comments = tree.comments.iter().map(|&(start, end)| chunk.span(start, end)).collect::<Vec<Span>>();
    let mut tape = decode::decode(&tree, chunk)?;
    tape.comments = comments;
    Ok(Some(tape))
}

//! `full`: for people. What is worst and what to type next comes first, then each finding with its lines.

mod block;
pub(crate) mod footer;
pub(crate) mod header;
mod rest;
pub(crate) mod statistics;

use crate::shown::Sources;
use crate::style::Paint;
use crate::view::View;
use crate::{Options, ScanResult, framework};
use std::io::{self, Write};

/// Results with more blocks than this begin with a header and end with what to do first.
const SHORT: usize = 10;

pub(crate) fn write(result: &ScanResult, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let view = View::new(result, options);
    let paint = Paint::new(options.color);
    let long = view.blocks.len() > SHORT || options.summary;
    if long {
        header::write(&view, paint, out)?;
    }
    if options.summary {
        return footer::details(&view, paint, out);
    }
    if options.statistics {
        statistics::write(&view, paint, out)?;
    } else if let Some(framework) = &result.framework {
        framework::write(&view, framework, paint, out)?;
    } else {
        blocks(&view, paint, out)?;
    }
    footer::details(&view, paint, out)?;
    if long {
        footer::first_things(&view, paint, out)?;
    }
    footer::counts(&view, paint, out)
}

fn blocks(view: &View<'_>, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let mut sources = Sources::default();
    let drawn = view.blocks.len().min(view.options.limit);
    let (draw, rest) = view.blocks.split_at(drawn);
    for block in draw {
        block::write(view, block, &mut sources, paint, out)?;
    }
    if rest.is_empty() { Ok(()) } else { rest::write(view, rest, paint, out) }
}

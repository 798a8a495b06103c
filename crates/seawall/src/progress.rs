//! Progress of long work, on standard error, only on a terminal, only after a second.

use crate::cli::Common;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// A bar that shows itself when the work takes longer than a second.
pub(crate) struct Progress {
    wanted: bool,
    start: Instant,
    bar: OnceLock<ProgressBar>,
}

impl Progress {
    pub(crate) fn new(common: &Common) -> Self {
        let quiet = common.quiet || common.no_progress || std::env::var_os("SEAWALL_NO_PROGRESS").is_some();
        Self {
            wanted: !quiet && std::io::stderr().is_terminal(),
            start: Instant::now(),
            bar: OnceLock::new(),
        }
    }

    pub(crate) fn report(&self, done: usize, all: usize) {
        if !self.wanted || self.start.elapsed() < Duration::from_secs(1) {
            return;
        }
        let bar = self.bar.get_or_init(|| {
            let bar = ProgressBar::with_draw_target(Some(all as u64), ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template("reading {bar:40} {pos}/{len} files") {
                bar.set_style(style);
            }
            bar
        });
        bar.set_position(done as u64);
    }

    pub(crate) fn finish(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}

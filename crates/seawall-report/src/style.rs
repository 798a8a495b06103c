//! Colours. Nothing is said by colour alone, so the plain form is complete.

use anstyle::{AnsiColor, Color, Style};
use seawall_model::Severity;
use std::fmt::Display;

/// Paints, or not.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paint {
    color: bool,
}

impl Paint {
    pub(crate) fn new(color: bool) -> Self {
        Self { color }
    }

    pub(crate) fn with(self, style: Style, text: impl Display) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_string() }
    }

    pub(crate) fn bold(self, text: impl Display) -> String {
        self.with(Style::new().bold(), text)
    }

    pub(crate) fn dim(self, text: impl Display) -> String {
        self.with(Style::new().dimmed(), text)
    }

    pub(crate) fn removed(self, text: impl Display) -> String {
        self.with(foreground(AnsiColor::Red), text)
    }

    pub(crate) fn added(self, text: impl Display) -> String {
        self.with(foreground(AnsiColor::Green), text)
    }

    pub(crate) fn command(self, text: impl Display) -> String {
        self.with(foreground(AnsiColor::Cyan).bold(), text)
    }

    pub(crate) fn severity(self, severity: Severity, text: impl Display) -> String {
        self.with(style(severity), text)
    }
}

fn foreground(color: AnsiColor) -> Style {
    Style::new().fg_color(Some(Color::Ansi(color)))
}

/// The style of a severity.
pub(crate) fn style(severity: Severity) -> Style {
    match severity {
        Severity::Critical => foreground(AnsiColor::BrightRed).bold(),
        Severity::High => foreground(AnsiColor::Red).bold(),
        Severity::Medium => foreground(AnsiColor::Yellow).bold(),
        Severity::Low => foreground(AnsiColor::Blue).bold(),
        Severity::Info => foreground(AnsiColor::BrightBlack).bold(),
    }
}

//! From arguments to an exit code.

use crate::cli::{Arguments, Command};
use crate::{convert, question, rules, scan, snapshot};
use clap::{CommandFactory, FromArgMatches};
use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

/// The exit codes of every command.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Exit {
    /// Done, nothing at or above the bar.
    Clean = 0,
    /// Findings at or above `--fail-on`.
    Findings = 1,
    /// The job could not be done.
    Failed = 2,
    /// Done, nothing at or above the bar, but the answer is incomplete.
    Incomplete = 3,
}

/// Runs the program.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let plugin = arguments.first().is_some_and(|name| is_plugin(Path::new(name)));
    let matches = match Arguments::command().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { Exit::Failed as u8 } else { Exit::Clean as u8 });
        }
    };
    let result =
        Arguments::from_arg_matches(&matches).map_err(anyhow::Error::from).and_then(|mut arguments| {
            arguments.common.plugin = plugin;
            dispatch(arguments)
        });
    match result {
        Ok(exit) => ExitCode::from(exit as u8),
        // Whoever read our output has seen enough: `seawall scan | head` is no failure of ours.
        Err(error) if is_closed_pipe(&error) => ExitCode::from(Exit::Clean as u8),
        Err(error) => {
            crate::output::say(format_args!("error: {}", seawall_report::line(&format!("{error:#}"))));
            ExitCode::from(Exit::Failed as u8)
        }
    }
}

fn dispatch(arguments: Arguments) -> anyhow::Result<Exit> {
    arguments.common.color.write_global();
    let only_listeners = matches!(&arguments.command, Command::Scan(scan) if scan.probe);
    let dry_run = arguments.command.cluster().filter(|(files, _)| files.dry_run && !only_listeners);
    if let Some((files, namespace)) = dry_run {
        return snapshot::dry_run(files, namespace, &arguments.common);
    }
    match arguments.command {
        Command::Scan(scan) => scan::run(&scan, &arguments.common),
        Command::CanI(question) => question::can_i(&question, &arguments.common),
        Command::Paths(question) => question::paths(&question, &arguments.common),
        Command::Cut(question) => question::cut(&question, &arguments.common),
        Command::WhoCan(question) => question::who_can(&question, &arguments.common),
        Command::Access(question) => question::access(&question, &arguments.common),
        Command::Authorize(question) => question::authorize(&question, &arguments.common),
        Command::Authenticate(question) => question::authenticate(&question, &arguments.common),
        Command::Reach(question) => question::reach(&question, &arguments.common),
        Command::Connections(question) => question::connections(&question, &arguments.common),
        Command::Network(command) => question::network(&command, &arguments.common),
        Command::Diff(question) => question::diff(&question, &arguments.common),
        Command::Review(question) => question::review(&question, &arguments.common),
        Command::Simulate(question) => question::simulate(&question, &arguments.common),
        Command::Snapshot(snapshot) => snapshot::run(&snapshot, &arguments.common),
        Command::Convert(convert) => convert::run(&convert),
        Command::Rules(rules) => rules::run(&rules),
        Command::Explain(explain) => rules::explain(&explain),
        Command::Completion { shell } => {
            // The generator panics when it cannot write, as when its reader has gone.
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "seawall", &mut script);
            std::io::stdout().write_all(&script)?;
            Ok(Exit::Clean)
        }
    }
}

/// Whether kubectl runs it (`kubectl seawall`): plugins are found by the name of their file.
fn is_plugin(program: &Path) -> bool {
    program.file_stem().is_some_and(|name| name == "kubectl-seawall")
}

/// Drops the error of a reader that has gone: the exit code is still that of what was found.
pub(crate) fn unless_closed(result: anyhow::Result<()>) -> anyhow::Result<()> {
    match result {
        Err(error) if is_closed_pipe(&error) => Ok(()),
        result => result,
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = cause.downcast_ref::<std::io::Error>();
        io.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    })
}

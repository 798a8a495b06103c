//! `seawall`, and `kubectl-seawall` when it is called so.

use std::process::ExitCode;

fn main() -> ExitCode {
    seawall::run(std::env::args_os())
}

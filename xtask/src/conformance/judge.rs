//! The Go program that knows the answers.

use anyhow::{Context, bail};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Builds `conformance/NAME`; `None` if Go is not installed.
pub(crate) fn build(name: &str) -> anyhow::Result<Option<PathBuf>> {
    if Command::new("go").arg("version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
        return Ok(None);
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask has no parent folder")?;
    let folder = root.join("conformance").join(name);
    let target = std::env::current_exe()?.parent().context("xtask has no folder")?.join(name);
    let mut command = Command::new("nice");
    let status = command.args(["go", "build", "-o"]).arg(&target).arg(".").current_dir(folder).status()?;
    if !status.success() {
        bail!("building conformance/{name} failed");
    }
    Ok(Some(target))
}

/// A running judge of one mode.
pub(crate) struct Judge {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Judge {
    /// Starts the program.
    pub(crate) fn start(program: &Path, mode: &str) -> anyhow::Result<Self> {
        let mut child = Command::new("nice")
            .arg(program)
            .arg(mode)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("starting the judge")?;
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().context("judge without output")?);
        Ok(Self { child, input, output })
    }

    /// The answers to `texts`, one line each.
    pub(crate) fn ask(&mut self, texts: &[String]) -> anyhow::Result<Vec<String>> {
        let mut input = self.input.take().context("judge without input")?;
        let output = &mut self.output;
        let (answers, input) = std::thread::scope(|scope| {
            // Written from a thread of its own, so that neither side waits for the other's full pipe.
            let writer = scope.spawn(move || -> std::io::Result<ChildStdin> {
                for text in texts {
                    input.write_all(&(text.len() as u32).to_be_bytes())?;
                    input.write_all(text.as_bytes())?;
                }
                input.flush()?;
                Ok(input)
            });
            let mut answers = Vec::with_capacity(texts.len());
            for _ in texts {
                let mut line = String::new();
                if output.read_line(&mut line)? == 0 {
                    bail!("the judge stopped");
                }
                answers.push(line);
            }
            match writer.join() {
                Ok(input) => Ok((answers, input?)),
                Err(_) => bail!("writing to the judge failed"),
            }
        })?;
        self.input = Some(input);
        Ok(answers)
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        self.input.take();
        let mut rest = Vec::new();
        let _ = self.output.read_to_end(&mut rest);
        let _ = self.child.wait();
    }
}

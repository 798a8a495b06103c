//! `conformance cluster`: seawall reads a real API server. Live and by snapshot it must say the same; what it says about
//! rights must be what the server answers; with exactly the printed role nothing is missing, and with each rule of it
//! removed the missing kinds are told.

mod answers;
mod identities;
mod objects;
mod probe;
mod proxies;
mod rights;

pub(super) use answers::same_findings;

use crate::kube::{Client, Request, Server, ServerOptions, binaries};
use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// Options of `conformance cluster`.
#[derive(Args)]
pub(crate) struct Options {
    /// Releases to read, from 1.30 to 1.36 with their patch number; once for each.
    #[arg(long = "version", default_values = ["1.36.3"])]
    versions: Vec<String>,
    /// The program to test instead of one that is built now.
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
}

/// Runs the suite against each version.
pub(crate) fn run(options: &Options) -> Result<()> {
    let program = program(options.program.as_deref())?;
    for version in &options.versions {
        let Some(binaries) = binaries(version)? else {
            println!("conformance cluster: NOT RUN, Go is not installed");
            return Ok(());
        };
        let started = Instant::now();
        let server = Server::start(&binaries, &ServerOptions::default())
            .with_context(|| format!("starting the control plane of {version}"))?;
        let folder = tempfile::tempdir()?;
        let admin = folder.path().join("admin.kubeconfig");
        std::fs::write(&admin, server.admin_kubeconfig())?;
        let mut suite = Suite::new(&program, &server, folder.path(), admin);
        let mut client = Client::new(server.admin()?);
        objects::fill(&mut client)?;
        let reviews = answers::same(&mut suite, &mut client)?;
        let rules = rights::complete_with_the_role_alone(&mut suite, &mut client)?;
        let namespaces = rights::one_namespace_at_a_time(&mut suite, &mut client)?;
        let listeners = probe::all(&mut suite, &mut client)?;
        let identities = identities::all(&mut suite, &mut client)?;
        println!(
            "conformance cluster: {version}: live and snapshot agree, {reviews} access reviews agree, {rules} rules \
             removed one by one, {namespaces} namespaces read one by one, {listeners} listeners probed, {identities} sorts of \
             kubeconfig, {:.0} s",
            started.elapsed().as_secs_f64()
        );
    }
    Ok(())
}

/// Where the program lies: the given one, else one that is built now.
pub(super) fn program(given: Option<&Path>) -> Result<PathBuf> {
    if let Some(given) = given {
        return Ok(given.to_owned());
    }
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let root = crate::catalogue::root();
    let built =
        Command::new(cargo).args(["build", "--quiet", "--package", "seawall"]).current_dir(root).status()?;
    ensure!(built.success(), "the program cannot be built");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    Ok(target.join("debug/seawall"))
}

/// The program, the server, and a folder for files.
pub(super) struct Suite<'s> {
    program: &'s Path,
    pub(super) server: &'s Server,
    pub(super) folder: &'s Path,
    pub(super) admin: PathBuf,
}

/// What a run of the program came to.
pub(super) struct Ran {
    pub(super) code: i32,
    pub(super) out: String,
    pub(super) err: String,
}

impl<'s> Suite<'s> {
    /// For a server, as this kubeconfig's user.
    pub(super) fn new(program: &'s Path, server: &'s Server, folder: &'s Path, admin: PathBuf) -> Self {
        Self { program, server, folder, admin }
    }

    /// A file in the folder.
    pub(super) fn write(&self, name: &str, text: &str) -> Result<PathBuf> {
        let path = self.folder.join(name);
        std::fs::write(&path, text)?;
        Ok(path)
    }

    /// Runs the program in the folder.
    pub(super) fn seawall(&self, kubeconfig: &Path, words: &[&str]) -> Result<Ran> {
        let mut command = self.command(kubeconfig, words);
        self.ran(&mut command)
    }

    /// The command that runs the program in the folder.
    pub(super) fn command(&self, kubeconfig: &Path, words: &[&str]) -> Command {
        let mut command = Command::new(self.program);
        command.args(words).env("KUBECONFIG", kubeconfig).current_dir(self.folder);
        for proxy in ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"] {
            command.env_remove(proxy);
        }
        command
    }

    /// Runs a command.
    pub(super) fn ran(&self, command: &mut Command) -> Result<Ran> {
        let output = command.output().with_context(|| self.program.display().to_string())?;
        Ok(Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }
}

impl Ran {
    /// Fails unless the exit code is one of these.
    pub(super) fn expect(self, codes: &[i32]) -> Result<Self> {
        if !codes.contains(&self.code) {
            bail!("exit code {}, not {codes:?}\n{}\n{}", self.code, self.err, self.out);
        }
        Ok(self)
    }

    pub(super) fn json(&self) -> Result<Value> {
        serde_json::from_str(&self.out).context("the answer is no JSON")
    }
}

/// Makes an object; one that is there already is left.
pub(super) fn create(client: &mut Client, path: &str, object: &Value) -> Result<()> {
    let answer = client.send(&Request::json("POST", path, object))?;
    ensure!(
        answer.status / 100 == 2 || answer.status == 409,
        "POST {path}: {} {}",
        answer.status,
        answer.text()
    );
    Ok(())
}

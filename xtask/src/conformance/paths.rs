//! `conformance paths`: chains to cluster administrator that seawall finds are carried out step by step through a real
//! API server, as the attacker. Before, the attacker is refused; at the end, everything is allowed; and with seawall's
//! cut applied to the cluster a step is refused. What is found live, in a snapshot and in exported manifests is the same.

mod actor;
mod chains;
mod cut;
mod export;

use super::cluster::{Suite, create, program};
use crate::kube::{Client, Server, ServerOptions, binaries};
use actor::Actor;
pub(super) use actor::eventually;
use anyhow::{Context, Result, bail, ensure};
use chains::{Chain, Outcome};
use clap::Args;
pub(super) use cut::{edit, last_number};
use serde_json::Value;
use std::path::PathBuf;
use std::time::Instant;

/// Options of `conformance paths`.
#[derive(Args)]
pub(crate) struct Options {
    /// Releases to attack, from 1.30 to 1.36 with their patch number; once for each.
    #[arg(long = "version", default_values = ["1.36.3"])]
    versions: Vec<String>,
    /// Only the chain of this name.
    #[arg(long)]
    only: Option<String>,
    /// The program to test instead of one that is built now.
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
}

/// Runs the suite against each version.
pub(crate) fn run(options: &Options) -> Result<()> {
    let program = program(options.program.as_deref())?;
    for version in &options.versions {
        let Some(binaries) = binaries(version)? else {
            println!("conformance paths: NOT RUN, Go is not installed");
            return Ok(());
        };
        let started = Instant::now();
        let server = Server::start(&binaries, &ServerOptions::default())
            .with_context(|| format!("starting the control plane of {version}"))?;
        let folder = tempfile::tempdir()?;
        let admin = folder.path().join("admin.kubeconfig");
        std::fs::write(&admin, server.admin_kubeconfig())?;
        let suite = Suite::new(&program, &server, folder.path(), admin);
        let mut lab = Lab { admin: Client::new(server.admin()?), server: &server, suite };
        let wanted = |chain: &&Chain| options.only.as_deref().is_none_or(|only| only == chain.name);
        let all: Vec<&Chain> = chains::ALL.iter().filter(wanted).collect();
        ensure!(!all.is_empty(), "there is no such chain");
        for chain in &all {
            lab.prove(chain).with_context(|| format!("{version}: the chain `{}`", chain.name))?;
        }
        let compared = export::same(&mut lab)?;
        println!(
            "conformance paths: {version}: {} chains carried out and ended by their cut, {compared} questions answered \
             alike live, by snapshot and from exported manifests, {:.0} s",
            all.len(),
            started.elapsed().as_secs_f64()
        );
    }
    Ok(())
}

/// The server, and who is administrator there.
pub(super) struct Lab<'s> {
    pub(super) admin: Client,
    pub(super) server: &'s Server,
    pub(super) suite: Suite<'s>,
}

impl Lab<'_> {
    /// The attacker of a chain, by a client certificate.
    fn attacker(&self, chain: &Chain) -> Result<Actor> {
        let credential = self.server.authority.client(&chain.user(), &[])?;
        Ok(Actor::new(self.server.target(Some(&credential))?))
    }

    /// Refused before, allowed after, refused with the cut.
    fn prove(&mut self, chain: &Chain) -> Result<()> {
        for (path, object) in (chain.objects)() {
            create(&mut self.admin, path, &object)?;
        }
        let mut attacker = self.attacker(chain)?;
        ensure!(!attacker.may_do_everything()?, "the attacker is administrator from the start");
        ensure!(attacker.get("/api/v1/secrets")?.status == 403, "the attacker reads secrets from the start");
        self.found(chain)?;
        // The authorizer learns of roles and bindings by a watch: the first tries may come too early.
        let mut last = String::new();
        let reached = eventually(|| {
            Ok(match (chain.attack)(self)? {
                Outcome::Reached(mut actor) => {
                    actor.may_do_everything()? && actor.get("/api/v1/secrets")?.status == 200
                }
                Outcome::Refused(step) => {
                    last = step;
                    false
                }
            })
        })?;
        ensure!(reached, "the chain does not lead to cluster administrator: {last}");
        (chain.undo)(self)?;
        let settled = eventually(|| Ok(!attacker.may_do_everything()?))?;
        ensure!(settled, "the attack could not be undone");
        let changes = self.cut(chain)?;
        cut::apply(self, &changes)?;
        let ended = eventually(|| {
            let outcome = (chain.attack)(self)?;
            (chain.undo)(self)?;
            Ok(matches!(outcome, Outcome::Refused(_)))
        })?;
        ensure!(ended, "the attack still works with the cut {changes:?}");
        self.gone(chain)
    }

    /// seawall finds the chain, by these steps.
    fn found(&self, chain: &Chain) -> Result<()> {
        let answer = self.ask(&["paths"], chain)?;
        let path = &answer["paths"][0];
        let edges: Vec<&str> =
            path["steps"].as_array().into_iter().flatten().filter_map(|step| step["edge"].as_str()).collect();
        ensure!(edges == chain.edges, "seawall tells {edges:?}, not {:?}", chain.edges);
        Ok(())
    }

    /// seawall finds nothing any more.
    fn gone(&self, chain: &Chain) -> Result<()> {
        let answer = self.ask(&["paths"], chain)?;
        ensure!(answer["paths"] == Value::Array(Vec::new()), "after the cut seawall still finds a path");
        Ok(())
    }

    fn cut(&self, chain: &Chain) -> Result<Vec<Value>> {
        let answer = self.ask(&["cut"], chain)?;
        ensure!(answer["minimum"] == true && answer["ends"] == true, "the cut is not proven: {answer}");
        match answer["changes"].as_array() {
            Some(changes) if !changes.is_empty() => Ok(changes.clone()),
            _ => bail!("the cut is empty: {answer}"),
        }
    }

    fn ask(&self, command: &[&str], chain: &Chain) -> Result<Value> {
        let from = format!("user:{}", chain.user());
        let mut words = command.to_vec();
        words.extend(["--from", &from, "--to", "cluster-admin", "--cluster", "-o", "json"]);
        self.suite.seawall(&self.suite.admin, &words)?.expect(&[0])?.json()
    }
}

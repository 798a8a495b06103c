//! A node's plan, loaded into the kernel and tried from every side: what is open is what the engine says.
//!
//! Root, `ip netns` and `nft` are needed for that; without them only what is about data runs, and the rest is skipped
//! aloud.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr)]

mod agent;
mod changes;
mod evaluate;
#[path = "../reach/generate.rs"]
mod generate;
mod lab;
mod link;
#[allow(dead_code)]
#[path = "../reach/model.rs"]
mod model;
mod random;
mod sctp;
mod shop;
mod small;

use libtest_mimic::{Arguments, Trial};
use seawall_model::{Cluster, Object, Origin, objects_of};
use seawall_network::{Dialect, Network, Reach};
use seawall_yaml::{Source, parse_documents};
use std::process::ExitCode;
use std::sync::Arc;

/// The engine for some manifests.
fn reach(text: &str) -> Reach {
    reach_in(text, Dialect::UPSTREAM)
}

/// The objects of some manifests; those without a namespace are in `default`, as where they are applied.
fn objects(text: &str) -> Vec<Arc<Object>> {
    let documents = parse_documents(&Source::new("test.yaml", text));
    let objects = documents
        .into_iter()
        .flat_map(|document| objects_of(&Arc::new(document.unwrap()), &Origin::File).unwrap_or_default());
    objects.map(|object| Arc::new(object.with_default_namespace("default".into()))).collect()
}

fn reach_in(text: &str, dialect: Dialect) -> Reach {
    let cluster = Cluster::new(objects(text));
    Reach::new(&cluster, &Network::new(&cluster), dialect)
}

fn main() -> ExitCode {
    if lab::is_agent() {
        return ExitCode::SUCCESS;
    }
    let mut arguments = Arguments::from_args();
    // They share the machine's time, and the waits are short.
    arguments.test_threads = Some(1);
    let missing = lab::missing();
    if let Some(reason) = &missing {
        eprintln!("SKIPPED: plans are not loaded into a kernel here: {reason}");
    }
    let in_kernel = |name: &str, test: fn()| {
        let trial = Trial::test(name, move || {
            test();
            Ok(())
        });
        trial.with_ignored_flag(missing.is_some())
    };
    let pure = |name: &str, test: fn()| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
    };
    let trials = vec![
        pure("the_text_of_a_small_plan", small::text),
        pure("a_plan_says_what_the_engine_says", evaluate::property),
        pure("too_many_ports_shut_their_own_pods", evaluate::too_large),
        pure("a_change_turns_the_old_plan_into_the_new_one", changes::property),
        pure("a_policy_that_changes_touches_only_elements", changes::is_small),
        in_kernel("the_probes_of_the_lab", small::probes),
        in_kernel("clusters_made_by_chance", random::clusters),
        in_kernel("a_bridge_has_no_way_around", link::no_way_around),
        in_kernel("policies_written_for_a_shop_close_it", shop::written_policies),
    ];
    libtest_mimic::run(&arguments, trials).exit_code()
}

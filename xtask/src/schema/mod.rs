//! `gen schema`: the tables of `seawall-model` (API types, API lifecycle, flags, feature gates, admission plugins)
//! and the built-in roles of `seawall-auth`, made from the published sources of one release per supported minor. Needs Go and its module proxy; maintainers
//! run it when a release is added, everybody else builds with the committed result.

mod dump;
mod encode;
mod enums;
mod flags;
mod gates;
mod lifecycle;
mod modules;
mod openapi;
mod plugins;
mod roles;

pub(crate) use dump::go_module;
pub(crate) use modules::{RELEASES, Release, go_present};

use anyhow::{Result, bail};
use std::path::Path;

/// Writes the tables, or with `check` compares them and fails when one is stale.
pub(crate) fn run(check: bool) -> Result<()> {
    if !modules::go_present() {
        if check {
            println!("gen schema: not run: needs Go and the published modules of Kubernetes");
            return Ok(());
        }
        bail!("needs Go and the published modules of Kubernetes");
    }
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/seawall-model/src");
    let mut stale = Vec::new();
    let mut put = |name: &'static str, bytes: Vec<u8>| -> Result<()> {
        let path = source.join(name);
        if !std::fs::read(&path).is_ok_and(|old| old == bytes) {
            stale.push(name);
            if !check {
                std::fs::write(&path, &bytes)?;
                println!("wrote {name}: {} bytes", bytes.len());
            }
        }
        Ok(())
    };
    let (table, strings) = encode::encode(&openapi::read_all()?, &lifecycle::served_anyway()?)?;
    put("schema/schema.bin", table)?;
    put("schema/strings.txt", strings.into_bytes())?;
    put("tables/lifecycle.tsv", lifecycle_text(&lifecycle::read_all()?).into_bytes())?;
    let dumps = dump::read_all()?;
    put("tables/flags.tsv", flags::text(&dumps)?.into_bytes())?;
    put("tables/gates.tsv", gates::text(&dumps)?.into_bytes())?;
    put("tables/plugins.tsv", plugins::text(&dumps)?.into_bytes())?;
    put("../../seawall-auth/src/rbac/built_in.txt", roles::text()?.into_bytes())?;
    if check && !stale.is_empty() {
        bail!("stale: {}; run `cargo xtask gen schema`", stale.join(", "));
    }
    Ok(())
}

fn lifecycle_text(lives: &lifecycle::Lives) -> String {
    let mut out = String::from(
        "# Made by `cargo xtask gen schema` from the APILifecycle… functions of k8s.io/api, apiextensions-apiserver\n\
         # and kube-aggregator 0.30 to 0.36. Kind, group, version, introduced, deprecated, removed (minors), replacement.\n",
    );
    let mut rows: Vec<_> = lives.iter().filter(|(key, _)| !key.2.ends_with("List")).collect();
    rows.sort_by_key(|((group, version, kind), _)| (kind, group, version));
    let minor = |value: u8| if value == 0 { String::new() } else { value.to_string() };
    for ((group, version, kind), life) in rows {
        out.push_str(&format!(
            "{kind}\t{group}\t{version}\t{}\t{}\t{}\t{}\n",
            minor(life.introduced),
            minor(life.deprecated),
            minor(life.removed),
            life.replacement
        ));
    }
    out
}

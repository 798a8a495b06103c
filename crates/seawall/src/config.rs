//! `seawall.yaml`: read from the current folder or `--config` only, never from what is scanned.

use crate::cli::FailOn;
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use schemars::JsonSchema;
use seawall_model::Severity;
use seawall_yaml::{Source, parse_one};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What a team decides once for all its runs.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SeawallConfiguration {
    /// `seawall.dev/v1alpha1`.
    pub api_version: String,
    /// `SeawallConfiguration`.
    pub kind: String,
    /// Only these rules or areas (`pod/`).
    #[serde(default)]
    pub select: Vec<String>,
    /// Not these rules or areas.
    #[serde(default)]
    pub ignore: Vec<String>,
    /// Rules that do not apply to certain files.
    #[serde(default)]
    pub per_path_ignores: Vec<PathIgnore>,
    /// Other severities for rules.
    #[serde(default)]
    pub severity: BTreeMap<String, ConfiguredSeverity>,
    /// Severity from which on findings fail a run: critical, high, medium, low or never.
    #[serde(default)]
    pub fail_on: Option<String>,
    /// Globs of files inside folders that are left out.
    #[serde(default)]
    pub exclude: Vec<String>,
    /// The Kubernetes version whose semantics apply.
    #[serde(default)]
    pub kubernetes_version: Option<String>,
}

/// Rules that do not apply to the files of a glob.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PathIgnore {
    /// A glob over file names as they are shown.
    pub path: String,
    /// The rules or areas.
    pub rules: Vec<String>,
}

/// A severity in the configuration.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)] // the severities' own names
pub enum ConfiguredSeverity {
    Critical,
    High,
    Medium,
    Low,
    Info,
}

impl ConfiguredSeverity {
    pub(crate) fn severity(self) -> Severity {
        match self {
            Self::Critical => Severity::Critical,
            Self::High => Severity::High,
            Self::Medium => Severity::Medium,
            Self::Low => Severity::Low,
            Self::Info => Severity::Info,
        }
    }
}

/// The file that is read when `--config` is not given.
pub(crate) const FILE: &str = "seawall.yaml";

impl SeawallConfiguration {
    /// Reads `path`, or `seawall.yaml` in the current folder if there is one.
    pub(crate) fn read(path: Option<&Path>) -> Result<Self> {
        let path = match path {
            Some(path) => path.to_owned(),
            None if Path::new(FILE).is_file() => PathBuf::from(FILE),
            None => return Ok(Self::default()),
        };
        let name = path.to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).with_context(|| format!("failed to read {name}"))?;
        let document = parse_one(&Source::new(name.as_str(), text)).map_err(|error| {
            anyhow::anyhow!("{name}:{}:{}: {error}", error.place.line, error.place.column)
        })?;
        let mut json = String::new();
        document.root().write_json(&mut json);
        let config: Self = serde_json::from_str(&json)
            .map_err(|error| anyhow::anyhow!("{name}: {}", without_place(&error)))?;
        config.check().with_context(|| name)?;
        Ok(config)
    }

    fn check(&self) -> Result<()> {
        if self.api_version != "seawall.dev/v1alpha1" || self.kind != "SeawallConfiguration" {
            bail!("expected apiVersion seawall.dev/v1alpha1 and kind SeawallConfiguration");
        }
        crate::select::controls(&self.select, &self.ignore)?;
        for ignore in &self.per_path_ignores {
            crate::select::controls(&[], &ignore.rules)?;
            globset::Glob::new(&ignore.path)?;
        }
        let rules: Vec<String> = self.severity.keys().cloned().collect();
        crate::select::controls(&rules, &[])?;
        self.fail_on()?;
        Ok(())
    }

    pub(crate) fn fail_on(&self) -> Result<Option<FailOn>> {
        let Some(text) = &self.fail_on else { return Ok(None) };
        match FailOn::from_str(text, false) {
            Ok(fail_on) => Ok(Some(fail_on)),
            Err(_) => bail!("failOn: expected critical, high, medium, low or never, found `{text}`"),
        }
    }
}

/// Line and column of the JSON that we made of it would mislead.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

//! `docs/schemas`: JSON schemas from the types that are written and read.

use crate::pages::Pages;
use anyhow::Result;
use schemars::generate::SchemaSettings;
use seawall::config::SeawallConfiguration;

/// Adds the schemas.
pub fn write(pages: &mut Pages) -> Result<()> {
    let mut configuration =
        SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<SeawallConfiguration>();
    configuration.insert("$id".into(), "https://seawall.dev/schemas/seawall-configuration.json".into());
    let mut schemas = vec![
        ("scan-v1".to_owned(), seawall_report::scan_schema()),
        ("rules-v1".to_owned(), seawall_report::rules_schema()),
        ("seawall-configuration".to_owned(), configuration),
    ];
    schemas.extend(
        seawall::question::schemas().into_iter().map(|(name, schema)| (format!("{name}-v1"), schema)),
    );
    for (name, schema) in schemas {
        let mut text = serde_json::to_string_pretty(&schema)?;
        text.push('\n');
        pages.add(format!("docs/schemas/{name}.json"), text);
    }
    Ok(())
}

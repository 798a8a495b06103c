//! Enumerated strings. The published OpenAPI files are written without them; the Go code that every release's API
//! server builds its OpenAPI from (`pkg/generated/openapi/zz_generated.openapi.go`) has them.

use anyhow::{Context, Result};
use std::collections::HashMap;
use std::path::Path;

/// (function name of the type, field, whether of its elements) → values, one a line.
pub(crate) struct Enums(HashMap<(String, String, bool), String>);

impl Enums {
    /// Reads the generated Go file of a release: its layout, made by gofmt, tells the nesting by tabs.
    pub(crate) fn read(kubernetes: &Path) -> Result<Self> {
        let path = kubernetes.join("pkg/generated/openapi/zz_generated.openapi.go");
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let mut found = HashMap::new();
        let (mut function, mut field) = (String::new(), String::new());
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("func schema_") {
                function = rest.split('(').next().unwrap_or_default().to_owned();
            }
            let body = line.trim_start_matches('\t');
            let depth = line.len() - body.len();
            if depth == 5
                && let Some(name) = body.strip_prefix('"').and_then(|rest| rest.strip_suffix("\": {"))
            {
                field = name.to_owned();
            }
            if let Some(rest) = body.strip_prefix("Enum:") {
                let values = rest
                    .trim()
                    .strip_prefix("[]interface{}{")
                    .and_then(|rest| rest.strip_suffix("},"))
                    .with_context(|| format!("enum of {function}.{field}"))?;
                let values: Vec<String> = serde_json::from_str(&format!("[{values}]"))?;
                found.insert((function.clone(), field.clone(), depth > 7), values.join("\n"));
            }
        }
        Ok(Self(found))
    }

    /// The values of a field, or of its elements, of the OpenAPI type `name`.
    pub(crate) fn of(&self, name: &str, field: &str, element: bool) -> Option<&str> {
        // io.k8s.api.core.v1.Container is schema_k8sio_api_core_v1_Container,
        // io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta is schema_pkg_apis_meta_v1_ObjectMeta.
        let spelled = name.strip_prefix("io.k8s.").unwrap_or(name);
        let parts: Vec<&str> = spelled.split('.').collect();
        let path = match parts.as_slice() {
            ["api", rest @ ..] => format!("k8sio_api_{}", rest.join("_")),
            [.., a, b, c, d, e] => [*a, *b, *c, *d, *e].join("_"),
            _ => return None,
        };
        self.0.get(&(path, field.to_owned(), element)).map(String::as_str)
    }
}

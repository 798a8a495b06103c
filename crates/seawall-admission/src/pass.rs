//! One request on its way through the chain: what plugins read, change, and say.

use crate::outcome::{Denial, Doubt};
use crate::request::Request;
use crate::settings::Settings;
use crate::stored::Stored;
use serde_json::Value;
use std::collections::BTreeMap;

/// The state of one request.
pub(crate) struct Pass<'a> {
    /// What is asked.
    pub(crate) request: &'a Request,
    /// The cluster.
    pub(crate) stored: Stored<'a>,
    /// How admission is set up.
    pub(crate) settings: &'a Settings<'a>,
    /// The object as it stands now.
    pub(crate) object: Value,
    /// What the client is warned of.
    pub(crate) warnings: Vec<String>,
    /// Audit annotations by full key.
    pub(crate) annotations: BTreeMap<String, String>,
    /// What was not known.
    pub(crate) doubts: Vec<Doubt>,
    /// Numbers behind decisions.
    pub(crate) arithmetic: Vec<String>,
}

/// What a plugin says: nothing, or no.
pub(crate) type Step = Result<(), Denial>;

impl Pass<'_> {
    /// Something that would have to be known for the verdict.
    pub(crate) fn doubt(&mut self, by: &'static str, reason: impl Into<String>) {
        let doubt = Doubt { by, reason: reason.into(), decides: true };
        if !self.doubts.contains(&doubt) {
            self.doubts.push(doubt);
        }
    }

    /// Something that only the stored object depends on.
    pub(crate) fn vague(&mut self, by: &'static str, reason: impl Into<String>) {
        let doubt = Doubt { by, reason: reason.into(), decides: false };
        if !self.doubts.contains(&doubt) {
            self.doubts.push(doubt);
        }
    }

    /// The name that errors carry (`pkg/admission/errors.go` `extractResourceName`).
    pub(crate) fn name(&self) -> &str {
        use crate::json::Json;
        let names = [
            &*self.request.name,
            self.object.text("metadata.name"),
            self.object.text("metadata.generateName"),
        ];
        names.into_iter().find(|name| !name.is_empty()).unwrap_or("Unknown")
    }

    /// `admission.NewForbidden`.
    pub(crate) fn forbidden(&self, by: &'static str, why: &str, fields: &[&str]) -> Denial {
        Denial {
            by,
            code: 403,
            reason: "Forbidden",
            message: format!("{} \"{}\" is forbidden: {why}", self.request.group_resource(), self.name()),
            causes: Vec::new(),
            fields: fields.iter().map(|&field| field.to_owned()).collect(),
        }
    }

    /// An error that is no status becomes 500 with its own text (`responsewriters.ErrorToAPIStatus`).
    pub(crate) fn plain(&self, by: &'static str, why: &str) -> Denial {
        Denial { by, code: 500, reason: "", message: why.to_owned(), causes: Vec::new(), fields: Vec::new() }
    }
}

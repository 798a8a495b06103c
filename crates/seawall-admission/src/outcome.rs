//! What the API server answers.

use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A `metav1.StatusCause`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Cause {
    /// The machine's word: `FieldValueInvalid` …
    pub reason: String,
    /// The text for people.
    pub message: String,
    /// The field it is about, if it is about one.
    pub field: String,
}

/// A refusal, as the API server words it (`metav1.Status`).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Denial {
    /// The admission plugin; `authorization` or `validation` for what stands beside them.
    pub by: &'static str,
    /// The HTTP status.
    pub code: u16,
    /// The machine's word: `Forbidden`, `Invalid`, `NotFound` …
    pub reason: &'static str,
    /// The exact text.
    pub message: String,
    /// Details, one for each field that is wrong.
    pub causes: Vec<Cause>,
    /// Fields of the object that it is about, most important first; for pointing at lines.
    pub fields: Vec<String>,
}

impl Denial {
    /// The body of the answer, without what only the HTTP layer knows.
    pub fn status(&self) -> Value {
        json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": self.message, "reason": self.reason, "code": self.code,
        })
    }
}

/// Something that would have to be known.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Doubt {
    /// The plugin that would need it, or `validation`.
    pub by: &'static str,
    /// What is not known, and what would decide it.
    pub reason: String,
    /// Whether the verdict may depend on it, or only the stored object.
    pub decides: bool,
}

/// Whether the object may enter.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// It may.
    Allowed,
    /// It may not.
    Denied(Denial),
    /// It cannot be told; [`Outcome::doubts`] says why. Never to be taken for allowed.
    Unknown,
}

/// The answer to one request.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Whether it may enter.
    pub verdict: Verdict,
    /// What the API server would warn of, in its order.
    pub warnings: Vec<String>,
    /// Annotations of the audit event, by full key.
    pub audit_annotations: BTreeMap<String, String>,
    /// The object after API defaulting and all changes of plugins, as far as they got.
    pub object: Option<Value>,
    /// What was not known. A denial with doubts in front of it may read otherwise on the server.
    pub doubts: Vec<Doubt>,
    /// Numbers that the decision was made of, for explanations: a line each.
    pub arithmetic: Vec<String>,
}

impl Outcome {
    /// `Some(true)` only where the server surely allows it.
    pub fn allowed(&self) -> Option<bool> {
        match self.verdict {
            Verdict::Allowed => Some(true),
            Verdict::Denied(_) => Some(false),
            Verdict::Unknown => None,
        }
    }

    /// The refusal, if it is one.
    pub fn denial(&self) -> Option<&Denial> {
        match &self.verdict {
            Verdict::Denied(denial) => Some(denial),
            _ => None,
        }
    }
}

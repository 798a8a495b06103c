//! What an expression may use: variables with their types, functions and macros, by purpose and version.

use crate::check;
use crate::declare::{Functions, Libraries};
use crate::plan;
use crate::program::{Program, fields};
use crate::source::{Issue, Source};
use crate::syntax::{self};
use crate::types::Type;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// What an expression is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Purpose {
    /// `matchConditions` of an authorization webhook: `request` is a `SubjectAccessReviewSpec`
    /// (apiserver's `pkg/authorization/cel/compile.go`).
    AuthorizationMatchCondition,
    /// Claim mappings and claim validation rules: `claims` is `map(string, any)`
    /// (apiserver's `pkg/authentication/cel/compile.go`).
    Claims,
    /// User validation rules: `user` is a `UserInfo`.
    User,
}

/// Object types by name: their fields and the types of these.
pub(crate) type Objects = HashMap<&'static str, Vec<(&'static str, Type)>>;

/// What an expression may use.
pub struct Environment {
    pub(crate) functions: Functions,
    pub(crate) variables: Vec<(&'static str, Type)>,
    pub(crate) objects: Objects,
    minor: u32,
}

impl fmt::Debug for Environment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Environment")
            .field("minor", &self.minor)
            .field("variables", &self.variables)
            .finish_non_exhaustive()
    }
}

/// Why an expression is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CompileError {
    /// Syntax, types or literals are wrong. The text names each with its place, as upstream after
    /// `compilation failed: `.
    Invalid(String),
    /// The expression has another type than its place needs; upstream's `must evaluate to …`.
    Type(String),
    /// It cannot be made ready, as `string(uint(-1))`. Upstream's text after `program instantiation failed: `.
    Program(String),
}

impl fmt::Display for CompileError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(text) => write!(formatter, "compilation failed: {text}"),
            Self::Type(text) => formatter.write_str(text),
            Self::Program(text) => write!(formatter, "program instantiation failed: {text}"),
        }
    }
}

impl std::error::Error for CompileError {}

impl Environment {
    /// The environment of a purpose in Kubernetes 1.`minor` (1.30 and later are told apart).
    #[must_use]
    pub fn new(minor: u32, purpose: Purpose) -> Self {
        let text = || Type::String;
        let texts = || Type::list(Type::String);
        let extra = || Type::map(Type::String, Type::list(Type::String));
        let mut objects = Objects::new();
        let variables = match purpose {
            Purpose::Claims => vec![("claims", Type::map(Type::String, Type::Any))],
            Purpose::User => {
                objects.insert(
                    "kubernetes.UserInfo",
                    vec![("username", text()), ("uid", text()), ("groups", texts()), ("extra", extra())],
                );
                vec![("user", Type::object("kubernetes.UserInfo"))]
            }
            Purpose::AuthorizationMatchCondition => {
                request(&mut objects, minor);
                vec![("request", Type::object("kubernetes.SubjectAccessReviewSpec"))]
            }
        };
        Self { functions: Functions::new(Libraries { minor }), variables, objects, minor }
    }

    fn macros(&self) -> syntax::Macros {
        syntax::Macros { two_variables: self.minor >= 32, sort_by: self.minor >= 34 }
    }

    /// Checks an expression and makes it ready for evaluation.
    ///
    /// # Errors
    /// When upstream refuses it, with upstream's words.
    pub fn compile(&self, text: &str) -> Result<Program, CompileError> {
        let source = Source::new(text);
        let refuse = |issues: Vec<Issue>| CompileError::Invalid(source.display(&issues));
        let (tree, root) = syntax::parse(&source, self.macros()).map_err(refuse)?;
        let checked = check::check(self, &source, tree, root).map_err(refuse)?;
        let plan = plan::plan(self, &checked).map_err(CompileError::Program)?;
        Ok(Program { plan, output: checked.output(), fields: fields(&checked.tree), source: Arc::from(text) })
    }

    /// The same, for a place that needs a certain type, as a match condition needs a bool.
    ///
    /// # Errors
    /// When upstream refuses it, with upstream's words.
    pub fn compile_as(&self, text: &str, expected: &Type) -> Result<Program, CompileError> {
        let source = Source::new(text);
        let refuse = |issues: Vec<Issue>| CompileError::Invalid(source.display(&issues));
        let (tree, root) = syntax::parse(&source, self.macros()).map_err(refuse)?;
        let checked = check::check(self, &source, tree, root).map_err(refuse)?;
        let output = checked.output();
        if output != *expected {
            // Authentication leaves out what it got.
            let request = self.variables.iter().any(|(name, _)| *name == "request");
            let got = if request { format!(" but got {output}") } else { String::new() };
            return Err(CompileError::Type(format!("must evaluate to {expected}{got}")));
        }
        let plan = plan::plan(self, &checked).map_err(CompileError::Program)?;
        Ok(Program { plan, output, fields: fields(&checked.tree), source: Arc::from(text) })
    }
}

/// The types of `request` (`buildRequestType` upstream).
fn request(objects: &mut Objects, minor: u32) {
    let text = || Type::String;
    let texts = || Type::list(Type::String);
    objects.insert(
        "kubernetes.SubjectAccessReviewSpec",
        vec![
            ("resourceAttributes", Type::object("kubernetes.ResourceAttributes")),
            ("nonResourceAttributes", Type::object("kubernetes.NonResourceAttributes")),
            ("user", text()),
            ("groups", texts()),
            ("extra", Type::map(Type::String, texts())),
            ("uid", text()),
        ],
    );
    let mut attributes: Vec<(&'static str, Type)> =
        ["namespace", "verb", "group", "version", "resource", "subresource", "name"]
            .into_iter()
            .map(|name| (name, text()))
            .collect();
    // The gate AuthorizeWithSelectors is on by default from 1.32.
    if minor >= 32 {
        attributes.push(("fieldSelector", Type::object("kubernetes.FieldSelectorAttributes")));
        attributes.push(("labelSelector", Type::object("kubernetes.LabelSelectorAttributes")));
        let requirements = || Type::list(Type::object("kubernetes.SelectorRequirement"));
        let selector = || vec![("rawSelector", text()), ("requirements", requirements())];
        objects.insert("kubernetes.FieldSelectorAttributes", selector());
        objects.insert("kubernetes.LabelSelectorAttributes", selector());
        objects.insert(
            "kubernetes.SelectorRequirement",
            vec![("key", text()), ("operator", text()), ("values", texts())],
        );
    }
    objects.insert("kubernetes.ResourceAttributes", attributes);
    objects.insert("kubernetes.NonResourceAttributes", vec![("path", text()), ("verb", text())]);
}

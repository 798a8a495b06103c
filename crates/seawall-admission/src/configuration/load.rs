//! The list of plugins.

use seawall_model::At;
use seawall_model::decode::{self, Refusal, Shape, TYPE_META, shown, text_of};

/// A configuration that the API server accepts, the plugins' own parts not judged yet.
#[derive(Clone, Debug)]
pub struct AdmissionConfiguration<'a> {
    /// The object.
    pub at: At<'a>,
    /// The plugins named in it, in order. Of several with one name the first counts.
    pub plugins: Vec<Plugin<'a>>,
}

/// One element of `plugins`.
#[derive(Clone, Copy, Debug)]
pub struct Plugin<'a> {
    /// Its place.
    pub at: At<'a>,
    /// The plugin's name.
    pub name: &'a str,
    /// The configuration in place; it goes before `path`.
    pub configuration: Option<At<'a>>,
    /// A file with the configuration, relative to this one.
    pub path: Option<&'a str>,
}

const PLUGIN: Shape =
    Shape::Struct(&[("name", Shape::String), ("path", Shape::String), ("configuration", Shape::Any)]);

const SHAPE: Shape = Shape::Struct(&[TYPE_META[0], TYPE_META[1], ("plugins", Shape::List(&PLUGIN))]);

/// Reads the object at `at` as the API server does at its start.
///
/// # Errors
/// Everything the API server refuses, each with its place.
pub fn load(at: At<'_>) -> Result<AdmissionConfiguration<'_>, Vec<Refusal<'_>>> {
    kind(at, &["apiserver.config.k8s.io/v1", "apiserver.k8s.io/v1alpha1"], "AdmissionConfiguration")?;
    fits_strictly(at, &SHAPE)?;
    let plugins = at.key("plugins").items().map(|at| Plugin {
        at,
        name: text_of(at.key("name")),
        configuration: Some(at.key("configuration")).filter(|at| at.exists()),
        path: at.key("path").str().filter(|path| !path.is_empty()),
    });
    Ok(AdmissionConfiguration { at, plugins: plugins.collect() })
}

impl<'a> AdmissionConfiguration<'a> {
    /// What a plugin of this name reads.
    pub fn plugin(&self, name: &str) -> Option<&Plugin<'a>> {
        self.plugins.iter().find(|plugin| plugin.name == name)
    }
}

/// Refuses another kind than the ones registered.
pub(super) fn kind<'a>(at: At<'a>, api_versions: &[&str], kind: &str) -> Result<(), Vec<Refusal<'a>>> {
    let (api_version, found) = (text_of(at.key("apiVersion")), text_of(at.key("kind")));
    if api_versions.contains(&api_version) && found == kind {
        return Ok(());
    }
    let message = format!("no kind `{}` is registered for version `{}`", shown(found), shown(api_version));
    Err(vec![Refusal::new(at.key("apiVersion"), message)])
}

pub(super) fn fits_strictly<'a>(at: At<'a>, shape: &Shape) -> Result<(), Vec<Refusal<'a>>> {
    let misfit = decode::fit(at, shape);
    let mut refusals = misfit.types;
    refusals.extend(misfit.strict);
    if refusals.is_empty() { Ok(()) } else { Err(refusals) }
}

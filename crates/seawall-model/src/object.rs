//! One object: a tree, what kind it is, and where it came from.

use crate::embedded::{self, Host};
use crate::plain_file;
use crate::schema::{Problem, Schema};
use crate::{At, Live, PodAt, Version, WellKnown};
use seawall_yaml::{Document, Kind, NodeId, NodeRef};
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

/// Where an object was found.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Origin {
    /// A file (or standard input, or an archive member): the name is the document source's.
    File,
    /// Text that Helm or Kustomize rendered: it cannot be edited where it stands.
    Rendered {
        /// The template or overlay it came from.
        template: Arc<str>,
    },
    /// A live cluster, or a snapshot of one: there are fields, and no lines.
    Live(Arc<Live>),
    /// An etcd key.
    Etcd {
        /// The key.
        key: Arc<str>,
    },
    /// A node's file system, such as a kubelet configuration read from the node.
    Node {
        /// The path on the node.
        path: Arc<str>,
    },
}

/// One Kubernetes object or component configuration.
#[derive(Debug)]
pub struct Object {
    document: Arc<Document>,
    root: NodeId,
    origin: Origin,
    well_known: WellKnown,
    /// Whether its path is known.
    is_placed: bool,
    api_version: Word,
    kind: Word,
    /// What most objects do not have.
    rare: Option<Box<Rare>>,
    /// The node that holds `metadata` and `spec` of a pod.
    template: Option<NodeId>,
    /// `metadata.name` (or `generateName`) and `metadata.namespace`: nearly every question asks for them.
    name: Option<NodeId>,
    namespace: Option<NodeId>,
    /// What the schema of one version says, kept because errors and findings both need it.
    problems: OnceLock<(Version, Box<[Problem]>)>,
}

#[derive(Debug, Default)]
struct Rare {
    /// `-n NAMESPACE` for objects that name none.
    default_namespace: Option<Arc<str>>,
    /// Where it stands in its document, such as `items[7]`, if not at its top; known for objects found by
    /// [`objects_of`].
    path: Option<Box<str>>,
    /// The ConfigMap whose text it is.
    host: Option<Host>,
    /// Further pod templates of a custom resource.
    templates: Box<[NodeId]>,
}

/// `apiVersion` or `kind`: the object's own as a rule, so that nothing is kept twice.
#[derive(Debug)]
enum Word {
    /// The value of the object's own key.
    Own(NodeId),
    /// Given by its list, or by what it looks like.
    Given(Box<str>),
}

impl Word {
    fn new(node: NodeRef<'_>, key: &str, given: &str) -> Self {
        match node.get(key) {
            Some(value) if value.text() == given => Self::Own(value.id()),
            _ => Self::Given(given.into()),
        }
    }

    fn text<'a>(&'a self, document: &'a Document) -> &'a str {
        match self {
            Self::Own(node) => document.node(*node).text(),
            Self::Given(text) => text,
        }
    }
}

impl Object {
    /// An object whose mapping is `root` of `document`. `api_version` and `kind` are as written, or for the items
    /// of typed lists the list's own.
    pub fn new(document: Arc<Document>, root: NodeId, origin: Origin, api_version: &str, kind: &str) -> Self {
        let well_known = WellKnown::of(group_of(api_version), kind);
        let node = document.node(root);
        let mut templates = templates(node, well_known).into_iter();
        let template = templates.next();
        let templates: Box<[NodeId]> = templates.collect();
        let (api_version, kind) = (Word::new(node, "apiVersion", api_version), Word::new(node, "kind", kind));
        let metadata = document.node(root).get("metadata");
        let text = |key| metadata?.get(key).filter(|value| !value.is_null() && !value.text().is_empty());
        let name = text("name").or_else(|| text("generateName")).map(NodeRef::id);
        let namespace = text("namespace").filter(|name| name.kind() == Kind::String).map(NodeRef::id);
        Self {
            document,
            root,
            origin,
            well_known,
            is_placed: false,
            api_version,
            kind,
            rare: (!templates.is_empty()).then(|| Box::new(Rare { templates, ..Rare::default() })),
            template,
            name,
            namespace,
            problems: OnceLock::new(),
        }
    }

    /// The same object, in `namespace` when it names none and is not cluster-scoped.
    pub fn with_default_namespace(mut self, namespace: Arc<str>) -> Self {
        let rare = self.rare.get_or_insert_default();
        if let Some(host) = rare.host.as_mut().filter(|host| host.namespace.is_none()) {
            host.namespace = Some((&*namespace).into());
        }
        rare.default_namespace = Some(namespace);
        self
    }

    fn with_path(mut self, path: &str) -> Self {
        self.is_placed = true;
        if !path.is_empty() {
            self.rare.get_or_insert_default().path = Some(path.into());
        }
        self
    }

    /// Where it stands in its document, such as `items[7]`, if that is known: finding it out takes a walk over
    /// everything before it. Of an object in a ConfigMap's text the path begins with the ConfigMap's.
    pub fn path(&self) -> Option<&str> {
        let path = self.rare.as_ref().and_then(|rare| rare.path.as_deref());
        path.or_else(|| self.is_placed.then_some(""))
    }

    /// The ConfigMap that holds it as text, and under which key.
    pub fn host(&self) -> Option<&Host> {
        self.rare.as_ref()?.host.as_ref()
    }

    /// The same object, as the text of a ConfigMap.
    pub(crate) fn in_host(mut self, host: Host, path: &str) -> Self {
        self.rare.get_or_insert_default().host = Some(host);
        self.with_path(path)
    }

    /// The document it stands in.
    pub fn document(&self) -> &Arc<Document> {
        &self.document
    }

    /// Its mapping.
    pub fn root(&self) -> NodeRef<'_> {
        self.document.node(self.root)
    }

    /// Where it was found.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Says where it was found, when that is known only after reading.
    pub fn set_origin(&mut self, origin: Origin) {
        self.origin = origin;
    }

    /// The file name people see.
    pub fn file(&self) -> &str {
        self.document.source().name()
    }

    /// Its kind, if some control knows it.
    pub fn well_known(&self) -> WellKnown {
        self.well_known
    }

    /// `apiVersion`.
    pub fn api_version(&self) -> &str {
        self.api_version.text(&self.document)
    }

    /// The API group, `""` for core.
    pub fn group(&self) -> &str {
        group_of(self.api_version())
    }

    /// The version without its group.
    pub fn version(&self) -> &str {
        self.api_version().rsplit('/').next().unwrap_or("")
    }

    /// `kind`.
    pub fn kind(&self) -> &str {
        self.kind.text(&self.document)
    }

    /// `metadata.name`, or `metadata.generateName`, or `""`.
    pub fn name(&self) -> &str {
        self.name.map_or("", |node| self.document.node(node).text())
    }

    /// `metadata.namespace`, else the namespace given for objects that name none. `None`: unset (the unnamed
    /// namespace that the input shares) or cluster-scoped.
    pub fn namespace(&self) -> Option<&str> {
        if self.is_cluster_scoped() {
            return None;
        }
        self.own_namespace().or_else(|| self.rare.as_ref()?.default_namespace.as_deref())
    }

    /// `metadata.namespace` as written.
    pub fn own_namespace(&self) -> Option<&str> {
        self.namespace.map(|node| self.document.node(node).text())
    }

    /// Whether the kind is known to live in no namespace. Unknown kinds count as namespaced when they name one.
    pub fn is_cluster_scoped(&self) -> bool {
        self.well_known.cluster_scoped().unwrap_or_else(|| self.own_namespace().is_none())
    }

    /// The value of a label.
    pub fn label(&self, key: &str) -> Option<&str> {
        self.root().get("metadata")?.get("labels")?.get(key).map(NodeRef::text)
    }

    /// The value of an annotation.
    pub fn annotation(&self, key: &str) -> Option<&str> {
        self.root().get("metadata")?.get("annotations")?.get(key).map(NodeRef::text)
    }

    /// The entry of `metadata.ownerReferences` that is its controller (`metav1.GetControllerOf`).
    pub fn controller(&self) -> Option<NodeRef<'_>> {
        let owners = self.root().get("metadata")?.get("ownerReferences")?;
        owners.items().find(|owner| owner.get("controller").and_then(NodeRef::as_bool) == Some(true))
    }

    /// What the schema of `version` says about it (wrong types and unknown fields); nothing for kinds that the
    /// version does not serve.
    pub fn problems(&self, version: Version) -> Cow<'_, [Problem]> {
        let check = |version| {
            let schema = Schema::for_version(version);
            let kind = schema.kind(self.group(), self.version(), self.kind());
            kind.map_or_else(Vec::new, |kind| schema.check(self.root(), kind))
        };
        let (known, problems) = self.problems.get_or_init(|| (version, check(version).into()));
        if *known == version { Cow::Borrowed(problems) } else { Cow::Owned(check(version)) }
    }

    /// A cursor at the object itself.
    pub fn at(self: &Arc<Self>) -> At<'_> {
        At::new(self, self.root)
    }

    /// The pod templates in it: one for workloads and pods, any number for custom resources of workload shape.
    pub fn pods(self: &Arc<Self>) -> impl Iterator<Item = PodAt<'_>> {
        let more = self.rare.iter().flat_map(|rare| &*rare.templates).copied();
        self.template.into_iter().chain(more).map(|node| PodAt::new(At::new(self, node)))
    }
}

/// The group part of an `apiVersion`.
fn group_of(api_version: &str) -> &str {
    api_version.rsplit_once('/').map_or("", |(group, _)| group)
}

fn templates(root: NodeRef<'_>, kind: WellKnown) -> Vec<NodeId> {
    if let Some(path) = kind.template_path() {
        let mut keys = path.split('.').filter(|key| !key.is_empty());
        let node = keys.try_fold(root, |node, key| node.get(key));
        return node.filter(|node| node.is_mapping()).map(NodeRef::id).into_iter().collect();
    }
    if kind != WellKnown::Other {
        return Vec::new();
    }
    // A custom resource with a pod template (Argo Rollout, training jobs …): any `template` whose `spec` has
    // `containers`. Nodes are in preorder, so one pass over the array sees them all without recursion.
    let document = root.document();
    let nodes = (root.id().0..root.id().0 + root.size()).map(|id| document.node(NodeId(id)));
    nodes.filter(|node| is_template(*node)).map(NodeRef::id).collect()
}

fn is_template(node: NodeRef<'_>) -> bool {
    node.kind() == Kind::Mapping
        && node.get("spec").and_then(|spec| spec.get("containers")).is_some_and(|containers| {
            containers.items().any(|item| item.get("image").is_some() && item.get("name").is_some())
        })
}

/// The objects of a document: itself, or the items of a `List` or typed list (`PodList`), whose items may lack
/// `kind`; each ConfigMap is followed by the component configurations that its texts hold. `None` when the document is not a Kubernetes object (no `apiVersion` or `kind`).
pub fn objects_of(document: &Arc<Document>, origin: &Origin) -> Option<Vec<Object>> {
    let mut out = Vec::new();
    let root = document.root();
    collect(document, root, None, origin, 0, "", &mut out)?;
    Some(out)
}

/// Lists inside lists deeper than this are left as they are.
const LIST_DEPTH: u32 = 16;

fn collect(
    document: &Arc<Document>,
    node: NodeRef<'_>,
    inherited: Option<(&str, &str)>,
    origin: &Origin,
    depth: u32,
    path: &str,
    out: &mut Vec<Object>,
) -> Option<()> {
    let own = |key: &str| node.get(key).and_then(NodeRef::as_str).filter(|text| !text.is_empty());
    let (api_version, kind) = match (own("apiVersion"), own("kind")) {
        (Some(api_version), Some(kind)) => (api_version, kind),
        _ => inherited.or_else(|| plain_file::kind_of(node))?,
    };
    let items = node.get("items").filter(|items| items.is_sequence());
    match (kind.strip_suffix("List"), items) {
        (Some(item_kind), Some(items)) if depth < LIST_DEPTH => {
            let inherited = (!item_kind.is_empty()).then_some((api_version, item_kind));
            for (index, item) in items.items().enumerate() {
                let dot = if path.is_empty() { "" } else { "." };
                let path = format!("{path}{dot}items[{index}]");
                collect(document, item, inherited, origin, depth + 1, &path, out);
            }
        }
        _ => {
            let object = Object::new(document.clone(), node.id(), origin.clone(), api_version, kind);
            let object = object.with_path(path);
            let inner = embedded::configurations(&object).into_iter().filter_map(Result::ok);
            let inner: Vec<Object> = inner.collect();
            out.push(object);
            out.extend(inner);
        }
    }
    Some(())
}

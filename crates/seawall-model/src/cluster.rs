//! All objects together, indexed. A change gives a new generation that shares what it did not touch.

use crate::{Object, WellKnown};
use foldhash::{HashMap, HashSet};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// What makes two objects the same one: kind, namespace and name (versions of one group are the same object).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Identity<'a> {
    /// API group.
    pub group: &'a str,
    /// Kind.
    pub kind: &'a str,
    /// Namespace; `None` is unset or cluster-scoped.
    pub namespace: Option<&'a str>,
    /// Name.
    pub name: &'a str,
}

impl Object {
    /// Its identity in the cluster.
    pub fn identity(&self) -> Identity<'_> {
        // Deployments of `extensions` and `apps` are one object: known kinds are identified by kind alone.
        let group = if self.well_known() == WellKnown::Other { self.group() } else { "" };
        // Equal certificates in two files are two: what counts is which file holds them.
        let is_file = self.well_known() == WellKnown::CertificateFile;
        let name = if is_file { self.file() } else { self.name() };
        Identity { group, kind: self.kind(), namespace: self.namespace(), name }
    }
}

/// The objects of one kind and namespace, in path order.
#[derive(Debug, Default)]
struct Bucket {
    objects: Vec<Arc<Object>>,
    /// The last object of each name; made when first asked for.
    names: OnceLock<HashMap<Box<str>, u32>>,
}

impl Clone for Bucket {
    fn clone(&self) -> Self {
        Self { objects: self.objects.clone(), names: OnceLock::new() }
    }
}

impl Bucket {
    fn find(&self, name: &str) -> Option<&Arc<Object>> {
        let names = self.names.get_or_init(|| {
            self.objects.iter().enumerate().map(|(at, object)| (object.name().into(), at as u32)).collect()
        });
        self.objects.get(*names.get(name)? as usize)
    }
}

/// The objects of one kind, by namespace. Each namespace's bucket is shared between generations.
type Namespaces = BTreeMap<Option<Arc<str>>, Arc<Bucket>>;

/// A generation of the cluster.
#[derive(Clone, Debug, Default)]
pub struct Cluster {
    kinds: BTreeMap<WellKnown, Arc<Namespaces>>,
    count: usize,
}

impl Cluster {
    /// The cluster of `objects`, in path order: of several variants of one object the last one counts in
    /// questions that cross objects.
    pub fn new(objects: impl IntoIterator<Item = Arc<Object>>) -> Self {
        let mut kinds: BTreeMap<WellKnown, BTreeMap<Option<Arc<str>>, Bucket>> = BTreeMap::new();
        let mut names: HashSet<Arc<str>> = HashSet::default();
        let mut count = 0;
        for object in objects {
            let namespace = object.namespace().map(|name| match names.get(name) {
                Some(shared) => shared.clone(),
                None => {
                    let shared: Arc<str> = name.into();
                    names.insert(shared.clone());
                    shared
                }
            });
            kinds.entry(object.well_known()).or_default().entry(namespace).or_default().objects.push(object);
            count += 1;
        }
        let kinds = kinds.into_iter().map(|(kind, namespaces)| {
            (kind, Arc::new(namespaces.into_iter().map(|(name, bucket)| (name, Arc::new(bucket))).collect()))
        });
        Self { kinds: kinds.collect(), count }
    }

    /// The generation in which each `old` object (by pointer) is replaced by its `new` ones; untouched kinds and
    /// namespaces are shared with this generation. Objects with no old form are added.
    pub fn apply(&self, changes: impl IntoIterator<Item = (Option<Arc<Object>>, Vec<Arc<Object>>)>) -> Self {
        let mut next = self.clone();
        let mut gone: HashSet<*const Object> = HashSet::default();
        let mut moved: HashMap<*const Object, Arc<Object>> = HashMap::default();
        let mut touched: HashMap<*const Object, Arc<Object>> = HashMap::default();
        let mut more: Vec<Arc<Object>> = Vec::new();
        for (old, new) in changes {
            let Some(old) = old else {
                more.extend(new);
                continue;
            };
            // The common case keeps its place, so that the order of files stays the order of variants.
            match new.as_slice() {
                [only] if only.well_known() == old.well_known() && only.namespace() == old.namespace() => {
                    moved.insert(Arc::as_ptr(&old), only.clone());
                }
                _ => {
                    gone.insert(Arc::as_ptr(&old));
                    more.extend(new);
                }
            }
            touched.insert(Arc::as_ptr(&old), old);
        }
        next.replace(&touched, &moved, &gone);
        for object in more {
            next.bucket(&object).objects.push(object);
            next.count += 1;
        }
        next
    }

    /// One pass over each bucket that holds a touched object, however many of them it holds.
    fn replace(
        &mut self,
        touched: &HashMap<*const Object, Arc<Object>>,
        moved: &HashMap<*const Object, Arc<Object>>,
        gone: &HashSet<*const Object>,
    ) {
        let mut buckets: HashSet<(WellKnown, Option<&str>)> = HashSet::default();
        for object in touched.values() {
            if !buckets.insert((object.well_known(), object.namespace())) {
                continue;
            }
            let objects = &mut self.bucket(object).objects;
            let before = objects.len();
            objects.retain(|object| !gone.contains(&Arc::as_ptr(object)));
            for object in objects.iter_mut() {
                if let Some(new) = moved.get(&Arc::as_ptr(object)) {
                    *object = new.clone();
                }
            }
            let left = objects.len();
            self.count -= before - left;
        }
    }

    fn bucket(&mut self, object: &Object) -> &mut Bucket {
        let namespaces = Arc::make_mut(self.kinds.entry(object.well_known()).or_default());
        let bucket = Arc::make_mut(namespaces.entry(object.namespace().map(Into::into)).or_default());
        bucket.names = OnceLock::new();
        bucket
    }

    /// Whether two generations hold the same objects of a kind because nobody changed one between them.
    pub fn shares(&self, other: &Self, kind: WellKnown) -> bool {
        match (self.kinds.get(&kind), other.kinds.get(&kind)) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (None, None) => true,
            _ => false,
        }
    }

    /// How many objects there are, variants counted each.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Every object, by kind, namespace and path order.
    pub fn objects(&self) -> impl Iterator<Item = &Arc<Object>> {
        self.kinds
            .values()
            .flat_map(|namespaces| namespaces.values())
            .flat_map(|bucket| bucket.objects.iter())
    }

    /// The objects of a kind.
    pub fn of(&self, kind: WellKnown) -> impl Iterator<Item = &Arc<Object>> {
        self.kinds.get(&kind).into_iter().flat_map(|n| n.values()).flat_map(|bucket| bucket.objects.iter())
    }

    /// The objects of a kind in a namespace (`None`: the unnamed one, or cluster-scoped).
    pub fn in_namespace(&self, kind: WellKnown, namespace: Option<&str>) -> &[Arc<Object>] {
        self.bucket_of(kind, namespace).map_or(&[], |bucket| bucket.objects.as_slice())
    }

    /// The object of a kind by namespace and name; of several variants the last in path order.
    pub fn find(&self, kind: WellKnown, namespace: Option<&str>, name: &str) -> Option<&Arc<Object>> {
        self.bucket_of(kind, namespace)?.find(name)
    }

    fn bucket_of(&self, kind: WellKnown, namespace: Option<&str>) -> Option<&Bucket> {
        // A map keyed by Option<Arc<str>> cannot be asked with Option<&str>.
        let key: Option<Arc<str>> = namespace.map(Into::into);
        self.kinds.get(&kind)?.get(&key).map(|bucket| &**bucket)
    }

    /// The names of all namespaces that hold an object or are described; `None` is the unnamed one.
    pub fn namespaces(&self) -> impl Iterator<Item = Option<&str>> {
        let mut all: Vec<Option<&str>> = Vec::new();
        for (kind, namespaces) in &self.kinds {
            if kind.cluster_scoped() == Some(true) {
                if *kind == WellKnown::Namespace {
                    all.extend(self.of(*kind).map(|object| Some(object.name())));
                }
            } else {
                all.extend(namespaces.keys().map(Option::as_deref));
            }
        }
        all.sort_unstable();
        all.dedup();
        all.into_iter()
    }
}

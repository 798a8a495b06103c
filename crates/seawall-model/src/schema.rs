//! What does the API of a Kubernetes version know? Served kinds and resources, and the type of every field.
//!
//! Made from the OpenAPI files and generated code of each release (`cargo xtask gen schema`); one table serves all
//! versions. [`Schema::check`] walks a document as the API server's decoder does.

mod blob;
mod check;
mod scalar;

pub use check::{Expected, Problem, Wrong};
pub use scalar::{is_base64, is_micro_time, is_quantity, is_time};

use crate::Version;

/// The API of one minor version. It is only a view: making and copying one costs nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Schema {
    version: Version,
    bit: u8,
}

/// How finished an API version is, by its name.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Level {
    /// `v1alpha1`: may change or vanish without notice.
    Alpha,
    /// `v1beta1`: off unless switched on, since 1.24.
    Beta,
    /// `v1`.
    Stable,
}

impl Level {
    /// Reads it off an API version such as `v2beta1`.
    pub fn of(version: &str) -> Self {
        if version.contains("alpha") {
            Self::Alpha
        } else if version.contains("beta") {
            Self::Beta
        } else {
            Self::Stable
        }
    }
}

impl Schema {
    /// The schema of a version.
    pub const fn for_version(version: Version) -> Self {
        Self { version, bit: 1 << version.index() }
    }

    /// The version.
    pub fn version(self) -> Version {
        self.version
    }

    /// A kind that this version can serve (alpha and beta ones included), lists such as `PodList` and bodies of
    /// subresources such as `Scale` among them. The group of core kinds is `""`.
    pub fn kind(self, group: &str, version: &str, kind: &str) -> Option<KindInfo> {
        self.versions_of(kind).find(|info| info.group() == group && info.version() == version)
    }

    /// All groups and versions that serve a kind of this name.
    pub fn versions_of(self, kind: &str) -> impl Iterator<Item = KindInfo> + use<'_> {
        (blob::first_kind(kind)..blob::KIND_COUNT)
            .map(move |number| KindInfo { schema: self, record: blob::kind(number) })
            .take_while(move |info| info.kind() == kind)
            .filter(move |info| info.record.mask & self.bit != 0)
    }

    /// Every kind, by name, group, version.
    pub fn kinds(self) -> impl Iterator<Item = KindInfo> {
        (0..blob::KIND_COUNT)
            .map(move |number| KindInfo { schema: self, record: blob::kind(number) })
            .filter(move |info| info.record.mask & self.bit != 0)
    }

    /// Every resource and subresource, by group, version, name.
    pub fn resources(self) -> impl Iterator<Item = ResourceInfo> {
        (0..blob::RESOURCE_COUNT)
            .map(move |number| ResourceInfo { record: blob::resource(number), bit: self.bit })
            .filter(move |info| info.record.mask & self.bit != 0)
    }

    /// Whether any kind of this group and version can be served.
    pub fn serves(self, group: &str, version: &str) -> bool {
        self.resources().any(|info| info.group() == group && info.version() == version)
    }

    fn type_of(self, number: u16) -> Type {
        Type { schema: self, number }
    }
}

/// A kind of a version.
#[derive(Clone, Copy)]
pub struct KindInfo {
    schema: Schema,
    record: blob::KindRecord,
}

impl std::fmt::Debug for KindInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KindInfo({}/{} {})", self.group(), self.version(), self.kind())
    }
}

impl KindInfo {
    /// The API group, `""` for core.
    pub fn group(self) -> &'static str {
        blob::string(self.record.group)
    }

    /// The API version, such as `v1`.
    pub fn version(self) -> &'static str {
        blob::string(self.record.version)
    }

    /// The kind's name.
    pub fn kind(self) -> &'static str {
        blob::string(self.record.kind)
    }

    /// Plural name in URLs and RBAC rules; none for lists and for kinds that only subresources take.
    pub fn resource(self) -> Option<&'static str> {
        (self.record.resource != 0).then(|| blob::string(self.record.resource))
    }

    /// Whether its objects live in namespaces.
    pub fn namespaced(self) -> bool {
        self.record.namespaced
    }

    /// How finished its API version is.
    pub fn level(self) -> Level {
        Level::of(self.version())
    }

    /// Whether an API server serves it without `--runtime-config`; some beta resources also need a feature gate.
    pub fn served_by_default(self) -> bool {
        self.record.default_mask & self.schema.bit != 0
    }

    /// Its type.
    pub fn type_info(self) -> Type {
        self.schema.type_of(self.record.type_number)
    }
}

/// A resource, such as `pods`, or subresource, such as `pods/exec`.
#[derive(Clone, Copy)]
pub struct ResourceInfo {
    record: blob::ResourceRecord,
    bit: u8,
}

/// The verbs of resources, in the order of the bits.
const VERBS: [&str; 8] = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];

impl std::fmt::Debug for ResourceInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ResourceInfo({}/{} {})", self.group(), self.version(), self.name())
    }
}

impl ResourceInfo {
    /// The API group, `""` for core.
    pub fn group(self) -> &'static str {
        blob::string(self.record.group)
    }

    /// The API version.
    pub fn version(self) -> &'static str {
        blob::string(self.record.version)
    }

    /// `pods` or `pods/exec`.
    pub fn name(self) -> &'static str {
        blob::string(self.record.name)
    }

    /// The kind it takes or gives, which for subresources may be of another group (`Scale`).
    pub fn kind(self) -> &'static str {
        blob::string(self.record.kind)
    }

    /// Whether it lives in namespaces.
    pub fn namespaced(self) -> bool {
        self.record.namespaced
    }

    /// Whether an API server serves it without `--runtime-config`.
    pub fn served_by_default(self) -> bool {
        self.record.default_mask & self.bit != 0
    }

    /// RBAC verbs that some URL of it answers to.
    pub fn verbs(self) -> impl Iterator<Item = &'static str> {
        VERBS
            .into_iter()
            .enumerate()
            .filter(move |(bit, _)| self.record.verbs >> bit & 1 == 1)
            .map(|(_, verb)| verb)
    }
}

/// A type with fields.
#[derive(Clone, Copy)]
pub struct Type {
    schema: Schema,
    number: u16,
}

impl std::fmt::Debug for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Type({})", self.name())
    }
}

impl Type {
    /// OpenAPI's name, such as `io.k8s.api.core.v1.Container`.
    pub fn name(self) -> &'static str {
        blob::string(blob::type_record(self.number).0)
    }

    /// The part after the last dot, such as `Container`.
    pub fn short_name(self) -> &'static str {
        self.name().rsplit('.').next().unwrap_or("")
    }

    /// A field by its exact name: Kubernetes' JSON decoder minds case (sigs.k8s.io/json).
    pub fn field(self, name: &str) -> Option<Field> {
        let range = blob::type_record(self.number).1;
        let number = blob::find_field(range, name, self.schema.bit)?;
        Some(Field { schema: self.schema, record: blob::field(number) })
    }

    /// Its fields by name.
    pub fn fields(self) -> impl Iterator<Item = Field> {
        blob::type_record(self.number)
            .1
            .map(move |number| Field { schema: self.schema, record: blob::field(number) })
            .filter(move |field| field.record.mask & self.schema.bit != 0)
    }
}

/// A field of a type.
#[derive(Clone, Copy)]
pub struct Field {
    schema: Schema,
    record: blob::FieldRecord,
}

impl std::fmt::Debug for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Field({} {:?})", self.name(), self.shape())
    }
}

impl Field {
    /// Its name.
    pub fn name(self) -> &'static str {
        blob::string(self.record.name)
    }

    /// What its value may be.
    pub fn shape(self) -> Shape {
        Shape::read(self.schema, self.record.shape)
    }

    /// Whether OpenAPI lists it as required. The decoder does not mind; validation does.
    pub fn required(self) -> bool {
        self.record.required
    }

    /// JSON text of the default in OpenAPI, when that is not Go's zero value. Most defaults of Kubernetes are not in
    /// OpenAPI: none here does not mean there is none.
    pub fn default(self) -> Option<&'static str> {
        (self.record.default != 0).then(|| blob::string(self.record.default))
    }
}

/// What a value may be.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Anything at all (raw extensions, `FieldsV1`, defaults in CRD schemas).
    Any,
    /// A string.
    String,
    /// A string that should be one of these; the decoder does not mind, validation does.
    Enum(Values),
    /// A boolean.
    Bool,
    /// An integer of 32 bits.
    Int32,
    /// An integer of 64 bits.
    Int64,
    /// A number.
    Double,
    /// `100m`, `1Gi`, or a number.
    Quantity,
    /// An integer of 32 bits or a string.
    IntOrString,
    /// RFC 3339.
    Time,
    /// RFC 3339 with exactly six fractional digits.
    MicroTime,
    /// Base64.
    Bytes,
    /// A list.
    Array(Element),
    /// A map from strings.
    Map(Element),
    /// An object of a type.
    Object(Type),
    /// A CRD schema or a boolean.
    SchemaOrBool(Type),
    /// A CRD schema or a list of them.
    SchemaOrArray(Type),
    /// A CRD schema or a list of strings.
    SchemaOrStrings(Type),
}

impl Shape {
    fn read(schema: Schema, number: u16) -> Self {
        let record = blob::shape(number);
        let object = || schema.type_of(record.argument);
        match record.tag {
            1 => Self::String,
            2 => Self::Bool,
            3 => Self::Int32,
            4 => Self::Int64,
            5 => Self::Double,
            6 => Self::Quantity,
            7 => Self::IntOrString,
            8 => Self::Time,
            9 => Self::MicroTime,
            10 => Self::Bytes,
            11 => Self::Enum(Values(record.argument)),
            12 => Self::Array(Element { schema, record }),
            13 => Self::Map(Element { schema, record }),
            14 => Self::Object(object()),
            15 => Self::SchemaOrBool(object()),
            16 => Self::SchemaOrArray(object()),
            17 => Self::SchemaOrStrings(object()),
            _ => Self::Any,
        }
    }
}

/// The values of an enumeration.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Values(u16);

impl Values {
    /// Each of them, sorted.
    pub fn iter(self) -> impl Iterator<Item = &'static str> {
        blob::string(self.0).split('\n')
    }
}

/// How a list is merged by server-side apply (`x-kubernetes-list-type`).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ListType {
    /// Not said: as a whole.
    Unset,
    /// As a whole.
    Atomic,
    /// As a set of scalars.
    Set,
    /// By the keys of its elements.
    Map,
}

/// The elements of a list or the values of a map.
#[derive(Clone, Copy)]
pub struct Element {
    schema: Schema,
    record: blob::ShapeRecord,
}

impl std::fmt::Debug for Element {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Element({:?})", self.shape())
    }
}

impl Element {
    /// What each of them may be.
    pub fn shape(self) -> Shape {
        Shape::read(self.schema, self.record.argument)
    }

    /// How the list is merged.
    pub fn list_type(self) -> ListType {
        match self.record.list {
            1 => ListType::Atomic,
            2 => ListType::Set,
            3 => ListType::Map,
            _ => ListType::Unset,
        }
    }

    /// Fields that identify an element of a [`ListType::Map`].
    pub fn keys(self) -> impl Iterator<Item = &'static str> {
        blob::string(self.record.keys).split(',').filter(|key| !key.is_empty())
    }
}

#[cfg(test)]
mod tests;

//! Writes the merged releases as the small binary table that `seawall_model::schema` reads in place.
//!
//! All numbers are little endian. Header: 8 bytes magic, then for each of the six sections its offset (u32) and
//! number of records (u32): string ends (u32), shapes, types, fields, kinds, resources. The strings themselves are a
//! text of their own, one after the other.
//! Records: shape 6 bytes (tag u8, list type u8, argument u16, keys u16) · type 6 (name, first field, fields) ·
//! field 8 (name, shape, default, mask u8, flags u8) · kind 14 (kind, group, version, type, resource, mask u8,
//! default mask u8, flags u8, unused u8) · resource 14 (group, version, resource, kind, verbs, mask u8, flags u8,
//! default mask u8, unused u8). Strings are numbers into the string section; 0 is the empty string.

use super::openapi::{Kind, Merged, Property, Resource, Shape};
use anyhow::{Context, Result};
use std::collections::{BTreeMap, HashMap};

pub(crate) const MAGIC: &[u8; 8] = b"seawall1";

#[derive(Default)]
struct Writer {
    strings: Vec<String>,
    string_numbers: HashMap<String, u16>,
    shapes: Vec<[u8; 6]>,
    shape_numbers: HashMap<Shape, u16>,
    type_numbers: HashMap<String, u16>,
}

/// Group versions that are neither stable nor off: (group, version) → mask of releases that serve them by default.
pub(crate) type ServedAnyway = BTreeMap<(String, String), u8>;

/// The table and the text of its strings.
pub(crate) fn encode(merged: &Merged, served: &ServedAnyway) -> Result<(Vec<u8>, String)> {
    let mut writer = Writer::default();
    writer.string("")?;
    for (number, name) in merged.types.keys().enumerate() {
        writer.type_numbers.insert(name.clone(), u16::try_from(number)?);
    }
    let (mut types, mut fields) = (Vec::new(), Vec::new());
    let mut count = 0_u16;
    for (name, properties) in &merged.types {
        let first = count;
        for (field, forms) in properties {
            for (form, mask) in forms {
                fields.extend(writer.field(field, form, *mask)?);
                count += 1;
            }
        }
        for value in [writer.string(name)?, first, count - first] {
            types.extend(value.to_le_bytes());
        }
    }
    let mut kinds = Vec::new();
    let mut by_kind: Vec<_> = merged.kinds.iter().collect();
    by_kind.sort_by_key(|((group, version, kind), _)| (kind, group, version));
    for ((group, version, kind), info) in by_kind {
        kinds.extend(writer.kind(
            group,
            version,
            kind,
            info,
            default_mask(group, version, info.mask, served),
        )?);
    }
    let mut resources = Vec::new();
    for ((group, version, name), info) in &merged.resources {
        let mask = default_mask(group, version, info.mask, served);
        resources.extend(writer.resource(group, version, name, info, mask)?);
    }
    let mut ends = Vec::new();
    let mut text = String::new();
    for string in &writer.strings {
        text.push_str(string);
        ends.extend(u32::try_from(text.len())?.to_le_bytes());
    }
    let shapes = writer.shapes.concat();
    let sections: [(&[u8], usize); 6] =
        [(&ends, 4), (&shapes, 6), (&types, 6), (&fields, 8), (&kinds, 14), (&resources, 14)];
    let mut out = MAGIC.to_vec();
    let mut offset = 8 + sections.len() * 8;
    for (section, size) in sections {
        out.extend(u32::try_from(offset)?.to_le_bytes());
        out.extend(u32::try_from(section.len() / size)?.to_le_bytes());
        offset += section.len();
    }
    for (section, _) in sections {
        out.extend(section);
    }
    Ok((out, text))
}

/// Since 1.24 only stable versions are served unless switched on (KEP-3136), but for those that are older.
fn default_mask(group: &str, version: &str, mask: u8, served: &ServedAnyway) -> u8 {
    let stable = !version.contains("alpha") && !version.contains("beta");
    let anyway = served.get(&(group.to_owned(), version.to_owned())).copied().unwrap_or(0);
    if stable { mask } else { mask & anyway }
}

impl Writer {
    fn string(&mut self, text: &str) -> Result<u16> {
        if let Some(number) = self.string_numbers.get(text) {
            return Ok(*number);
        }
        let number = u16::try_from(self.strings.len()).context("too many strings")?;
        self.strings.push(text.to_owned());
        self.string_numbers.insert(text.to_owned(), number);
        Ok(number)
    }

    fn shape(&mut self, shape: &Shape) -> Result<u16> {
        if let Some(number) = self.shape_numbers.get(shape) {
            return Ok(*number);
        }
        let type_number =
            |name: &String| self.type_numbers.get(name).copied().with_context(|| format!("no type {name}"));
        let (tag, argument): (u8, u16) = match shape {
            Shape::Any => (0, 0),
            Shape::String => (1, 0),
            Shape::Bool => (2, 0),
            Shape::Int32 => (3, 0),
            Shape::Int64 => (4, 0),
            Shape::Double => (5, 0),
            Shape::Quantity => (6, 0),
            Shape::IntOrString => (7, 0),
            Shape::Time => (8, 0),
            Shape::MicroTime => (9, 0),
            Shape::Bytes => (10, 0),
            Shape::Object(name) => (14, type_number(name)?),
            Shape::SchemaOrBool(name) => (15, type_number(name)?),
            Shape::SchemaOrArray(name) => (16, type_number(name)?),
            Shape::SchemaOrStrings(name) => (17, type_number(name)?),
            Shape::Enum(values) => (11, self.string(values)?),
            Shape::Array(element, ..) => (12, self.shape(element)?),
            Shape::Map(element) => (13, self.shape(element)?),
        };
        let (list, keys) = match shape {
            Shape::Array(_, kind, keys) => {
                let list = ["", "atomic", "set", "map"].iter().position(|known| known == kind);
                (list.context("list type")? as u8, self.string(keys)?)
            }
            _ => (0, 0),
        };
        let [a, b] = argument.to_le_bytes();
        let [c, d] = keys.to_le_bytes();
        let number = u16::try_from(self.shapes.len())?;
        self.shapes.push([tag, list, a, b, c, d]);
        self.shape_numbers.insert(shape.clone(), number);
        Ok(number)
    }

    fn field(&mut self, name: &str, form: &Property, mask: u8) -> Result<Vec<u8>> {
        let default = form.default.as_deref().unwrap_or("");
        let numbers = [self.string(name)?, self.shape(&form.shape)?, self.string(default)?];
        let mut out = numbers.map(u16::to_le_bytes).concat();
        out.extend([mask, u8::from(form.required)]);
        Ok(out)
    }

    fn kind(&mut self, group: &str, version: &str, kind: &str, info: &Kind, served: u8) -> Result<Vec<u8>> {
        let number = self.type_numbers.get(&info.type_name).copied().context("type of kind")?;
        let numbers = [
            self.string(kind)?,
            self.string(group)?,
            self.string(version)?,
            number,
            self.string(&info.resource)?,
        ];
        let mut out = numbers.map(u16::to_le_bytes).concat();
        out.extend([info.mask, served, u8::from(info.namespaced), 0]);
        Ok(out)
    }

    fn resource(
        &mut self,
        group: &str,
        version: &str,
        name: &str,
        info: &Resource,
        served: u8,
    ) -> Result<Vec<u8>> {
        let numbers = [
            self.string(group)?,
            self.string(version)?,
            self.string(name)?,
            self.string(&info.kind.2)?,
            info.verbs,
        ];
        let mut out = numbers.map(u16::to_le_bytes).concat();
        out.extend([info.mask, u8::from(info.namespaced), served, 0]);
        Ok(out)
    }
}

//! `#[control(…)]` turns a documented function into a catalogue entry.
//!
//! The attribute leaves the function as it is and puts beside it `pub const CONTROL: Control`, whose texts are the
//! sections of the doc comment and whose `visit` is chosen by the type of the first parameter
//! (`ContainerAt` → `Visit::Container`).

use proc_macro::TokenStream;
use quote::{format_ident, quote};
use syn::punctuated::Punctuated;
use syn::{Expr, ExprLit, FnArg, ItemFn, Lit, Meta, Token, Type, parse_macro_input};

/// Marks a control. Keys: `since = "0.1.0"`, `severity = Critical`, `practices = ["pod-security"]`, and optionally
/// `cis = ["5.2.2"]`, `pss = "baseline"`, `nsa = ["…"]`, `aliases = ["KSV-0017"]`, `fix = Safe | Unsafe`,
/// `group = "container-hardening"`.
#[proc_macro_attribute]
pub fn control(attributes: TokenStream, item: TokenStream) -> TokenStream {
    let metas = parse_macro_input!(attributes with Punctuated::<Meta, Token![,]>::parse_terminated);
    let function = parse_macro_input!(item as ItemFn);
    expand(&metas, &function).unwrap_or_else(syn::Error::into_compile_error).into()
}

fn expand(
    metas: &Punctuated<Meta, Token![,]>,
    function: &ItemFn,
) -> Result<proc_macro2::TokenStream, syn::Error> {
    let mut fields = Vec::new();
    let mut seen = Vec::new();
    for meta in metas {
        let pair = meta.require_name_value()?;
        let key = pair.path.require_ident()?;
        let value = &pair.value;
        fields.push(match key.to_string().as_str() {
            "severity" => quote!(severity: ::seawall_model::Severity::#value),
            "fix" => quote!(fix: Some(::seawall_model::Safety::#value)),
            "pss" | "group" => quote!(#key: Some(#value)),
            "since" => quote!(since: #value),
            "practices" | "cis" | "nsa" | "aliases" => quote!(#key: &#value),
            _ => return Err(syn::Error::new_spanned(key, "unknown key")),
        });
        seen.push(key.to_string());
    }
    for required in ["since", "severity", "practices"] {
        if !seen.iter().any(|key| key == required) {
            return Err(syn::Error::new_spanned(&function.sig.ident, format!("`{required}` is missing")));
        }
    }
    let name = &function.sig.ident;
    let id = name.to_string().replace('_', "-");
    let texts = Texts::of(function, &id)?;
    let Texts { finds, why, mend, references } = &texts;
    let visit = visit(function)?;
    Ok(quote! {
        #function

        /// The catalogue entry.
        pub const CONTROL: crate::Control = crate::Control {
            id: #id,
            finds: #finds,
            why: #why,
            mend: #mend,
            references: &[#(#references),*],
            visit: crate::Visit::#visit(#name),
            module: module_path!(),
            #(#fields,)*
            ..crate::Control::EMPTY
        };
    })
}

/// `ContainerAt<'_>` → `Container`, `&World` → `World`.
fn visit(function: &ItemFn) -> Result<proc_macro2::Ident, syn::Error> {
    let first = function.sig.inputs.first();
    let ty = match first {
        Some(FnArg::Typed(argument)) => match &*argument.ty {
            Type::Reference(reference) => &*reference.elem,
            other => other,
        },
        _ => return Err(syn::Error::new_spanned(&function.sig, "the first parameter says what is visited")),
    };
    let Type::Path(path) = ty else { return Err(syn::Error::new_spanned(ty, "expected a path")) };
    let last = path.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
    Ok(format_ident!("{}", last.strip_suffix("At").unwrap_or(&last)))
}

struct Texts {
    finds: String,
    why: String,
    mend: String,
    references: Vec<String>,
}

impl Texts {
    /// Splits the doc comment into its sections; all of them are required.
    fn of(function: &ItemFn, id: &str) -> Result<Self, syn::Error> {
        let fail = |message: &str| syn::Error::new_spanned(&function.sig.ident, message);
        let mut sections: Vec<(String, Vec<String>)> = Vec::new();
        let mut title = String::new();
        for line in doc_lines(function) {
            if let Some(text) = line.strip_prefix("# ") {
                title = text.trim().to_owned();
            } else if let Some(text) = line.strip_prefix("## ") {
                sections.push((text.trim().to_owned(), Vec::new()));
            } else if let Some((_, lines)) = sections.last_mut() {
                lines.push(line);
            }
        }
        if title != id {
            return Err(fail(&format!("the doc comment must start with `# {id}`")));
        }
        let section = |name: &str| {
            let lines = sections.iter().find(|(title, _)| title == name).map(|(_, lines)| lines);
            lines.map(|lines| lines.join("\n").trim().to_owned()).filter(|text| !text.is_empty())
        };
        let required =
            |name: &str| section(name).ok_or_else(|| fail(&format!("section `## {name}` is missing")));
        let references = section("References").unwrap_or_default();
        Ok(Self {
            finds: required("What it finds")?,
            why: required("Why it matters")?,
            mend: required("Fix")?,
            references: references
                .lines()
                .map(|line| line.trim_start_matches(['-', ' ']).trim().to_owned())
                .filter(|line| !line.is_empty())
                .collect(),
        })
    }
}

fn doc_lines(function: &ItemFn) -> Vec<String> {
    let docs = function.attrs.iter().filter(|attribute| attribute.path().is_ident("doc"));
    docs.filter_map(|attribute| match &attribute.meta.require_name_value().ok()?.value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
            let text = text.value();
            Some(text.strip_prefix(' ').unwrap_or(&text).to_owned())
        }
        _ => None,
    })
    .collect()
}

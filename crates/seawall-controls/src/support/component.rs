//! What controls say about settings of components.

pub(crate) mod authorizers;
pub(crate) mod plugins;

use crate::ComponentAt;
use seawall_model::{FindingBuilder, Report, Safety, Setting};

/// A way to mend a setting: safety, description, and the value to write.
pub(crate) type Mend<'m> = (Safety, &'static str, &'m str);

/// `bool` settings: a finding when the value in effect is not `wanted`, an unknown when it cannot be known.
pub(crate) fn must_be<'r>(
    out: &'r mut Report,
    component: ComponentAt<'_>,
    name: &'static str,
    wanted: bool,
    what: &str,
    mend: Mend<'_>,
) -> Option<FindingBuilder<'r>> {
    let setting = component.setting(name);
    match setting.bool() {
        Some(value) if value == wanted => None,
        Some(_) => Some(finding(out, component, &setting, what, Some(mend))),
        None => {
            unknown(out, component, &setting);
            if setting.is_known() {
                let message =
                    format!("{}: the value of `{}` is no boolean", component.program(), setting.label());
                out.unknown(setting.at(), message, "a value that the program accepts");
            }
            None
        }
    }
}

/// Settings that name a file: one finding at the first of `names` that is unset, an unknown when none is found unset
/// but some cannot be known.
pub(crate) fn must_be_given<'r>(
    out: &'r mut Report,
    component: ComponentAt<'_>,
    names: &[&'static str],
    what: &str,
) -> Option<FindingBuilder<'r>> {
    let settings: Vec<Setting<'_>> = names.iter().map(|name| component.setting(name)).collect();
    if let Some(unset) = settings.iter().find(|setting| setting.text() == Some("")) {
        let missing: Vec<String> = settings
            .iter()
            .filter(|setting| setting.text() == Some(""))
            .map(|setting| format!("`{}`", setting.label()))
            .collect();
        return Some(out.finding(
            unset.at(),
            format!("{}: {} not set: {what}", component.program(), missing.join(" and ")),
        ));
    }
    if let Some(undecided) = settings.iter().find(|setting| setting.unknown().is_some()) {
        unknown(out, component, undecided);
    }
    None
}

/// A finding on a setting whose value in effect is wrong. The message names the value and whether it is the default.
pub(crate) fn finding<'r>(
    out: &'r mut Report,
    component: ComponentAt<'_>,
    setting: &Setting<'_>,
    what: &str,
    mend: Option<Mend<'_>>,
) -> FindingBuilder<'r> {
    let value = shown(setting.list().unwrap_or_default().join(",").as_str());
    let how = match (value.as_str(), setting.is_set()) {
        ("", _) => "is not set".to_owned(),
        (value, true) => format!("is `{value}`"),
        (value, false) => format!("is `{value}` by default"),
    };
    let message = format!("{}: `{}` {how}: {what}", component.program(), setting.label());
    let builder = out.finding(setting.at(), message);
    match mend.and_then(|(safety, text, value)| Some((safety, text, setting.change(value)?))) {
        Some((Safety::Safe, text, change)) => builder.safe_fix(text, vec![change]),
        Some((Safety::Unsafe, text, change)) => builder.unsafe_fix(text, vec![change]),
        None => builder,
    }
}

/// Says that a setting cannot be known, if that is so. A setting that the input does not describe is passed over.
pub(crate) fn unknown(out: &mut Report, component: ComponentAt<'_>, setting: &Setting<'_>) {
    if let Some(decides) = setting.unknown() {
        let message = format!("{}: `{}` cannot be known", component.program(), setting.label());
        out.unknown(setting.at(), message, decides);
    }
}

/// At most 60 characters of a value for a message.
pub(crate) fn shown(value: &str) -> String {
    match value.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", value.get(..end).unwrap_or("")),
        None => value.to_owned(),
    }
}

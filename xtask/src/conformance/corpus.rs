//! Real texts: the data folder and the inputs of yaml-test-suite.

use std::path::{Path, PathBuf};

/// A text and where it comes from.
pub(crate) struct Text {
    pub(crate) name: String,
    pub(crate) text: String,
}

/// The data folder: `SEAWALL_DATA`, else `../shared/data` beside the repository. `None` if it is not there.
pub(crate) fn data() -> Option<PathBuf> {
    let fallback = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let folder = std::env::var_os("SEAWALL_DATA").map_or_else(fallback, PathBuf::from);
    folder.is_dir().then_some(folder)
}

/// Every file of the folder that is text, in the order of its path.
pub(crate) fn files(folder: &Path) -> anyhow::Result<Vec<Text>> {
    let mut texts = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_symlink() {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = String::from_utf8(std::fs::read(&path)?) {
                texts.push(Text { name: path.display().to_string(), text });
            }
        }
    }
    texts.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(texts)
}

/// The inputs of yaml-test-suite, with the signs for invisible characters resolved.
pub(crate) fn test_suite(folder: &Path) -> anyhow::Result<Vec<Text>> {
    let mut texts = Vec::new();
    for file in files(&folder.join("upstream/yaml-test-suite"))? {
        for document in
            seawall_yaml::parse_documents(&seawall_yaml::Source::new(file.name.as_str(), file.text))
        {
            let Ok(document) = document else { continue };
            for (number, case) in document.root().items().enumerate() {
                let Some(yaml) = case.get("yaml") else { continue };
                let text = yaml
                    .text()
                    .replace('␣', " ")
                    .replace(['—', '»'], "\t")
                    .replace('←', "\r")
                    .replace('⇔', "\u{FEFF}")
                    .replace('↵', "")
                    .replace("∎\n", "");
                texts.push(Text { name: format!("{}#{number}", file.name), text });
            }
        }
    }
    Ok(texts)
}

//! Runs the Markdown tests: `tests/<area>/<id>.md` holds manifests that fail, with the expected findings as
//! comments, the fixed text, and manifests that must pass. CONTRIBUTING.md describes the format.

use libtest_mimic::{Arguments, Failed, Trial};
use seawall_controls::{CATALOGUE, Engine};
use seawall_model::{
    Change, Cluster, Finding, Object, Origin, Outcome, Version, WellKnown, objects_of, plan_edits,
};
use seawall_world::{Coverage, Extent, World};
use seawall_yaml::{Document, Source, apply_edits, parse_documents};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut files = Vec::new();
    collect(&folder, &mut files);
    files.sort();
    let mut trials: Vec<Trial> = Vec::new();
    for file in &files {
        let (area, id) = names(file);
        let file = file.clone();
        trials.push(Trial::test(format!("{area}/{id}"), move || run_file(&file, &id).map_err(Failed::from)));
    }
    trials.push(Trial::test("every-control-has-its-test", move || {
        let missing: Vec<_> = CATALOGUE
            .iter()
            .filter(|control| {
                !files.iter().any(|file| names(file) == (control.area().into(), control.id.into()))
            })
            .map(|control| format!("tests/{}/{}.md", control.area(), control.id))
            .collect();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(Failed::from(format!("missing: {}", missing.join(", "))))
        }
    }));
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn names(file: &Path) -> (String, String) {
    let text =
        |part: Option<&std::ffi::OsStr>| part.map(|p| p.to_string_lossy().into_owned()).unwrap_or_default();
    (text(file.parent().and_then(Path::file_name)), text(file.file_stem()))
}

fn collect(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            out.push(path);
        }
    }
}

/// A fenced block of YAML.
struct Block {
    line: usize,
    options: Vec<String>,
    text: String,
    must_fail: bool,
}

fn run_file(file: &Path, id: &str) -> Result<(), String> {
    let text = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
    if text.lines().next() != Some(&format!("# {id}")) {
        return Err(format!("the first line must be `# {id}`"));
    }
    let blocks = blocks(&text)?;
    let has = |fail: bool| blocks.iter().any(|block| block.must_fail == fail);
    if !has(true) || !has(false) {
        return Err("needs at least one block under `## Fails` and one under `## Passes`".into());
    }
    let mut problems = String::new();
    let mut blocks = blocks.iter().peekable();
    while let Some(block) = blocks.next() {
        let fixed = blocks.next_if(|next| next.options.iter().any(|option| option == "fixed"));
        if let Err(problem) = run_block(block, fixed, id) {
            let _ = writeln!(problems, "block at line {}:\n{problem}", block.line);
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

fn blocks(text: &str) -> Result<Vec<Block>, String> {
    let mut blocks = Vec::new();
    let mut must_fail = None;
    let mut open: Option<Block> = None;
    for (number, line) in text.lines().enumerate() {
        if let Some(block) = &mut open {
            if line == "```" {
                blocks.extend(open.take());
            } else {
                block.text.push_str(line);
                block.text.push('\n');
            }
        } else if let Some(heading) = line.strip_prefix("## ") {
            must_fail = match heading.split_whitespace().next() {
                Some("Fails") => Some(true),
                Some("Passes") => Some(false),
                _ => must_fail,
            };
        } else if let Some(options) = line.strip_prefix("```yaml") {
            open = Some(Block {
                line: number + 1,
                options: options.split_whitespace().map(str::to_owned).collect(),
                text: String::new(),
                must_fail: must_fail.ok_or("a block before `## Fails` or `## Passes`")?,
            });
        }
    }
    if open.is_some() { Err("a block without end".into()) } else { Ok(blocks) }
}

fn run_block(block: &Block, fixed: Option<&Block>, id: &str) -> Result<(), String> {
    let findings = findings(block, &block.text, id)?;
    let mut expected = expectations(&block.text, id)?;
    if block.must_fail == expected.is_empty() {
        return Err("`Fails` blocks expect findings, `Passes` blocks expect none".into());
    }
    let mut problems = String::new();
    for finding in &findings {
        let line = finding.at.location().start.line as usize;
        let matches = |want: &Expectation| {
            want.line == line && want.outcome == finding.outcome && finding.message.contains(&want.message)
        };
        match expected.iter().position(matches) {
            Some(at) => drop(expected.remove(at)),
            None => {
                let _ = writeln!(
                    problems,
                    "unexpected {:?} at line {line}: {} [{}]",
                    finding.outcome,
                    finding.message,
                    finding.at.field()
                );
            }
        }
    }
    for want in expected {
        let _ = writeln!(
            problems,
            "expected {:?} at line {} was not found {:?}",
            want.outcome, want.line, want.message
        );
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    match fixed {
        Some(fixed) => check_fix(block, fixed, &findings, id),
        None if findings.iter().any(|finding| finding.fix.is_some()) => {
            Err(format!("a ```yaml fixed block is missing:\n{}", fix_all(&block.text, &findings)?))
        }
        None => Ok(()),
    }
}

fn check_fix(block: &Block, fixed: &Block, findings: &[Finding], id: &str) -> Result<(), String> {
    let text = fix_all(&block.text, findings)?;
    if text != fixed.text {
        return Err(format!("the fixed text is:\n{text}"));
    }
    let fixable = findings.iter().filter(|finding| finding.fix.is_some()).count();
    let left = self::findings(block, &text, id)?.len();
    if left + fixable > findings.len() {
        Err(format!("{left} findings are left after {fixable} fixes"))
    } else {
        Ok(())
    }
}

fn fix_all(text: &str, findings: &[Finding]) -> Result<String, String> {
    let mut edits = Vec::new();
    let mut documents: Vec<(*const Document, Vec<&Change>)> = Vec::new();
    for finding in findings {
        for change in finding.fix.iter().flat_map(|fix| &fix.changes) {
            let document = Arc::as_ptr(change.at().object.document());
            match documents.iter_mut().find(|(known, _)| *known == document) {
                Some((_, changes)) => changes.push(change),
                None => documents.push((document, vec![change])),
            }
        }
    }
    for (_, changes) in documents {
        edits.extend(plan_edits(changes).map_err(|error| error.to_string())?);
    }
    apply_edits(text, &edits).map_err(|error| error.to_string())
}

struct Expectation {
    line: usize,
    outcome: Outcome,
    message: String,
}

fn expectations(text: &str, id: &str) -> Result<Vec<Expectation>, String> {
    let mut out = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let Some(start) = ["# finds: ", "# finds-next: ", "# unknown: ", "# unknown-next: "]
            .iter()
            .filter_map(|mark| line.find(mark))
            .min()
        else {
            continue;
        };
        for part in line[start + 2..].split(" ; ") {
            let (mark, rest) =
                part.split_once(": ").ok_or_else(|| format!("line {}: no `: `", number + 1))?;
            let (rule, message) = rest.trim().split_once(' ').unwrap_or((rest.trim(), ""));
            if rule != id {
                return Err(format!("line {}: expected `{id}`, found `{rule}`", number + 1));
            }
            let outcome = if mark.starts_with("unknown") { Outcome::Unknown } else { Outcome::Fail };
            let line = number + 1 + usize::from(mark.ends_with("-next"));
            out.push(Expectation { line, outcome, message: message.trim().trim_matches('"').to_owned() });
        }
    }
    Ok(out)
}

fn findings(block: &Block, text: &str, id: &str) -> Result<Vec<Finding>, String> {
    let control = seawall_controls::find(id).ok_or("no such control: run `cargo xtask gen`")?;
    let mut version = Version::NEWEST;
    let mut coverage = Coverage::open();
    let (mut time, mut origin) = (None, Origin::File);
    for option in &block.options {
        match option.split_once('=') {
            Some(("version", value)) => {
                version = Version::read(value).map_err(|error| error.to_string())?.version
            }
            Some(("at", value)) => {
                time = Some(seawall_auth::authentication::parse_time(value).ok_or("`at` is no time")?)
            }
            Some(("without", kind)) => {
                let kind = WellKnown::ALL.iter().find(|known| known.name() == kind).ok_or("no such kind")?;
                coverage =
                    coverage.except(*kind, None, Extent::NotCollected(format!("no {kind:?} was read")));
            }
            None if option == "closed" => coverage = Coverage::closed(),
            None if option == "live" => {
                coverage = Coverage::closed();
                origin = Origin::Live(Arc::default());
            }
            None if option == "fixed" => {}
            _ => return Err(format!("unknown option `{option}`")),
        }
    }
    let mut objects: Vec<Arc<Object>> = Vec::new();
    for source in sources(text) {
        for document in parse_documents(&source) {
            let document = document.map_err(|error| format!("line {}: {error}", error.place.line))?;
            let found =
                objects_of(&Arc::new(document), &origin).ok_or("a document is no Kubernetes object")?;
            objects.extend(found.into_iter().map(Arc::new));
        }
    }
    let world = World::new(Cluster::new(objects), version, coverage).at_time(time);
    Ok(Engine::new([control]).run(&world))
}

/// The files of a block: each line `# file: NAME` begins another one; without any, all is `test.yaml`.
fn sources(text: &str) -> Vec<Arc<Source>> {
    let mut out = Vec::new();
    let (mut name, mut start, mut line) = ("test.yaml", 0, 0);
    let (mut at, mut lines) = (0, 0);
    let mut cut = |name: &str, start: usize, end: usize, line| {
        let part = text.get(start..end).unwrap_or("");
        if !part.is_empty() {
            out.push(Source::segment(name, part, start as u64, line));
        }
    };
    for part in text.split_inclusive('\n') {
        if let Some(next) = part.strip_prefix("# file: ") {
            cut(name, start, at, line);
            (name, start, line) = (next.trim(), at, lines);
        }
        at += part.len();
        lines += 1;
    }
    cut(name, start, at, line);
    out
}

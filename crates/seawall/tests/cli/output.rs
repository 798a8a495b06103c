//! Formats, targets, colours, and that nothing depends on chance.

use crate::program::{BAD, Folder, HARDENED};

const FORMATS: [&str; 11] = [
    "full",
    "concise",
    "json",
    "jsonl",
    "sarif",
    "junit",
    "github",
    "gitlab",
    "markdown",
    "html",
    "openreports",
];

fn mixed() -> Folder {
    let folder = Folder::new();
    for number in 0..40 {
        folder.write(
            &format!("in/{number:02}/bad.yaml"),
            BAD.replace("name: web", &format!("name: web-{number}")),
        );
    }
    folder.write("in/web.yaml", HARDENED);
    folder.write("in/broken.yaml", "a: [");
    folder.write("in/copy.yaml", HARDENED);
    folder
}

#[test]
fn several_reports_in_one_run() {
    let folder = Folder::with(&[("bad.yaml", BAD)]);
    let mut arguments = "scan bad.yaml -o concise".to_owned();
    for format in FORMATS {
        arguments.push_str(&format!(" -o {format}=out/{format}"));
    }
    folder.run(&arguments).expect(2);
    std::fs::create_dir(folder.path().join("out")).unwrap();
    let answer = folder.run(&arguments).expect(1);
    assert!(answer.out.contains("bad.yaml:11:9: critical privileged-container"), "{}", answer.out);
    for format in FORMATS {
        let alone = folder.run(&format!("scan bad.yaml -o {format}")).expect(1).out;
        assert_eq!(folder.read(&format!("out/{format}")), alone, "{format}");
    }
    assert_eq!(std::fs::read_dir(folder.path().join("out")).unwrap().count(), FORMATS.len());
}

#[test]
fn equal_input_gives_equal_bytes() {
    let folder = mixed();
    for format in FORMATS {
        let first = folder.run(&format!("scan -o {format} in")).expect(1);
        for _ in 0..2 {
            let next = folder.run(&format!("scan -o {format} in")).expect(1);
            assert!(next.out == first.out && next.err == first.err, "{format} changes from run to run");
        }
    }
}

#[test]
fn the_order_of_files_does_not_matter() {
    let folder = mixed();
    let forward: Vec<String> = (0..40).map(|number| format!("in/{number:02}/bad.yaml")).collect();
    let backward: Vec<String> = forward.iter().rev().cloned().collect();
    let run =
        |files: &[String]| folder.run(&format!("scan -o json {} in/web.yaml", files.join(" "))).expect(1).out;
    assert_eq!(run(&forward), run(&backward));
    // Named twice is read once.
    let json = folder.run("scan -o json in in/web.yaml in/00").expect(1).json();
    assert_eq!(json["summary"]["files"], 43);
}

#[test]
fn colours_are_for_terminals() {
    let folder = Folder::with(&[("bad.yaml", BAD)]);
    for format in FORMATS {
        let answer = folder.run(&format!("scan -o {format} bad.yaml"));
        assert!(!answer.out.contains('\u{1b}') && !answer.err.contains('\u{1b}'), "{format}");
    }
    assert!(folder.run("scan --color always bad.yaml").expect(1).out.contains('\u{1b}'));
    assert!(!folder.run("scan --color never bad.yaml").expect(1).out.contains('\u{1b}'));
}

#[test]
fn what_is_shown_can_be_narrowed_and_counts_stay() {
    let folder = mixed();
    let whole = folder.run("scan -o json in").expect(1).json();
    let narrow = folder.run("scan -o json --severity critical in").expect(1).json();
    assert_eq!(narrow["summary"], whole["summary"]);
    assert_eq!(narrow["findings"].as_array().unwrap().len(), 40);
    let lines = |arguments: &str| folder.run(arguments).expect(1).out.lines().count();
    assert!(lines("scan --summary in") < 40);
    assert!(lines("scan --limit 1 in") < lines("scan --limit 30 in"));
    let table = folder.run("scan --statistics in").expect(1).out;
    assert!(
        table.lines().any(|line| line.contains("40") && line.contains("privileged-container")),
        "{table}"
    );
    let one = folder.run("scan -o jsonl in").expect(1).out;
    assert_eq!(one.lines().count(), whole["findings"].as_array().unwrap().len());
    for line in one.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
}

#[test]
fn verbose_and_quiet() {
    let folder = Folder::with(&[("in/web.yaml", HARDENED), ("in/compose.yaml", "services: {}\n")]);
    assert!(folder.run("scan -v -o json in").expect(0).err.contains("in/compose.yaml"));
    assert_eq!(folder.run("scan -o json in").expect(0).err, "");
    assert!(folder.run("scan -v in").expect(0).out.contains("in/compose.yaml"));
    assert_eq!(folder.run("scan -q --fix in").expect(0).err, "");
}

#[test]
fn fixes_of_a_large_input_are_the_same_however_they_are_asked_for() {
    // Above so many objects fixes are made for what is drawn alone, unless a report needs all of them.
    let folder = Folder::new();
    let pods: String =
        (0..2_100).map(|n| format!("{}---\n", BAD.replace("name: web", &format!("name: web-{n}")))).collect();
    folder.write("in.yaml", pods);
    let drawn = folder.run("scan in.yaml --limit 3").out;
    let all = folder.run("scan in.yaml --limit 3 -o full -o json=all.json").out;
    // The last line alone tells how many fixes there are, if that is known.
    let lines =
        |text: &str| text.lines().filter(|line| !line.starts_with("then:")).map(str::to_owned).collect();
    let (drawn, all): (Vec<String>, Vec<String>) = (lines(&drawn), lines(&all));
    assert_eq!(
        drawn
            .iter()
            .filter(|line| line.starts_with("unsafe fix (may break the application), re-checked"))
            .count(),
        3
    );
    assert_eq!(drawn, all);
}

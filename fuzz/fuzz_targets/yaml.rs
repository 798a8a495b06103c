//! Any text: no panic, spans inside of the text, JSON that decodes to itself, edits that apply.
#![no_main]

use libfuzzer_sys::fuzz_target;
use seawall_yaml::{NodeId, Source, apply_edits, parse_documents, parse_one};

fuzz_target!(|text: &str| {
    let source = Source::new("fuzz", text);
    for document in parse_documents(&source).into_iter().chain([parse_one(&source)]).flatten() {
        for id in 0..document.len() as u32 {
            let node = document.node(NodeId(id));
            let span = node.span();
            assert!(text.get(span.start as usize..span.end as usize).is_some());
            for edit in [node.replace("x"), node.set(&["a", "b"], "- c"), node.append("d: e")].into_iter().flatten() {
                assert!(apply_edits(text, &[edit]).is_ok());
            }
        }
        let mut json = String::new();
        document.root().write_json(&mut json);
        let wrapped = format!("{{\"x\":{json}}}");
        let again = parse_documents(&Source::new("json", wrapped.as_str()));
        assert!(matches!(again.as_slice(), [Ok(_)]));
    }
});

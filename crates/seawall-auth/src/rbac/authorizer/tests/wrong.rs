//! Values of wrong types anywhere: never a panic, and never a grant that the readable objects do not give.

use super::worlds::{Dice, question, world};
use super::*;
use crate::rbac::escalation::Write;

/// Replaces some words of a text by values of other types.
fn spoiled(text: &str, dice: &mut Dice) -> String {
    let lines: Vec<String> = text
        .lines()
        .map(|line| {
            let Some((key, _)) = line.split_once(": ").filter(|_| dice.below(12) == 0) else {
                return line.to_owned();
            };
            let end = if key.contains('{') { "}" } else { "" };
            format!(
                "{key}: {}{end}",
                dice.of(&["5", "[]", "{}", "null", "yes", "[[]]", "{a: b}", "[null, 1]", "''"])
            )
        })
        .collect();
    lines.join("\n")
}

#[test]
fn spoiled_worlds_never_panic_nor_grant_more() {
    let (mut spoiled_ones, mut unknown) = (0, 0);
    for seed in 1..=120 {
        let mut dice = Dice::new(seed + 5000);
        let text = spoiled(&world(&mut dice), &mut dice);
        let Ok(document) = parse_one(&Source::new("test.yaml", text.clone())) else { continue };
        let Some(all) = objects_of(&Arc::new(document), &Origin::File) else { continue };
        spoiled_ones += 1;
        let all: Vec<Arc<Object>> = all.into_iter().map(Arc::new).collect();
        let cluster = Cluster::new(all.iter().cloned());
        for options in [Options::stored(Version::NEWEST), Options::files(Version::OLDEST)] {
            let stored = !options.built_in;
            let mut rbac = RbacAuthorizer::new(&cluster, options);
            for who in [user("u1"), Subject { user: "u2", groups: &["g1", "g2"] }] {
                for _ in 0..20 {
                    let ask = question(&mut dice);
                    let decision = rbac.decide(who, &ask);
                    unknown += usize::from(decision == Decision::Unknown);
                    let proofs = rbac.proofs(who, &ask, 100);
                    assert_eq!(decision == Decision::Allow, !proofs.is_empty(), "{text}");
                    // Where everything can be read the rest says the same as before.
                    if stored && decision == Decision::Allow {
                        assert!(super::brute::authorize(&all, who, &ask).0, "{who:?} {ask:?}\n{text}");
                    }
                    rbac.who_can(&ask, 2);
                    rbac.nearest(who, &ask, 5);
                }
                rbac.access(who, 3);
            }
            for object in &all {
                let write = Write { object, old: Some(object), namespace: "n1", name: "x" };
                rbac.check_write(user("u1"), &write, &|_| Decision::NoOpinion);
                let write = Write { old: None, ..write };
                rbac.check_write(user("u1"), &write, &|_| Decision::NoOpinion);
            }
            all.iter().for_each(|object| rbac.set(object));
            all.iter().for_each(|object| rbac.remove(object));
        }
    }
    assert!(spoiled_ones > 80 && unknown > 100, "{spoiled_ones} {unknown}");
}

//! The pictures of small graphs, of hostile ones, and of large ones.

use super::*;
use std::time::{Duration, Instant};

fn node(name: &str, kind: NodeKind) -> Node {
    Node { name: name.into(), caption: kind.words().into(), kind, ..Node::default() }
}

fn edge(from: usize, to: usize, label: &str) -> Edge {
    Edge { from, to, label: label.into(), ..Edge::default() }
}

fn small() -> Drawing {
    let mut step = edge(1, 2, "may run a pod as the service account");
    step.details = vec![("because".into(), "Role ci/deployer rule 1".into())];
    step.assumed = true;
    Drawing {
        title: "attack paths".into(),
        summary: "1 path".into(),
        nodes: vec![
            node("pod:shop/web", NodeKind::Workload),
            node("sa:shop/web", NodeKind::Identity),
            node("cluster-admin", NodeKind::Goal),
        ],
        edges: vec![edge(0, 1, "holds a token"), step],
        routes: vec![Route { title: "web".into(), edges: vec![0, 1] }],
        ..Drawing::default()
    }
}

fn text(drawing: &Drawing, picture: Picture) -> String {
    let mut out = Vec::new();
    draw(drawing, picture, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

const ALL: [Picture; 3] = [Picture::Dot, Picture::Svg, Picture::Html];

#[test]
fn a_small_graph_in_dot() {
    let expected = r##"digraph seawall {
  graph [rankdir=LR, label="attack paths\n1 path", labelloc=t, fontname="sans-serif"];
  node [shape=box, style="rounded", fontname="sans-serif"];
  edge [fontname="sans-serif", fontsize=10];
  n0 [label="pod:shop/web\npod or workload", tooltip="pod:shop/web"];
  n1 [label="sa:shop/web\nidentity", tooltip="sa:shop/web"];
  n2 [label="cluster-admin\ngoal", tooltip="cluster-admin", style="rounded,filled", fillcolor="#a3123a", fontcolor=white];
  n0 -> n1 [label="holds a token", tooltip=""];
  n1 -> n2 [label="may run a pod as the service\naccount", tooltip="because: Role ci/deployer rule 1", style=dashed];
}
"##;
    assert_eq!(text(&small(), Picture::Dot), expected);
}

#[test]
fn a_small_graph_as_a_picture() {
    let svg = text(&small(), Picture::Svg);
    // Boxes from the left to the right on one line, the label between them.
    let x = |name: &str| {
        let node = svg
            .split("<g class=\"node")
            .skip(1)
            .find(|part| part.contains(&format!("<title>{name}")))
            .unwrap();
        let x = node.split("<rect x=\"").nth(1).unwrap().split('"').next().unwrap();
        x.parse::<f64>().unwrap()
    };
    assert!(x("pod:shop/web") < x("sa:shop/web") && x("sa:shop/web") < x("cluster-admin"), "{svg}");
    assert!(svg.contains("<g class=\"edge assumed\"><title>sa:shop/web → cluster-admin: may run"), "{svg}");
    assert!(svg.contains("because: Role ci/deployer rule 1</title>"));
    assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\"") && svg.ends_with("</svg>\n"));
    let page = text(&small(), Picture::Html);
    assert!(page.contains(
        "<a class=\"edge assumed\" href=\"#edge-2\" data-edge=\"2\" data-from=\"1\" data-to=\"2\">"
    ));
    assert!(page.contains("<article class=\"told assumed\" id=\"edge-2\">"));
    assert!(page.contains("<dt>because</dt><dd>Role ci/deployer rule 1</dd>"));
}

#[test]
fn nothing_is_drawn_of_nothing() {
    let empty = Drawing { title: "attack paths".into(), summary: "No path.".into(), ..Drawing::default() };
    assert!(text(&empty, Picture::Html).contains("<p>No path.</p>"));
    assert!(!text(&empty, Picture::Html).contains("<figure"));
    assert!(text(&empty, Picture::Svg).contains("No path."));
    assert!(text(&empty, Picture::Dot).contains("No path."));
}

#[test]
fn names_stay_text() {
    const EVIL: &str = "</title><script>alert(1)</script>\"'&\\]]>{|}<b>\u{202e}\u{1b}[31m\n%s";
    let mut drawing = small();
    (drawing.title, drawing.summary) = (EVIL.into(), EVIL.into());
    drawing.notes.push(EVIL.into());
    drawing.routes.push(Route { title: EVIL.into(), edges: vec![1] });
    for node in &mut drawing.nodes {
        (node.name, node.caption, node.group) = (EVIL.into(), EVIL.into(), EVIL.into());
        node.details.push(EVIL.into());
    }
    for edge in &mut drawing.edges {
        edge.label = EVIL.into();
        edge.details.push((EVIL.into(), EVIL.into()));
    }
    for lanes in [false, true] {
        drawing.lanes = lanes;
        for picture in ALL {
            let out = text(&drawing, picture);
            assert!(!out.contains('\u{1b}') && !out.contains('\u{202e}'));
            if picture == Picture::Dot {
                for line in out.lines().filter(|line| line.contains("label=")) {
                    // Outside of quoted strings nothing of the name is left.
                    let unescaped = line.replace("\\\\", "").replace("\\\"", "");
                    let outside: String = unescaped.split('"').step_by(2).collect();
                    assert!(!outside.contains("script") && unescaped.matches('"').count() % 2 == 0, "{line}");
                }
            } else {
                assert!(!out.contains("alert(1)</script>") && !out.contains("<b>"), "{out}");
            }
        }
    }
}

#[test]
fn edges_that_lead_nowhere_are_left_out() {
    let mut drawing = small();
    drawing.edges.insert(0, edge(0, 9, "nowhere"));
    drawing.routes[0].edges = vec![0, 1, 2];
    for picture in ALL {
        assert!(!text(&drawing, picture).contains("nowhere"));
    }
    assert_eq!(drawing.sound().routes[0].edges, [0, 1]);
}

/// Numbers that look random and are the same on every run.
fn numbers(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed;
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    }
}

/// Ten vertices, each connected to each.
fn dense() -> Drawing {
    let mut drawing = random(10, 0, 1);
    drawing.edges =
        (0..100).map(|number| edge(number / 10, number % 10, &format!("edge {number}"))).collect();
    drawing
}

fn random(nodes: usize, edges: usize, groups: usize) -> Drawing {
    let mut next = numbers(7);
    let mut drawing = Drawing { title: "random".into(), lanes: groups > 1, ..Drawing::default() };
    for number in 0..nodes {
        let mut one = node(&format!("n{number}"), NodeKind::ALL[next(7)]);
        one.group = format!("g{}", next(groups));
        drawing.nodes.push(one);
    }
    for number in 0..edges {
        drawing.edges.push(edge(next(nodes), next(nodes), &format!("edge {number}")));
    }
    drawing
}

#[test]
fn equal_graphs_give_equal_bytes() {
    for picture in ALL {
        let drawing = random(60, 100, 4);
        assert_eq!(text(&drawing, picture), text(&drawing.clone(), picture));
    }
}

#[test]
fn no_two_boxes_overlap() {
    for groups in [1, 5] {
        let drawing = random(80, 120, groups);
        let layout = layout::layout(&drawing);
        for (at, one) in layout.boxes.iter().enumerate() {
            for other in layout.boxes.iter().skip(at + 1) {
                let apart = one.x + one.width <= other.x
                    || other.x + other.width <= one.x
                    || one.y + one.height <= other.y + 0.01
                    || other.y + other.height <= one.y + 0.01;
                assert!(apart, "{one:?} {other:?}");
            }
            assert!(one.x >= 0.0 && one.y >= 0.0);
            assert!(
                one.x + one.width <= layout.width && one.y + one.height <= layout.height + 0.01,
                "{one:?}"
            );
        }
    }
}

#[test]
fn large_graphs_are_drawn_in_bounded_time() {
    // A chain of thousands, a dense tangle, and stars: each was once a way to make a layout slow.
    let mut chain = random(3_000, 0, 1);
    chain.edges = (1..3_000).map(|to| edge(to - 1, to, "next")).collect();
    let mut far = random(3_000, 0, 1);
    far.edges = (1..3_000).flat_map(|to| [edge(to - 1, to, "next"), edge(0, to, "far")]).collect();
    for drawing in
        [random(1_000, 3_000, 30), random(2_000, 50_000, 1), random(5_000, 5_000, 5_000), chain, far]
    {
        let start = Instant::now();
        for picture in ALL {
            assert!(!text(&drawing, picture).is_empty());
        }
        // Unoptimized, and on a busy machine.
        assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
    }
}

#[test]
fn a_page_of_many_vertices_is_a_table() {
    let page = text(&random(300, 900, 6), Picture::Html);
    assert!(page.contains("<table class=\"matrix\">") && !page.contains("<svg"));
    assert!(page.contains("<th scope=\"row\">g3</th>"));
    assert!(page.contains("id=\"edge-900\""));
    // Few vertices that are all connected: a table of them, with what the edges say.
    let page = text(&dense(), Picture::Html);
    assert!(page.contains("<th scope=\"row\">n3</th>") && page.contains("\">edge 99</a></td>"), "{page}");
    assert!(text(&random(20, 60, 6), Picture::Html).contains("<svg"));
    // Cells lead to nothing that is not told.
    let page = text(&random(300, 6_000, 20), Picture::Html);
    let told: std::collections::HashSet<&str> =
        page.split("id=\"").skip(1).filter_map(|part| part.split('"').next()).collect();
    let mut links = page.split("href=\"#").skip(1).filter_map(|part| part.split('"').next());
    assert!(links.all(|link| told.contains(link)));
}

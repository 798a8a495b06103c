//! A layered layout, from left to right (after K. Sugiyama, S. Tagawa, M. Toda, "Methods for Visual Understanding of
//! Hierarchical System Structures", 1981): ranks, an order within each layer that has few crossings, then places.
//! Labels are vertices of their own between the ranks, so that nothing is written over them.
//!
//! Our own, because it must be bounded for any graph and the same on every run, and keep groups in bands.

mod order;
mod place;
mod rank;

use super::text::{LETTER, SMALL, columns, fit, wrap};
use super::{Drawing, Node, NodeKind};

/// Edges that still get a label.
const LABELLED: usize = 150;
/// Vertices that long edges may add; beyond that they are drawn straight.
const MOST_BENDS: usize = 20_000;
/// Columns of a vertex's name, and of a label.
const NAME: usize = 34;
const LABEL: usize = 24;
/// Space around everything.
const MARGIN: f64 = 16.0;

/// A vertex's box.
#[derive(Clone, Debug, Default)]
pub(super) struct Box {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) name: String,
    pub(super) caption: String,
}

/// An edge's line.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    /// From the first to the last; between two of them it runs as a curve that is level at both.
    pub(super) points: Vec<(f64, f64)>,
    /// The point behind which nothing is drawn up to the next: there stands the label.
    pub(super) gap: Option<usize>,
    /// The middle of the label, and its lines.
    pub(super) label: Option<(f64, f64, Vec<String>)>,
}

/// A group's band.
#[derive(Clone, Debug)]
pub(super) struct Lane {
    pub(super) name: String,
    pub(super) y: f64,
    pub(super) height: f64,
}

/// Where everything is, in pixels.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    pub(super) width: f64,
    pub(super) height: f64,
    /// As [`Drawing::nodes`].
    pub(super) boxes: Vec<Box>,
    /// As [`Drawing::edges`].
    pub(super) lines: Vec<Line>,
    pub(super) lanes: Vec<Lane>,
}

/// What stands in a layer: a node of the drawing, a label, or a bend of a long edge.
#[derive(Clone, Debug, Default)]
pub(super) struct Vertex {
    layer: usize,
    width: f64,
    height: f64,
    lane: usize,
}

/// The layered graph: vertices, and segments between neighbouring layers.
#[derive(Debug, Default)]
pub(super) struct Layers {
    vertices: Vec<Vertex>,
    /// Vertices of each layer, in order.
    layers: Vec<Vec<usize>>,
    /// The neighbours of each vertex in the layer before, and in the one behind.
    before: Vec<Vec<usize>>,
    behind: Vec<Vec<usize>>,
    lanes: usize,
}

/// The way of an edge: its label's vertex, and the vertices that it passes from the left to the right.
#[derive(Debug, Default)]
struct Chain {
    label: Option<usize>,
    vertices: Vec<usize>,
    /// Whether it runs from the right to the left.
    backwards: bool,
}

/// Lays the graph out.
pub(super) fn layout(drawing: &Drawing) -> Layout {
    let labelled = drawing.edges.len() <= LABELLED;
    let mut boxes: Vec<Box> = drawing.nodes.iter().map(size).collect();
    let ends: Vec<(usize, usize)> = drawing.edges.iter().map(|edge| (edge.from, edge.to)).collect();
    let ranks = rank::ranks(drawing.nodes.len(), &ends);
    let (lanes, lane_of) = lanes(drawing);
    let mut layers = Layers { lanes: lanes.len().max(1), ..Layers::default() };
    let step = if labelled { 2 } else { 1 };
    for (number, shape) in boxes.iter().enumerate() {
        layers.add(ranks[number] * step, shape.width, shape.height, lane_of[number]);
    }
    let labels: Vec<Vec<String>> = drawing
        .edges
        .iter()
        .map(|edge| if labelled { wrap(&edge.label, LABEL, 3) } else { Vec::new() })
        .collect();
    let mut bends = 0;
    let chains: Vec<Chain> =
        ends.iter().zip(&labels).map(|(ends, label)| layers.chain(*ends, label, &mut bends)).collect();
    order::order(&mut layers);
    let heights = place::heights(&layers);
    let columns = place::columns(&layers, labelled);
    for (number, shape) in boxes.iter_mut().enumerate() {
        shape.x = columns.middle(&layers, number) - shape.width / 2.0;
        shape.y = heights.middles[number] - shape.height / 2.0;
    }
    let ports = Ports::of(&ends, &chains, &boxes, &heights.middles);
    let route = Route { layers: &layers, columns: &columns, middles: &heights.middles, boxes: &boxes };
    let mut lines = Vec::with_capacity(ends.len());
    for (number, (chain, label)) in chains.iter().zip(labels).enumerate() {
        let mut line = route.line(chain, ends[number], ports.of[number]);
        line.label = chain.label.map(|at| (columns.middle(&layers, at), heights.middles[at], label));
        lines.push(line);
    }
    let bands = heights.lanes.iter().zip(&lanes);
    let lanes = bands.map(|((y, height), name)| Lane { name: (*name).to_owned(), y: *y, height: *height });
    let lanes = if drawing.lanes { lanes.collect() } else { Vec::new() };
    Layout { width: columns.width, height: heights.height, boxes, lines, lanes }
}

/// The names of the bands in order, and the band of each node.
fn lanes(drawing: &Drawing) -> (Vec<&str>, Vec<usize>) {
    if !drawing.lanes {
        return (Vec::new(), vec![0; drawing.nodes.len()]);
    }
    let mut names: Vec<&str> = drawing.nodes.iter().map(|node| node.group.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let of = |node: &Node| names.binary_search(&node.group.as_str()).unwrap_or(0);
    let numbers = drawing.nodes.iter().map(of).collect();
    (names, numbers)
}

/// The box of a node, with its text.
fn size(node: &Node) -> Box {
    if node.kind == NodeKind::Join {
        return Box { width: 22.0, height: 22.0, ..Box::default() };
    }
    let (name, caption) = (fit(node.shown(), NAME), fit(&node.caption, NAME + 6));
    let text = (columns(&name) as f64 * LETTER).max(columns(&caption) as f64 * SMALL);
    let height = if caption.is_empty() { 30.0 } else { 44.0 };
    Box { width: (text + 28.0).max(70.0).round(), height, name, caption, ..Box::default() }
}

impl Layers {
    fn add(&mut self, layer: usize, width: f64, height: f64, lane: usize) -> usize {
        let number = self.vertices.len();
        self.vertices.push(Vertex { layer, width, height, lane });
        self.before.push(Vec::new());
        self.behind.push(Vec::new());
        if self.layers.len() <= layer {
            self.layers.resize(layer + 1, Vec::new());
        }
        self.layers[layer].push(number);
        number
    }

    fn link(&mut self, left: usize, right: usize) {
        self.behind[left].push(right);
        self.before[right].push(left);
    }

    /// Adds the label and the bends of an edge.
    fn chain(&mut self, (from, to): (usize, usize), label: &[String], bends: &mut usize) -> Chain {
        if from == to {
            return Chain::default();
        }
        let backwards = self.vertices[from].layer > self.vertices[to].layer;
        let (left, right) = if backwards { (to, from) } else { (from, to) };
        let (first, last) = (self.vertices[left].layer, self.vertices[right].layer);
        let mut chain = Chain { backwards, ..Chain::default() };
        if *bends + (last - first) > MOST_BENDS {
            return chain;
        }
        let mut before = left;
        for layer in first + 1..last {
            // A label stands beside where the edge begins.
            let is_label = !label.is_empty() && layer == if backwards { last - 1 } else { first + 1 };
            let widest = label.iter().map(|line| columns(line)).max().unwrap_or(0) as f64 * SMALL;
            let (width, height) =
                if is_label { (widest + 10.0, label.len() as f64 * 14.0 + 6.0) } else { (0.0, 6.0) };
            let lane = if layer - first < last - layer { left } else { right };
            let vertex = self.add(layer, width, height, self.vertices[lane].lane);
            self.link(before, vertex);
            chain.vertices.push(vertex);
            chain.label = chain.label.or(is_label.then_some(vertex));
            before = vertex;
            *bends += 1;
        }
        self.link(before, right);
        chain
    }
}

/// Where edges leave and enter the boxes, above or below the middle: they do not all end in one point.
struct Ports {
    /// For each edge: at its start, and at its end.
    of: Vec<(f64, f64)>,
}

impl Ports {
    fn of(ends: &[(usize, usize)], chains: &[Chain], boxes: &[Box], middles: &[f64]) -> Self {
        // Per box and side: the edge, which of its ends, and the height of what is beside.
        let mut sides: Vec<[Vec<(f64, usize, bool)>; 2]> = vec![<[Vec<_>; 2]>::default(); boxes.len()];
        for (number, ((from, to), chain)) in ends.iter().zip(chains).enumerate() {
            let (first, last) = (chain.vertices.first(), chain.vertices.last());
            let (start, end) = if chain.backwards { (last, first) } else { (first, last) };
            let right = usize::from(!chain.backwards);
            sides[*from][right].push((middles[*start.unwrap_or(to)], number, false));
            sides[*to][1 - right].push((middles[*end.unwrap_or(from)], number, true));
        }
        let mut of = vec![(0.0, 0.0); ends.len()];
        for (side, shape) in sides
            .iter_mut()
            .zip(boxes)
            .flat_map(|(sides, shape)| sides.iter_mut().map(move |side| (side, shape)))
        {
            side.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
            let step = ((shape.height - 10.0) / side.len().max(1) as f64).min(9.0);
            let middle = (side.len() as f64 - 1.0) / 2.0;
            for (at, (_, edge, is_end)) in side.iter().enumerate() {
                let slot = &mut of[*edge];
                *(if *is_end { &mut slot.1 } else { &mut slot.0 }) = (at as f64 - middle) * step;
            }
        }
        Self { of }
    }
}

/// What lines run between.
struct Route<'l> {
    layers: &'l Layers,
    columns: &'l place::Columns,
    middles: &'l [f64],
    boxes: &'l [Box],
}

impl Route<'_> {
    /// The line of an edge, without its label. It is level wherever a column is, so that it crosses no box.
    fn line(&self, chain: &Chain, (from, to): (usize, usize), ports: (f64, f64)) -> Line {
        if from == to {
            let start = &self.boxes[from];
            // A loop above the box.
            let (x, y) = (start.x + start.width / 2.0, start.y);
            let points = vec![(x - 12.0, y), (x - 12.0, y - 12.0), (x + 12.0, y - 12.0), (x + 12.0, y)];
            return Line { points, ..Line::default() };
        }
        // As from the left to the right; a line that runs backwards is turned at last.
        let (left, right) = if chain.backwards { (to, from) } else { (from, to) };
        let (left_port, right_port) = if chain.backwards { (ports.1, ports.0) } else { ports };
        let (first, last) = (&self.boxes[left], &self.boxes[right]);
        let (left_y, right_y) =
            (first.y + first.height / 2.0 + left_port, last.y + last.height / 2.0 + right_port);
        let mut points =
            vec![(first.x + first.width, left_y), (self.columns.right(self.layers, left), left_y)];
        let mut gap = None;
        for &vertex in &chain.vertices {
            let (middle, y) = (self.columns.middle(self.layers, vertex), self.middles[vertex]);
            points.push((self.columns.left(self.layers, vertex), y));
            if chain.label == Some(vertex) {
                let half = self.layers.vertices[vertex].width / 2.0;
                gap = Some(points.len());
                points.extend([(middle - half, y), (middle + half, y)]);
            }
            points.push((self.columns.right(self.layers, vertex), y));
        }
        points.extend([(self.columns.left(self.layers, right), right_y), (last.x, right_y)]);
        if chain.backwards {
            points.reverse();
            gap = gap.map(|at| points.len() - 2 - at);
        }
        Line { points, gap, label: None }
    }
}

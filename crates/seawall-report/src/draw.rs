//! Pictures of graphs: attack paths, connections. One small graph type, one layered layout, one file per format.
//!
//! Equal graphs give equal bytes. All text is untrusted and is escaped for the format. The work is bounded: a graph
//! with many vertices is drawn without labels, and as a page it becomes a table of groups.

mod dot;
mod html;
mod layout;
mod matrix;
mod svg;
mod text;

#[cfg(test)]
mod tests;

use std::io::{self, Write};

/// A graph to be drawn.
#[derive(Clone, Debug, Default)]
pub struct Drawing {
    /// What it shows, in one line.
    pub title: String,
    /// What is said where it has no vertex, and above the picture otherwise.
    pub summary: String,
    /// What is taken for granted, and what is missing.
    pub notes: Vec<String>,
    /// The vertices; edges name them by their place in this list.
    pub nodes: Vec<Node>,
    /// The edges. One whose ends are not in `nodes` is left out.
    pub edges: Vec<Edge>,
    /// Ways through the graph that a reader may want to follow alone; may be empty.
    pub routes: Vec<Route>,
    /// Whether each group of vertices gets a band of its own.
    pub lanes: bool,
}

/// A vertex.
#[derive(Clone, Debug, Default)]
pub struct Node {
    /// What it is called.
    pub name: String,
    /// What stands in its box instead of the name, where that is too long; empty for the name.
    pub label: String,
    /// A second line in small letters: what sort of thing it is.
    pub caption: String,
    /// What it belongs to, such as its namespace; may be empty.
    pub group: String,
    /// Its shape and colour.
    pub kind: NodeKind,
    /// What a reader learns of it beside its name.
    pub details: Vec<String>,
}

/// What sort of thing a vertex is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum NodeKind {
    /// Outside of the cluster.
    Outside,
    /// A pod or workload.
    #[default]
    Workload,
    /// Somebody: a user, group, service account.
    Identity,
    /// A role or right.
    Role,
    /// A node of the cluster.
    Machine,
    /// What an attacker wants.
    Goal,
    /// No thing of its own: the edge behind it needs all that lead to it.
    Join,
}

impl NodeKind {
    /// All, in the order of the legend.
    const ALL: [Self; 7] =
        [Self::Outside, Self::Workload, Self::Identity, Self::Role, Self::Machine, Self::Goal, Self::Join];

    /// The name that formats and style sheets use.
    fn class(self) -> &'static str {
        match self {
            Self::Outside => "outside",
            Self::Workload => "workload",
            Self::Identity => "identity",
            Self::Role => "role",
            Self::Machine => "machine",
            Self::Goal => "goal",
            Self::Join => "join",
        }
    }

    /// What the legend says.
    fn words(self) -> &'static str {
        match self {
            Self::Outside => "outside",
            Self::Workload => "pod or workload",
            Self::Identity => "identity",
            Self::Role => "role",
            Self::Machine => "node",
            Self::Goal => "goal",
            Self::Join => "all of these are needed",
        }
    }
}

/// An edge.
#[derive(Clone, Debug, Default)]
pub struct Edge {
    /// Where it starts, by place in [`Drawing::nodes`].
    pub from: usize,
    /// Where it leads.
    pub to: usize,
    /// What it is, in a few words. Edges into a [`NodeKind::Join`] need none: the edge behind it says it for them.
    pub label: String,
    /// What explains it, each with a word for what it is (`because`, `only if`).
    pub details: Vec<(String, String)>,
    /// Whether it holds only if something is as assumed: drawn dashed.
    pub assumed: bool,
}

impl Node {
    /// What stands in its box.
    fn shown(&self) -> &str {
        if self.label.is_empty() { &self.name } else { &self.label }
    }
}

impl Edge {
    /// Whether another edge says everything about it.
    fn is_silent(&self) -> bool {
        self.label.is_empty() && self.details.is_empty()
    }
}

/// Edges that belong together, in order.
#[derive(Clone, Debug, Default)]
pub struct Route {
    /// What it is called.
    pub title: String,
    /// By place in [`Drawing::edges`].
    pub edges: Vec<usize>,
}

/// How a graph is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Picture {
    /// The language of Graphviz.
    Dot,
    /// A picture.
    Svg,
    /// One page without outside requests, with the picture and what explains each edge.
    Html,
}

/// Writes the graph.
///
/// # Errors
/// Those of `out`.
pub fn draw(drawing: &Drawing, picture: Picture, out: &mut dyn Write) -> io::Result<()> {
    let drawing = drawing.sound();
    match picture {
        Picture::Dot => dot::write(&drawing, out),
        Picture::Svg => svg::write(&drawing, out),
        Picture::Html => html::write(&drawing, out),
    }
}

impl Drawing {
    /// The same without edges that lead nowhere.
    fn sound(&self) -> std::borrow::Cow<'_, Self> {
        let count = self.nodes.len();
        let good = |edge: &Edge| edge.from < count && edge.to < count;
        if self.edges.iter().all(good) {
            return std::borrow::Cow::Borrowed(self);
        }
        let mut places = Vec::with_capacity(self.edges.len());
        let mut next = 0;
        for edge in &self.edges {
            places.push(good(edge).then_some(next));
            next += usize::from(good(edge));
        }
        let mut sound = self.clone();
        sound.edges.retain(good);
        for route in &mut sound.routes {
            let edges = route.edges.iter().filter_map(|edge| places.get(*edge).copied().flatten());
            route.edges = edges.collect();
        }
        std::borrow::Cow::Owned(sound)
    }

    /// The kinds of vertices that it has, in the order of the legend.
    fn kinds(&self) -> impl Iterator<Item = NodeKind> {
        NodeKind::ALL.into_iter().filter(|kind| self.nodes.iter().any(|node| node.kind == *kind))
    }
}

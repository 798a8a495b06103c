//! The order of vertices within each layer: by the mean place of their neighbours, forwards and backwards in turn, as
//! long as that leaves fewer crossings.

use super::Layers;

/// Turns of sweeps, at most.
const TURNS: usize = 24;
/// Segments that are looked at for all turns together.
const WORK: usize = 20_000_000;
/// Turns without a gain after which it ends.
const PATIENCE: usize = 4;

/// Orders the layers.
pub(super) fn order(layers: &mut Layers) {
    let segments: usize = layers.behind.iter().map(Vec::len).sum();
    let mut places = start(layers);
    let mut best = layers.layers.clone();
    let mut fewest = crossings(layers, &places);
    let (mut work, mut idle) = (0, 0);
    for turn in 0..TURNS {
        work += 4 * (segments + layers.vertices.len()) + 1;
        if fewest == 0 || idle == PATIENCE || work > WORK {
            break;
        }
        sweep(layers, &mut places, turn % 2 == 0);
        let count = crossings(layers, &places);
        if count < fewest {
            fewest = count;
            best.clone_from(&layers.layers);
            idle = 0;
        } else {
            idle += 1;
        }
    }
    layers.layers = best;
}

/// A first order: each part of the graph together, as a walk from the left finds its vertices. Returns the place of each
/// vertex in its layer.
fn start(layers: &mut Layers) -> Vec<usize> {
    let count = layers.vertices.len();
    let mut seen = vec![false; count];
    let mut found: Vec<Vec<usize>> = vec![Vec::new(); layers.layers.len()];
    let roots: Vec<usize> = layers.layers.iter().flatten().copied().collect();
    for root in roots {
        let mut open = vec![root];
        while let Some(vertex) = open.pop() {
            if std::mem::replace(&mut seen[vertex], true) {
                continue;
            }
            found[layers.vertices[vertex].layer].push(vertex);
            // The last pushed is taken first.
            open.extend(layers.before[vertex].iter().rev());
            open.extend(layers.behind[vertex].iter().rev());
        }
    }
    for layer in &mut found {
        layer.sort_by_key(|vertex| layers.vertices[*vertex].lane);
    }
    layers.layers = found;
    let mut places = vec![0; count];
    layers.layers.iter().for_each(|layer| number(layer, &mut places));
    places
}

fn number(layer: &[usize], places: &mut [usize]) {
    for (place, vertex) in layer.iter().enumerate() {
        places[*vertex] = place;
    }
}

/// Sorts every layer by the places of the neighbours in the layer before it, or behind it.
fn sweep(layers: &mut Layers, places: &mut [usize], forwards: bool) {
    let count = layers.layers.len();
    for step in 1..count {
        let at = if forwards { step } else { count - 1 - step };
        let mut layer = std::mem::take(&mut layers.layers[at]);
        let neighbours = if forwards { &layers.before } else { &layers.behind };
        let mean = |vertex: usize| {
            let around = &neighbours[vertex];
            match around.len() {
                // Without neighbours it stays where it is.
                0 => places[vertex] as f64,
                number => around.iter().map(|one| places[*one] as f64).sum::<f64>() / number as f64,
            }
        };
        let mut keyed: Vec<(usize, f64, usize)> =
            layer.iter().map(|vertex| (layers.vertices[*vertex].lane, mean(*vertex), *vertex)).collect();
        keyed.sort_by(|one, other| {
            one.0.cmp(&other.0).then(one.1.total_cmp(&other.1)).then(places[one.2].cmp(&places[other.2]))
        });
        layer = keyed.into_iter().map(|(_, _, vertex)| vertex).collect();
        number(&layer, places);
        layers.layers[at] = layer;
    }
}

/// How many pairs of segments cross (after W. Barth, P. Mutzel, M. Jünger, "Simple and Efficient Bilayer Cross
/// Counting", 2004).
fn crossings(layers: &Layers, places: &[usize]) -> u64 {
    let mut sum = 0;
    for (at, layer) in layers.layers.iter().enumerate() {
        let width = layers.layers.get(at + 1).map_or(0, Vec::len);
        let mut tree = vec![0_u64; width + 1];
        let mut total = 0;
        for vertex in layer {
            let mut ends: Vec<usize> = layers.behind[*vertex].iter().map(|end| places[*end]).collect();
            ends.sort_unstable();
            for end in &ends {
                sum += total - below(&tree, end + 1);
            }
            for end in ends {
                total += 1;
                add(&mut tree, end + 1);
            }
        }
    }
    sum
}

/// How many ends were added at `at` or before it.
fn below(tree: &[u64], mut at: usize) -> u64 {
    let mut sum = 0;
    while at > 0 {
        sum += tree[at];
        at &= at - 1;
    }
    sum
}

fn add(tree: &mut [u64], mut at: usize) {
    while at < tree.len() {
        tree[at] += 1;
        at += at & at.wrapping_neg();
    }
}

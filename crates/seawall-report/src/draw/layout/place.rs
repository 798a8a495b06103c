//! Where vertices stand: columns by layer, heights so that edges are as level as their order allows.

use super::{Layers, MARGIN};

/// Space between two boxes of a layer, and between bands.
const GAP: f64 = 14.0;
const BAND: f64 = 30.0;
/// Sweeps, and vertices that are looked at for all of them.
const SWEEPS: usize = 16;
const WORK: usize = 20_000_000;

/// Heights of all vertices.
pub(super) struct Heights {
    pub(super) middles: Vec<f64>,
    /// Start and height of each band.
    pub(super) lanes: Vec<(f64, f64)>,
    pub(super) height: f64,
}

/// Columns of all layers.
pub(super) struct Columns {
    /// Left, middle, right.
    places: Vec<[f64; 3]>,
    pub(super) width: f64,
}

impl Columns {
    fn of(&self, layers: &Layers, vertex: usize) -> [f64; 3] {
        self.places[layers.vertices[vertex].layer]
    }

    pub(super) fn left(&self, layers: &Layers, vertex: usize) -> f64 {
        let [left, ..] = self.of(layers, vertex);
        left
    }

    pub(super) fn middle(&self, layers: &Layers, vertex: usize) -> f64 {
        let [_, middle, _] = self.of(layers, vertex);
        middle
    }

    pub(super) fn right(&self, layers: &Layers, vertex: usize) -> f64 {
        let [.., right] = self.of(layers, vertex);
        right
    }
}

/// Columns next to each other, each as wide as its widest vertex.
pub(super) fn columns(layers: &Layers, labelled: bool) -> Columns {
    // Many edges between two columns need space to part.
    let gap = if labelled { 40.0 } else { 90.0 };
    let mut x = MARGIN;
    let mut places = Vec::with_capacity(layers.layers.len());
    for layer in &layers.layers {
        let width = layer.iter().map(|vertex| layers.vertices[*vertex].width).fold(0.0, f64::max);
        places.push([x, x + width / 2.0, x + width]);
        x += width + gap;
    }
    Columns { places, width: (x - gap + MARGIN).max(2.0 * MARGIN) }
}

/// Heights: each vertex as near to the mean of its neighbours as its order allows, by turns.
pub(super) fn heights(layers: &Layers) -> Heights {
    let bands = bands(layers);
    let mut middles = vec![0.0; layers.vertices.len()];
    for layer in &layers.layers {
        let mut next: Vec<f64> = bands.iter().map(|(start, _)| *start).collect();
        for vertex in layer {
            let one = &layers.vertices[*vertex];
            middles[*vertex] = next[one.lane] + one.height / 2.0;
            next[one.lane] += one.height + GAP;
        }
    }
    let segments: usize = layers.behind.iter().map(Vec::len).sum();
    let turns = (WORK / (segments + layers.vertices.len() + 1)).min(SWEEPS);
    for turn in 0..turns {
        for step in 0..layers.layers.len() {
            let at = if turn % 2 == 0 { step } else { layers.layers.len() - 1 - step };
            // In the end both sides count; before, what is already placed.
            let both = turn + 4 >= turns;
            let side = if both { None } else { Some(turn % 2 == 0) };
            settle(layers, at, &bands, side, &mut middles);
        }
    }
    let top = |vertex: usize| middles[vertex] - layers.vertices[vertex].height / 2.0;
    let bottom = |vertex: usize| middles[vertex] + layers.vertices[vertex].height / 2.0;
    let all = 0..layers.vertices.len();
    let (lowest, highest) = all
        .fold((f64::MAX, f64::MIN), |(low, high), vertex| (low.min(top(vertex)), high.max(bottom(vertex))));
    if layers.lanes > 1 {
        let height = bands.last().map_or(0.0, |(start, height)| start + height) + MARGIN;
        return Heights { middles, lanes: bands, height };
    }
    if layers.vertices.is_empty() {
        return Heights { middles, lanes: bands, height: 2.0 * MARGIN };
    }
    // Loops stand above their box.
    let shift = MARGIN + 12.0 - lowest;
    middles.iter_mut().for_each(|middle| *middle += shift);
    let height = highest + shift + MARGIN;
    Heights { middles, lanes: vec![(MARGIN / 2.0, height - MARGIN)], height }
}

/// Start and height of each band: room for its fullest layer.
fn bands(layers: &Layers) -> Vec<(f64, f64)> {
    let mut needs = vec![30.0_f64; layers.lanes];
    for layer in &layers.layers {
        let mut sums = vec![(0.0, 0_usize); layers.lanes];
        for vertex in layer {
            let one = &layers.vertices[*vertex];
            let (sum, count) = &mut sums[one.lane];
            *sum += one.height;
            *count += 1;
        }
        for (need, (sum, count)) in needs.iter_mut().zip(sums) {
            *need = need.max(sum + GAP * count.saturating_sub(1) as f64);
        }
    }
    let mut y = MARGIN + BAND;
    let place = |need: f64| {
        let start = y;
        y += need + BAND + GAP;
        (start, need)
    };
    needs.into_iter().map(place).collect()
}

/// Moves the vertices of a layer towards their neighbours: those before (`Some(true)`), behind, or both (`None`).
fn settle(layers: &Layers, at: usize, bands: &[(f64, f64)], side: Option<bool>, middles: &mut [f64]) {
    let layer = &layers.layers[at];
    for part in layer.chunk_by(|one, other| layers.vertices[*one].lane == layers.vertices[*other].lane) {
        let mut offset = 0.0;
        let (mut offsets, mut wanted) = (Vec::with_capacity(part.len()), Vec::with_capacity(part.len()));
        for (number, vertex) in part.iter().enumerate() {
            let height = layers.vertices[*vertex].height;
            if number > 0 {
                offset += layers.vertices[part[number - 1]].height / 2.0 + GAP + height / 2.0;
            }
            offsets.push(offset);
            let near = layers.before[*vertex].iter().filter(|_| side != Some(false));
            let near = near.chain(layers.behind[*vertex].iter().filter(|_| side != Some(true)));
            let (sum, count) =
                near.fold((0.0, 0_usize), |(sum, count), one| (sum + middles[*one], count + 1));
            let (mean, weight) = if count == 0 { (middles[*vertex], 0.1) } else { (sum / count as f64, 1.0) };
            wanted.push((mean - offset, weight));
        }
        let mut placed = isotonic(&wanted);
        if layers.lanes > 1
            && let (Some(first), Some(last)) = (part.first(), part.last())
        {
            let (start, height) = bands[layers.vertices[*first].lane];
            let low = start + layers.vertices[*first].height / 2.0;
            let high = start + height - layers.vertices[*last].height / 2.0 - offset;
            placed.iter_mut().for_each(|one| *one = one.min(high).max(low));
        }
        for ((vertex, offset), place) in part.iter().zip(offsets).zip(placed) {
            middles[*vertex] = offset + place;
        }
    }
}

/// The rising row of numbers that is nearest to the wanted ones by weighted squares (pooling of adjacent violators).
fn isotonic(wanted: &[(f64, f64)]) -> Vec<f64> {
    let mut blocks: Vec<(f64, f64, usize)> = Vec::with_capacity(wanted.len());
    for (value, weight) in wanted {
        let mut block = (*value, *weight, 1);
        while let Some(last) = blocks.last().filter(|last| last.0 > block.0) {
            let weight = last.1 + block.1;
            block = ((last.0 * last.1 + block.0 * block.1) / weight, weight, last.2 + block.2);
            blocks.pop();
        }
        blocks.push(block);
    }
    blocks.into_iter().flat_map(|(value, _, count)| std::iter::repeat_n(value, count)).collect()
}

#[cfg(test)]
mod tests {
    use super::isotonic;

    #[test]
    fn rising_and_near() {
        assert_eq!(isotonic(&[(1.0, 1.0), (3.0, 1.0), (2.0, 1.0)]), [1.0, 2.5, 2.5]);
        assert_eq!(isotonic(&[(3.0, 1.0), (2.0, 1.0), (1.0, 1.0)]), [2.0, 2.0, 2.0]);
        assert!(isotonic(&[]).is_empty());
    }
}

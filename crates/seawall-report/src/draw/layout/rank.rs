//! Which layer a vertex is in.

/// The rank of each vertex: every edge but those that close a cycle leads to a higher one, and no edge is longer than
/// it must be on one side. Linear in vertices and edges.
pub(super) fn ranks(count: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut leaving: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (number, (from, to)) in edges.iter().enumerate() {
        if from != to {
            leaving[*from].push(number);
        }
    }
    let (finished, closing) = depth_first(&leaving, edges);
    // As far left as what comes before allows. An edge that closes a cycle asks nothing: it is turned, and its left
    // end then leads to its right end by other edges, too.
    let mut ranks = vec![0; count];
    for &vertex in finished.iter().rev() {
        for &edge in leaving[vertex].iter().filter(|edge| !closing[**edge]) {
            let to = edges[edge].1;
            ranks[to] = ranks[to].max(ranks[vertex] + 1);
        }
    }
    // A start stands directly before the first thing it leads to.
    let mut is_start = vec![true; count];
    let mut next = vec![usize::MAX; count];
    for (number, &pair) in edges.iter().enumerate().filter(|(_, (from, to))| from != to) {
        let (left, right) = ends(pair, closing[number]);
        is_start[right] = false;
        next[left] = next[left].min(ranks[right]);
    }
    for vertex in 0..count {
        if is_start[vertex] && next[vertex] != usize::MAX {
            ranks[vertex] = next[vertex].saturating_sub(1);
        }
    }
    let lowest = ranks.iter().copied().min().unwrap_or(0);
    ranks.iter_mut().for_each(|rank| *rank -= lowest);
    ranks
}

fn ends((from, to): (usize, usize), turned: bool) -> (usize, usize) {
    if turned { (to, from) } else { (from, to) }
}

/// The vertices in the order in which a depth-first walk leaves them, and which edges close a cycle. Vertices that
/// nothing leads to come first, so that a cycle is entered where a reader would.
fn depth_first(leaving: &[Vec<usize>], edges: &[(usize, usize)]) -> (Vec<usize>, Vec<bool>) {
    const NEW: u8 = 0;
    const OPEN: u8 = 1;
    const DONE: u8 = 2;
    let count = leaving.len();
    let mut arriving = vec![0_usize; count];
    edges.iter().filter(|(from, to)| from != to).for_each(|(_, to)| arriving[*to] += 1);
    let roots = (0..count).filter(|vertex| arriving[*vertex] == 0).chain(0..count);
    let mut state = vec![NEW; count];
    let (mut finished, mut closing) = (Vec::with_capacity(count), vec![false; edges.len()]);
    for root in roots {
        if state[root] != NEW {
            continue;
        }
        state[root] = OPEN;
        let mut stack = vec![(root, 0)];
        while let Some((vertex, next)) = stack.last_mut() {
            let Some(&edge) = leaving[*vertex].get(*next) else {
                state[*vertex] = DONE;
                finished.push(*vertex);
                stack.pop();
                continue;
            };
            *next += 1;
            let to = edges[edge].1;
            match state[to] {
                NEW => {
                    state[to] = OPEN;
                    stack.push((to, 0));
                }
                OPEN => closing[edge] = true,
                _ => {}
            }
        }
    }
    (finished, closing)
}

#[cfg(test)]
mod tests {
    use super::ranks;

    #[test]
    fn edges_lead_to_the_right() {
        assert_eq!(ranks(4, &[(0, 1), (1, 2), (0, 2), (3, 2)]), [0, 1, 2, 1]);
        assert_eq!(ranks(3, &[(0, 1), (1, 2), (2, 0)]), [0, 1, 2]);
        assert_eq!(ranks(4, &[(0, 1), (1, 2), (2, 1), (2, 3)]), [0, 1, 2, 3]);
        assert_eq!(ranks(2, &[(0, 0)]), [0, 0]);
        assert!(ranks(0, &[]).is_empty());
    }
}

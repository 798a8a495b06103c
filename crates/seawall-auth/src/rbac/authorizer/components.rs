//! Strongly connected components (Tarjan), without recursion: roles that select each other hold the same rules.

/// The components of a graph given as lists of successors, each after all that can be reached from it.
pub(super) fn components(successors: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut state = State {
        order: vec![None; successors.len()],
        low: vec![0; successors.len()],
        on_stack: vec![false; successors.len()],
        stack: Vec::new(),
        next: 0,
    };
    let mut out = Vec::new();
    for root in 0..successors.len() {
        if state.visited(root) {
            continue;
        }
        // Each vertex with the number of its successors that were looked at.
        let mut path = vec![(root, 0)];
        state.enter(root);
        while let Some((vertex, place)) = path.last_mut() {
            let vertex = *vertex;
            if let Some(&next) = successors.get(vertex).and_then(|list| list.get(*place)) {
                *place += 1;
                if !state.visited(next) {
                    state.enter(next);
                    path.push((next, 0));
                } else if state.on_stack.get(next) == Some(&true) {
                    let order = state.order.get(next).copied().flatten().unwrap_or(usize::MAX);
                    state.lower(vertex, order);
                }
                continue;
            }
            path.pop();
            let low = state.low.get(vertex).copied().unwrap_or(0);
            if let Some((parent, _)) = path.last() {
                state.lower(*parent, low);
            }
            if state.order.get(vertex).copied().flatten() == Some(low) {
                out.push(state.leave(vertex));
            }
        }
    }
    out
}

struct State {
    order: Vec<Option<usize>>,
    low: Vec<usize>,
    on_stack: Vec<bool>,
    stack: Vec<usize>,
    next: usize,
}

impl State {
    fn visited(&self, vertex: usize) -> bool {
        self.order.get(vertex).is_none_or(Option::is_some)
    }

    fn enter(&mut self, vertex: usize) {
        if let (Some(order), Some(low), Some(on_stack)) =
            (self.order.get_mut(vertex), self.low.get_mut(vertex), self.on_stack.get_mut(vertex))
        {
            (*order, *low, *on_stack) = (Some(self.next), self.next, true);
            self.stack.push(vertex);
            self.next += 1;
        }
    }

    fn lower(&mut self, vertex: usize, to: usize) {
        if let Some(low) = self.low.get_mut(vertex) {
            *low = (*low).min(to);
        }
    }

    /// Takes the component of `vertex` off the stack.
    fn leave(&mut self, vertex: usize) -> Vec<usize> {
        let start = self.stack.iter().rposition(|other| *other == vertex).unwrap_or(0);
        let component = self.stack.split_off(start);
        for &member in &component {
            if let Some(on_stack) = self.on_stack.get_mut(member) {
                *on_stack = false;
            }
        }
        component
    }
}

#[cfg(test)]
mod tests {
    use super::components;

    #[test]
    fn rings_and_trees() {
        // 0 → 1 → 2 → 0, 2 → 3, 3 → 4 → 3, 5 alone with itself.
        let graph = [vec![1], vec![2], vec![0, 3], vec![4], vec![3], vec![5]];
        let mut found = components(&graph);
        found.iter_mut().for_each(|component| component.sort_unstable());
        assert_eq!(found, [vec![3, 4], vec![0, 1, 2], vec![5]]);
        assert!(components(&[]).is_empty());
    }

    #[test]
    fn a_long_path_needs_no_stack() {
        let graph: Vec<Vec<usize>> = (0..100_000).map(|vertex| vec![(vertex + 1) % 100_000]).collect();
        assert_eq!(components(&graph).len(), 1);
    }
}

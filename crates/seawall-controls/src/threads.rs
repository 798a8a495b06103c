//! Work over many objects on several threads; what comes out does not depend on their number.

use seawall_model::{Finding, Object};
use std::sync::Arc;

/// Objects below which a further thread costs more than it brings.
const ENOUGH: usize = 64;

/// How many of `threads` are worth starting.
pub(crate) fn useful(threads: usize, objects: usize) -> usize {
    threads.min(objects / ENOUGH + 1)
}

/// Visits the objects in as many pieces as there are useful threads, and does `last` meanwhile; the results in the
/// order of the objects, `last`'s behind them.
pub(crate) fn spread<T: Send>(
    objects: &[&Arc<Object>],
    threads: usize,
    visit: impl Fn(&[&Arc<Object>]) -> T + Sync,
    last: impl FnOnce() -> T,
) -> Vec<T> {
    let threads = useful(threads, objects.len());
    if threads <= 1 {
        return vec![visit(objects), last()];
    }
    std::thread::scope(|scope| {
        let visit = &visit;
        let chunks = objects.chunks(objects.len().div_ceil(threads));
        let handles: Vec<_> = chunks.map(|chunk| scope.spawn(move || visit(chunk))).collect();
        let last = last();
        let join = |handle: std::thread::ScopedJoinHandle<'_, _>| match handle.join() {
            Ok(part) => part,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        handles.into_iter().map(join).chain(std::iter::once(last)).collect()
    })
}

/// All findings in one list. The first list grows and each other is freed before the next: they can be large.
pub(crate) fn merge(parts: impl IntoIterator<Item = Vec<Finding>>) -> Vec<Finding> {
    let mut parts = parts.into_iter();
    let mut all = parts.next().unwrap_or_default();
    for part in parts {
        all.reserve_exact(part.len());
        all.extend(part);
    }
    all
}

//! Running the catalogue in bounded memory.

use crate::Engine;
use crate::threads::{merge, spread, useful};
use seawall_model::{Finding, Object, Omitted, Report};
use seawall_world::World;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Objects that a thread visits before it looks how much has been found; a multiple of the engine's own batch, so
/// that the number of threads does not change which findings are kept.
const STEP: usize = 512;

/// What was found, and what was only counted because there was too much.
#[derive(Debug, Default)]
pub struct Found {
    /// The findings.
    pub findings: Vec<Finding>,
    /// Further findings by rule; empty unless the input is huge or hostile.
    pub omitted: Vec<Omitted>,
}

impl Engine {
    /// Runs everything over the whole world on at most `threads` threads and keeps at most about `limit` findings.
    /// What is found and kept is the same with any number of threads. Without `fixes` only what visits the world as
    /// a whole has some; [`crate::verify::restore`] makes the others where they are wanted.
    pub fn run_bounded(&self, world: &World, threads: usize, limit: usize, fixes: bool) -> Found {
        let objects: Vec<&Arc<Object>> = world.cluster().objects().collect();
        if useful(threads, objects.len()) > 1
            && let Some(findings) = self.run_threads(world, &objects, threads, limit, fixes)
        {
            return Found { findings, omitted: Vec::new() };
        }
        // Several threads together would keep several times as much.
        let mut out = report(limit, fixes);
        self.visit_objects(&objects, world, &mut out);
        self.visit_world(world, &mut out);
        let (findings, omitted) = out.finish();
        Found { findings, omitted }
    }

    /// `None` when there is more than `limit`.
    fn run_threads(
        &self,
        world: &World,
        objects: &[&Arc<Object>],
        threads: usize,
        limit: usize,
        fixes: bool,
    ) -> Option<Vec<Finding>> {
        let count = AtomicUsize::new(0);
        let visit = |objects: &[&Arc<Object>]| {
            let mut out = report(limit, fixes);
            for step in objects.chunks(STEP) {
                let before = out.len();
                self.visit_objects(step, world, &mut out);
                let more = out.len().saturating_sub(before);
                if count.fetch_add(more, Ordering::Relaxed) + more > limit {
                    break;
                }
            }
            out.finish()
        };
        let whole = || {
            let mut out = Report::bounded(limit);
            self.visit_world(world, &mut out);
            out.finish()
        };
        let parts: Vec<(Vec<Finding>, Vec<Omitted>)> = spread(objects, threads, visit, whole);
        let kept: usize = parts.iter().map(|(findings, _)| findings.len()).sum();
        let all = parts.iter().all(|(_, omitted)| omitted.is_empty());
        let whole = all && kept <= limit && count.load(Ordering::Relaxed) <= limit;
        whole.then(|| merge(parts.into_iter().map(|(findings, _)| findings)))
    }
}

fn report(limit: usize, fixes: bool) -> Report {
    let report = Report::bounded(limit);
    if fixes { report } else { report.without_fixes() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CATALOGUE;
    use seawall_model::{Cluster, Origin, Version, objects_of};
    use seawall_world::Coverage;
    use seawall_yaml::{Source, parse_documents};
    use std::collections::BTreeMap;

    fn world(pods: usize) -> World {
        let pod = |number| {
            let extra = if number % 7 == 0 { "  hostNetwork: true\n" } else { "" };
            format!(
                "apiVersion: v1\nkind: Pod\nmetadata: {{name: p{number}, namespace: shop}}\nspec:\n{extra}  \
                 containers: [{{name: a, image: a}}, {{name: b, image: b}}]\n---\n"
            )
        };
        let source = Source::new("many.yaml", (0..pods).map(pod).collect::<String>());
        let documents: Vec<_> =
            parse_documents(&source).into_iter().map(|document| Arc::new(document.unwrap())).collect();
        let objects = documents.iter().filter_map(|document| objects_of(document, &Origin::File)).flatten();
        World::new(Cluster::new(objects.map(Arc::new)), Version::NEWEST, Coverage::open())
    }

    type Places = Vec<(&'static str, String, Option<Arc<str>>)>;

    fn run(world: &World, threads: usize, limit: usize) -> (Places, BTreeMap<&'static str, usize>) {
        let found = Engine::new(CATALOGUE.iter().copied()).run_bounded(world, threads, limit, true);
        let place = |finding: &Finding| (finding.rule, finding.at.field(), finding.container.clone());
        let mut places: Places = found.findings.iter().map(place).collect();
        places.sort();
        (places, found.omitted.iter().map(|omitted| (omitted.rule, omitted.count)).collect())
    }

    #[test]
    fn what_is_kept_does_not_depend_on_threads_and_nothing_is_forgotten() {
        let world = world(1_500);
        let (all, none) = run(&world, 1, usize::MAX);
        assert!(none.is_empty() && all.len() > 10_000, "{}", all.len());
        assert_eq!(run(&world, 4, usize::MAX).0, all);
        let (kept, omitted) = run(&world, 1, 2_000);
        assert_eq!(run(&world, 4, 2_000), (kept.clone(), omitted.clone()));
        assert!(kept.len() <= 2_000 && kept.len() > 1_500, "{}", kept.len());
        assert_eq!(kept.len() + omitted.values().sum::<usize>(), all.len());
        let rules = |places: &Places| {
            places.iter().map(|(rule, ..)| *rule).collect::<std::collections::BTreeSet<_>>()
        };
        assert_eq!(rules(&kept), rules(&all), "every rule keeps some");
    }
}

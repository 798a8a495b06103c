//! How much of a cluster was read, as the engines ask it.

use seawall_collect::{Header, KindRead, WANTED};
use seawall_model::WellKnown;
use seawall_world::{Coverage, Extent};

/// Files are an open world; as soon as a cluster or a snapshot of one is in the input, what was read of it and is not
/// there does not exist.
pub(crate) fn of(snapshots: &[Header]) -> Coverage {
    let mut clusters = snapshots.iter().filter(|header| header.cluster.is_some()).peekable();
    if clusters.peek().is_none() {
        return Coverage::open();
    }
    let mut coverage = Coverage::closed();
    for kind in WellKnown::ALL.iter().copied().filter(|kind| !is_read(*kind)) {
        let reason = "it is not read from clusters".to_owned();
        coverage = coverage.except(kind, None, Extent::NotCollected(reason));
    }
    for header in clusters {
        let namespace = header.cluster.as_ref().and_then(|cluster| cluster.namespace.as_deref());
        for kind in &header.kinds {
            coverage = with_kind(coverage, kind, namespace);
        }
    }
    coverage
}

fn with_kind(coverage: Coverage, kind: &KindRead, namespace: Option<&str>) -> Coverage {
    let well_known = WellKnown::of(&kind.group, &kind.kind);
    if well_known == WellKnown::Other {
        return coverage;
    }
    let extent = match kind.extent {
        seawall_collect::Extent::Complete => Extent::Complete,
        seawall_collect::Extent::Partial => Extent::Partial(kind.gap().unwrap_or_default()),
        seawall_collect::Extent::NotCollected => Extent::NotCollected(kind.gap().unwrap_or_default()),
    };
    match namespace.filter(|_| kind.namespaced) {
        Some(namespace) => {
            let elsewhere = Extent::NotCollected(format!("only namespace {namespace} was read"));
            coverage.except(well_known, None, elsewhere).except(well_known, Some(namespace), extent)
        }
        None if extent == Extent::Complete => coverage,
        None => {
            let everywhere = coverage.except(well_known, None, extent);
            let known = kind.complete_in.iter();
            known.fold(everywhere, |all, namespace| all.except(well_known, Some(namespace), Extent::Complete))
        }
    }
}

/// Whether objects of this kind are asked of an API server.
fn is_read(kind: WellKnown) -> bool {
    kind != WellKnown::Other && WANTED.iter().any(|wanted| WellKnown::of(wanted.group, wanted.kind) == kind)
}

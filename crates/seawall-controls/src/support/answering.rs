//! Does anybody answer for a Service that the API server calls?

use seawall_model::{At, WellKnown};
use seawall_world::World;

/// Why nobody answers.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Silent {
    /// There is no such namespace.
    Namespace,
    /// There is no such Service.
    Service,
    /// No pod is behind the Service.
    Pods,
}

impl Silent {
    /// For messages.
    pub(crate) fn words(&self, namespace: &str, name: &str) -> String {
        match self {
            Self::Namespace => format!("namespace `{namespace}` of its Service `{name}` does not exist"),
            Self::Service => format!("its Service `{namespace}/{name}` does not exist"),
            Self::Pods => format!("no pod is behind its Service `{namespace}/{name}`"),
        }
    }
}

/// The answer.
pub(crate) enum Answer {
    /// Somebody does, or nothing says otherwise.
    Somebody,
    /// Nobody.
    Nobody(Silent),
    /// What would decide it was not read.
    Unknown(String),
}

/// Who answers for the Service at `service` (a mapping with `namespace` and `name`). Files are an open world: what is not
/// there may exist.
pub(crate) fn who_answers(service: At<'_>, world: &World) -> Answer {
    let (Some(namespace), Some(name)) = (service.key("namespace").str(), service.key("name").str()) else {
        return Answer::Somebody;
    };
    if !world.coverage().is_closed() {
        return Answer::Somebody;
    }
    let reason = |kind| world.coverage().extent(kind, Some(namespace)).reason().map(str::to_owned);
    let Some(found) = world.cluster().find(WellKnown::Service, Some(namespace), name) else {
        if let Some(reason) = reason(WellKnown::Service) {
            return Answer::Unknown(reason);
        }
        let namespaces = world.coverage().is_complete(WellKnown::Namespace, None);
        let exists = world.cluster().find(WellKnown::Namespace, None, namespace).is_some();
        return Answer::Nobody(if namespaces && !exists { Silent::Namespace } else { Silent::Service });
    };
    let selector = found.at().get("spec.selector");
    // Without a selector somebody else writes the addresses; another name is resolved elsewhere.
    if selector.entries().next().is_none() || found.at().get("spec.type").str() == Some("ExternalName") {
        return Answer::Somebody;
    }
    let here = world.network().namespace(Some(namespace));
    let service = here.and_then(|here| here.services().find(|one| one.object().name() == name));
    let pods = service.is_some_and(|service| world.network().pods_of_service(service).next().is_some());
    match (pods, reason(WellKnown::Pod)) {
        (true, _) => Answer::Somebody,
        (false, Some(reason)) => Answer::Unknown(reason),
        (false, None) => Answer::Nobody(Silent::Pods),
    }
}

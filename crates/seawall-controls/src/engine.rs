//! Runs controls over a world.

use crate::owner::follows_owner;
use crate::target::DESCRIBING;
use crate::verify::Part;
use crate::{ContainerAt, Control, NamespaceAt, ObjectAt, PodAt, Visit};
use seawall_model::{ComponentKind, Finding, Object, Report, WellKnown};
use seawall_world::World;
use std::cell::OnceCell;
use std::sync::Arc;

type OfContainer = fn(ContainerAt<'_>, &World, &mut Report);
type OfPod = fn(PodAt<'_>, &World, &mut Report);
type OfObject = fn(ObjectAt<'_>, &World, &mut Report);
type OfNamespace = fn(NamespaceAt<'_>, &World, &mut Report);
type OfWorld = fn(&World, &World, &mut Report);

/// Controls sorted by what they visit.
#[derive(Debug, Default)]
pub struct Engine {
    containers: Vec<(&'static Control, OfContainer)>,
    pods: Vec<(&'static Control, OfPod)>,
    objects: Vec<(&'static Control, OfObject)>,
    namespaces: Vec<(&'static Control, OfNamespace)>,
    worlds: Vec<(&'static Control, OfWorld)>,
    components: Vec<&'static Control>,
    /// By [`WellKnown`] as number.
    kinds: Vec<Vec<&'static Control>>,
}

/// Objects that are visited together.
const BATCH: usize = 32;

fn enter(out: &mut Report, control: &Control) {
    out.enter(control.id, control.severity, control.group);
}

/// Whether this is the static pod of a control-plane component. It needs the node's network and the cluster's keys,
/// gets no service account, and is not scheduled: what it may do is decided by its flags and files.
pub(crate) fn is_control_plane(object: &Arc<Object>, world: &World) -> bool {
    use ComponentKind::{ApiServer, ControllerManager, Etcd, Scheduler};
    object.well_known() == WellKnown::Pod
        && object.namespace() == Some("kube-system")
        && world.components().iter().any(|component| {
            Arc::ptr_eq(component.object(), object)
                && matches!(component.kind(), ApiServer | ControllerManager | Etcd | Scheduler)
        })
}

/// Whether a control of pods says something about a control-plane component, too.
fn of_control_plane(control: &Control) -> bool {
    const KEPT: [&str; 6] = [
        "privileged-container",
        "host-pid",
        "host-ipc",
        "host-path-root",
        "container-runtime-socket",
        "capability-sys-module",
    ];
    !matches!(control.area(), "pod" | "workload" | "image" | "network") || KEPT.contains(&control.id)
}

impl Engine {
    /// An engine of these controls.
    pub fn new(controls: impl IntoIterator<Item = &'static Control>) -> Self {
        let mut engine = Self { kinds: vec![Vec::new(); WellKnown::Other as usize + 1], ..Self::default() };
        for control in controls {
            match control.visit {
                Visit::Container(run) => engine.containers.push((control, run)),
                Visit::Pod(run) => engine.pods.push((control, run)),
                Visit::Object(run) => engine.objects.push((control, run)),
                Visit::Namespace(run) => engine.namespaces.push((control, run)),
                Visit::World(run) => engine.worlds.push((control, run)),
                other if other.is_of_component() => engine.components.push(control),
                other => {
                    for &kind in other.kinds() {
                        if let Some(list) = engine.kinds.get_mut(kind as usize) {
                            list.push(control);
                        }
                    }
                }
            }
        }
        engine
    }

    /// Runs everything over the whole world, on this thread.
    pub fn run(&self, world: &World) -> Vec<Finding> {
        self.run_part(world, Part::All, 1)
    }

    /// Runs what visits single objects. Threads share the work by calling this for parts of the cluster and
    /// [`Engine::visit_world`] once.
    ///
    /// Control by control over a batch of objects: the code of three hundred controls does not fit into the
    /// processor's caches, the nodes of a few objects do.
    pub fn visit_objects(&self, objects: &[&Arc<Object>], world: &World, out: &mut Report) {
        for batch in objects.chunks(BATCH) {
            self.visit_batch(batch, world, out);
        }
    }

    fn visit_batch(&self, objects: &[&Arc<Object>], world: &World, out: &mut Report) {
        for (control, run) in &self.objects {
            enter(out, control);
            objects.iter().for_each(|object| run(ObjectAt(object.at()), world, out));
        }
        for object in objects {
            for control in self.kinds.get(object.well_known() as usize).into_iter().flatten() {
                enter(out, control);
                control.visit.visit_kind(object, world, out);
            }
            if object.well_known() == WellKnown::Namespace {
                let at = object.at();
                let namespace = NamespaceAt { name: Some(object.name()), object: Some(at), at };
                self.visit_namespace(namespace, world, out);
            }
        }
        // What its workload's template says is judged there, once.
        let judged = objects.iter().filter(|object| !follows_owner(object, world));
        let all = judged.map(|object| (object, is_control_plane(object, world)));
        let pods: Vec<_> =
            all.flat_map(|(object, special)| object.pods().map(move |pod| (pod, special))).collect();
        let containers: Vec<_> =
            pods.iter().flat_map(|&(pod, special)| pod.containers().map(move |one| (one, special))).collect();
        // Made when the first finding needs it, and shared by all others.
        let names: Vec<OnceCell<Arc<str>>> = containers.iter().map(|_| OnceCell::new()).collect();
        for (control, run) in &self.pods {
            enter(out, control);
            let general = !of_control_plane(control);
            pods.iter()
                .filter(|(_, special)| !(*special && general))
                .for_each(|(pod, _)| run(*pod, world, out));
        }
        for (control, run) in &self.containers {
            enter(out, control);
            let general = !of_control_plane(control);
            let named = containers.iter().zip(&names);
            for ((container, _), name) in named.filter(|((_, special), _)| !(*special && general)) {
                let before = out.len();
                run(*container, world, out);
                if out.len() > before {
                    out.name_container(before, name.get_or_init(|| container.name().into()));
                }
            }
        }
    }

    /// Runs what visits the world as a whole, and namespaces that have no object of their own.
    pub fn visit_world(&self, world: &World, out: &mut Report) {
        for (control, run) in &self.worlds {
            enter(out, control);
            run(world, world, out);
        }
        self.visit_components(world, out);
        let cluster = world.cluster();
        for name in cluster.namespaces() {
            if name.is_some_and(|name| cluster.find(WellKnown::Namespace, None, name).is_some()) {
                continue;
            }
            let policy = DESCRIBING.iter().find_map(|&kind| cluster.in_namespace(kind, name).first());
            if let Some(policy) = policy {
                self.visit_namespace(NamespaceAt { name, object: None, at: policy.at() }, world, out);
            }
        }
    }

    fn visit_components(&self, world: &World, out: &mut Report) {
        if self.components.is_empty() {
            return;
        }
        for component in world.components().iter() {
            out.enter_container(component.container());
            for control in &self.components {
                enter(out, control);
                control.visit.visit_component(component.in_version(world.version()), world, out);
            }
        }
        out.enter_container(None);
    }

    fn visit_namespace(&self, namespace: NamespaceAt<'_>, world: &World, out: &mut Report) {
        for (control, run) in &self.namespaces {
            enter(out, control);
            run(namespace, world, out);
        }
    }
}

//! One object: authorization, then admission, then the pods that a workload makes.

use super::super::Asked;
use super::pods::{self, Pods};
use crate::cli::{Simulate, SimulatedOperation};
use seawall_admission::{
    Answered, Authorize, Denial, Doubt, Operation, Outcome, Question, Request, Requester, Settings, Stored,
    Verdict, admit, value_of,
};
use seawall_auth::authorizer::{Chain, Decision, forbidden};
use seawall_auth::user::{SYSTEM_MASTERS, User};
use seawall_auth::{Attributes, Request as Asking};
use seawall_model::schema::Schema;
use seawall_model::{Cluster, Object, Version, WellKnown};
use std::sync::Arc;

/// What is needed to judge objects.
pub(super) struct Judge<'a> {
    pub(super) question: &'a Simulate,
    pub(super) asked: &'a Asked,
    /// Who asks, if somebody is named.
    pub(super) user: Option<User>,
    /// Whether the objects are their own surroundings.
    pub(super) alone: bool,
}

/// The answer about one object.
pub(super) struct Judged {
    pub(super) object: Arc<Object>,
    pub(super) operation: Operation,
    pub(super) namespace: String,
    pub(super) outcome: Outcome,
    /// The version that answered.
    pub(super) version: Version,
    /// Of a workload: what becomes of its pods.
    pub(super) pods: Option<Pods>,
}

impl Judged {
    /// Whether it may enter.
    pub(super) fn allowed(&self) -> Option<bool> {
        self.outcome.allowed()
    }
}

/// The input's authorizers, for plugins that ask.
pub(super) struct Authorizers<'a>(pub(super) Chain<'a>);

impl Authorize for Authorizers<'_> {
    fn allows(&self, user: &Requester, question: &Question<'_>) -> Option<Answered> {
        let user = User { uid: user.uid.clone(), groups: user.groups.clone(), ..User::named(&*user.name) };
        let request = Asking::Resource {
            group: question.group,
            version: question.version,
            resource: question.resource,
            subresource: question.subresource,
            namespace: question.namespace,
            name: question.name,
        };
        let attributes = Attributes { verb: question.verb, request, selectors: None };
        let answer = self.0.authorize(&user, &attributes).answer;
        let allowed = match answer.decision {
            Decision::Allow => true,
            Decision::Deny | Decision::NoOpinion => false,
            _ => return None,
        };
        let error = answer.error.unwrap_or_else(|| "<nil>".to_owned());
        Some(Answered { allowed, reason: answer.reason, error })
    }
}

impl Judge<'_> {
    /// Admission as the API server in the input is set up, else as one without flags.
    pub(super) fn settings(&self) -> Settings<'_> {
        let version = self.asked.world.version();
        let mut settings = match self.asked.api_server() {
            Some(server) => Settings::of(server, version),
            None => Settings::defaults(version),
        };
        for object in self.asked.world.cluster().of(WellKnown::AdmissionConfiguration) {
            match seawall_admission::configuration::load(object.at()) {
                Ok(configuration) => settings.configure(&configuration),
                Err(refusals) => {
                    let why = refusals.first().map_or("", |refusal| &*refusal.message);
                    settings.unsure.push(("AdmissionConfiguration", format!("is refused: {why}")));
                }
            }
        }
        settings
    }

    /// What is taken for granted.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let world = &self.asked.world;
        if self.asked.api_server().is_none() {
            notes.push(format!(
                "no kube-apiserver in the input: the admission plugins that Kubernetes {} runs by default are assumed",
                world.version()
            ));
        }
        if !world.coverage().is_closed() {
            notes.push(
                "the input is files: limit ranges, quotas and default classes that are not in it are taken not to exist"
                    .to_owned(),
            );
        }
        notes
    }

    /// The world that one object comes to.
    pub(super) fn cluster(&self, object: &Arc<Object>) -> Cluster {
        let cluster = self.asked.world.cluster();
        if self.alone { cluster.apply([(Some(object.clone()), Vec::new())]) } else { cluster.clone() }
    }

    /// Judges one object.
    pub(super) fn judge(&self, object: &Arc<Object>) -> Judged {
        self.judge_with(object, &self.settings())
    }

    /// The same with other settings.
    pub(super) fn judge_with(&self, object: &Arc<Object>, settings: &Settings<'_>) -> Judged {
        let cluster = self.cluster(object);
        let namespace = self.namespace(object);
        // Among themselves the objects are new: another one of the same name is a variant, not what is stored.
        let old = if self.alone { None } else { self.stored(object, &cluster, &namespace) };
        let operation = match self.question.operation {
            Some(SimulatedOperation::Create) => Operation::Create,
            Some(SimulatedOperation::Update) => Operation::Update,
            Some(SimulatedOperation::Delete) => Operation::Delete,
            None if old.is_some() => Operation::Update,
            None => Operation::Create,
        };
        let Some(request) = self.request(object, operation, &namespace, old.as_ref(), settings) else {
            return self.unserved(object, operation, namespace, settings);
        };
        let authorizers = Authorizers(self.asked.chain());
        if let Some(outcome) = self.authorize(&request, settings) {
            return Judged {
                object: object.clone(),
                operation,
                namespace,
                outcome,
                version: settings.version,
                pods: None,
            };
        }
        let stored = Stored {
            cluster: &cluster,
            coverage: self.asked.world.coverage(),
            authorizer: Some(&authorizers),
            time: self.asked.world.time(),
        };
        let outcome = admit(&request, stored, settings);
        let follow = outcome.allowed() != Some(false) && operation != Operation::Delete;
        let pods = follow.then(|| pods::judge(&request, &outcome, stored, settings)).flatten();
        Judged { object: object.clone(), operation, namespace, outcome, version: settings.version, pods }
    }

    fn namespace(&self, object: &Object) -> String {
        let asked = self.question.namespace.as_deref().unwrap_or("default");
        match object.well_known() {
            WellKnown::Namespace => object.name().to_owned(),
            _ => object.namespace().unwrap_or(asked).to_owned(),
        }
    }

    /// What is stored under the object's name.
    fn stored(&self, object: &Object, cluster: &Cluster, namespace: &str) -> Option<Arc<Object>> {
        let kind = object.well_known();
        let found = match kind.cluster_scoped() {
            Some(true) => cluster.find(kind, None, object.name()),
            Some(false) => cluster
                .find(kind, Some(namespace), object.name())
                .or_else(|| cluster.find(kind, None, object.name())),
            None => cluster.of(kind).find(|other| {
                (other.group(), other.kind(), other.name()) == (object.group(), object.kind(), object.name())
                    && other.namespace() == object.namespace()
            }),
        };
        found.filter(|_| !object.name().is_empty()).cloned()
    }

    fn request(
        &self,
        object: &Arc<Object>,
        operation: Operation,
        namespace: &str,
        old: Option<&Arc<Object>>,
        settings: &Settings<'_>,
    ) -> Option<Request> {
        let schema = Schema::for_version(settings.version);
        let kind = schema.kind(object.group(), object.version(), object.kind())?;
        let is_namespace = object.well_known() == WellKnown::Namespace;
        let named = object.root().get("metadata").and_then(|metadata| metadata.get("name")).is_some();
        Some(Request {
            operation,
            group: object.group().to_owned(),
            version: object.version().to_owned(),
            resource: kind.resource()?.to_owned(),
            subresource: String::new(),
            kind: object.kind().to_owned(),
            namespace: if kind.namespaced() || is_namespace { namespace.to_owned() } else { String::new() },
            name: if named { object.name().to_owned() } else { String::new() },
            object: (operation != Operation::Delete).then(|| as_applied(object)),
            old: old.map(|old| value_of(old)),
            user: self.requester(),
            before: 0,
        })
    }

    fn requester(&self) -> Requester {
        match &self.user {
            Some(user) => {
                Requester { name: user.name.clone(), uid: user.uid.clone(), groups: user.groups.clone() }
            }
            None => Requester {
                name: "seawall".to_owned(),
                uid: String::new(),
                groups: vec![SYSTEM_MASTERS.to_owned(), "system:authenticated".to_owned()],
            },
        }
    }

    /// What authorization says, where it does not say yes.
    fn authorize(&self, request: &Request, settings: &Settings<'_>) -> Option<Outcome> {
        let user = self.user.as_ref()?;
        let verb = request.operation.verb();
        // Of a creation the name is not known to authorization.
        let name = if request.operation == Operation::Create { "" } else { &request.name };
        let namespaced = if request.kind == "Namespace" && request.operation == Operation::Create {
            ""
        } else {
            &request.namespace
        };
        let asking = Asking::Resource {
            group: &request.group,
            version: &request.version,
            resource: &request.resource,
            subresource: "",
            namespace: namespaced,
            name,
        };
        let attributes = Attributes { verb, request: asking, selectors: None };
        let answer = self.asked.chain().authorize(user, &attributes).answer;
        let mut outcome = empty(request);
        match answer.decision {
            Decision::Allow => return None,
            Decision::Deny | Decision::NoOpinion => {
                outcome.verdict = Verdict::Denied(Denial {
                    by: "authorization",
                    code: 403,
                    reason: "Forbidden",
                    message: forbidden(settings.version, &user.name, &attributes, &answer.reason),
                    causes: Vec::new(),
                    fields: Vec::new(),
                });
            }
            _ => {
                let reason = answer.unknown.unwrap_or_default();
                outcome.doubts.push(Doubt { by: "authorization", reason, decides: true });
            }
        }
        Some(outcome)
    }

    /// A kind that the version does not serve.
    fn unserved(
        &self,
        object: &Arc<Object>,
        operation: Operation,
        namespace: String,
        settings: &Settings<'_>,
    ) -> Judged {
        let schema = Schema::for_version(settings.version);
        let known = schema.serves(object.group(), object.version());
        let (group, version) = (object.group(), object.version());
        let api_version = if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") };
        let built_in = group.is_empty() || group.ends_with(".k8s.io") || !group.contains('.');
        let mut outcome = Outcome {
            verdict: Verdict::Unknown,
            warnings: Vec::new(),
            audit_annotations: std::collections::BTreeMap::new(),
            object: None,
            doubts: Vec::new(),
            arithmetic: Vec::new(),
        };
        let custom = self.asked.world.cluster().of(WellKnown::CustomResourceDefinition).next().is_some();
        if built_in && !custom && !known {
            outcome.verdict = Verdict::Denied(Denial {
                by: "serving",
                code: 404,
                reason: "NotFound",
                message: "the server could not find the requested resource".to_owned(),
                causes: Vec::new(),
                fields: vec!["apiVersion".to_owned()],
            });
        } else {
            let reason = format!(
                "{api_version} {} is no built-in kind: its schema and its admission are not modelled",
                object.kind()
            );
            outcome.doubts.push(Doubt { by: "serving", reason, decides: true });
        }
        Judged {
            object: object.clone(),
            operation,
            namespace,
            outcome,
            version: settings.version,
            pods: None,
        }
    }
}

fn empty(request: &Request) -> Outcome {
    Outcome {
        verdict: Verdict::Unknown,
        warnings: Vec::new(),
        audit_annotations: std::collections::BTreeMap::new(),
        object: request.object.clone(),
        doubts: Vec::new(),
        arithmetic: Vec::new(),
    }
}

/// The object without what a server made: an export is applied like any manifest.
fn as_applied(object: &Object) -> serde_json::Value {
    let mut value = value_of(object);
    if let Some(map) = value.as_object_mut() {
        map.remove("status");
    }
    if let Some(metadata) = value.get_mut("metadata").and_then(serde_json::Value::as_object_mut) {
        for key in ["uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "selfLink"]
        {
            metadata.remove(key);
        }
    }
    value
}

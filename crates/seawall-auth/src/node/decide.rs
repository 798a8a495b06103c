//! Decisions, with upstream's reasons.

use super::graph::{Relation, Vertex};
use super::{NodeAuthorizer, node_of};
use crate::authorizer::Answer;
use crate::go_quote::quoted;
use crate::rbac::{Subject, matches};
use crate::{Attributes, Request};

const NODE_LEASES: &str = "kube-node-lease";

/// A request for a resource, taken apart.
#[derive(Clone, Copy)]
struct Ask<'a> {
    node: &'a str,
    verb: &'a str,
    subresource: &'a str,
    namespace: &'a str,
    name: &'a str,
    attributes: &'a Attributes<'a>,
}

impl NodeAuthorizer {
    /// The answer; nobody but nodes is allowed anything, and nobody is denied.
    pub fn authorize(&self, who: Subject<'_>, attributes: &Attributes<'_>) -> Answer {
        let Some(node) = node_of(who) else { return Answer::no_opinion("") };
        if node.is_empty() {
            return Answer::no_opinion(format!("unknown node for user {}", quoted(who.user)));
        }
        if let Request::Resource { group, resource, subresource, namespace, name, .. } = attributes.request {
            let ask = Ask { node, verb: attributes.verb, subresource, namespace, name, attributes };
            if let Some(answer) = self.resource(group, resource, ask) {
                return answer;
            }
        }
        self.by_rule(attributes)
    }

    /// How an object is related to the node that asks for it, if that is why it may be read or written.
    pub fn relation(&self, who: Subject<'_>, attributes: &Attributes<'_>) -> Option<Relation<'_>> {
        let node = node_of(who)?;
        let Request::Resource { group, resource, namespace, name, .. } = attributes.request else {
            return None;
        };
        self.graph.relation(vertex(group, resource)?, namespace, name, node)
    }

    fn by_rule(&self, attributes: &Attributes<'_>) -> Answer {
        if self.rules.iter().any(|rule| matches(rule, attributes)) {
            Answer::allow()
        } else {
            Answer::no_opinion("")
        }
    }

    /// Resources that are not the same for all nodes.
    fn resource(&self, group: &str, resource: &str, ask: Ask<'_>) -> Option<Answer> {
        let vertex = vertex(group, resource);
        Some(match (group, resource) {
            ("", "secrets" | "configmaps") => self.read_namespaced(vertex?, ask),
            ("", "persistentvolumeclaims") if ask.subresource == "status" => match ask.verb {
                "update" | "patch" => self.by_graph(vertex?, ask),
                _ => Answer::no_opinion("can only get/update/patch this type"),
            },
            ("", "persistentvolumeclaims" | "persistentvolumes")
            | ("resource.k8s.io", "resourceclaims")
            | ("storage.k8s.io", "volumeattachments") => self.get(vertex?, ask),
            ("", "serviceaccounts") => self.service_account(ask),
            ("coordination.k8s.io", "leases") => lease(ask),
            ("storage.k8s.io", "csinodes") => csi_node(ask),
            ("resource.k8s.io", "resourceslices") => self.resource_slice(ask),
            ("", "nodes") if self.options.selectors => node_object(ask),
            ("", "pods") if self.options.selectors => self.pod(ask),
            ("certificates.k8s.io", "podcertificaterequests") if self.options.version.at_least(34) => {
                if self.options.pod_certificates && self.options.selectors {
                    self.pod_certificate(ask)
                } else if self.options.version.at_least(35) {
                    Answer::no_opinion("")
                } else {
                    return None;
                }
            }
            _ => return None,
        })
    }

    fn read_namespaced(&self, vertex: Vertex, ask: Ask<'_>) -> Answer {
        if !matches!(ask.verb, "get" | "list" | "watch") {
            Answer::no_opinion("can only read resources of this type")
        } else if !ask.subresource.is_empty() {
            Answer::no_opinion("cannot read subresource")
        } else if ask.namespace.is_empty() {
            Answer::no_opinion("can only read namespaced object of this type")
        } else {
            self.by_graph(vertex, ask)
        }
    }

    fn get(&self, vertex: Vertex, ask: Ask<'_>) -> Answer {
        if ask.verb != "get" {
            Answer::no_opinion("can only get individual resources of this type")
        } else if !ask.subresource.is_empty() {
            Answer::no_opinion("cannot get subresource")
        } else {
            self.by_graph(vertex, ask)
        }
    }

    fn by_graph(&self, vertex: Vertex, ask: Ask<'_>) -> Answer {
        if ask.name.is_empty() {
            return Answer::no_opinion("No Object name found");
        }
        if self.graph.relation(vertex, ask.namespace, ask.name, ask.node).is_some() {
            return Answer::allow();
        }
        let reason = format!("no relationship found between node '{}' and this object", ask.node);
        if self.options.complete {
            return Answer::no_opinion(reason);
        }
        let what = format!("which pods run on the node `{}`, and with which volumes and claims", ask.node);
        Answer { reason, ..Answer::unknown(what) }
    }

    fn service_account(&self, ask: Ask<'_>) -> Answer {
        if self.options.version.at_least(33) && ask.verb == "get" && ask.subresource.is_empty() {
            let certificates = self.options.version.at_least(34) && self.options.pod_certificates;
            if !self.options.credential_providers && !certificates {
                return Answer::no_opinion("not allowed to get service accounts");
            }
            return self.read_namespaced(Vertex::ServiceAccount, ask);
        }
        if ask.verb != "create" || ask.name.is_empty() {
            Answer::no_opinion("can only create tokens for individual service accounts")
        } else if ask.subresource != "token" {
            Answer::no_opinion("can only create token subresource of serviceaccount")
        } else {
            self.by_graph(Vertex::ServiceAccount, ask)
        }
    }

    fn resource_slice(&self, ask: Ask<'_>) -> Answer {
        if !ask.subresource.is_empty() {
            return Answer::no_opinion("cannot authorize ResourceSlice subresources");
        }
        let newer = self.options.version.at_least(31);
        match ask.verb {
            "create" => Answer::allow(),
            "get" | "update" | "patch" | "delete" => self.by_graph(Vertex::ResourceSlice, ask),
            "watch" | "list" if !newer => Answer::allow(),
            "watch" | "list" | "deletecollection" if newer => {
                if !self.options.selectors || ask.selects_own_node() {
                    return Answer::allow();
                }
                Answer::no_opinion(
                    "can only list/watch/deletecollection resourceslices with nodeName field selector",
                )
            }
            _ if newer => Answer::no_opinion(
                "only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, \
                 patch, delete, deletecollection",
            ),
            _ => Answer::no_opinion("can only get, create, update, patch, or delete a ResourceSlice"),
        }
    }

    fn pod(&self, ask: Ask<'_>) -> Answer {
        match (ask.subresource, ask.verb) {
            ("", "get") => self.get(Vertex::Pod, ask),
            ("", "list" | "watch") if ask.selects_own_node() => Answer::allow(),
            ("", "list" | "watch") if !ask.name.is_empty() => self.by_graph(Vertex::Pod, ask),
            ("", "list" | "watch") => {
                Answer::no_opinion("can only list/watch pods with spec.nodeName field selector")
            }
            ("", "create" | "delete") | ("status", "update" | "patch") | ("eviction", "create") => {
                Answer::allow()
            }
            _ => Answer::no_opinion(""),
        }
    }

    fn pod_certificate(&self, ask: Ask<'_>) -> Answer {
        if !ask.subresource.is_empty() {
            return Answer::no_opinion(
                "nodes may not access the status subresource of PodCertificateRequests",
            );
        }
        match ask.verb {
            "create" => Answer::allow(),
            "get" => self.by_graph(Vertex::PodCertificateRequest, ask),
            "list" | "watch" if ask.selects_own_node() => Answer::allow(),
            "list" | "watch" => {
                Answer::no_opinion("can only list/watch podcertificaterequests with nodeName field selector")
            }
            verb => Answer::no_opinion(format!("nodes may not {verb} podcertificaterequests")),
        }
    }
}

impl Ask<'_> {
    /// Whether the field selector has a term that leaves only objects of the node.
    fn selects_own_node(&self) -> bool {
        let fields = self.attributes.selectors.map_or(&[][..], |selectors| &selectors.fields);
        fields.iter().any(|term| term.field == "spec.nodeName" && term.equal && term.value == self.node)
    }
}

fn vertex(group: &str, resource: &str) -> Option<Vertex> {
    Some(match (group, resource) {
        ("", "secrets") => Vertex::Secret,
        ("", "configmaps") => Vertex::ConfigMap,
        ("", "persistentvolumeclaims") => Vertex::Claim,
        ("", "persistentvolumes") => Vertex::Volume,
        ("", "serviceaccounts") => Vertex::ServiceAccount,
        ("", "pods") => Vertex::Pod,
        ("resource.k8s.io", "resourceclaims") => Vertex::ResourceClaim,
        ("resource.k8s.io", "resourceslices") => Vertex::ResourceSlice,
        ("storage.k8s.io", "volumeattachments") => Vertex::Attachment,
        ("certificates.k8s.io", "podcertificaterequests") => Vertex::PodCertificateRequest,
        _ => return None,
    })
}

fn lease(ask: Ask<'_>) -> Answer {
    if !matches!(ask.verb, "get" | "create" | "update" | "patch" | "delete") {
        Answer::no_opinion("can only get, create, update, patch, or delete a node lease")
    } else if ask.namespace != NODE_LEASES {
        Answer::no_opinion(format!("can only access leases in the {} system namespace", quoted(NODE_LEASES)))
    } else if ask.verb != "create" && ask.name != ask.node {
        Answer::no_opinion("can only access node lease with the same name as the requesting node")
    } else {
        Answer::allow()
    }
}

fn csi_node(ask: Ask<'_>) -> Answer {
    if !matches!(ask.verb, "get" | "create" | "update" | "patch" | "delete") {
        Answer::no_opinion("can only get, create, update, patch, or delete a CSINode")
    } else if !ask.subresource.is_empty() {
        Answer::no_opinion("cannot authorize CSINode subresources")
    } else if ask.verb != "create" && ask.name != ask.node {
        Answer::no_opinion("can only access CSINode with the same name as the requesting node")
    } else {
        Answer::allow()
    }
}

fn node_object(ask: Ask<'_>) -> Answer {
    match (ask.subresource, ask.verb) {
        ("", "create" | "update" | "patch") | ("status", "update" | "patch") => Answer::allow(),
        ("", "get" | "list" | "watch") if ask.name == ask.node => Answer::allow(),
        ("", "get" | "list" | "watch") => {
            let node = ask.node;
            Answer::no_opinion(match ask.name {
                "" => format!("node '{node}' cannot read all nodes, only its own Node object"),
                name => format!("node '{node}' cannot read '{name}', only its own Node object"),
            })
        }
        _ => Answer::no_opinion(""),
    }
}

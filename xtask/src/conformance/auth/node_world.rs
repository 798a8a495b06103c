//! Random objects that the node authorizer looks at: pods on nodes and everything a pod may refer to.

use super::super::generate::Random;
use super::world::NAMESPACES;
use serde_json::{Value, json};

/// Objects of one world; their names begin with its id, so that worlds can stay in the server side by side.
pub(crate) struct NodeWorld {
    pub(crate) id: String,
    /// Path of the collection, object.
    pub(crate) objects: Vec<(String, Value)>,
    /// Later changes: path, patch.
    pub(crate) patches: Vec<(String, Value)>,
}

/// Names of secrets, config maps, claims and so on, without the world's id: few, so that they meet.
pub(crate) const THINGS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
/// Nodes, without the world's id.
pub(crate) const NODES: [&str; 4] = ["n1", "n2", "n3", "n4"];
const IMAGE: &str = "registry.example/x:1";

impl NodeWorld {
    /// A random world; `claims` is whether the version serves `resource.k8s.io/v1`.
    pub(crate) fn random(id: String, claims: bool, random: &mut Random) -> Self {
        let mut world = Self { id, objects: Vec::new(), patches: Vec::new() };
        for number in 0..4 + random.below(10) {
            world.pod(number, claims, random);
        }
        for number in 0..random.below(8) {
            let volume = world.persistent_volume(&number.to_string(), random);
            world.put("/api/v1/persistentvolumes", volume);
        }
        for number in 0..random.below(5) {
            let attachment =
                world.attachment(&format!("va{number}"), random.pick(&NODES), random.pick(&THINGS));
            world.put("/apis/storage.k8s.io/v1/volumeattachments", attachment);
        }
        for number in 0..if claims { random.below(4) } else { 0 } {
            let slice = world.slice(&format!("slice{number}"), random.pick(&NODES));
            world.put("/apis/resource.k8s.io/v1/resourceslices", slice);
        }
        world.marker(claims);
        world
    }

    /// The last objects of each kind: what they allow shows that everything is known.
    fn marker(&mut self, claims: bool) {
        let node = self.name("marker");
        let secret = self.name("marker");
        let pod = json!({
            "metadata": {"name": self.name("marker"), "namespace": NAMESPACES[0]},
            "spec": {
                "nodeName": node, "automountServiceAccountToken": false,
                "containers": [{"name": "c", "image": IMAGE}],
                "volumes": [
                    {"name": "s", "secret": {"secretName": secret}},
                    {"name": "v", "persistentVolumeClaim": {"claimName": self.name("marker")}},
                ],
            },
        });
        let volume = json!({
            "metadata": {"name": self.name("marker")},
            "spec": {
                "capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"],
                "claimRef": {"namespace": NAMESPACES[0], "name": self.name("marker")},
                "csi": {"driver": "d.example", "volumeHandle": "marker"},
            },
        });
        self.put("/api/v1/persistentvolumes", volume);
        let attachment = self.attachment("marker", "marker", "marker");
        self.put("/apis/storage.k8s.io/v1/volumeattachments", attachment);
        if claims {
            let slice = self.slice("marker", "marker");
            self.put("/apis/resource.k8s.io/v1/resourceslices", slice);
        }
        self.put(&format!("/api/v1/namespaces/{}/pods", NAMESPACES[0]), pod);
    }

    fn put(&mut self, path: &str, object: Value) {
        self.objects.push((path.to_owned(), object));
    }

    /// A name of this world.
    pub(crate) fn name(&self, name: &str) -> String {
        format!("{}-{name}", self.id)
    }

    fn thing(&self, random: &mut Random) -> String {
        self.name(random.pick(&THINGS))
    }

    fn pod(&mut self, number: usize, claims: bool, random: &mut Random) {
        let namespace = NAMESPACES[random.below(2)];
        let mut spec = json!({
            "containers": [self.container("c", random)],
            "initContainers": [self.container("i", random)],
            "automountServiceAccountToken": random.below(2) == 0,
            "serviceAccountName": *random.pick(&["default", "builder"]),
            "volumes": (0..random.below(5)).map(|at| self.volume(at, random)).collect::<Vec<_>>(),
        });
        if random.below(8) > 0 {
            spec["nodeName"] = self.name(random.pick(&NODES)).into();
        }
        if random.below(3) == 0 {
            spec["imagePullSecrets"] = json!([{"name": self.thing(random)}]);
        }
        let name = self.name(&format!("pod{number}"));
        if claims && random.below(3) == 0 {
            spec["resourceClaims"] = json!([
                {"name": "direct", "resourceClaimName": self.thing(random)},
                {"name": "made", "resourceClaimTemplateName": self.thing(random)},
                {"name": "unmade", "resourceClaimTemplateName": self.thing(random)},
            ]);
            let status = json!({"status": {"resourceClaimStatuses": [
                {"name": "made", "resourceClaimName": self.thing(random)}, {"name": "unmade"},
            ]}});
            self.patches.push((format!("/api/v1/namespaces/{namespace}/pods/{name}/status"), status));
        }
        if random.below(4) == 0 {
            let mut container = self.container("e", random);
            container["targetContainerName"] = "c".into();
            let spec = json!({"spec": {"ephemeralContainers": [container]}});
            self.patches
                .push((format!("/api/v1/namespaces/{namespace}/pods/{name}/ephemeralcontainers"), spec));
        }
        let mut metadata = json!({"name": name, "namespace": namespace});
        if random.below(8) == 0 && spec["nodeName"].is_string() {
            metadata["annotations"] = json!({"kubernetes.io/config.mirror": "x"});
            // The API lets mirror pods refer to nothing.
            spec = json!({"containers": [{"name": "c", "image": IMAGE}], "nodeName": spec["nodeName"]});
            self.patches.retain(|(path, _)| !path.contains(&format!("/{name}/")));
        }
        self.put(
            &format!("/api/v1/namespaces/{namespace}/pods"),
            json!({"metadata": metadata, "spec": spec}),
        );
    }

    fn container(&self, name: &str, random: &mut Random) -> Value {
        let mut container = json!({"name": name, "image": IMAGE});
        if random.below(2) == 0 {
            container["env"] = json!([
                {"name": "S", "valueFrom": {"secretKeyRef": {"name": self.thing(random), "key": "k"}}},
                {"name": "C", "valueFrom": {"configMapKeyRef": {"name": self.thing(random), "key": "k"}}},
            ]);
        }
        if random.below(3) == 0 {
            container["envFrom"] = json!([
                {"secretRef": {"name": self.thing(random)}}, {"configMapRef": {"name": self.thing(random)}},
            ]);
        }
        container
    }

    fn volume(&self, number: usize, random: &mut Random) -> Value {
        let thing = self.thing(random);
        let mut volume = match random.below(12) {
            0 => json!({"secret": {"secretName": thing}}),
            1 => json!({"configMap": {"name": thing}}),
            2 | 3 => json!({"persistentVolumeClaim": {"claimName": thing}}),
            4 => {
                json!({"projected": {"sources": [{"secret": {"name": thing}}, {"configMap": {"name": self.thing(random)}}]}})
            }
            5 => json!({"ephemeral": {"volumeClaimTemplate": {"spec": {
                "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}},
            }}}}),
            6 => json!({"csi": {"driver": "d.example", "nodePublishSecretRef": {"name": thing}}}),
            7 => json!({"azureFile": {"secretName": thing, "shareName": "s"}}),
            8 => json!({"cephfs": {"monitors": ["m"], "secretRef": {"name": thing}}}),
            9 => json!({"flexVolume": {"driver": "d", "secretRef": {"name": thing}}}),
            10 => {
                json!({"iscsi": {"targetPortal": "1.2.3.4", "iqn": "iqn.2001-04.com.example:x", "lun": 0, "secretRef": {"name": thing}}})
            }
            _ => json!({"rbd": {"monitors": ["m"], "image": "i", "secretRef": {"name": thing}}}),
        };
        volume["name"] = format!("v{number}").into();
        volume
    }

    /// A volume that a claim of a world is bound to, with secrets in all the places.
    fn persistent_volume(&self, name: &str, random: &mut Random) -> Value {
        let reference = |random: &mut Random| {
            let mut reference = json!({"name": self.thing(random)});
            reference["namespace"] = NAMESPACES[random.below(2)].into();
            reference
        };
        let mut spec = match random.below(7) {
            0 => json!({"azureFile": {"secretName": self.thing(random), "shareName": "s"}}),
            1 => {
                json!({"azureFile": {"secretName": self.thing(random), "secretNamespace": NAMESPACES[1], "shareName": "s"}})
            }
            2 => json!({"cephfs": {"monitors": ["m"], "secretRef": {"name": self.thing(random)}}}),
            3 => json!({"flexVolume": {"driver": "d", "secretRef": reference(random)}}),
            4 => {
                json!({"iscsi": {"targetPortal": "1.2.3.4", "iqn": "iqn.2001-04.com.example:x", "lun": 0, "secretRef": reference(random)}})
            }
            5 => json!({"rbd": {"monitors": ["m"], "image": "i", "secretRef": {"name": self.thing(random)}}}),
            _ => {
                let mut csi = json!({"driver": "d.example", "volumeHandle": name});
                for key in [
                    "nodePublishSecretRef",
                    "nodeStageSecretRef",
                    "nodeExpandSecretRef",
                    "controllerPublishSecretRef",
                    "controllerExpandSecretRef",
                ] {
                    if random.below(2) == 0 {
                        csi[key] = reference(random);
                    }
                }
                json!({"csi": csi})
            }
        };
        spec["capacity"] = json!({"storage": "1Gi"});
        spec["accessModes"] = json!(["ReadWriteOnce"]);
        if random.below(8) > 0 {
            spec["claimRef"] = json!({"namespace": NAMESPACES[random.below(2)], "name": self.thing(random)});
        }
        json!({"metadata": {"name": self.name(&format!("pv{name}"))}, "spec": spec})
    }

    fn attachment(&self, name: &str, node: &str, volume: &str) -> Value {
        json!({
            "metadata": {"name": self.name(name)},
            "spec": {"attacher": "d.example", "nodeName": self.name(node), "source": {"persistentVolumeName": self.name(volume)}},
        })
    }

    fn slice(&self, name: &str, node: &str) -> Value {
        json!({
            "metadata": {"name": self.name(name)},
            "spec": {
                "driver": "d.example", "nodeName": self.name(node), "devices": [{"name": "d"}],
                "pool": {"name": self.name(name), "generation": 1, "resourceSliceCount": 1},
            },
        })
    }
}

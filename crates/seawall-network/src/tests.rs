mod endpoints;
mod generate;
mod network;
mod policy;
mod union;

use seawall_model::{Cluster, Object, Origin, objects_of};
use seawall_yaml::{Source, parse_documents};
use std::sync::Arc;

fn objects(yaml: &str) -> Vec<Arc<Object>> {
    let documents = parse_documents(&Source::new("test.yaml", yaml));
    let objects = documents.into_iter().flat_map(|document| {
        let document = document.unwrap_or_else(|error| panic!("{error:?}"));
        objects_of(&Arc::new(document), &Origin::File).unwrap_or_default()
    });
    objects.map(Arc::new).collect()
}

fn cluster(yaml: &str) -> Cluster {
    Cluster::new(objects(yaml))
}

/// A policy of namespace `web` with this spec, in flow style.
fn policy(spec: &str) -> Arc<Object> {
    let text = format!(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: p, namespace: web}}\nspec: {spec}"
    );
    objects(&text).remove(0)
}

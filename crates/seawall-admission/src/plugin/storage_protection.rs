//! StorageObjectInUseProtection (`plugin/pkg/admission/storage/storageobjectinuseprotection/admission.go`).

use super::Plugin;
use crate::json::{Json, list_made};
use crate::pass::{Pass, Step};
use crate::request::Operation;

pub(super) const PLUGIN: Plugin =
    Plugin { name: "StorageObjectInUseProtection", admit: Some(admit), validate: None };

fn admit(pass: &mut Pass<'_>) -> Step {
    let request = pass.request;
    if request.operation != Operation::Create {
        return Ok(());
    }
    let finalizer = if request.is("", "persistentvolumes") {
        "kubernetes.io/pv-protection"
    } else if request.is("", "persistentvolumeclaims") {
        "kubernetes.io/pvc-protection"
    } else if request.is("storage.k8s.io", "volumeattributesclasses")
        && pass.settings.gate("VolumeAttributesClass")
    {
        "kubernetes.io/vac-protection"
    } else {
        return Ok(());
    };
    if !pass.object.list("metadata.finalizers").iter().any(|one| one.as_str() == Some(finalizer)) {
        list_made(&mut pass.object, "metadata.finalizers").push(finalizer.into());
    }
    Ok(())
}

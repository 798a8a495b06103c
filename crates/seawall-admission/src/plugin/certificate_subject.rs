//! CertificateSubjectRestriction (`plugin/pkg/admission/certificates/subjectrestriction/admission.go`).

use super::Plugin;
use crate::json::Json;
use crate::pass::{Pass, Step};
use crate::request::Operation;

const NAME: &str = "CertificateSubjectRestriction";

pub(super) const PLUGIN: Plugin = Plugin { name: NAME, admit: None, validate: Some(validate) };

fn validate(pass: &mut Pass<'_>) -> Step {
    let request = pass.request;
    let concerned = request.is("certificates.k8s.io", "certificatesigningrequests")
        && request.operation == Operation::Create;
    if concerned && pass.object.text("spec.signerName") == "kubernetes.io/kube-apiserver-client" {
        // The subject stands in a certificate request, which is not decoded here.
        pass.doubt(NAME, "the groups in the certificate request are not read");
    }
    Ok(())
}

//! What is written encrypted, with which key, and can it be read?
//!
//! [`certificate`] tells whether two certificate files hold one key. [`encryption`] reads an EncryptionConfiguration as kube-apiserver does. Key material is compared and measured
//! here and never leaves: no message, no debug output, no public field holds it.

pub mod certificate;
pub mod encryption;

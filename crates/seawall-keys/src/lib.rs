//! What is written encrypted, with which key, and can it be read?
//!
//! [`encryption`] reads an EncryptionConfiguration as kube-apiserver does. Key material is compared and measured
//! here and never leaves: no message, no debug output, no public field holds it.

pub mod encryption;

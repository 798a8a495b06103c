//! The conformance manifests of the network policy API (`kubernetes-sigs/network-policy-api`, `conformance/base`).

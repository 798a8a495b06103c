//! What a plain scalar means (goyaml.v2 resolve.go).

pub(crate) fn integer(text: &str) -> Option<i64> {
    text.parse().ok()
}

pub(crate) fn float(text: &str) -> Option<f64> {
    text.parse().ok()
}

//! The parts of an image's name (`distribution/reference`, as kubernetes `pkg/util/parsers` reads it).

/// A name such as `registry.example:5000/team/app:1.0@sha256:…`.
pub(crate) struct Image<'a> {
    /// What follows the last colon of the last path element.
    pub(crate) tag: Option<&'a str>,
    /// What follows the `@`.
    pub(crate) digest: Option<&'a str>,
}

impl<'a> Image<'a> {
    /// Reads an image name; `None` for what is no image name yet: empty, a placeholder of a tool that fills it in
    /// later (`ko://…`, `$(IMAGE)`, `{{ .Values.image }}`).
    pub(crate) fn read(text: &'a str) -> Option<Self> {
        if text.is_empty() || text.contains("://") || text.contains(['$', '{', ' ']) {
            return None;
        }
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => (name, Some(digest)),
            None => (text, None),
        };
        let last = name.rsplit('/').next().unwrap_or(name);
        Some(Self { tag: last.split_once(':').map(|(_, tag)| tag), digest })
    }

    /// Whether the kubelet takes it for `latest` (kubernetes `pkg/apis/core/v1/defaults.go` `SetDefaults_Container`:
    /// no tag and no digest is `latest`).
    pub(crate) fn is_latest(&self) -> bool {
        self.digest.is_none() && self.tag.is_none_or(|tag| tag == "latest")
    }
}

#[cfg(test)]
mod tests {
    use super::Image;

    #[test]
    fn parts() {
        for (text, tag, digest) in [
            ("nginx", None, None),
            ("nginx:1.25", Some("1.25"), None),
            ("registry.example:5000/nginx", None, None),
            ("registry.example:5000/a/nginx:latest", Some("latest"), None),
            ("nginx@sha256:abc", None, Some("sha256:abc")),
            ("nginx:1@sha256:abc", Some("1"), Some("sha256:abc")),
        ] {
            let image = Image::read(text).unwrap();
            assert_eq!((image.tag, image.digest), (tag, digest), "{text}");
        }
        assert!(Image::read("ko://example.com/app").is_none());
        assert!(Image::read("$(IMAGE)").is_none());
    }
}

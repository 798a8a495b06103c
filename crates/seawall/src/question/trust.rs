//! Whom the API server of the input believes: its authenticators, with the files of the input that its flags name.

use super::Asked;
use anyhow::{Context, Result};
use seawall_auth::authentication::{
    AnonymousRequests, Authenticators, Authorities, ClusterObjects, Features, Part, Surroundings,
};
use seawall_model::{Cluster, ComponentAt, WellKnown};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// More files of one name are no longer told apart.
const NAMESAKES: usize = 64;

/// The authenticators, and the objects that tokens are checked against.
pub(super) struct Trust<'a> {
    pub(super) authenticators: Authenticators,
    pub(super) objects: ClusterObjects<'a>,
    /// What is taken for granted.
    pub(super) note: Option<String>,
}

impl<'a> Trust<'a> {
    /// The authenticators of the API server in the input; without one everything that its flags decide is unknown.
    pub(super) fn of(asked: &'a Asked, paths: &[PathBuf]) -> Self {
        let cluster = asked.world.cluster();
        let objects = ClusterObjects::new(cluster, asked.is_whole());
        let files = Files::of(cluster, paths);
        let Some(server) = asked.api_server() else {
            let authenticators = unknown(asked, cluster);
            let note = "no kube-apiserver in the input: which authorities, keys and issuers it believes is not known";
            return Self { authenticators, objects, note: Some(note.into()) };
        };
        let file =
            |path: &str| files.find(path).or_else(|| published(server, path, cluster)).map(str::to_owned);
        let surroundings = Surroundings { file: &file, issuer_keys: &|_| None };
        Self { authenticators: Authenticators::of(server, &surroundings), objects, note: None }
    }
}

/// An API server of which nothing is known but what it writes into the cluster.
fn unknown(asked: &Asked, cluster: &Cluster) -> Authenticators {
    let why = || "no kube-apiserver in the input".to_owned();
    let authorities =
        published_text(cluster, "client-ca-file").and_then(|text| Authorities::of_pem(text).ok());
    Authenticators {
        front_proxy: Part::Unknown(why()),
        client_authorities: authorities.map_or_else(|| Part::Unknown(why()), Part::Known),
        token_file: Part::Unknown(why()),
        service_accounts: Part::Unknown(why()),
        bootstrap_tokens: Part::Unknown(why()),
        issuers: Part::Unknown(why()),
        anonymous: AnonymousRequests::Unknown(why()),
        ..Authenticators::none(Features::of(asked.world.version(), |_| None))
    }
}

/// The authorities that the API server itself publishes for others (upstream: `pkg/controlplane/controller/
/// clusterauthenticationtrust`): the text of the file of `--client-ca-file` or `--requestheader-client-ca-file`.
fn published<'c>(server: ComponentAt<'_>, path: &str, cluster: &'c Cluster) -> Option<&'c str> {
    let keys = ["client-ca-file", "requestheader-client-ca-file"];
    let key = keys.into_iter().find(|key| server.setting(key).text() == Some(path))?;
    published_text(cluster, key)
}

fn published_text<'c>(cluster: &'c Cluster, key: &'static str) -> Option<&'c str> {
    let map =
        cluster.find(WellKnown::ConfigMap, Some("kube-system"), "extension-apiserver-authentication")?;
    // A manifest that somebody wrote proves nothing: the API server's own object has a UID.
    map.at().get("metadata.uid").str()?;
    map.at().key("data").key(key).str()
}

/// The certificates and public keys in the input, by file name.
struct Files<'c> {
    files: HashMap<&'c str, Vec<File<'c>>>,
}

/// A file of the input.
struct File<'c> {
    path: &'c str,
    /// How many of the path's last parts stand below the folder that was named.
    below: usize,
    text: &'c str,
}

impl<'c> Files<'c> {
    fn of(cluster: &'c Cluster, paths: &[PathBuf]) -> Self {
        let roots: Vec<String> = paths.iter().map(|path| shown(path)).collect();
        let mut files: HashMap<&str, Vec<File<'_>>> = HashMap::new();
        for object in cluster.of(WellKnown::CertificateFile) {
            let path = object.file();
            let inside = |root: &String| path.strip_prefix(root.as_str())?.strip_prefix('/');
            let relative = roots.iter().filter_map(inside).min_by_key(|rest| rest.len()).unwrap_or(path);
            let below = relative.split('/').count();
            let name = path.rsplit('/').next().unwrap_or("");
            files.entry(name).or_default().push(File { path, below, text: object.root().text() });
        }
        Self { files }
    }

    /// The file that stands for `path` on the machine: the one that has the most of the path in common from the end.
    /// That must be its folder, too, or all of its path below the folder that was named. Two different files of
    /// which either may be it are none.
    fn find(&self, path: &str) -> Option<&'c str> {
        let namesakes = self.files.get(path.rsplit('/').next()?)?;
        if namesakes.len() > NAMESAKES {
            return None;
        }
        let common = |file: &File<'_>| {
            let pairs = file.path.rsplit('/').zip(path.rsplit('/'));
            pairs.take_while(|(one, other)| one == other).count()
        };
        let fitting = || namesakes.iter().filter(|file| common(file) >= file.below.min(2));
        let most = fitting().map(common).max()?;
        let mut best = fitting().filter(|file| common(file) == most).map(|file| file.text);
        let first = best.next()?;
        best.all(|text| text == first).then_some(first)
    }
}

fn shown(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    text.trim_end_matches('/').trim_start_matches("./").to_owned()
}

/// The time that is asked about, in seconds since 1970-01-01T00:00:00Z: `--at`, or now.
pub(super) fn time(at: Option<&str>) -> Result<i64> {
    let Some(text) = at else { return Ok(jiff::Timestamp::now().as_second()) };
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Ok(time.as_second());
    }
    let date: jiff::civil::Date = text
        .parse()
        .ok()
        .with_context(|| format!("--at {text}: write 2027-01-31T12:00:00Z, or 2027-01-31"))?;
    let midnight = date.to_zoned(jiff::tz::TimeZone::UTC).with_context(|| format!("--at {text}"))?;
    Ok(midnight.timestamp().as_second())
}

/// What is not known, each reason once.
pub(super) fn distinct(mut reasons: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    reasons.retain(|reason| seen.insert(reason.clone()));
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files<'c>(files: &[(&'c str, &'c str)], root: &str) -> Files<'c> {
        let mut out = Files { files: HashMap::new() };
        for &(path, text) in files {
            let below =
                path.strip_prefix(root).map_or(path, |rest| rest.trim_start_matches('/')).split('/').count();
            let name = path.rsplit('/').next().unwrap();
            out.files.entry(name).or_default().push(File { path, below, text });
        }
        out
    }

    #[test]
    fn files_that_flags_name() {
        let asked = "/etc/kubernetes/pki/ca.crt";
        assert_eq!(
            files(&[("n1/etc/kubernetes/pki/ca.crt", "a"), ("n1/other/ca.crt", "b")], "n1").find(asked),
            Some("a")
        );
        assert_eq!(files(&[("backup/ca.crt", "a")], "backup").find(asked), Some("a"));
        assert_eq!(files(&[("backup/pki/ca.crt", "a")], "").find(asked), Some("a"));
        assert_eq!(files(&[("backup/etcd/ca.crt", "a")], "").find(asked), None);
        assert_eq!(files(&[("n1/pki/ca.crt", "a"), ("n2/pki/ca.crt", "b")], "").find(asked), None);
        assert_eq!(files(&[("n1/pki/ca.crt", "a"), ("n2/pki/ca.crt", "a")], "").find(asked), Some("a"));
    }

    #[test]
    fn times() {
        assert_eq!(time(Some("1970-01-02")).unwrap(), 86_400);
        assert_eq!(time(Some("1970-01-01T01:00:00+01:00")).unwrap(), 0);
        assert!(time(Some("tomorrow")).is_err() && time(None).unwrap() > 1_700_000_000);
    }
}

//! One running control plane.

use super::build::Binaries;
use super::certificates::{Authority, Credential};
use super::http::{Client, Request, Target};
use super::{Recorder, process, runs};
use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Controllers that the suites need: aggregated roles, service accounts and their legacy tokens, certificates.
const CONTROLLERS: &str = "clusterrole-aggregation-controller,serviceaccount-controller,serviceaccount-token-controller,\
                           certificatesigningrequest-signing-controller";

/// What a control plane is started with.
#[derive(Default)]
pub(crate) struct Options<'a> {
    /// Further flags of kube-apiserver.
    pub(crate) flags: Vec<String>,
    /// An authorization webhook that is asked first about users whose name starts with `recorded:`.
    pub(crate) recorder: Option<&'a Recorder>,
}

/// A running control plane; stopped, with everything it wrote, when dropped.
pub(crate) struct Server {
    folder: PathBuf,
    /// The API server's port on 127.0.0.1.
    pub(crate) port: u16,
    /// etcd's port on 127.0.0.1; it speaks no TLS and asks nobody who they are.
    pub(crate) etcd_port: u16,
    /// Signs client certificates.
    pub(crate) authority: Authority,
    admin: Credential,
    /// A token of the same rights: cheaper for the server than a certificate with every request.
    token: String,
    /// Signs service account tokens.
    pub(crate) token_key: rcgen::KeyPair,
    children: Vec<Child>,
    /// Ends the control plane when this process dies without a chance to do it.
    keeper: Option<Child>,
}

impl Server {
    /// Starts etcd, the API server and the controller manager, and waits until they work.
    pub(crate) fn start(binaries: &Binaries, options: &Options<'_>) -> Result<Self> {
        let runs = runs()?;
        process::stop_orphans(&runs)?;
        let folder = new_folder(&runs)?;
        let mut server = Self {
            port: free_port()?,
            etcd_port: 0,
            authority: Authority::new("seawall-test")?,
            admin: Authority::new("unused")?.client("unused", &[])?,
            token: token()?,
            token_key: rcgen::KeyPair::generate()?,
            children: Vec::new(),
            keeper: None,
            folder,
        };
        server.admin = server.authority.client("seawall-admin", &["system:masters"])?;
        server.write_files(options)?;
        server.etcd_port = server.start_etcd(binaries)?;
        server.start_api_server(binaries, options)?;
        server.wait_ready()?;
        server.start_controllers(binaries)?;
        server.keep()?;
        server.wait_for_controllers()?;
        Ok(server)
    }

    /// Where to send requests as a member of system:masters.
    pub(crate) fn admin(&self) -> Result<Target> {
        Ok(Target { token: Some(self.token.clone()), ..self.target(None)? })
    }

    /// Where to send requests with this client certificate.
    pub(crate) fn target(&self, credential: Option<&Credential>) -> Result<Target> {
        Ok(Target { port: self.port, tls: self.authority.client_config(credential)?, token: None })
    }

    /// `--token-auth-file`.
    pub(crate) fn token_file(&self) -> String {
        format!("{},seawall-admin,,system:masters\n", self.token)
    }

    /// Leaves it running until `kube stop`; the path of its kubeconfig.
    pub(crate) fn detach(mut self) -> Result<PathBuf> {
        self.end_keeper();
        process::disown(&self.folder)?;
        self.children.clear();
        let folder = std::mem::take(&mut self.folder);
        Ok(folder.join("admin.kubeconfig"))
    }

    fn write_files(&self, options: &Options<'_>) -> Result<()> {
        let write = |name: &str, text: &str| fs::write(self.folder.join(name), text);
        let server = self.authority.server(&["127.0.0.1", "localhost", "kubernetes.default.svc"])?;
        write("ca.crt", &self.authority.pem)?;
        write("ca.key", &self.authority.key_pem())?;
        write("apiserver.crt", &server.certificate_pem)?;
        write("apiserver.key", &server.key_pem)?;
        write("sa.key", &self.token_key.serialize_pem())?;
        write("sa.pub", &self.token_key.public_key_pem())?;
        write("tokens.csv", &self.token_file())?;
        write("admin.kubeconfig", &self.kubeconfig(&self.admin))?;
        let manager = self.authority.client("system:kube-controller-manager", &[])?;
        write("controller-manager.kubeconfig", &self.kubeconfig(&manager))?;
        if let Some(recorder) = options.recorder {
            let url = format!("https://127.0.0.1:{}/", recorder.port);
            write("recorder.kubeconfig", &kubeconfig(&url, &recorder.authority_pem, "{}"))?;
        }
        Ok(())
    }

    /// The kubeconfig of a member of system:masters.
    pub(crate) fn admin_kubeconfig(&self) -> String {
        self.kubeconfig(&self.admin)
    }

    /// A kubeconfig whose user is this YAML in flow style.
    pub(crate) fn kubeconfig_of(&self, user: &str) -> String {
        kubeconfig(&format!("https://127.0.0.1:{}", self.port), &self.authority.pem, user)
    }

    fn kubeconfig(&self, credential: &Credential) -> String {
        let user = serde_json::json!({
            "client-certificate-data": STANDARD.encode(&credential.certificate_pem),
            "client-key-data": STANDARD.encode(&credential.key_pem),
        });
        self.kubeconfig_of(&user.to_string())
    }

    fn start_etcd(&mut self, binaries: &Binaries) -> Result<u16> {
        let (port, peer) = (free_port()?, free_port()?);
        let (client, peer) = (format!("http://127.0.0.1:{port}"), format!("http://127.0.0.1:{peer}"));
        let mut command = Command::new(&binaries.etcd);
        command.args(["--data-dir", "etcd", "--unsafe-no-fsync", "--log-level", "warn"]);
        command.args(["--listen-client-urls", &client, "--advertise-client-urls", &client]);
        command.args(["--listen-peer-urls", &peer, "--initial-advertise-peer-urls", &peer]);
        command.args(["--initial-cluster", &format!("default={peer}")]);
        self.children.push(process::spawn(&self.folder, "etcd", &mut command)?);
        Ok(port)
    }

    fn start_api_server(&mut self, binaries: &Binaries, options: &Options<'_>) -> Result<()> {
        let mut command = Command::new(binaries.folder.join("kube-apiserver"));
        // Collecting garbage less often: a third more answers a second for some hundred MiB.
        command.env("GOGC", "400");
        command.args(["--etcd-servers", &format!("http://127.0.0.1:{}", self.etcd_port)]);
        command.args(["--secure-port", &self.port.to_string(), "--bind-address", "127.0.0.1"]);
        command.args(["--endpoint-reconciler-type", "none", "--service-cluster-ip-range", "10.96.0.0/16"]);
        command.args(["--tls-cert-file", "apiserver.crt", "--tls-private-key-file", "apiserver.key"]);
        command.args(["--client-ca-file", "ca.crt", "--enable-bootstrap-token-auth"]);
        command.args(["--token-auth-file", "tokens.csv"]);
        command.args(["--service-account-issuer", "https://kubernetes.default.svc.cluster.local"]);
        command.args([
            "--service-account-key-file",
            "sa.pub",
            "--service-account-signing-key-file",
            "sa.key",
        ]);
        command.args(["--enable-admission-plugins", "NodeRestriction", "--allow-privileged=true"]);
        // Its finalizers would keep volumes that no controller here releases.
        command.args(["--disable-admission-plugins", "StorageObjectInUseProtection"]);
        // Questions come by the thousand; fairness between users is not what is tested.
        command.args(["--enable-priority-and-fairness=false", "--max-requests-inflight=0"]);
        command.args(["--max-mutating-requests-inflight=0"]);
        if options.recorder.is_some() {
            let webhook = self.folder.join("recorder.kubeconfig");
            let text = authorization(binaries.release.minor, &webhook);
            fs::write(self.folder.join("authorization.yaml"), text)?;
            command.args(["--authorization-config", "authorization.yaml"]);
        } else {
            command.args(["--authorization-mode", "Node,RBAC"]);
        }
        command.args(&options.flags);
        self.children.push(process::spawn(&self.folder, "kube-apiserver", &mut command)?);
        Ok(())
    }

    fn start_controllers(&mut self, binaries: &Binaries) -> Result<()> {
        let mut command = Command::new(binaries.folder.join("kube-controller-manager"));
        command.args(["--kubeconfig", "controller-manager.kubeconfig", "--leader-elect=false"]);
        command.args([
            "--secure-port",
            "0",
            "--controllers",
            CONTROLLERS,
            "--use-service-account-credentials",
        ]);
        command.args(["--service-account-private-key-file", "sa.key", "--root-ca-file", "ca.crt"]);
        command.args(["--cluster-signing-cert-file", "ca.crt", "--cluster-signing-key-file", "ca.key"]);
        command.args([
            "--kube-api-qps",
            "1000",
            "--kube-api-burst",
            "1000",
            "--flex-volume-plugin-dir",
            "flexvolume",
        ]);
        self.children.push(process::spawn(&self.folder, "kube-controller-manager", &mut command)?);
        Ok(())
    }

    fn wait_ready(&mut self) -> Result<()> {
        let mut client = Client::new(self.admin()?);
        self.wait("the API server", || {
            client.send(&Request::new("GET", "/readyz")).is_ok_and(|answer| answer.status == 200)
        })
    }

    fn wait_for_controllers(&mut self) -> Result<()> {
        let mut client = Client::new(self.admin()?);
        let account = Request::new("GET", "/api/v1/namespaces/default/serviceaccounts/default");
        let view = Request::new("GET", "/apis/rbac.authorization.k8s.io/v1/clusterroles/view");
        self.wait("the controllers", || {
            client.send(&account).is_ok_and(|answer| answer.status == 200)
                && client.send(&view).is_ok_and(|answer| answer.text().contains("\"verbs\""))
        })
    }

    fn wait(&mut self, what: &str, mut ready: impl FnMut() -> bool) -> Result<()> {
        let end = Instant::now() + Duration::from_secs(180);
        while !ready() {
            for child in &mut self.children {
                if let Some(status) = child.try_wait()? {
                    bail!("waiting for {what}: a component ended ({status}):\n{}", self.last_words());
                }
            }
            if Instant::now() > end {
                bail!("{what} is not ready after 180 s:\n{}", self.last_words());
            }
            sleep(Duration::from_millis(100));
        }
        Ok(())
    }

    /// The ends of the logs.
    fn last_words(&self) -> String {
        let mut out = String::new();
        for name in ["etcd", "kube-apiserver", "kube-controller-manager"] {
            let text = fs::read(self.folder.join(format!("{name}.log"))).unwrap_or_default();
            let text = String::from_utf8_lossy(&text).into_owned();
            let lines: Vec<&str> = text.lines().rev().take(5).collect();
            for line in lines.into_iter().rev() {
                out += &format!("{name}: {}\n", line.chars().take(400).collect::<String>());
            }
        }
        out
    }

    /// Starts a shell that waits for this process's end: however it ends, the pipe between them closes.
    fn keep(&mut self) -> Result<()> {
        let pids = self.children.iter().map(|child| child.id().to_string());
        let keeper = Command::new("sh")
            .args([
                "-c",
                "cat >/dev/null; folder=$1; shift; kill -KILL \"$@\"; sleep 0.2; rm -rf \"$folder\"",
                "sh",
            ])
            .arg(&self.folder)
            .args(pids)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("starting a shell")?;
        self.keeper = Some(keeper);
        Ok(())
    }

    fn end_keeper(&mut self) {
        if let Some(mut keeper) = self.keeper.take() {
            let _ = keeper.kill();
            let _ = keeper.wait();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end_keeper();
        if self.folder.as_os_str().is_empty() {
            return;
        }
        if let Err(error) = process::stop(&self.folder) {
            eprintln!("kube: {error:#}");
        }
        for child in &mut self.children {
            let _ = child.wait();
        }
    }
}

/// The webhook before Node and RBAC, for the recorded users alone.
fn authorization(minor: u8, webhook: &Path) -> String {
    let version = if minor >= 32 { "v1" } else { "v1beta1" };
    format!(
        "apiVersion: apiserver.config.k8s.io/{version}
kind: AuthorizationConfiguration
authorizers:
- type: Webhook
  name: recorder
  webhook:
    authorizedTTL: 1s
    unauthorizedTTL: 1s
    timeout: 10s
    subjectAccessReviewVersion: v1
    matchConditionSubjectAccessReviewVersion: v1
    failurePolicy: Deny
    connectionInfo: {{type: KubeConfigFile, kubeConfigFile: {}}}
    matchConditions:
    - expression: has(request.user) && request.user.startsWith('recorded:')
- {{type: Node, name: node}}
- {{type: RBAC, name: rbac}}
",
        webhook.display()
    )
}

fn kubeconfig(url: &str, authority_pem: &str, user: &str) -> String {
    let authority = STANDARD.encode(authority_pem);
    format!(
        "apiVersion: v1
kind: Config
clusters: [{{name: test, cluster: {{server: \"{url}\", certificate-authority-data: {authority}}}}}]
users: [{{name: test, user: {user}}}]
contexts: [{{name: test, context: {{cluster: test, user: test}}}}]
current-context: test
"
    )
}

/// A folder that nobody else may read: it holds keys.
fn new_folder(runs: &Path) -> Result<PathBuf> {
    fs::create_dir_all(runs)?;
    let folder = tempfile::Builder::new().prefix("cp-").tempdir_in(runs)?.keep();
    fs::set_permissions(&folder, Permissions::from_mode(0o700))?;
    process::own(&folder)?;
    Ok(folder)
}

/// A token that nobody else knows: bytes of a key that is used for nothing.
fn token() -> Result<String> {
    let key = rcgen::KeyPair::generate()?;
    Ok(URL_SAFE_NO_PAD.encode(key.public_key_raw()))
}

/// A port that was free a moment ago.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

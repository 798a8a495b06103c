//! Which cluster, and who asks: kubeconfigs as kubectl reads them, and the service account inside of a pod.

use super::proxy::proxy_of;
use super::request::chain;
use kube_client::config::{KubeConfigOptions, Kubeconfig};
use kube_client::{Client, Config};
use std::path::PathBuf;
use std::time::Duration;

/// Which cluster is asked.
#[derive(Clone, Debug, Default)]
pub struct Target {
    /// `--kubeconfig`; else the environment's, else the one in the home folder, else the pod's own account.
    pub kubeconfig: Option<PathBuf>,
    /// `--context`; else the current one.
    pub context: Option<String>,
}

/// A connection.
pub(super) struct Connected {
    pub(super) client: Client,
    /// As the kubeconfig calls the cluster.
    pub(super) cluster: String,
    /// Where it is, for messages.
    pub(super) server: String,
}

/// The connection cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The kubeconfig cannot be read, or lacks something.
    #[error("failed to read the kubeconfig: {0}")]
    Kubeconfig(String),
    /// The context is not there.
    #[error("there is no context `{name}` in the kubeconfig{hint}")]
    Context {
        /// What was asked for.
        name: String,
        /// Which there are.
        hint: String,
    },
    /// Credentials or certificates cannot be used.
    #[error("failed to connect to {server}: {reason}")]
    Credentials {
        /// The server.
        server: String,
        /// Why.
        reason: String,
    },
}

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(15);

/// Reads the kubeconfig and makes a client; asks the server nothing yet.
pub(super) async fn connect(target: &Target) -> Result<Connected, ConnectError> {
    let (mut config, cluster, named) = configuration(target).await?;
    // NO_PROXY is about the server, never about the proxy; and it says nothing of what the kubeconfig names.
    config.proxy_url = proxy_of(named.as_deref(), &config.cluster_url, &|name| std::env::var(name).ok())
        .map_err(ConnectError::Kubeconfig)?;
    config.connect_timeout = Some(config.connect_timeout.map_or(CONNECT, |given| given.min(CONNECT)));
    // We count retries ourselves, and wait as long as the server says.
    config.default_retry = false;
    let server = config.cluster_url.to_string();
    let client = Client::try_from(config)
        .map_err(|error| ConnectError::Credentials { server: server.clone(), reason: chain(&error) })?;
    Ok(Connected { client, cluster: cluster.unwrap_or_else(|| server.clone()), server })
}

/// The configuration, the cluster's name, and the proxy that the kubeconfig names.
type Configured = (Config, Option<String>, Option<String>);

async fn configuration(target: &Target) -> Result<Configured, ConnectError> {
    let failed = |error: &dyn std::error::Error| ConnectError::Kubeconfig(chain(error));
    let kubeconfig = match &target.kubeconfig {
        Some(file) => Kubeconfig::read_from(file).map_err(|error| failed(&error))?,
        None => match Kubeconfig::read() {
            Ok(kubeconfig) => kubeconfig,
            // Without a kubeconfig, the pod's own account, as kubectl does.
            Err(error) => {
                return match Config::incluster() {
                    Ok(config) if target.context.is_none() => Ok((config, None, None)),
                    _ => Err(failed(&error)),
                };
            }
        },
    };
    let context = target.context.as_ref().or(kubeconfig.current_context.as_ref());
    let Some(context) = context.filter(|name| !name.is_empty()).cloned() else {
        return Err(ConnectError::Kubeconfig("it has no current context; name one with --context".into()));
    };
    let Some(found) = kubeconfig.contexts.iter().find(|one| one.name == context) else {
        let names: Vec<_> = kubeconfig.contexts.iter().map(|one| one.name.as_str()).take(10).collect();
        let hint = if names.is_empty() { String::new() } else { format!("; contexts: {}", names.join(", ")) };
        return Err(ConnectError::Context { name: context, hint });
    };
    let cluster = found.context.as_ref().map(|context| context.cluster.clone());
    let named = kubeconfig.clusters.iter().find(|one| Some(&one.name) == cluster.as_ref());
    let named = named.and_then(|one| one.cluster.as_ref()?.proxy_url.clone());
    let options = KubeConfigOptions { context: Some(context), ..KubeConfigOptions::default() };
    let config =
        Config::from_custom_kubeconfig(kubeconfig, &options).await.map_err(|error| failed(&error))?;
    Ok((config, cluster, named))
}

/// The names of the contexts of the kubeconfig that would be read; none when it cannot be.
pub fn contexts(kubeconfig: Option<&std::path::Path>) -> Vec<String> {
    let read = match kubeconfig {
        Some(file) => Kubeconfig::read_from(file),
        None => Kubeconfig::read(),
    };
    read.map(|kubeconfig| kubeconfig.contexts.into_iter().map(|one| one.name).collect()).unwrap_or_default()
}

//! One question to the API server: bounded in time and size, asked again when the server says so.

use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use kube_client::Client;
use kube_client::client::Body;
use serde::Deserialize;
use std::time::{Duration, SystemTime};

/// How long and how often a server is asked.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For one answer, all of it.
    pub request: Duration,
    /// How often a request is sent again after 429, 5xx, or a broken connection.
    pub retries: u32,
    /// The first pause before that; it doubles.
    pub pause: Duration,
    /// The longest pause, whatever `Retry-After` says.
    pub longest_pause: Duration,
    /// Bytes of one answer.
    pub answer: u64,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            request: Duration::from_secs(60),
            retries: 5,
            pause: Duration::from_millis(250),
            longest_pause: Duration::from_secs(30),
            answer: 64 << 20,
        }
    }
}

/// Why there is no answer.
#[derive(Clone, Debug)]
pub(super) enum Failure {
    /// 403.
    Forbidden(String),
    /// 401.
    Unauthorized(String),
    /// 404.
    NotFound,
    /// 410: the list's state is gone.
    Expired,
    /// Any other answer.
    Refused(String),
    /// No answer, or none that can be read.
    Unreachable(String),
}

impl Failure {
    /// As a fragment.
    pub(super) fn reason(&self) -> String {
        match self {
            Self::Forbidden(message) => format!("the server forbids it ({message})"),
            Self::Unauthorized(message) => format!("the server does not know who asks ({message})"),
            Self::NotFound => "the server does not have it".into(),
            Self::Expired => "the list changed faster than it could be read".into(),
            Self::Refused(message) | Self::Unreachable(message) => message.clone(),
        }
    }
}

/// What Kubernetes answers in place of a result.
#[derive(Debug, Default, Deserialize)]
struct Status {
    #[serde(default)]
    message: String,
    #[serde(default)]
    details: Option<Details>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    #[serde(default)]
    retry_after_seconds: u64,
}

/// Asks; JSON unless `accept` says more.
pub(super) async fn get(
    client: &Client,
    patience: &Patience,
    target: &str,
    accept: &str,
) -> Result<Vec<u8>, Failure> {
    let mut pause = patience.pause;
    let mut tries = 0;
    loop {
        let failure =
            match tokio::time::timeout(patience.request, once(client, patience, target, accept)).await {
                Ok(Ok(body)) => return Ok(body),
                Ok(Err(failure)) => failure,
                // A server that hangs would hang again: waiting longer helps nobody.
                Err(_) => {
                    return Err(Failure::Unreachable(format!(
                        "the server did not answer within {} s",
                        patience.request.as_secs_f32()
                    )));
                }
            };
        let (failure, after) = match failure {
            Once::Final(failure) => return Err(failure),
            Once::Again(failure, after) => (failure, after),
        };
        if tries == patience.retries {
            return Err(match failure {
                Failure::Refused(why) => Failure::Refused(format!("{why}, {} times", tries + 1)),
                Failure::Unreachable(why) => Failure::Unreachable(format!("{why}, {} times", tries + 1)),
                other => other,
            });
        }
        tries += 1;
        tokio::time::sleep(after.unwrap_or(pause).clamp(jitter(pause), patience.longest_pause)).await;
        pause = (pause * 2).min(patience.longest_pause);
    }
}

/// Between a half and the whole of a pause, so that many readers do not come back together.
fn jitter(pause: Duration) -> Duration {
    let nanos =
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |time| time.subsec_nanos());
    pause / 2 + pause / 2 * (nanos % 1000) / 1000
}

enum Once {
    Final(Failure),
    Again(Failure, Option<Duration>),
}

async fn once(client: &Client, patience: &Patience, target: &str, accept: &str) -> Result<Vec<u8>, Once> {
    let request = Request::get(target).header(header::ACCEPT, accept).body(Body::empty());
    let request = request.map_err(|error| Once::Final(Failure::Refused(error.to_string())))?;
    let answer = client.send(request).await.map_err(|error| unreachable(&error))?;
    let (parts, mut body) = answer.into_parts();
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let broken = |error: &dyn std::error::Error| {
            Once::Again(Failure::Unreachable(format!("the answer broke off ({})", chain(error))), None)
        };
        let frame = frame.map_err(|error| broken(&error))?;
        if let Some(data) = frame.data_ref() {
            if (bytes.len() + data.len()) as u64 > patience.answer {
                return Err(Once::Final(Failure::Refused(format!(
                    "the answer is larger than {}",
                    crate::limits::size(patience.answer)
                ))));
            }
            bytes.extend_from_slice(data);
        }
    }
    if parts.status.is_success() {
        return Ok(bytes);
    }
    Err(refused(parts.status, &parts.headers, &bytes))
}

fn refused(code: StatusCode, headers: &HeaderMap, body: &[u8]) -> Once {
    let status: Status = serde_json::from_slice(body).unwrap_or_default();
    let message = crate::limits::bounded(&status.message);
    let seconds = headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let seconds = seconds.or(status.details.map(|details| details.retry_after_seconds));
    let after = seconds.filter(|&seconds| seconds > 0).map(Duration::from_secs);
    let text = |code: StatusCode| {
        let colon = if message.is_empty() { "" } else { ": " };
        format!("the server answered {}{colon}{message}", code.as_u16())
    };
    match code {
        StatusCode::FORBIDDEN => Once::Final(Failure::Forbidden(message)),
        StatusCode::UNAUTHORIZED => Once::Final(Failure::Unauthorized(message)),
        StatusCode::NOT_FOUND => Once::Final(Failure::NotFound),
        StatusCode::GONE => Once::Final(Failure::Expired),
        StatusCode::TOO_MANY_REQUESTS => Once::Again(Failure::Refused(text(code)), after),
        code if code.is_server_error() => Once::Again(Failure::Refused(text(code)), after),
        code => Once::Final(Failure::Refused(text(code))),
    }
}

/// Errors of the connection are tried again, those of credentials are not.
fn unreachable(error: &kube_client::Error) -> Once {
    use kube_client::Error;
    let failure = Failure::Unreachable(chain(error));
    match error {
        Error::Auth(_) | Error::RustlsTls(_) | Error::InferConfig(_) | Error::InferKubeconfig(_) => {
            Once::Final(failure)
        }
        _ => Once::Again(failure, None),
    }
}

/// An error with its causes, each once. Messages of programs that hand out credentials may hold anything.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut out = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !out.contains(&text) {
            out.push_str(": ");
            out.push_str(&text);
        }
        cause = error.source();
    }
    crate::limits::bounded(&seawall_model::redact::mask(&out))
}

//! Somebody who sends requests to the server.

use crate::kube::{Answer, Client, Request, Target};
use anyhow::Result;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// An identity and its connection.
pub(super) struct Actor {
    client: Client,
    headers: Vec<(String, String)>,
}

impl Actor {
    pub(super) fn new(target: Target) -> Self {
        Self { client: Client::new(target), headers: Vec::new() }
    }

    /// Whoever shows this token.
    pub(super) fn with_token(target: Target, token: &str) -> Self {
        Self::new(Target { token: Some(token.to_owned()), ..target })
    }

    /// The same, acting as somebody else.
    pub(super) fn acting(mut self, headers: &[(&str, &str)]) -> Self {
        self.headers =
            headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self
    }

    pub(super) fn send(&mut self, method: &str, path: &str, body: &Value) -> Result<Answer> {
        let kind = match method {
            "PATCH" => "application/merge-patch+json",
            _ => "application/json",
        };
        let mut request = Request::new(method, path).header("Content-Type", kind);
        request.body = body.to_string().into_bytes();
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        self.client.send(&request)
    }

    pub(super) fn get(&mut self, path: &str) -> Result<Answer> {
        let mut request = Request::new("GET", path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        self.client.send(&request)
    }

    /// What `kubectl auth can-i '*' '*.*'` asks; a refused question is a no.
    pub(super) fn may_do_everything(&mut self) -> Result<bool> {
        let review = json!({"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": {"verb": "*", "group": "*", "resource": "*"}}});
        let answer = self.send("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", &review)?;
        if answer.status / 100 != 2 {
            return Ok(false);
        }
        let answer: Value = answer.json()?;
        Ok(answer["status"]["allowed"] == true)
    }
}

/// Asks until it is so, for some seconds; whether it came to be.
pub(crate) fn eventually(mut is_so: impl FnMut() -> Result<bool>) -> Result<bool> {
    let end = Instant::now() + Duration::from_secs(15);
    loop {
        if is_so()? {
            return Ok(true);
        }
        if Instant::now() > end {
            return Ok(false);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

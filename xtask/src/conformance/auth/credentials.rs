//! Credentials: client certificates by real requests, service account and bootstrap tokens by TokenReviews and real
//! requests; who the server says they are, and who the engine says.

use super::super::generate::Random;
use super::credential_objects::fixture;
use super::load::cluster;
use super::tokens::{self, Token};
use crate::kube::{Answer, Authority, Client, Pool, Request, Server, certificate_subject};
use anyhow::{Result, anyhow, bail};
use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, date_time_ymd};
use seawall_auth::authentication::{
    AnonymousRequests, Authenticators, Authorities, ClusterObjects, CredentialRequest, Features, Headers,
    Part, ServiceAccountTokens, TokenFile, Verdict, certificates_of_pem, public_keys,
};
use seawall_auth::user::User;
use seawall_model::{Cluster, Version};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::{Instant, SystemTime};

/// Differences printed at most.
const SHOWN: usize = 6;
pub(crate) const ISSUER: &str = "https://kubernetes.default.svc.cluster.local";
pub(crate) const WHO: &str = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
const REVIEWS: &str = "/apis/authentication.k8s.io/v1/tokenreviews";

struct Judge<'a> {
    authenticators: Authenticators,
    cluster: &'a Cluster,
    differences: usize,
    accepted: u64,
    refused: u64,
}

/// Tries `questions` credentials: a third certificates, the rest tokens, each token reviewed and used.
pub(crate) fn run(
    pool: &mut Pool,
    server: &Server,
    version: Version,
    questions: u64,
    seed: u64,
) -> Result<()> {
    let started = Instant::now();
    let mut random = Random::new(seed);
    let fixture = fixture(pool, version, seed)?;
    let cluster = cluster(&fixture.objects)?;
    let mut judge = Judge {
        authenticators: authenticators(server, version)?,
        cluster: &cluster,
        differences: 0,
        accepted: 0,
        refused: 0,
    };
    let foreign = Authority::new("seawall-test")?;
    for _ in 0..questions / 3 {
        certificate(&mut judge, server, &foreign, &mut random)?;
    }
    let tokens: Vec<Token> = (0..questions - questions / 3)
        .map(|_| tokens::random(pool, server, &fixture, &mut random))
        .collect::<Result<_>>()?;
    reviews(&mut judge, pool, &tokens, &mut random)?;
    requests(&mut judge, server, &tokens)?;
    println!(
        "conformance auth credentials: seed {seed}: {} answers about {questions} credentials, {} accepted, {} refused, {} \
         differences, {:.0} s",
        judge.accepted + judge.refused,
        judge.accepted,
        judge.refused,
        judge.differences,
        started.elapsed().as_secs_f64()
    );
    if judge.differences > 0 {
        bail!("{} differences", judge.differences);
    }
    Ok(())
}

/// What the control plane is started with.
fn authenticators(server: &Server, version: Version) -> Result<Authenticators> {
    let text = |error: String| anyhow!(error);
    let service_accounts = ServiceAccountTokens {
        keys: public_keys(&server.token_key.public_key_pem()).map_err(text)?,
        issuers: vec![ISSUER.to_owned()],
        lookup: true,
    };
    Ok(Authenticators {
        api_audiences: vec![ISSUER.to_owned()],
        client_authorities: Part::Known(Authorities::of_pem(&server.authority.pem).map_err(text)?),
        token_file: Part::Known(TokenFile::parse(&server.token_file()).map_err(text)?),
        service_accounts: Part::Known(service_accounts),
        bootstrap_tokens: Part::Known(()),
        anonymous: AnonymousRequests::Allowed,
        ..Authenticators::none(Features::default_of(version))
    })
}

fn now() -> Result<i64> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    Ok(now.as_secs().try_into()?)
}

/// A certificate of a random shape, used for one request.
fn certificate(
    judge: &mut Judge<'_>,
    server: &Server,
    foreign: &Authority,
    random: &mut Random,
) -> Result<()> {
    const NAMES: [&str; 7] =
        ["alice", "system:node:n1", "", "system:anonymous", "zoë", "system:serviceaccount:a:b", "a b"];
    const GROUPS: [&str; 6] = [
        "devs",
        "system:masters",
        "system:nodes",
        "system:authenticated",
        "system:unauthenticated",
        "gr\u{fc}n",
    ];
    let groups: Vec<&str> = (0..random.below(3)).map(|_| *random.pick(&GROUPS.each_ref())).collect();
    let name = *random.pick(&NAMES.each_ref());
    let mut params = CertificateParams::default();
    params.distinguished_name = certificate_subject(name, &groups);
    let usages = [
        vec![ExtendedKeyUsagePurpose::ClientAuth],
        vec![ExtendedKeyUsagePurpose::ClientAuth],
        vec![ExtendedKeyUsagePurpose::ServerAuth],
        vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth],
        vec![ExtendedKeyUsagePurpose::Any],
        Vec::new(),
    ];
    params.extended_key_usages = usages[random.below(usages.len())].clone();
    let (from, to) = [(2000, 2100), (2000, 2100), (2000, 2020), (2090, 2100), (2000, 2100)][random.below(5)];
    (params.not_before, params.not_after) = (date_time_ymd(from, 1, 1), date_time_ymd(to, 1, 1));
    if random.below(8) == 0 {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    }
    let authority = if random.below(6) == 0 { foreign } else { &server.authority };
    let credential = authority.issue(params.clone())?;
    let mut client = Client::new(server.target(Some(&credential))?);
    let answer = client.send(&who())?;
    let chain = certificates_of_pem(&credential.certificate_pem).map_err(|error| anyhow!(error))?;
    let request = CredentialRequest { certificates: &chain, headers: Headers::new(&[]), path: Some(WHO) };
    let ours = judge.authenticators.request(&request, &ClusterObjects::new(judge.cluster, true), now()?);
    let shape = || {
        let by = if std::ptr::eq(authority, foreign) { "another authority" } else { "the authority" };
        format!(
            "certificate of {name:?} {groups:?}, {from} to {to}, {:?}, by {by}",
            params.extended_key_usages
        )
    };
    judge.request(&answer, &ours, &shape)
}

/// The request that tells who one is.
fn who() -> Request {
    Request::json(
        "POST",
        WHO,
        &json!({"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}),
    )
}

fn reviews(judge: &mut Judge<'_>, pool: &mut Pool, tokens: &[Token], random: &mut Random) -> Result<()> {
    let audiences: Vec<Vec<String>> = tokens.iter().map(|_| some_audiences(random)).collect();
    let requests: Vec<Request> = tokens
        .iter()
        .zip(&audiences)
        .map(|(token, audiences)| {
            let spec = json!({"token": token.text, "audiences": audiences});
            let body = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": spec});
            Request::json("POST", REVIEWS, &body)
        })
        .collect();
    for ((token, audiences), answer) in tokens.iter().zip(&audiences).zip(pool.send_all(&requests)?) {
        let objects = ClusterObjects::new(judge.cluster, true);
        let ours = judge.authenticators.token_review(&token.text, audiences, &objects, now()?);
        let shape = || format!("review for {audiences:?} of {}", token.shape);
        let ours = match ours {
            Ok(ours) => ours,
            Err(text) => {
                let same = answer.status == 400 && answer.text().contains(text);
                judge.count(
                    false,
                    (!same).then(|| format!("{text} here, {} {}", answer.status, answer.text())),
                    &shape,
                );
                continue;
            }
        };
        let status = answer.successful("a token review")?.json::<Value>()?["status"].take();
        let mut expected = json!({});
        if ours.authenticated == Some(true) {
            expected["authenticated"] = true.into();
            expected["audiences"] = json!(ours.audiences);
        }
        if let Some(user) = &ours.user {
            expected["user"] = user_info(user);
        }
        if ours.authenticated.is_none() {
            expected["unknown"] = json!(ours.unknown);
        }
        if expected["user"].is_null() {
            expected["user"] = json!({});
        }
        if !ours.error.is_empty() {
            expected["error"] = ours.error.as_str().into();
        }
        let difference = (normal(&status) != normal(&expected))
            .then(|| format!("{status} of the server, {expected} here"));
        judge.count(ours.authenticated == Some(true), difference, &shape);
    }
    Ok(())
}

/// Absent and empty are the same.
pub(crate) fn normal(status: &Value) -> Value {
    let mut out = status.clone();
    if let Some(map) = out.as_object_mut() {
        map.retain(|_, value| !matches!(value, Value::Null) && *value != json!({}) && *value != json!([]));
    }
    out
}

fn some_audiences(random: &mut Random) -> Vec<String> {
    const AUDIENCES: [&str; 3] = [ISSUER, "vault", "https://other.example"];
    (0..[0, 0, 0, 1, 1, 2][random.below(6)]).map(|_| (*random.pick(&AUDIENCES)).to_owned()).collect()
}

/// The same tokens in real requests.
fn requests(judge: &mut Judge<'_>, server: &Server, tokens: &[Token]) -> Result<()> {
    let mut client = Client::new(server.target(None)?);
    for token in tokens {
        // A header cannot hold these.
        if token.text.chars().any(char::is_control) {
            continue;
        }
        let header = format!("Bearer {}", token.text);
        let answer = client.send(&who().header("Authorization", &header))?;
        let headers = [("Authorization", header.as_str())];
        let request =
            CredentialRequest { certificates: &[], headers: Headers::new(&headers), path: Some(WHO) };
        let ours = judge.authenticators.request(&request, &ClusterObjects::new(judge.cluster, true), now()?);
        judge.request(&answer, &ours, &|| format!("request with {}", token.shape))?;
    }
    Ok(())
}

impl Judge<'_> {
    /// Compares the answer to the request that tells who one is.
    fn request(&mut self, answer: &Answer, ours: &Verdict, shape: &dyn Fn() -> String) -> Result<()> {
        let difference = match (ours, answer.status) {
            (Verdict::Authenticated(identity), 201) => {
                let theirs = answer.json::<Value>()?["status"]["userInfo"].take();
                let expected = user_info(&identity.user);
                (normal(&theirs) != normal(&expected))
                    .then(|| format!("{theirs} of the server, {expected} here"))
            }
            // Not everybody may ask who they are.
            (Verdict::Authenticated(identity), 403) => {
                let quoted = format!("User {:?} cannot", identity.user.name);
                let message = answer.json::<Value>()?["message"].as_str().unwrap_or_default().to_owned();
                (!message.contains(&quoted))
                    .then(|| format!("{message} of the server, {:?} here", identity.user))
            }
            (Verdict::Failed(_), 401) => None,
            (ours, status) => Some(format!("{status} {} of the server, {ours:?} here", answer.text())),
        };
        self.count(matches!(ours, Verdict::Authenticated(_)), difference, shape);
        Ok(())
    }

    fn count(&mut self, accepted: bool, difference: Option<String>, shape: &dyn Fn() -> String) {
        if accepted {
            self.accepted += 1;
        } else {
            self.refused += 1;
        }
        if let Some(what) = difference {
            self.differences += 1;
            if self.differences <= SHOWN {
                println!("difference: {}: {what}", shape());
            }
        }
    }
}

pub(crate) fn user_info(user: &User) -> Value {
    let mut out = json!({"username": user.name});
    if !user.uid.is_empty() {
        out["uid"] = user.uid.as_str().into();
    }
    if !user.groups.is_empty() {
        out["groups"] = json!(user.groups);
    }
    let extra: BTreeMap<&String, &Vec<String>> = user.extra.iter().collect();
    if !extra.is_empty() {
        out["extra"] = json!(extra);
    }
    out
}

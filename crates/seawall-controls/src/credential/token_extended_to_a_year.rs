use crate::World;
use crate::support::effective::{Undecided, account, chain, explain, has_bindings, undecided};
use crate::support::service_account::all_mounted;
use crate::support::takeover::wide;
use seawall_controls_macros::control;
use seawall_model::{ComponentKind, Report};
use std::collections::BTreeMap;

/// # token-extended-to-a-year
///
/// ## What it finds
/// A service account with rights in the whole cluster whose token lies in pods, while the API server makes tokens of an
/// hour valid for a year. It does so for every token of exactly 3607 seconds for its own audience, which is what pods
/// get, unless `--service-account-extend-token-expiration=false`.
///
/// ## Why it matters
/// The token says that it expires in an hour. One that leaks (a log, a core file, a backup of a node) makes its finder
/// the account for as long as the pod exists.
///
/// ## Fix
/// Set `--service-account-extend-token-expiration=false` once all clients read the token file again; until then treat
/// leaked tokens of this account as good for a year, and delete the pod to end them.
///
/// ## References
/// - https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
/// - https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/registry/core/serviceaccount/storage/token.go
#[control(since = "0.1.0", severity = Medium, practices = ["token-rotation", "authorization"])]
pub fn token_extended_to_a_year(world: &World, _: &World, out: &mut Report) {
    if !has_bindings(world) {
        return;
    }
    let version = world.version();
    let mut servers = world.components().iter().filter(|one| one.kind() == ComponentKind::ApiServer);
    let server = servers.next().map(|server| server.in_version(version));
    let setting = server.map(|server| server.setting("service-account-extend-token-expiration"));
    let extended = setting.as_ref().and_then(|setting| setting.bool());
    // Manifests of workloads alone say nothing about the server that will run them.
    if extended == Some(false) || server.is_none() && !world.coverage().is_closed() {
        return;
    }
    let mut accounts = BTreeMap::new();
    for mounted in all_mounted(world) {
        let key = (mounted.pod.namespace(), mounted.pod.service_account());
        let first = accounts.entry(key).or_insert((mounted, 0_usize));
        first.1 += 1;
    }
    let mut unknown = Undecided::default();
    for ((namespace, name), (mounted, pods)) in &accounts {
        let user = account(*namespace, name);
        let at = mounted.pod.service_account_at();
        let Some(way) = wide(world, &user) else {
            let why = undecided(world, &user, |judge| Some(wide(judge, &user)?.asked));
            unknown.report(
                at,
                why,
                || format!("what a token of `{name}` that is good for a year may do"),
                out,
            );
            continue;
        };
        if extended.is_none() {
            let message =
                format!("whether tokens of `{name}`, which may {}, are good for a year", way.effect);
            let why =
                "the flags of the API server are not in the input: --service-account-extend-token-expiration";
            out.unknown(at, message, why);
            // One flag decides it for all.
            return;
        }
        let chain = chain(world, &user, &way.asked);
        let message =
            format!("tokens of `{name}`, which may {}, are good for a year instead of an hour", way.effect);
        let finding = explain(out.finding(at, message), &chain);
        let finding = finding
            .evidence(format!("it lies in pods of {pods} object{}", if *pods == 1 { "" } else { "s" }));
        if let Some(setting) = &setting {
            finding.related(setting.at(), "the API server does not turn it off");
        }
    }
}

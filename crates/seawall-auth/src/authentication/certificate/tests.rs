//! The rows of upstream's `x509_test.go` with certificates of our own, and what Go's verifier does beside them.

use super::super::chain::{AnonymousRequests, Authenticators, Part};
use super::super::objects::tests::cluster;
use super::super::{ClusterObjects, CredentialRequest, FrontProxy, Headers};
use super::*;
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    IsCa, Issuer, KeyPair, KeyUsagePurpose, SanType,
};
use seawall_model::Version;

pub(crate) const NOW: i64 = 1_750_000_000;

/// A bundle and a good certificate of it.
pub(crate) fn example() -> (String, String) {
    let root = authority("root");
    let pem = leaf(&root, "anna");
    (root.pem, pem)
}

struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

fn params(name: &str, groups: &[&str]) -> CertificateParams {
    let mut params = CertificateParams::default();
    let mut subject = DistinguishedName::new();
    if !name.is_empty() {
        subject.push(DnType::CommonName, name);
    }
    for (index, group) in groups.iter().enumerate() {
        // rcgen keeps one value of each type; the second organization goes under its number.
        let number = DnType::CustomDnType(vec![2, 5, 4, 10]);
        subject.push(if index == 0 { DnType::OrganizationName } else { number }, *group);
    }
    params.distinguished_name = subject;
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    set_validity(&mut params, NOW - 1000, NOW + 1000);
    params
}

fn set_validity(params: &mut CertificateParams, from: i64, to: i64) {
    let date =
        |seconds: i64| rcgen::date_time_ymd(1970, 1, 1) + std::time::Duration::from_secs(seconds as u64);
    (params.not_before, params.not_after) = (date(from), date(to));
}

fn authority_with(
    name: &str,
    parent: Option<&Authority>,
    change: impl FnOnce(&mut CertificateParams),
) -> Authority {
    let mut params = params(name, &[]);
    params.extended_key_usages = vec![];
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    let certificate = match parent {
        Some(parent) => params.signed_by(&key, &parent.issuer).unwrap(),
        None => params.self_signed(&key).unwrap(),
    };
    Authority { pem: certificate.pem(), issuer: Issuer::new(params, key) }
}

fn authority(name: &str) -> Authority {
    authority_with(name, None, |_| {})
}

fn leaf_with(
    authority: &Authority,
    name: &str,
    groups: &[&str],
    change: impl FnOnce(&mut CertificateParams),
) -> String {
    let mut params = params(name, groups);
    change(&mut params);
    params.signed_by(&KeyPair::generate().unwrap(), &authority.issuer).unwrap().pem()
}

fn leaf(authority: &Authority, name: &str) -> String {
    leaf_with(authority, name, &["a", "b"], |_| {})
}

fn ask_at(bundle: &str, chain: &str, now: i64) -> Verdict {
    let authorities = Authorities::of_pem(bundle).unwrap();
    let chain = certificates_of_pem(chain).unwrap();
    authenticate(&chain, &authorities, &Features::default_of(Version::NEWEST), now)
}

fn ask(bundle: &str, chain: &str) -> Verdict {
    ask_at(bundle, chain, NOW)
}

fn error(bundle: &str, chain: &str) -> String {
    ask(bundle, chain).error()
}

#[test]
fn user_and_groups() {
    let root = authority("root");
    let pem = leaf(&root, "anna");
    let verdict = ask(&root.pem, &pem);
    let identity = verdict.identity().unwrap();
    assert_eq!(identity.user.name, "anna");
    assert_eq!(identity.user.group_names(), ["a", "b"]);
    assert_eq!(identity.user.uid, "");
    let id = &identity.user.extra[CREDENTIAL_ID][0];
    assert!(id.starts_with("X509SHA256=") && id.len() == 75, "{id}");
    assert_eq!(identity.expires, Some(Expiry { stated: NOW + 1000, last_accepted: NOW + 1000 }));
    // No certificate is no opinion; neither is one without a name.
    assert_eq!(ask(&root.pem, ""), Verdict::Abstained);
    assert_eq!(ask(&root.pem, &leaf_with(&root, "", &["g"], |_| {})), Verdict::Abstained);
    // The credential id came with 1.32.
    let chain = certificates_of_pem(&pem).unwrap();
    let old = Features::default_of(Version::new(31).unwrap());
    let verdict = authenticate(&chain, &Authorities::of_pem(&root.pem).unwrap(), &old, NOW);
    assert!(verdict.identity().unwrap().user.extra.is_empty());
}

#[test]
fn times() {
    let root = authority("root");
    let pem = leaf(&root, "anna");
    for (now, good) in [(NOW - 1000, true), (NOW + 1000, true), (NOW - 1001, false), (NOW + 1001, false)] {
        assert_eq!(ask_at(&root.pem, &pem, now).identity().is_some(), good, "{now}");
    }
    let text = ask_at(&root.pem, &pem, NOW + 1001).error();
    assert!(
        text.contains("has expired or is not yet valid: current time 2025-06-15T15:23:21Z is after"),
        "{text}"
    );
    // The authority may end before what it signed.
    let short = authority_with("short", None, |params| set_validity(params, NOW - 10, NOW + 10));
    let pem = leaf(&short, "anna");
    let verdict = ask(&short.pem, &pem);
    assert_eq!(verdict.identity().unwrap().expires.unwrap().last_accepted, NOW + 10);
    assert!(ask_at(&short.pem, &pem, NOW + 11).error().contains("possibly because of"));
}

#[test]
fn authorities() {
    let (root, other) = (authority("root"), authority("other"));
    let pem = leaf(&root, "anna");
    assert!(error(&other.pem, &pem).ends_with("certificate signed by unknown authority"));
    // Same name, other key.
    let twin = authority("root");
    assert!(error(&twin.pem, &pem).contains("unknown authority (possibly because of"));
    assert!(ask(&format!("{}{}", twin.pem, root.pem), &pem).identity().is_some());
    // A self-signed certificate in the bundle is its own authority.
    let own = params("own", &[]).self_signed(&KeyPair::generate().unwrap()).unwrap().pem();
    assert!(ask(&own, &own).identity().is_some());
    assert!(error(&root.pem, &own).contains("unknown authority"));
    assert!(Authorities::of_pem("").is_err());
    assert!(Authorities::of_pem("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").is_err());
}

#[test]
fn usages() {
    let root = authority("root");
    let with = |usages: &[ExtendedKeyUsagePurpose]| {
        leaf_with(&root, "anna", &[], |params| params.extended_key_usages = usages.to_vec())
    };
    let incompatible = "certificate specifies an incompatible key usage";
    assert!(error(&root.pem, &with(&[ExtendedKeyUsagePurpose::ServerAuth])).ends_with(incompatible));
    assert!(
        error(&root.pem, &with(&[ExtendedKeyUsagePurpose::Other(vec![1, 2, 3])])).ends_with(incompatible)
    );
    assert!(ask(&root.pem, &with(&[])).identity().is_some());
    assert!(ask(&root.pem, &with(&[ExtendedKeyUsagePurpose::Any])).identity().is_some());
    let both = [ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    assert!(ask(&root.pem, &with(&both)).identity().is_some());
    // Authorities that name usages must name this one; the usage "certificate signing" counts too.
    let server = authority_with("server", None, |params| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    });
    assert!(error(&server.pem, &leaf(&server, "anna")).ends_with(incompatible));
    let digital =
        authority_with("d", None, |params| params.key_usages = vec![KeyUsagePurpose::DigitalSignature]);
    assert!(error(&digital.pem, &leaf(&digital, "anna")).contains("unknown authority"));
    let no_authority = authority_with("n", None, |params| params.is_ca = IsCa::ExplicitNoCa);
    assert!(error(&no_authority.pem, &leaf(&no_authority, "anna")).contains("unknown authority"));
}

#[test]
fn intermediates() {
    let root = authority("root");
    let middle = authority_with("middle", Some(&root), |_| {});
    let low = authority_with("low", Some(&middle), |_| {});
    let pem = leaf(&low, "anna");
    let chain = format!("{pem}{}{}", low.pem, middle.pem);
    assert!(ask(&root.pem, &chain).identity().is_some());
    assert!(ask(&root.pem, &format!("{pem}{}{}", middle.pem, low.pem)).identity().is_some());
    assert!(error(&root.pem, &pem).contains("unknown authority"));
    assert!(error(&root.pem, &format!("{pem}{}", low.pem)).contains("unknown authority"));
    // Trusting the one in the middle is enough.
    assert!(ask(&middle.pem, &format!("{pem}{}", low.pem)).identity().is_some());
    let limited =
        authority_with("limited", None, |params| params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0)));
    let below = authority_with("below", Some(&limited), |_| {});
    assert!(ask(&limited.pem, &leaf(&limited, "anna")).identity().is_some());
    let text = error(&limited.pem, &format!("{}{}", leaf(&below, "anna"), below.pem));
    assert!(text.contains("too many intermediates"), "{text}");
    let expired = authority_with("expired", Some(&root), |params| set_validity(params, 1, 2));
    assert!(error(&root.pem, &format!("{}{}", leaf(&expired, "anna"), expired.pem)).contains("expired"));
}

/// Two authorities that sign each other, and many with the same name: bounded work.
#[test]
fn hostile_chains() {
    let root = authority("root");
    let (first, second) = (authority("one"), authority("two"));
    let cross = authority_with("one", Some(&second), |_| {});
    let back = authority_with("two", Some(&cross), |_| {});
    let chain = format!("{}{}{}{}{}", leaf(&cross, "anna"), cross.pem, back.pem, first.pem, second.pem);
    assert!(error(&root.pem, &chain).contains("unknown authority"));
    let many: String = (0..150).map(|_| authority("same").pem).collect();
    let pem = leaf(&authority("same"), "anna");
    assert!(error(&many, &pem).contains("limit reached"));
}

#[test]
fn extensions() {
    let root = authority("root");
    let with = |extension: CustomExtension| {
        leaf_with(&root, "anna", &[], |params| params.custom_extensions = vec![extension])
    };
    let mut critical = CustomExtension::from_oid_content(&[1, 2, 3, 4], vec![5, 0]);
    assert!(ask(&root.pem, &with(critical.clone())).identity().is_some());
    critical.set_criticality(true);
    assert!(error(&root.pem, &with(critical)).ends_with("x509: unhandled critical extension"));
    // Constraints of names are not computed; they do not matter where there are no names.
    let constrained = authority_with("constrained", None, |params| {
        params.name_constraints = Some(rcgen::NameConstraints {
            permitted_subtrees: vec![rcgen::GeneralSubtree::DnsName("example.org".into())],
            excluded_subtrees: vec![],
        });
    });
    assert!(ask(&constrained.pem, &leaf(&constrained, "anna")).identity().is_some());
    let named = leaf_with(&constrained, "anna", &[], |params| {
        params.subject_alt_names = vec![SanType::DnsName("a.example.org".try_into().unwrap())];
    });
    assert!(matches!(ask(&constrained.pem, &named), Verdict::Unknown(_)));
}

/// The rows of `x509_test.go` about UIDs.
#[test]
fn uids() {
    let root = authority("root");
    let oid = DnType::CustomDnType(vec![1, 3, 6, 1, 4, 1, 57683, 2]);
    let with =
        |uid: &str| leaf_with(&root, "anna", &[], |params| params.distinguished_name.push(oid.clone(), uid));
    let verdict = ask(&root.pem, &with("1234"));
    assert_eq!(verdict.identity().unwrap().user.uid, "1234");
    assert_eq!(error(&root.pem, &with("")), "UID cannot be an empty string");
    let chain = certificates_of_pem(&with("1234")).unwrap();
    let off =
        Features::of(Version::NEWEST, |gate| (gate == "AllowParsingUserUIDFromCertAuth").then_some(false));
    let verdict = authenticate(&chain, &Authorities::of_pem(&root.pem).unwrap(), &off, NOW);
    assert_eq!(verdict.identity().unwrap().user.uid, "");
}

/// `requestheader_test.go`: who may vouch, and for whom.
#[test]
fn front_proxies() {
    let (clients, proxies) = (authority("clients"), authority("proxies"));
    let texts = |list: &[&str]| list.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
    let mut server = Authenticators::none(Features::default_of(Version::NEWEST));
    server.client_authorities = Part::Known(Authorities::of_pem(&clients.pem).unwrap());
    server.front_proxy = Part::Known(FrontProxy {
        authorities: Authorities::of_pem(&proxies.pem).unwrap(),
        allowed_names: texts(&["proxy"]),
        user_headers: texts(&["X-Remote-User", "X-Other-User"]),
        uid_headers: texts(&["X-Remote-Uid"]),
        group_headers: texts(&["X-Remote-Group", "X-Other-Group"]),
        extra_prefixes: texts(&["X-Remote-Extra-"]),
    });
    server.anonymous = AnonymousRequests::AllowedFor(texts(&["/healthz"]));
    let empty = cluster("");
    let ask = |chain: &str, headers: &[(&str, &str)], path: &str| {
        let certificates = certificates_of_pem(chain).unwrap();
        let request = CredentialRequest {
            certificates: &certificates,
            headers: Headers::new(headers),
            path: Some(path),
        };
        server.request(&request, &ClusterObjects::new(&empty, true), NOW)
    };
    let proxy = leaf(&proxies, "proxy");
    let headers = [
        ("x-remote-user", ""),
        ("X-Other-User", "bob"),
        ("X-Remote-Group", "g1"),
        ("x-remote-group", ""),
        ("X-Other-Group", "g2"),
        ("X-Remote-Uid", "7"),
        ("X-Remote-Extra-Acme.com%2FProject", "p"),
        ("X-Remote-Extra-Bad%zz", "q"),
    ];
    let verdict = ask(&proxy, &headers, "/");
    let user = &verdict.identity().unwrap().user;
    assert_eq!((user.name.as_str(), user.uid.as_str()), ("bob", "7"));
    assert_eq!(user.group_names(), ["g1", "g2", "system:authenticated"]);
    assert_eq!(user.extra["acme.com/project"], ["p"]);
    assert_eq!(user.extra["bad%zz"], ["q"]);
    // Others may not vouch: a certificate of the clients' authority speaks for itself alone.
    let verdict = ask(&leaf(&clients, "proxy"), &headers, "/");
    assert_eq!(verdict.identity().unwrap().user.name, "proxy");
    assert!(
        ask(&leaf(&proxies, "other"), &headers, "/").error().contains("cn=other is not in the allowed list")
    );
    // A proxy that vouches for nobody is a client with a certificate of a foreign authority.
    assert!(ask(&proxy, &[], "/").error().contains("unknown authority"));
    assert_eq!(ask("", &[], "/healthz").identity().unwrap().user.name, "system:anonymous");
    assert_eq!(ask("", &[], "/api"), Verdict::Abstained);
    // No token authenticator looks at the token; with one it is an error, and nobody becomes anonymous.
    let token = [("authorization", "Bearer x")];
    assert!(ask("", &token, "/healthz").identity().is_some());
    server.token_file = Part::Known(super::super::TokenFile::default());
    let request =
        CredentialRequest { certificates: &[], headers: Headers::new(&token), path: Some("/healthz") };
    let verdict = server.request(&request, &ClusterObjects::new(&empty, true), NOW);
    assert_eq!(verdict.error(), "invalid bearer token");
}

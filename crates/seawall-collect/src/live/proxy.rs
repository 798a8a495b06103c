//! Through which proxy is a server asked? As client-go decides it: `proxy-url` of the kubeconfig, else what the environment
//! says for the server (`golang.org/x/net/http/httpproxy`).

use http::Uri;
use std::net::IpAddr;

/// The proxy, if there is one. `environment` gives variables.
///
/// # Errors
/// When a proxy is named that is no URL.
pub(super) fn proxy_of(
    named: Option<&str>,
    server: &Uri,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<Uri>, String> {
    let read = |text: &str| {
        let text = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
        text.parse::<Uri>().map(Some).map_err(|_| "the proxy is no URL".to_owned())
    };
    // What the kubeconfig names is taken for every server.
    if let Some(proxy) = named.filter(|proxy| !proxy.is_empty()) {
        return read(proxy);
    }
    let variable =
        |names: [&str; 2]| names.into_iter().filter_map(environment).find(|value| !value.is_empty());
    let is_https = server.scheme_str() != Some("http");
    let names = if is_https { ["HTTPS_PROXY", "https_proxy"] } else { ["HTTP_PROXY", "http_proxy"] };
    let Some(proxy) = variable(names) else { return Ok(None) };
    let host = server.host().unwrap_or_default().trim_matches(['[', ']']).to_ascii_lowercase();
    let port = server.port_u16().unwrap_or(if is_https { 443 } else { 80 });
    let left_out = variable(["NO_PROXY", "no_proxy"]).is_some_and(|list| is_left_out(&list, &host, port));
    if is_here(&host) || left_out {
        return Ok(None);
    }
    read(&proxy)
}

/// The machine itself is never asked through a proxy that the environment names.
fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whether `NO_PROXY` leaves a server out.
fn is_left_out(list: &str, host: &str, port: u16) -> bool {
    let address = host.parse::<IpAddr>().ok();
    list.split(',').map(|entry| entry.trim().to_ascii_lowercase()).any(|entry| {
        if entry == "*" {
            return true;
        }
        if let (Some(address), Some((network, bits))) = (address, entry.split_once('/')) {
            return network.parse().is_ok_and(|network| contains(network, bits, address));
        }
        let (name, wanted) = with_port(&entry);
        if name.is_empty() || wanted.is_some_and(|wanted| wanted != port) {
            return false;
        }
        if let Ok(one) = name.parse::<IpAddr>() {
            return Some(one) == address;
        }
        // `.example.com` and `*.example.com` are what stands below, `example.com` is itself, too.
        let below = name.strip_prefix('*').unwrap_or(name);
        match below.strip_prefix('.') {
            Some(_) => host.ends_with(below),
            None => host == below || host.strip_suffix(below).is_some_and(|rest| rest.ends_with('.')),
        }
    })
}

fn with_port(entry: &str) -> (&str, Option<u16>) {
    if let Some((name, rest)) = entry.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return (name, rest.strip_prefix(':').and_then(|port| port.parse().ok()));
    }
    match entry.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') => (name, port.parse().ok()),
        _ => (entry, None),
    }
}

fn contains(network: IpAddr, bits: &str, address: IpAddr) -> bool {
    let Ok(bits) = bits.parse::<u32>() else { return false };
    let number = |address: IpAddr| match address {
        IpAddr::V4(address) => (u128::from(u32::from(address)) << 96, 32),
        IpAddr::V6(address) => (u128::from(address), 128),
    };
    let ((one, size), (other, other_size)) = (number(network), number(address));
    size == other_size && bits <= size && (bits == 0 || (one ^ other) >> (128 - bits) == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy(named: Option<&str>, server: &str, variables: &[(&str, &str)]) -> Option<String> {
        let environment = |name: &str| {
            let mut found = variables.iter().filter(|(key, _)| *key == name);
            found.next().map(|(_, value)| (*value).to_owned())
        };
        proxy_of(named, &server.parse().unwrap(), &environment).unwrap().map(|proxy| proxy.to_string())
    }

    #[test]
    fn kubeconfig_and_environment() {
        let https = [("HTTPS_PROXY", "http://p:1")];
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(proxy(None, "https://api.example", &https), some("http://p:1/"));
        assert_eq!(proxy(None, "http://api.example", &https), None);
        assert_eq!(proxy(None, "http://api.example", &[("http_proxy", "p:2")]), some("http://p:2/"));
        assert_eq!(proxy(Some("socks5://q:3"), "https://127.0.0.1:6443", &https), some("socks5://q:3/"));
        assert_eq!(proxy(Some(""), "https://127.0.0.1:6443", &https), None, "the machine itself");
        assert_eq!(proxy(None, "https://localhost", &https), None);
        assert_eq!(proxy(None, "https://[::1]:6443", &https), None);
        let none = |list| [("HTTPS_PROXY", "p:1"), ("NO_PROXY", list)];
        for list in ["*", "example", ".example", "*.example", "api.example:6443", "a, api.example"] {
            assert_eq!(proxy(None, "https://api.example:6443", &none(list)), None, "{list}");
        }
        for list in ["ample", "api.example:443", ".api.example", "other", "", "10.0.0.0/8"] {
            assert!(proxy(None, "https://api.example:6443", &none(list)).is_some(), "{list}");
        }
        for (list, left_out) in [
            ("10.0.0.0/8", true),
            ("10.1.2.3", true),
            ("10.1.2.3:443", false),
            ("11.0.0.0/8", false),
            ("0.0.0.0/0", true),
        ] {
            assert_eq!(proxy(None, "https://10.1.2.3:6443", &none(list)).is_none(), left_out, "{list}");
        }
        assert!(proxy_of(Some("http://a b"), &"https://x".parse().unwrap(), &|_| None).is_err());
    }
}

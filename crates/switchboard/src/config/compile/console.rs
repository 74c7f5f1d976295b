//! What does not fit together in `[server.console]`.

use switchboard_core::is_loopback;

use crate::config::{
    problem::{KeyPath, Problems},
    server::{ConsoleProxyConfig, ServerConfig, SignInName},
};

const LONGEST_SESSION: u32 = 168;

/// Finds what does not fit together.
pub(super) fn check(server: &ServerConfig, at: &KeyPath, problems: &mut Problems) {
    let console = &server.console;
    let by_proxy = console.sign_in == Some(SignInName::Proxy);
    let unused = "has no effect without enabled = true: add it, or take this out";
    if !console.enabled {
        let set = [
            ("sign_in", console.sign_in.is_some()),
            ("session_hours", console.session_hours.is_some()),
            ("proxy", console.proxy.is_some()),
        ];
        for (key, _) in set.iter().filter(|(_, is_set)| *is_set) {
            problems.push(&at.key(key), unused);
        }
        return;
    }
    match console.session_hours {
        Some(_) if by_proxy => problems.push(
            &at.key("session_hours"),
            "has no effect with sign_in = \"proxy\", because the proxy decides how long somebody stays signed in: take it out",
        ),
        Some(hours) if !(1..=LONGEST_SESSION).contains(&hours) => problems.push(
            &at.key("session_hours"),
            format!("{hours} is not between 1 and {LONGEST_SESSION}"),
        ),
        Some(_) | None => {}
    }
    let open =
        server.public_url.as_ref().is_some_and(|url| url.scheme() == "http" && !is_loopback(url));
    if open {
        problems.push(
            &at.key("enabled"),
            "has no effect, because nobody can sign in over plain http from other machines: end TLS at a proxy, and write public_url with https://",
        );
    }
    match &console.proxy {
        Some(proxy) if by_proxy => of_proxy(proxy, &at.key("proxy"), problems),
        Some(_) => problems.push(
            &at.key("proxy"),
            "has no effect without sign_in = \"proxy\": add it, or take this section out",
        ),
        None if by_proxy => no_roles(&at.key("proxy").key("roles"), problems),
        None => {}
    }
    if by_proxy {
        proxies(server, &at.key("sign_in"), problems);
    }
}

fn no_roles(at: &KeyPath, problems: &mut Problems) {
    problems.push(
        at,
        "is missing, so that nobody could use the console: write roles = { ops = \"operator\" } in [server.console.proxy], with groups that your proxy names",
    );
}

/// Whoever is in one of these networks can name anybody in a header.
fn proxies(server: &ServerConfig, at: &KeyPath, problems: &mut Problems) {
    if server.trusted_proxies.is_empty() {
        problems.push(
            at,
            "has no effect without trusted_proxies, because headers are believed from the proxy alone: write its address in [server], as trusted_proxies = [\"10.0.0.5/32\"]",
        );
    }
    for (index, network) in server.trusted_proxies.iter().enumerate() {
        if network.0.prefix_len() == 0 {
            problems.push(
                &KeyPath::of("server").key("trusted_proxies").index(index),
                "is every address, so that anybody could sign in as anybody: name the proxy's own address",
            );
        }
    }
}

fn of_proxy(proxy: &ConsoleProxyConfig, at: &KeyPath, problems: &mut Problems) {
    for (key, name) in
        [("user_header", &proxy.user_header), ("groups_header", &proxy.groups_header)]
    {
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if name.is_empty() || !name.bytes().all(is_name) {
            problems.push(
                &at.key(key),
                "is no name of a header: write letters, digits and hyphens, as X-Forwarded-User",
            );
        }
    }
    if proxy.user_header.eq_ignore_ascii_case(&proxy.groups_header) {
        problems.push(
            &at.key("groups_header"),
            "is the header of user_header: name the one that has the groups",
        );
    }
    if proxy.roles.is_empty() {
        no_roles(&at.key("roles"), problems);
    }
    for group in proxy.roles.keys() {
        if group.is_empty() || group.contains(',') || group.trim() != group {
            problems.push(
                &at.key("roles").key(group),
                "can be no group of the header, whose groups are separated by commas: write its name as the proxy sends it",
            );
        }
    }
    for (group, tenant) in &proxy.tenants {
        let at = at.key("tenants").key(group);
        if !proxy.roles.contains_key(group) {
            problems.push(&at, "has no effect, because the group has no role: add it to roles");
        }
        if tenant.trim().is_empty() {
            problems.push(&at, "is empty: name the tenant, or take it out for every tenant");
        }
    }
}

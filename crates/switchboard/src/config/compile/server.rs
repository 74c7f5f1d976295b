//! What does not fit together in `[server]`.

use switchboard_core::is_loopback;

use crate::config::{
    compile::{console, oauth},
    credential::wrong_variable,
    problem::{KeyPath, Problems},
    server::ServerConfig,
};

/// A KallyAI request lasts as long as its phone call.
const LONGEST_DRAIN: u32 = 900;
const LONGEST_SETTLE: u32 = 300;
const LONGEST_REQUEST: u32 = 300;
const LONGEST_RETENTION: u32 = 365;
const LONGEST_DELIVERY: u32 = 50;

/// Finds what does not fit together.
pub(crate) fn check(server: Option<&ServerConfig>, problems: &mut Problems) {
    let Some(server) = server else { return };
    let at = KeyPath::of("server");
    addresses(server, &at, problems);
    secrets(server, &at, problems);
    let within = [
        (at.key("request_seconds"), server.request_seconds, 1, LONGEST_REQUEST),
        (at.key("settle_seconds"), server.settle_seconds, 0, LONGEST_SETTLE),
        (at.key("drain_seconds"), server.drain_seconds, 0, LONGEST_DRAIN),
        (
            at.key("events").key("retention_days"),
            server.events.retention_days,
            1,
            LONGEST_RETENTION,
        ),
        (
            at.key("webhooks").key("timeout_seconds"),
            server.webhooks.timeout_seconds,
            1,
            LONGEST_DELIVERY,
        ),
    ];
    for (key, value, least, most) in within {
        if !(least..=most).contains(&value) {
            problems.push(&key, format!("{value} is not between {least} and {most}"));
        }
    }
    if server.webhooks.allow_ports.is_empty() {
        problems.push(
            &at.key("webhooks").key("allow_ports"),
            "is empty, so that no webhook could be sent: take it out for port 443",
        );
    }
    console::check(server, &at.key("console"), problems);
    oauth::check(server, &at.key("oauth"), problems);
    let kaicalls = &server.compat.kaicalls;
    let task = at.key("compat").key("kaicalls").key("default_task");
    match &kaicalls.default_task {
        Some(_) if !kaicalls.enabled => {
            problems.push(&task, "has no effect without enabled = true: add it, or take this out")
        }
        Some(text) if text.trim().is_empty() => {
            problems.push(&task, "is empty: say what the agent does, or take it out");
        }
        Some(_) | None => {}
    }
}

fn addresses(server: &ServerConfig, at: &KeyPath, problems: &mut Problems) {
    if server.listen == server.admin_listen && server.listen.port() != 0 {
        problems.push(
            &at.key("admin_listen"),
            "is the address of listen, and health and metrics need no key: give it another port",
        );
    }
    let key = at.key("public_url");
    let here = server.listen.ip().is_loopback();
    let Some(url) = &server.public_url else {
        if !here {
            problems.push(
                &key,
                "is missing, and listen is reachable from other machines: add public_url = \"https://calls.example.com\"",
            );
        } else if server.plain_http_outside {
            unused_plain_http(at, problems);
        }
        return;
    };
    let sound = url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    match url.scheme() {
        "https" if sound && server.plain_http_outside && here => unused_plain_http(at, problems),
        "https" if sound => {}
        "http" if sound && is_loopback(url) && here => {
            if server.plain_http_outside {
                unused_plain_http(at, problems);
            }
        }
        "http" if sound && server.plain_http_outside => {}
        "http" if sound => problems.push(
            &key,
            "begins with http://, and keys and numbers would cross the network in plain text: end TLS at a proxy and write https://calls.example.com, or set plain_http_outside = true",
        ),
        _ => problems.push(
            &key,
            "has to begin with https:// and end with its path: write it as https://calls.example.com",
        ),
    }
}

fn unused_plain_http(at: &KeyPath, problems: &mut Problems) {
    problems.push(
        &at.key("plain_http_outside"),
        "has no effect, because nothing is reachable from other machines without TLS: take it out",
    );
}

fn secrets(server: &ServerConfig, at: &KeyPath, problems: &mut Problems) {
    let key = at.key("secret_env");
    match &server.secret_env {
        None => problems.push(
            &key,
            "is missing: write secret_env = \"SWITCHBOARD_SECRET\", and set that variable to what openssl rand -hex 32 prints",
        ),
        Some(name) => {
            if let Some(problem) = wrong_variable(name) {
                problems.push(&key, problem);
            }
        }
    }
    for (index, name) in server.former_secret_envs.iter().enumerate() {
        let key = at.key("former_secret_envs").index(index);
        if let Some(problem) = wrong_variable(name) {
            problems.push(&key, problem);
        } else if server.secret_env.as_ref() == Some(name)
            || server.former_secret_envs.iter().take(index).any(|one| one == name)
        {
            problems.push(&key, "has no effect, because it is named already: take it out");
        }
    }
}

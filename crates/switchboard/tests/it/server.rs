//! `[server]`: its defaults, its secrets, and where it is reached.
#![cfg(all(feature = "kallyai", feature = "kaicalls"))]

use switchboard::{Config, config::ServerConfig, secrecy::ExposeSecret};

const ACCOUNT: &str = "[providers.kaicalls]\nkind = \"kaicalls\"\napi_key_env = \"K\"\n";

fn config(server: &str) -> Config {
    Config::from_toml(&format!("{ACCOUNT}{server}")).unwrap_or_else(|error| panic!("{error}"))
}

fn of(server: &str) -> ServerConfig {
    config(server).server.unwrap()
}

#[test]
fn the_example_says_what_the_defaults_are() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../switchboard.example.toml");
    let mut example = Config::from_file(path).unwrap().server.unwrap();
    assert_eq!(example.trusted_proxies.len(), 1);
    assert_eq!(example.webhooks.allow_networks.len(), 1);
    assert!(example.compat.kaicalls.enabled && example.mcp.enabled && example.console.enabled);
    let usual = of("[server]\nsecret_env = \"SWITCHBOARD_SECRET\"");
    assert_eq!(example.compat.kaicalls.task(), usual.compat.kaicalls.task());
    assert_eq!(example.console.hours(), usual.console.hours());
    // All the rest is what holds without it.
    example.public_url = None;
    example.trusted_proxies.clear();
    example.webhooks.allow_networks.clear();
    example.compat = usual.compat.clone();
    example.mcp = usual.mcp.clone();
    example.console = usual.console.clone();
    assert!(example.oauth.take().is_none(), "keys are enough until somebody has an issuer");
    assert_eq!(example, usual);
}

#[test]
fn without_a_public_url_it_is_reached_where_it_listens() {
    let listening = "127.0.0.1:4711".parse().unwrap();
    let server = of("[server]\nsecret_env = \"S\"");
    assert_eq!(server.url(listening).unwrap().as_str(), "http://127.0.0.1:4711/");
    let server = of("[server]\nsecret_env = \"S\"\npublic_url = \"https://calls.example.com\"");
    assert_eq!(server.url(listening).unwrap().as_str(), "https://calls.example.com/");
}

#[test]
fn other_machines_reach_it_without_tls_only_if_the_file_says_so() {
    of(
        "[server]\nsecret_env = \"S\"\nlisten = \"0.0.0.0:80\"\npublic_url = \"https://calls.example.com\"",
    );
    of("[server]\nsecret_env = \"S\"\npublic_url = \"http://localhost:8080\"");
    of(
        "[server]\nsecret_env = \"S\"\nlisten = \"0.0.0.0:80\"\npublic_url = \"http://calls.local\"\nplain_http_outside = true",
    );
}

#[test]
fn secrets_are_read_in_order_and_what_is_wrong_with_one_is_said_without_it() {
    let config = config("[server]\nsecret_env = \"NEW\"\nformer_secret_envs = [\"OLD\"]");
    let (new, old) = ("ab".repeat(32), "01".repeat(32));
    let secrets = config
        .server_secrets(|name| Some(if name == "NEW" { new.clone() } else { old.clone() }))
        .unwrap();
    let bytes: Vec<_> = secrets.iter().map(|one| *one.expose_secret()).collect();
    assert_eq!(bytes, [[0xab; 32], [0x01; 32]]);

    let missing = config.server_secrets(|_| None).unwrap_err().to_string();
    assert!(missing.contains("NEW is not set") && missing.contains("OLD is not set"), "{missing}");
    let short = "abcdef";
    let wrong = config.server_secrets(|_| Some(short.to_owned())).unwrap_err().to_string();
    assert!(wrong.contains("openssl rand -hex 32") && !wrong.contains(short), "{wrong}");
}

#[test]
fn webhooks_of_providers_come_in_at_the_servers_address_where_they_name_none() {
    let both = "[server]\nsecret_env = \"S\"\npublic_url = \"https://calls.example.com\"\n[webhooks]\nsecret_env = \"W\"";
    let config = config(both);
    assert_eq!(config.webhooks.unwrap().public_url, None);
}

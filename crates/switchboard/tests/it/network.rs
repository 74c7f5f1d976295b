//! `[network]`: the way to the providers.
#![cfg(all(
    feature = "calle",
    feature = "kaicalls",
    feature = "kallyai",
    feature = "retell",
    feature = "telnyx",
    feature = "vapi"
))]

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    sync::{Arc, Mutex},
};

use switchboard::{
    Clock, Config, Error, ErrorKind, Network, Proxy, SystemClock,
    registry::{RawMethod, RawRequest},
};
use tokio::task::JoinSet;

/// Of an authority that vouches for nothing.
const AUTHORITY: &str = include_str!("authority.pem");

/// One account of each kind, with a key of the form that it takes.
const ACCOUNTS: [(&str, &str); 6] = [
    ("calle", "iams_live_0123456789"),
    ("kaicalls", "kc_live_0123456789abcdef"),
    ("kallyai", "at_0123456789abcdef"),
    ("retell", "key_0123456789abcdef"),
    ("telnyx", "KEY0123456789"),
    ("vapi", "0123456789abcdef0123"),
];

fn file(network: &str) -> String {
    let accounts = ACCOUNTS.map(|(kind, _)| {
        let key = kind.to_uppercase();
        format!("[providers.{kind}]\nkind = \"{kind}\"\nbase_url = \"https://provider.test\"\napi_key_env = \"{key}\"\n")
    });
    format!("{}{network}", accounts.concat())
}

fn keys(name: &str) -> Option<String> {
    let account = ACCOUNTS.iter().find(|(kind, _)| kind.to_uppercase() == name);
    account.map(|(_, key)| (*key).to_owned())
}

/// A proxy that refuses every tunnel, and the heads of what it was asked.
fn refusing_proxy() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let heads = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&heads);
    std::thread::spawn(move || {
        for mut socket in listener.incoming().map_while(Result::ok) {
            let lines = BufReader::new(&socket).lines().map_while(Result::ok);
            let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
            noted.lock().unwrap().push(head.join("\n"));
            let _ = socket.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
        }
    });
    (address, heads)
}

async fn ask(config: &Config, kind: &str, environment: impl Fn(&str) -> Option<String>) -> Error {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let raw = config.raw(kind, environment, &clock).unwrap().unwrap();
    let request = RawRequest {
        method: RawMethod::Delete,
        path: "/v1/things".to_owned(),
        query: Vec::new(),
        body: None,
    };
    raw.send(request).await.unwrap_err()
}

#[tokio::test]
async fn every_kind_of_provider_is_reached_through_the_proxy() {
    let (address, heads) = refusing_proxy();
    let login = format!("http://us:hunter2hunter2@{address}");
    let environment =
        move |name: &str| if name == "OUR_PROXY" { Some(login.clone()) } else { keys(name) };
    let in_file = format!("[network]\nproxy = \"http://{address}\"");
    let own = || Config::from_toml(&file("")).unwrap();
    let mut network = Network::default();
    network.proxy = Some(Proxy::new(&format!("http://{address}")).unwrap());
    for (config, basic) in [
        (Config::from_toml(&file(&in_file)).unwrap(), false),
        (Config::from_toml(&file("[network]\nproxy_env = \"OUR_PROXY\"")).unwrap(), true),
        (own().with_network(network), false),
    ] {
        let mut asking = JoinSet::new();
        for (kind, _) in ACCOUNTS {
            let (config, environment) = (config.clone(), environment.clone());
            asking.spawn(async move { (kind, ask(&config, kind, environment).await) });
        }
        for (kind, error) in asking.join_all().await {
            assert_eq!(error.kind(), ErrorKind::Connect, "{kind}: {error}");
            assert!(error.message().contains(&format!("through the proxy {address}")), "{error}");
            assert!(!format!("{error:?} {config:?}").contains("hunter2"));
        }
        for head in std::mem::take(&mut *heads.lock().unwrap()) {
            assert!(head.starts_with("CONNECT provider.test:443 HTTP/1.1"), "{head}");
            let sent = head.contains("proxy-authorization: Basic dXM6aHVudGVyMmh1bnRlcjI=");
            assert_eq!(sent, basic, "{head}");
        }
    }
}

#[test]
fn what_the_program_knows_is_added_to_the_file() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("own.pem"), AUTHORITY).unwrap();
    let path = directory.path().join("switchboard.toml");
    let section = "[network]\nproxy = \"http://proxy.example:3128\"\nextra_roots = [\"own.pem\"]";
    fs::write(&path, file(section)).unwrap();

    let mut own = Network::default();
    own.proxy = Some(Proxy::new("http://another.example").unwrap());
    own.extra_roots = switchboard::RootCertificates::from_pem(AUTHORITY.as_bytes()).unwrap();
    own.crypto_provider = Some(Arc::new(switchboard::rustls::crypto::ring::default_provider()));
    let config = Config::from_file(&path).unwrap();
    let network = config.with_network(own.clone()).network(keys).unwrap();
    assert_eq!(network.proxy.unwrap().address().as_str(), "http://proxy.example:3128/");
    assert_eq!(network.extra_roots.len(), 2);
    assert!(network.crypto_provider.is_some());

    let alone = Config::from_toml(&file("")).unwrap();
    let network = alone.clone().network(keys).unwrap();
    assert!(network.proxy.is_none() && network.extra_roots.is_empty());
    let network = alone.with_network(own).network(keys).unwrap();
    assert_eq!(network.proxy.unwrap().address().as_str(), "http://another.example/");
}

#[test]
fn what_cannot_work_is_refused_by_its_key() {
    let directory = tempfile::tempdir().unwrap();
    let here = |name: &str| directory.path().join(name);
    fs::write(here("good.pem"), AUTHORITY).unwrap();
    fs::write(here("empty.pem"), "").unwrap();
    fs::write(here("cut.pem"), &AUTHORITY[..AUTHORITY.len() / 2]).unwrap();
    let path = here("switchboard.toml");
    for (section, key, expected) in [
        ("", "network", "says nothing"),
        ("proxy = \"proxy.example\"", "network.proxy", "http://proxy.example:3128"),
        ("proxy = \"socks5://proxy.example\"", "network.proxy", "no other kind of proxy"),
        ("proxy = \"http://us:hunter2@proxy.example\"", "network.proxy", "proxy_env ="),
        ("proxy = \"http://hunter2@proxy.example\"", "network.proxy", "proxy_env ="),
        ("proxy = \"http://p.example\"\nproxy_env = \"P\"", "network.proxy", "one of the two"),
        ("proxy_env = \"http://hunter2@p\"", "network.proxy_env", "write its name in capitals"),
        ("extra_roots = [\"good.pem\", \"none.pem\"]", "network.extra_roots[1]", "cannot be read"),
        ("extra_roots = [\"empty.pem\"]", "network.extra_roots[0]", "holds no certificate"),
        ("extra_roots = [\"cut.pem\"]", "network.extra_roots[0]", "is no PEM"),
        ("proxies = \"http://p.example\"", "network.proxies", "proxy"),
    ] {
        fs::write(&path, file(&format!("[network]\n{section}\n"))).unwrap();
        let refused = Config::from_file(&path).unwrap_err();
        let [problem] = refused.problems() else { panic!("{section}: {refused}") };
        assert_eq!(problem.key, key, "{refused}");
        assert!(problem.message.contains(expected), "{refused}");
        assert!(!format!("{refused} {refused:?}").contains("hunter2"), "{refused}");
    }
}

#[test]
fn a_variable_that_holds_no_proxy_is_named_and_not_shown() {
    let config = Config::from_toml(&file("[network]\nproxy_env = \"OUR_PROXY\"")).unwrap();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    for (held, expected) in [
        (None, "the environment variable OUR_PROXY is not set"),
        (Some(" "), "the environment variable OUR_PROXY is not set"),
        (Some("hunter2"), "what OUR_PROXY holds is no address of a proxy"),
        (Some("socks5://us:hunter2@p.example"), "what OUR_PROXY holds does not begin with"),
    ] {
        let environment = |name: &str| {
            if name == "OUR_PROXY" { held.map(str::to_owned) } else { keys(name) }
        };
        let errors = [
            config.network(environment).unwrap_err(),
            config.engine_builder(environment, &clock).unwrap_err(),
            config.provider("kaicalls", environment, &clock).unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.kind(), ErrorKind::Configuration);
            let shown = format!("{error}");
            assert!(shown.contains("network.proxy_env") && shown.contains(expected), "{shown}");
            assert!(!format!("{shown} {error:?}").contains("hunter2"), "{error:?}");
        }
    }
}

//! The way to the provider: through a proxy, with certificates and cryptography of our own.

use std::{process::Command, sync::Arc, time::Duration};

use bytes::Bytes;
use secrecy::SecretString;
use switchboard_core::{Delivery, ErrorKind, PlaceError};
use switchboard_http::{
    ClientConfig, GuardRules, GuardedClient, Network, OperatorClient, PostFailure, Proxy,
    RootCertificates, rustls::crypto::ring,
};
use tokio::net::TcpListener;

use crate::support::{
    proxy::{Does, TestProxy},
    tls::{Authority, TlsServer},
    *,
};

const PROVIDER: &str = "https://provider.test";
const PLAIN_PROVIDER: &str = "http://provider.test";

fn through(url: &str, proxy: &str, roots: RootCertificates) -> ClientConfig {
    let mut config = config(url);
    config.network.proxy = Some(Proxy::with_login(&SecretString::from(proxy)).unwrap());
    config.network.extra_roots = roots;
    config
}

async fn failed_through(url: &str, proxy: &str, authority: &Authority) -> PlaceError {
    let mut config = through(url, proxy, authority.roots());
    config.connect_timeout = Duration::from_millis(300);
    client(config).place(placing()).await.unwrap_err()
}

/// An address at which nobody listens.
async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[tokio::test]
async fn a_call_goes_through_the_proxy_and_the_proxy_learns_only_the_host() {
    let authority = Authority::new();
    let provider =
        TlsServer::new(authority.acceptor(&["provider.test"]), Some(answer(201, "{}"))).await;
    let proxy = TestProxy::new(Does::Tunnel(provider.address)).await;
    let login = proxy.url().replace("http://", "http://our%40user:s3cret%2Fword@");
    let client = client(through(PROVIDER, &login, authority.roots()));
    assert_eq!(client.place(placing()).await.unwrap().status(), 201);

    let [connect] = proxy.heads().try_into().unwrap();
    assert!(connect.starts_with("CONNECT provider.test:443 HTTP/1.1\r\n"), "{connect}");
    // our@user:s3cret/word
    let basic = "Basic b3VyQHVzZXI6czNjcmV0L3dvcmQ=";
    assert_eq!(header(&connect, "proxy-authorization"), Some(basic));
    assert!(!connect.contains("secret-token") && !connect.contains("4155550100"), "{connect}");
    let [request] = provider.requests().try_into().unwrap();
    assert!(request.starts_with("POST /v1/calls HTTP/1.1\r\n"), "{request}");
    assert_eq!(header(&request, "proxy-authorization"), None);
}

#[tokio::test]
async fn without_a_tunnel_the_provider_got_nothing() {
    let authority = Authority::new();
    let mut acts = vec![Does::CloseUnread, Does::Close, Does::Hang, Does::Says("nonsense".into())];
    let statuses = [201, 204, 301, 400, 401, 403, 404, 407, 408, 429, 500, 502, 503, 504];
    acts.extend(statuses.map(|status| Does::Says(answer(status, "{\"id\": \"c-1\"}"))));
    // The tunnel is there, and ends within the handshake of TLS.
    acts.extend([Does::TunnelThenClose(0), Does::TunnelThenClose(1)]);
    for act in acts {
        let proxy = TestProxy::new(act.clone()).await;
        let failed = failed_through(PROVIDER, &proxy.url(), &authority).await;
        assert_eq!(failed.delivery(), Delivery::NotSent, "{act:?}: {failed:?}");
        assert_error(&failed, ErrorKind::Connect, Delivery::NotSent);
        let shown = failed.error().to_string();
        let place = format!("through the proxy {}", proxy.address);
        assert!(shown.contains("provider.test:443") && shown.contains(&place), "{shown}");
    }
    for provider in [PROVIDER, PLAIN_PROVIDER] {
        let failed = failed_through(provider, &nobody().await, &authority).await;
        assert_error(&failed, ErrorKind::Connect, Delivery::NotSent);
    }
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused_inside_the_tunnel() {
    let (ours, other) = (Authority::new(), Authority::new());
    for names in [&["provider.test"], &["another.test"]] {
        let authority = if names[0] == "provider.test" { &other } else { &ours };
        let provider = TlsServer::new(authority.acceptor(names), Some(answer(201, "{}"))).await;
        let proxy = TestProxy::new(Does::Tunnel(provider.address)).await;
        let failed = failed_through(PROVIDER, &proxy.url(), &ours).await;
        assert_error(&failed, ErrorKind::Connect, Delivery::NotSent);
        assert!(provider.requests().is_empty());
    }
}

#[tokio::test]
async fn what_breaks_in_a_tunnel_that_stands_proves_nothing() {
    let authority = Authority::new();
    let acceptor = || authority.acceptor(&["provider.test"]);
    let answers = [
        (None, ErrorKind::Transport),
        (Some(answer(502, "{}")), ErrorKind::Provider),
        (Some(answer(504, "{}")), ErrorKind::Provider),
    ];
    for (said, kind) in answers {
        let provider = TlsServer::new(acceptor(), said).await;
        let proxy = TestProxy::new(Does::Tunnel(provider.address)).await;
        let failed = failed_through(PROVIDER, &proxy.url(), &authority).await;
        assert_error(&failed, kind, Delivery::Unknown);
        assert_eq!(provider.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_proxy_between_us_and_a_plain_provider_proves_nothing_by_its_5xx() {
    let authority = Authority::new();
    let acts = [
        (Does::Close, ErrorKind::Transport),
        (Does::Says("nonsense".into()), ErrorKind::Transport),
        (Does::Says(answer(407, "{}")), ErrorKind::Provider),
        (Does::Says(answer(500, "{}")), ErrorKind::Provider),
        (Does::Says(answer(502, "{}")), ErrorKind::Provider),
        (Does::Says(answer(503, "{}")), ErrorKind::Provider),
        (Does::Says(answer(504, "{}")), ErrorKind::Provider),
    ];
    for (act, kind) in acts {
        let proxy = TestProxy::new(act.clone()).await;
        let failed = failed_through(PLAIN_PROVIDER, &proxy.url(), &authority).await;
        assert_eq!(failed.delivery(), Delivery::Unknown, "{act:?}: {failed:?}");
        assert_error(&failed, kind, Delivery::Unknown);
        let [request] = proxy.heads().try_into().unwrap();
        assert!(
            request.starts_with("POST http://provider.test/v1/calls HTTP/1.1\r\n"),
            "{request}"
        );
    }
}

#[tokio::test]
async fn a_proxy_may_be_spoken_to_over_tls() {
    let authority = Authority::new();
    let acceptor = authority.acceptor(&["provider.test", "127.0.0.1"]);
    let provider = TlsServer::new(acceptor.clone(), Some(answer(201, "{}"))).await;
    let proxy = TestProxy::over(Some(acceptor), Does::Tunnel(provider.address)).await;
    let url = proxy.url().replace("http://", "https://");
    let client = client(through(PROVIDER, &url, authority.roots()));
    assert_eq!(client.place(placing()).await.unwrap().status(), 201);
    assert_eq!((proxy.heads().len(), provider.requests().len()), (1, 1));

    let stranger = failed_through(PROVIDER, &url, &Authority::new()).await;
    assert_error(&stranger, ErrorKind::Connect, Delivery::NotSent);
}

#[tokio::test]
async fn this_machine_is_asked_without_the_proxy() {
    let server = Server::answering(answer(201, "{}")).await;
    let proxy = TestProxy::new(Does::CloseUnread).await;
    let port = server.url().rsplit(':').next().unwrap().to_owned();
    for host in ["127.0.0.1", "localhost"] {
        let url = format!("http://{host}:{port}");
        let client = client(through(&url, &proxy.url(), RootCertificates::default()));
        assert_eq!(client.place(placing()).await.unwrap().status(), 201, "{host}");
    }
    assert!(proxy.heads().is_empty());
}

#[tokio::test]
async fn roots_of_our_own_are_added_to_those_that_there_are() {
    let again = "SWITCHBOARD_TEST_AGAIN";
    if std::env::var_os(again).is_none() {
        let test = "network::roots_of_our_own_are_added_to_those_that_there_are";
        let run = tokio::task::spawn_blocking(move || {
            let mut command = Command::new(std::env::current_exe().unwrap());
            command.args(["--exact", test]).env(again, "1");
            // A machine without certificates.
            let command = command.env("SSL_CERT_FILE", "/none").env("SSL_CERT_DIR", "/none");
            command.status().unwrap().success()
        });
        assert!(run.await.unwrap());
    }
    let authority = Authority::new();
    let acceptor = authority.acceptor(&["127.0.0.1"]);
    let provider = TlsServer::new(acceptor, Some(answer(201, "{}"))).await;
    let url = format!("https://{}", provider.address);
    let stranger = client(config(&url)).place(placing()).await.unwrap_err();
    assert_error(&stranger, ErrorKind::Connect, Delivery::NotSent);

    let mut known = config(&url);
    known.network.extra_roots = Authority::new().roots();
    known.network.extra_roots.extend(authority.roots());
    assert_eq!(known.network.extra_roots.len(), 2);
    assert_eq!(client(known).place(placing()).await.unwrap().status(), 201);
}

#[tokio::test]
async fn the_cryptography_of_the_program_is_used() {
    let authority = Authority::new();
    let acceptor = authority.acceptor(&["127.0.0.1"]);
    let provider = TlsServer::new(acceptor, Some(answer(201, "{}"))).await;
    let mut config = config(&format!("https://{}", provider.address));
    config.network.extra_roots = authority.roots();
    let usual = client(config.clone());
    let mut crypto = ring::default_provider();
    crypto.cipher_suites = vec![ring::cipher_suite::TLS13_CHACHA20_POLY1305_SHA256];
    config.network.crypto_provider = Some(Arc::new(crypto));
    for client in [usual, client(config)] {
        client.place(placing()).await.unwrap();
    }
    let [usual, own] = provider.ciphers().try_into().unwrap();
    assert_eq!(own, "TLS13_CHACHA20_POLY1305_SHA256");
    assert_ne!(usual, own);
}

#[tokio::test]
async fn clients_of_other_addresses_know_the_roots_and_go_past_the_proxy() {
    let authority = Authority::new();
    let acceptor = authority.acceptor(&["127.0.0.1"]);
    let receiver = TlsServer::new(acceptor, Some(answer(200, "{}"))).await;
    let proxy = TestProxy::new(Does::CloseUnread).await;
    let url = format!("https://{}/hook", receiver.address);
    let within = Duration::from_secs(10);
    let rules = || GuardRules {
        allow_networks: vec!["127.0.0.0/8".parse().unwrap()],
        allow_ports: vec![receiver.address.port()],
    };
    let strange = GuardedClient::new(rules(), within).unwrap();
    assert_eq!(strange.post(&url, &[], Bytes::new()).await.unwrap_err(), PostFailure::Connect);

    let network = through(PROVIDER, &proxy.url(), authority.roots()).network;
    let guarded = GuardedClient::with_network(rules(), within, &network).unwrap();
    assert_eq!(guarded.post(&url, &[], Bytes::new()).await.unwrap().status, 200);
    let operator = OperatorClient::with_network(within, &network).unwrap();
    let posted = operator.post(&url.parse().unwrap(), Default::default(), Bytes::new()).await;
    assert_eq!(posted.unwrap().0, 200);
    assert!(proxy.heads().is_empty());
}

#[test]
fn what_is_no_proxy_is_refused_and_not_shown() {
    let shown = "hunter2hunter2";
    for (address, expected) in [
        ("", "is no address"),
        ("proxy.example:3128", "does not begin with"),
        ("proxy.example", "is no address"),
        ("hunter2hunter2", "is no address"),
        ("socks5://me:hunter2hunter2@proxy.example", "does not begin with"),
        ("http://", "is no address"),
        ("http://me:hunter2hunter2@proxy.example/way", "behind the port"),
        ("http://me:hunter2hunter2@proxy.example?a=b", "behind the port"),
        ("http://me:hunter2hunter2@proxy.example#a", "behind the port"),
        ("http://proxy.example:port", "is no address"),
    ] {
        for refused in [Proxy::new(address), Proxy::with_login(&address.into())] {
            let error = refused.unwrap_err();
            assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some("proxy")));
            assert!(error.message().contains(expected), "{address}: {error}");
            assert!(!format!("{error} {error:?}").contains(shown), "{error:?}");
        }
    }
    for address in ["http://me:hunter2hunter2@proxy.example:3128", "http://hunter2hunter2@proxy"] {
        let error = Proxy::new(address).unwrap_err();
        assert!(!format!("{error} {error:?}").contains(shown), "{error:?}");
        let mut network = Network::default();
        network.proxy = Some(Proxy::with_login(&address.into()).unwrap());
        assert!(!format!("{network:?}").contains(shown), "{network:?}");
        assert!(format!("{network:?}").contains("has_login: true"), "{network:?}");
    }
    for address in ["http://proxy.example", "https://proxy.example:8443/", "http://[::1]:3128"] {
        Proxy::new(address).unwrap();
    }
}

#[tokio::test]
async fn an_answer_that_repeats_the_login_of_the_proxy_is_cleaned() {
    let said = "{\"message\": \"s3cret/word and b3VyQHVzZXI6czNjcmV0L3dvcmQ=\"}";
    let proxy = TestProxy::new(Does::Says(answer(502, said))).await;
    let login = proxy.url().replace("http://", "http://our%40user:s3cret%2Fword@");
    let failed = failed_through(PLAIN_PROVIDER, &login, &Authority::new()).await;
    let shown = format!("{failed} {failed:?}");
    assert!(!shown.contains("s3cret") && !shown.contains("czNjcmV0"), "{shown}");
}

#[test]
fn a_file_without_a_usable_certificate_is_refused() {
    let good = Authority::new().pem();
    let cut = good.replace("-----END CERTIFICATE-----", "");
    let broken =
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_owned() + &good;
    for (pem, expected) in [
        ("", "holds no certificate"),
        ("just text", "holds no certificate"),
        (cut.as_str(), "is no PEM"),
        (broken.as_str(), "certificate 1"),
    ] {
        let error = RootCertificates::from_pem(pem.as_bytes()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.message().contains(expected), "{error}");
    }
    let two = Authority::new().pem() + &good;
    assert_eq!(RootCertificates::from_pem(two.as_bytes()).unwrap().len(), 2);
}

//! What depends on the machine: its certificates, its environment, its timing.

use std::process::Command;

use crate::support::*;
use switchboard_core::Delivery;
use switchboard_http::Request;
use tokio::{io::AsyncReadExt, net::TcpListener};

/// Runs one test of this file again in a process of its own, with other variables.
fn again(test: &str, variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", &format!("machine::{test}"), "--nocapture"])
        .env("SWITCHBOARD_TEST_AGAIN", "1");
    let output = command.envs(variables.iter().copied()).output().unwrap();
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
    text
}

fn is_again() -> bool {
    std::env::var_os("SWITCHBOARD_TEST_AGAIN").is_some()
}

#[tokio::test]
async fn a_machine_without_certificates_still_sends() {
    if !is_again() {
        let nothing = [("SSL_CERT_FILE", "/nonexistent"), ("SSL_CERT_DIR", "/nonexistent")];
        again("a_machine_without_certificates_still_sends", &nothing);
        return;
    }
    let server = Server::answering(answer(201, "{}")).await;
    assert_eq!(client(config(&server.url())).place(placing()).await.unwrap().status(), 201);
}

#[tokio::test]
async fn a_proxy_in_the_environment_is_not_used() {
    let proxy = Server::answering(answer(418, "{}")).await;
    if !is_again() {
        let url = proxy.url();
        let run = tokio::task::spawn_blocking(move || {
            let names = ["http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"]
                .map(|name| (name, url.as_str()));
            again("a_proxy_in_the_environment_is_not_used", &names)
        });
        run.await.unwrap();
        assert_eq!(proxy.connections(), 0);
        return;
    }
    let server = Server::answering(answer(201, "{}")).await;
    let client = client(config(&server.url()));
    client.place(placing()).await.unwrap();
    client.read(Request::get("calls.list", "/v1/calls")).await.unwrap();
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn not_sent_means_that_the_server_read_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = client(config(&format!("http://{}", listener.local_addr().unwrap())));
    for turn in 0..400_usize {
        let serve = async {
            let (mut socket, _) = listener.accept().await.unwrap();
            for _ in 0..turn % 20 {
                tokio::task::yield_now().await;
            }
            if turn % 3 == 0 {
                socket.set_zero_linger().unwrap();
            }
            let mut read = Vec::new();
            if turn % 2 == 0 {
                let _ = socket.read_buf(&mut read).await;
            } else {
                let mut piece = [0; 4096];
                if let Ok(count) = socket.try_read(&mut piece) {
                    read.extend_from_slice(&piece[..count]);
                }
            }
            read.len()
        };
        let (read, outcome) = tokio::join!(serve, client.place(placing()));
        match outcome.unwrap_err().delivery() {
            Delivery::NotSent => assert_eq!(read, 0),
            Delivery::Unknown => {}
            Delivery::Placed | Delivery::Refused(_) => panic!("nothing was answered"),
        }
    }
}

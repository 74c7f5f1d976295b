//! Whether providers reach the address of webhooks.

use std::time::Duration;

use serde_json::Value;
use switchboard::{
    core::{Finding, url::Url},
    process_environment,
};
use switchboard_http::{GuardRules, GuardedClient, PostFailure};

use super::{report::Section, subject::Setup};

const TIMEOUT: Duration = Duration::from_secs(10);

/// Below the address of webhooks: a token that no attempt has. A GET of it changes nothing, and our
/// own server says that there is only a POST.
const PATH: &str = "hooks/v1/doctor/none";

const CHECK: &str = "webhooks";

pub(super) async fn check(setup: &Setup) -> Section {
    let config = &setup.config;
    let Some(webhooks) = &config.webhooks else {
        let message =
            "there is no [webhooks], so calls are followed by reading them: nothing to reach";
        return Section::new("webhooks", vec![Finding::note(CHECK, message)]);
    };
    let of_server = || config.server.as_ref()?.public_url.clone();
    let Some(base) = webhooks.public_url.clone().or_else(of_server) else {
        let problem = Finding::problem(
            CHECK,
            "no address is set, so no provider reports a call",
            "set public_url of [webhooks] or [server] to where providers reach this server",
        );
        return Section::new("webhooks", vec![problem]);
    };
    let mut findings = Vec::new();
    if base.scheme() != "https" {
        findings.push(Finding::problem(
            CHECK,
            format!("{} is not an https address", shown(&base)),
            "set public_url of [webhooks] to an https address that leads to this server",
        ));
    }
    findings.push(reached(setup, &base).await);
    Section::new("webhooks", findings)
}

/// The address without what may be a secret in it.
fn shown(base: &Url) -> String {
    base.origin().ascii_serialization()
}

async fn reached(setup: &Setup, base: &Url) -> Finding {
    let own = setup.config.server.as_ref().map(|server| &server.webhooks);
    let networks = own.map(|own| own.allow_networks.iter().map(|network| network.0).collect());
    let rules = GuardRules {
        allow_networks: networks.unwrap_or_default(),
        allow_ports: base.port_or_known_default().into_iter().collect(),
    };
    let address = shown(base);
    let network = setup.config.network(process_environment);
    let client = network.and_then(|network| GuardedClient::with_network(rules, TIMEOUT, &network));
    let client = match client {
        Ok(client) => client,
        Err(error) => return Finding::note(CHECK, format!("not looked at: {}", error.message())),
    };
    let below = format!("{}/{PATH}", base.as_str().trim_end_matches('/'));
    match client.get(&below).await {
        Ok(answer) if is_ours(answer.status, &answer.body) => Finding::ok(
            CHECK,
            format!("{address} is reached and answers as switchboard serve does"),
        ),
        Ok(answer) => Finding::problem(
            CHECK,
            format!(
                "{address} is reached and something else answers with {}: providers' news is lost",
                answer.status
            ),
            "let the proxy pass /hooks/v1/ on to switchboard serve",
        ),
        Err(failure) => not_reached(&address, failure),
    }
}

fn not_reached(address: &str, failure: PostFailure) -> Finding {
    let fix = match failure {
        PostFailure::NotAllowed => {
            return Finding::note(
                CHECK,
                format!(
                    "{address} leads to an address that is not public, so it was not asked; [server.webhooks] allow_networks lets it be"
                ),
            );
        }
        PostFailure::Name => "correct the name in public_url, or its entry in the DNS",
        PostFailure::Connect => {
            "start switchboard serve, and check the certificate and the firewall"
        }
        PostFailure::Timeout => "check the firewall, and that switchboard serve is running",
        _ => "check what listens there",
    };
    let message =
        format!("{address} is not reached ({}): providers' news is lost", failure.as_str());
    Finding::problem(CHECK, message, fix)
}

/// Our server answers a GET of a webhook's address with a problem of its own.
fn is_ours(status: u16, body: &[u8]) -> bool {
    let body: Option<Value> = serde_json::from_slice(body).ok();
    status == 405
        && body.is_some_and(|body| body["code"] == "method_not_allowed" && body["type"].is_string())
}

#[cfg(test)]
mod tests {
    use switchboard_api::{Code, Problem};

    use super::is_ours;

    #[test]
    fn our_own_answer_is_known_and_no_other() {
        let problem = Problem::new(Code::MethodNotAllowed, "the path does not have this method");
        let body = problem.to_json(None, None).to_string();
        assert!(is_ours(405, body.as_bytes()));
        assert!(!is_ours(404, body.as_bytes()));
        assert!(!is_ours(405, b"<html>405 Not Allowed</html>"));
        assert!(!is_ours(405, br#"{"error": "method not allowed"}"#));
    }
}

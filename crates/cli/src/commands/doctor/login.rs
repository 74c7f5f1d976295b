//! The tokens of an account that is logged in to.

use switchboard::{
    Config,
    core::Finding,
    jiff::{SignedDuration, Timestamp},
    process_environment,
};

const CHECK: &str = "credential";

/// A token that cannot be renewed and ends within this time is a warning.
const SOON: SignedDuration = SignedDuration::from_hours(24);

/// The scope without which no call can be placed.
const PLACE: &str = "calls:write";

/// What is known of the login of an account without a key of its own.
pub(super) async fn check(config: &Config, name: &str, now: Timestamp) -> Vec<Finding> {
    let Ok(sign_in) = config.sign_in(name, process_environment) else {
        return Vec::new();
    };
    let (saved, kept) = match sign_in.kept().await {
        Ok(Some(found)) => found,
        Ok(None) => {
            return vec![Finding::problem(
                CHECK,
                "nobody is logged in",
                format!("log in with switchboard login {name}"),
            )];
        }
        Err(error) => {
            return vec![Finding::problem(
                CHECK,
                format!("the tokens cannot be read ({})", error.message()),
                format!("log in again with switchboard login {name}"),
            )];
        }
    };
    let mut findings = vec![Finding::ok(CHECK, format!("the tokens are in {kept}"))];
    let renewable = saved.tokens.refresh.is_some();
    findings.extend(saved.tokens.expires_at.map(|at| expiry(name, at, renewable, now)));
    findings.push(match saved.scope.as_deref() {
        Some(scope) if scope.split(' ').any(|one| one == PLACE) => {
            Finding::ok(CHECK, format!("it may place calls; its scopes are {scope}"))
        }
        Some(scope) => Finding::problem(
            CHECK,
            format!("it may not place calls: its scopes are {scope}"),
            format!("log in again with switchboard login {name}, and grant {PLACE}"),
        ),
        None => Finding::note(CHECK, "its scopes were not shown when somebody logged in"),
    });
    findings
}

fn expiry(name: &str, at: Timestamp, renewable: bool, now: Timestamp) -> Finding {
    let fix = format!("log in again with switchboard login {name}");
    match (renewable, at.duration_since(now)) {
        (true, _) => Finding::ok(CHECK, format!("the token is good until {at:.0}, and is renewed")),
        (false, left) if !left.is_positive() => {
            Finding::problem(CHECK, format!("the token expired at {at:.0}"), fix)
        }
        (false, left) if left < SOON => Finding::warning(
            CHECK,
            format!("the token expires at {at:.0}, and nothing renews it"),
            fix,
        ),
        (false, _) => {
            Finding::note(CHECK, format!("the token is good until {at:.0}, and nothing renews it"))
        }
    }
}

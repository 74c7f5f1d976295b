//! What accounts have in common.

use switchboard::{Policy, core::Finding, router::ProviderPolicy};

use super::report::Section;

const CHECK: &str = "failover";

pub(super) fn check(policy: &Policy) -> Section {
    let enabled: Vec<&ProviderPolicy> = policy.providers.iter().filter(|one| one.enabled).collect();
    let mut findings = Vec::new();
    for (at, one) in enabled.iter().enumerate() {
        for other in &enabled[at + 1..] {
            let shared = one.info.failure_domains.shared_with(&other.info.failure_domains);
            if !shared.is_empty() {
                findings.push(Finding::note(
                    CHECK,
                    format!(
                        "{} and {} both depend on {}, and are no backup for each other",
                        one.info.id,
                        other.info.id,
                        shared.join(" and ")
                    ),
                ));
            }
        }
    }
    match enabled.len() {
        0 => findings.push(Finding::problem(
            CHECK,
            "no account is switched on, so no call can be placed",
            "switch one on in the configuration",
        )),
        1 => findings.push(Finding::note(CHECK, "there is one account, so no other can step in")),
        more if findings.is_empty() => {
            findings
                .push(Finding::ok(CHECK, format!("the {more} accounts share no failure domain")));
        }
        _ => {}
    }
    Section::new("accounts together", findings)
}

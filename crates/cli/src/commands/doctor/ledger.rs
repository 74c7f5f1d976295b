//! The ledger and its number lists.

use std::time::Duration;

use switchboard::{
    Error, ErrorKind,
    core::Finding,
    jiff::SignedDuration,
    journal::{ListCache, ListHead},
    ledger::Look,
    process_environment,
};

use super::{report::Section, subject::Setup};

/// How long the ledger is searched for damage.
const PATIENCE: Duration = Duration::from_secs(20);

const CHECK: &str = "ledger";
const LISTS: &str = "number lists";

pub(super) async fn check(setup: &Setup) -> Section {
    let mut findings = Vec::new();
    match setup.config.look_at_ledger(PATIENCE, process_environment).await {
        Ok(Some(look)) => {
            findings.extend(seen(&look, setup));
            if look.schema == look.newest {
                findings.extend(lists(setup).await);
            }
        }
        Ok(None) => findings.push(Finding::note(
            CHECK,
            format!("{} is not there yet: the first call makes it", place(setup)),
        )),
        Err(error) => findings.push(failed(&error)),
    }
    Section::new("ledger", findings)
}

fn place(setup: &Setup) -> String {
    let file = setup.config.ledger_file();
    file.map_or_else(|| "the database".to_owned(), |file| file.display().to_string())
}

fn failed(error: &Error) -> Finding {
    let fix = match error.kind() {
        ErrorKind::Timeout => "look at what else uses its disk or server, and try again",
        ErrorKind::Configuration => "correct [ledger] or the file",
        _ => "look at its disk or server, and restore a backup if it is damaged",
    };
    Finding::problem(CHECK, format!("it cannot be opened ({})", error.message()), fix)
}

fn seen(look: &Look, setup: &Setup) -> Vec<Finding> {
    let mut findings = Vec::new();
    let schema = format!("{} has the schema {}", place(setup), look.schema);
    findings.push(match look.schema.cmp(&look.newest) {
        std::cmp::Ordering::Equal => Finding::ok("schema", format!("{schema}, the newest")),
        std::cmp::Ordering::Less => Finding::warning(
            "schema",
            format!("{schema}, and the next command that opens it brings it to {}", look.newest),
            "back it up and stop processes of an earlier version first",
        ),
        std::cmp::Ordering::Greater => Finding::problem(
            "schema",
            format!("{schema}, and this version knows {} at most", look.newest),
            "start the newer version that made it",
        ),
    });
    if setup.config.ledger_file().is_some() {
        findings.push(damage(look));
    }
    findings.push(match look.processes {
        Some(0) => Finding::ok("lock", "it can be written, and no process has it open"),
        Some(1) => Finding::ok("lock", "it can be written, and 1 process has it open"),
        Some(more) => {
            Finding::ok("lock", format!("it can be written, and {more} processes have it open"))
        }
        None => Finding::problem(
            "lock",
            "another process kept it from being written for 2 s",
            "end that process if it hangs: calls wait for it",
        ),
    });
    findings
}

fn damage(look: &Look) -> Finding {
    if !look.damage.is_empty() {
        return Finding::problem(
            "damage",
            format!("its file is damaged ({})", look.damage.join("; ")),
            "stop placing calls and restore a backup",
        );
    }
    if look.is_whole {
        Finding::ok("damage", "its file is sound; switchboard ledger check compares its contents")
    } else {
        let seconds = PATIENCE.as_secs();
        let message = format!(
            "its file is too large to search in {seconds} s: switchboard ledger check takes its time"
        );
        Finding::note("damage", message)
    }
}

async fn lists(setup: &Setup) -> Vec<Finding> {
    let heads = async {
        let Some(ledger) = setup.config.open_ledger(process_environment).await? else {
            return Ok(Vec::new());
        };
        let store = ledger.journal();
        let cache = ListCache::new(&*store);
        cache.refresh(&*store).await?;
        Ok::<_, Error>(cache.heads())
    };
    let heads = match heads.await {
        Ok(heads) => heads,
        Err(error) => return vec![failed(&error)],
    };
    let mut findings: Vec<Finding> = heads.iter().map(|head| age(head, setup)).collect();
    let has = |name: &&str| heads.iter().any(|head| head.name.as_str() == *name);
    let missing: Vec<&str> = setup.tables.lists().into_iter().filter(|name| !has(name)).collect();
    if setup.policy.rules.off.is_none() && !missing.is_empty() {
        findings.push(Finding::note(
            LISTS,
            format!(
                "rules ask for these, which were never imported: {}. Where such a rule holds, its calls are stopped",
                missing.join(", ")
            ),
        ));
    }
    findings
}

fn age(head: &ListHead, setup: &Setup) -> Finding {
    let age = setup.clock.now().duration_since(head.as_of);
    let days = |span: SignedDuration| span.as_hours().max(0) / 24;
    let name = head.name.as_str();
    let shown = format!("{name} is {} days old", days(age));
    match setup.tables.list_max_age(name) {
        Some(most) if age > most => Finding::warning(
            LISTS,
            format!("{shown}, and a rule takes it for at most {} days", days(most)),
            format!("import a newer one with switchboard lists import FILE --name {name}"),
        ),
        Some(most) => Finding::ok(LISTS, format!("{shown}; rules take it for {} days", days(most))),
        None => Finding::ok(LISTS, format!("{shown}; no rule limits its age")),
    }
}

//! `switchboard people`: who must not be called, who consented, and what is known of a person.
//!
//! | file | purpose |
//! |---|---|
//! | `show.rs` | what is known of a person, as a table |

mod show;

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::json;
use switchboard::{Ledger, PhoneNumber, SystemClock, TenantId, core::PhoneNumberError};
use switchboard_api::{
    PeopleAdmin,
    caller::Caller,
    wire::{Consent, OptOutPerson, OptOutState, RecordConsent, ShowPerson, TakeBackOptOut},
};

use crate::{
    cli::{Common, ConsentArgs, OptOutArgs, PeopleArgs, PeopleCommand, TakeBackArgs},
    exit::Exit,
    failure::{Failure, Outcome},
    output::Output,
    setup,
};

pub(crate) async fn run(common: &Common, args: PeopleArgs, output: Output) -> Outcome {
    let file = args.ledger.as_deref();
    let who = match &args.command {
        // Nothing is decided.
        PeopleCommand::Show { .. } => "people show".to_owned(),
        _ => setup::operator(args.by)?,
    };
    let caller = Caller::of_the_ledger(who, Timestamp::now());
    // Arguments are checked before the ledger is opened.
    let person = number(match &args.command {
        PeopleCommand::OptOut(args) => &args.number,
        PeopleCommand::Consent(args) => &args.number,
        PeopleCommand::Show { number } => number,
        PeopleCommand::TakeBack(args) => &args.number,
    })?;
    let ledger = match &args.command {
        // Both may come before the first call.
        PeopleCommand::OptOut(_) | PeopleCommand::Consent(_) => {
            setup::ledger_or_new(common, file).await?
        }
        PeopleCommand::Show { .. } | PeopleCommand::TakeBack(_) => {
            setup::ledger(common, file).await?.0
        }
    };
    let admin = admin(&ledger);
    match args.command {
        PeopleCommand::OptOut(args) => {
            let state = admin.opt_out(caller.allowed()?, &opt_out(&person, args)).await?;
            opted_out(&person, state, output);
        }
        PeopleCommand::TakeBack(args) => {
            let state = admin.take_back(caller.allowed()?, &take_back(&person, args)).await?;
            if output.json {
                output.object(&state);
            } else {
                output.line(format!(
                    "{} may be called again, where the rules allow it; consents stay withdrawn",
                    person.masked()
                ));
            }
        }
        PeopleCommand::Consent(args) => {
            let record = admin.add_consent(caller.allowed()?, &consent(&person, *args)).await?;
            if output.json {
                output.object(&record);
            } else {
                output.line(format!(
                    "recorded the consent {} of {} to calls of the tenant {}",
                    record.id,
                    person.masked(),
                    record.tenant
                ));
            }
            if record.at.is_none() {
                output.note("without --at, rules that limit the age of consent do not count it");
            }
            let opted_out = admin.show(caller.allowed()?, &whom(&person)).await?.opted_out_at;
            if let Some(at) = opted_out {
                output.note(format!(
                    "warning: they do not want to be called, since {:.0}: the consent lifts no opt-out",
                    at.0
                ));
            }
        }
        PeopleCommand::Show { .. } => {
            let known = admin.show(caller.allowed()?, &whom(&person)).await?;
            show::person(&person, &known, output);
        }
    }
    Ok(Exit::Done)
}

fn admin(ledger: &Ledger) -> PeopleAdmin {
    let named = ledger.clone();
    PeopleAdmin::new(ledger.journal(), ledger.server(), Arc::new(SystemClock), move |person| {
        named.tag(person)
    })
}

fn number(text: &str) -> Outcome<PhoneNumber> {
    PhoneNumber::parse(text)
        .map_err(|error: PhoneNumberError| Failure::input("NUMBER", error.to_string()))
}

fn whom(person: &PhoneNumber) -> ShowPerson {
    ShowPerson { to: person.e164().to_owned() }
}

fn opt_out(person: &PhoneNumber, args: OptOutArgs) -> OptOutPerson {
    OptOutPerson {
        to: person.e164().to_owned(),
        how: args.how.into(),
        at: args.at.map(|at| at.to_string()),
        note: args.note,
    }
}

fn take_back(person: &PhoneNumber, args: TakeBackArgs) -> TakeBackOptOut {
    TakeBackOptOut {
        to: person.e164().to_owned(),
        words: args.words,
        at: args.at.map(|at| at.to_string()),
    }
}

fn consent(person: &PhoneNumber, args: ConsentArgs) -> RecordConsent {
    let text = |at: Option<Timestamp>| at.map(|at| at.to_string());
    RecordConsent {
        to: person.e164().to_owned(),
        tenant: Some(args.tenant.unwrap_or_else(|| TenantId::default().as_str().to_owned())),
        consent: Consent {
            kind: args.kind.into(),
            at: text(args.at),
            words: args.words,
            channel: args.channel,
            seller: args.seller,
            purpose: args.purpose.map(Into::into),
            hours: args.hours,
            expires_at: text(args.expires_at),
        },
        source: args.source,
    }
}

fn opted_out(person: &PhoneNumber, state: OptOutState, output: Output) {
    if output.json {
        output.object(&json!({
            "opted_out_at": state.opted_out_at,
            "changed": state.changed,
        }));
        return;
    }
    let masked = person.masked();
    match state.opted_out_at.filter(|_| !state.changed) {
        Some(since) => output.line(format!(
            "{masked} had opted out already, since {:.0}; this is recorded as well",
            since.0
        )),
        None => output.line(format!(
            "{masked} is not called any more, for any tenant; their consents are withdrawn"
        )),
    }
}

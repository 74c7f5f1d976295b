//! `switchboard numbers`: the accounts' phone numbers.

use std::sync::Arc;

use switchboard::{
    AgentId, PhoneNumber, Provider, Switchboard,
    core::{Error, ErrorKind, NumberChoice, NumberSearch, Numbers, OwnedNumber},
};

use crate::{
    cli::{Common, NumbersArgs, NumbersCommand},
    exit::Exit,
    failure::{Failure, Outcome},
    output::{Output, or_dash},
    setup,
};

pub(crate) async fn run(common: &Common, args: NumbersArgs, output: Output) -> Outcome {
    // Arguments are checked before the configuration is read.
    let request = Request::of(args.command)?;
    let switchboard = setup::open(common)?;
    let named = args.provider.as_deref();
    match request {
        Request::List => {
            let answers =
                setup::ask(&setup::providers(&switchboard, named)?, |provider| async move {
                    match provider.numbers() {
                        Some(numbers) => numbers.list().await,
                        None => Ok(Vec::new()),
                    }
                })
                .await;
            Ok(answers.show(
                common,
                output,
                "numbers",
                &["provider", "number", "id", "agent", "since"],
                row,
            ))
        }
        Request::Available(search) => {
            let answers = setup::ask(&setup::providers(&switchboard, named)?, |provider| {
                let search = search.clone();
                async move {
                    match provider.numbers() {
                        Some(numbers) => numbers.available(&search).await,
                        None => Ok(Vec::new()),
                    }
                }
            })
            .await;
            Ok(answers.show(
                common,
                output,
                "numbers",
                &["provider", "number", "id", "agent", "since"],
                row,
            ))
        }
        Request::Rent(choice) => {
            let provider = single_provider(&switchboard, named)?;
            let number = numbers_of(&*provider)?.rent(&choice).await?;
            print(&number, output);
            Ok(Exit::Done)
        }
        Request::Release(which) => {
            let provider = single_provider(&switchboard, named)?;
            let numbers = numbers_of(&*provider)?;
            let number = owned(numbers, &which).await?;
            numbers.release(&number).await?;
            print(&number, output);
            Ok(Exit::Done)
        }
    }
}

/// The command with its arguments checked.
enum Request {
    List,
    Available(NumberSearch),
    Rent(NumberChoice),
    Release(String),
}

impl Request {
    fn of(command: NumbersCommand) -> Outcome<Self> {
        let confirmed = |yes: bool, what: &'static str| {
            if yes {
                Ok(())
            } else {
                Err(Failure::input("--yes", format!("is missing: {what}; add --yes to confirm")))
            }
        };
        Ok(match command {
            NumbersCommand::List => Request::List,
            NumbersCommand::Available { country, area_code, limit } => {
                Request::Available(NumberSearch {
                    country: Some(country),
                    area_code,
                    limit: Some(limit),
                })
            }
            NumbersCommand::Rent { number, agent, country, area_code, yes } => {
                let choice = match (number, country) {
                    (Some(text), _) => {
                        let number = PhoneNumber::parse(&text)
                            .map_err(|error| Failure::input("--number", error.to_string()))?;
                        NumberChoice::Number { number, agent: agent.map(AgentId::from) }
                    }
                    (None, Some(country)) => NumberChoice::Any { country, area_code },
                    (None, None) => {
                        return Err(Failure::input(
                            "--number",
                            "is missing: give --number or --country",
                        ));
                    }
                };
                confirmed(yes, "renting a number costs money")?;
                Request::Rent(choice)
            }
            NumbersCommand::Release { number, yes } => {
                confirmed(yes, "a released number cannot be taken back")?;
                Request::Release(number)
            }
        })
    }
}

/// The provider whose numbers are changed; exactly one must be meant.
fn single_provider(switchboard: &Switchboard, named: Option<&str>) -> Outcome<Arc<dyn Provider>> {
    let mut found = setup::providers(switchboard, named)?;
    match (found.pop(), found.is_empty()) {
        (Some(only), true) => Ok(only),
        (_, _) => Err(Failure::input("--provider", "is missing: name the provider")),
    }
}

fn numbers_of(provider: &dyn Provider) -> Outcome<&dyn Numbers> {
    provider.numbers().ok_or_else(|| {
        Error::new(ErrorKind::Unsupported, "this provider does not rent numbers")
            .with_provider(provider.info().id.clone())
            .into()
    })
}

/// Finds one of the account's numbers, by the number or by the provider's id.
async fn owned(numbers: &dyn Numbers, which: &str) -> Outcome<OwnedNumber> {
    let number = PhoneNumber::parse(which).ok();
    let found = numbers.list().await?.into_iter().find(|one| {
        (number.is_some() && one.number == number)
            || one.id.as_ref().is_some_and(|id| id.as_str() == which)
    });
    found.ok_or_else(|| {
        Failure::input("number", "does not belong to this account: see `switchboard numbers list`")
    })
}

fn row(number: &OwnedNumber) -> Vec<String> {
    vec![
        number.provider.to_string(),
        or_dash(number.number.as_ref().map(|number| number.e164())),
        or_dash(number.id.as_ref()),
        or_dash(number.agent.as_ref()),
        or_dash(number.created_at),
    ]
}

fn print(number: &OwnedNumber, output: Output) {
    if output.json {
        output.object(number);
    } else {
        output.table(&["provider", "number", "id", "agent", "since"], [row(number)]);
    }
}

//! `switchboard numbers`: the telephone numbers that agents call from and answer.

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
    // What is wrong with the arguments comes before what is missing in the configuration.
    let wanted = Wanted::of(args.command)?;
    let switchboard = setup::open(common)?;
    let named = args.provider.as_deref();
    match wanted {
        Wanted::List => {
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
        Wanted::Available(search) => {
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
        Wanted::Rent(choice) => {
            let provider = the_one(&switchboard, named)?;
            let number = numbers_of(&*provider)?.rent(&choice).await?;
            print(&number, output);
            Ok(Exit::Done)
        }
        Wanted::Release(which) => {
            let provider = the_one(&switchboard, named)?;
            let numbers = numbers_of(&*provider)?;
            let number = owned(numbers, &which).await?;
            numbers.release(&number).await?;
            print(&number, output);
            Ok(Exit::Done)
        }
    }
}

/// What is wanted, with every argument checked.
enum Wanted {
    List,
    Available(NumberSearch),
    Rent(NumberChoice),
    Release(String),
}

impl Wanted {
    fn of(command: NumbersCommand) -> Outcome<Self> {
        let sure = |yes: bool, what: &'static str| {
            if yes {
                Ok(())
            } else {
                Err(Failure::input("--yes", format!("is missing: {what}; say --yes to do it")))
            }
        };
        Ok(match command {
            NumbersCommand::List => Wanted::List,
            NumbersCommand::Available { country, area_code, limit } => {
                Wanted::Available(NumberSearch {
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
                sure(yes, "renting a number costs money")?;
                Wanted::Rent(choice)
            }
            NumbersCommand::Release { number, yes } => {
                sure(yes, "a number that is given back is gone")?;
                Wanted::Release(number)
            }
        })
    }
}

/// The one provider that something is to be changed at.
fn the_one(switchboard: &Switchboard, named: Option<&str>) -> Outcome<Arc<dyn Provider>> {
    let mut found = setup::providers(switchboard, named)?;
    match (found.pop(), found.is_empty()) {
        (Some(only), true) => Ok(only),
        (_, _) => Err(Failure::input(
            "--provider",
            "is missing: name the provider whose numbers are to be changed",
        )),
    }
}

fn numbers_of(provider: &dyn Provider) -> Outcome<&dyn Numbers> {
    provider.numbers().ok_or_else(|| {
        Error::new(ErrorKind::Unsupported, "this provider rents no numbers")
            .with_provider(provider.info().id.clone())
            .into()
    })
}

/// The account's number of this text: the number itself, or the provider's id of it.
async fn owned(numbers: &dyn Numbers, which: &str) -> Outcome<OwnedNumber> {
    let number = PhoneNumber::parse(which).ok();
    let found = numbers.list().await?.into_iter().find(|one| {
        (number.is_some() && one.number == number)
            || one.id.as_ref().is_some_and(|id| id.as_str() == which)
    });
    found.ok_or_else(|| {
        Failure::input("number", "is none of this account: see `switchboard numbers list`")
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

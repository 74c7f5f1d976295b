//! `switchboard deck`: checks, exports and explains rate decks. It sends nothing and needs no
//! credential.

mod check;
mod export;
mod layout;
mod show;

use switchboard::{Policy, core::Destination, router::ProviderPolicy};

use crate::{
    cli::{Common, DeckArgs, DeckCommand},
    failure::{Failure, Outcome},
    output::Output,
    setup,
};

pub(crate) fn run(common: &Common, args: DeckArgs, output: Output) -> Outcome {
    match args.command {
        DeckCommand::Check { file, layout } => {
            check::run(&file, &layout::of_file(&layout)?, output)
        }
        DeckCommand::Export { provider, deck, out, layout } => {
            let mut config = setup::read(common)?;
            layout::apply(&mut config, &provider, deck.as_deref(), &layout)?;
            export::run(&config, &provider, deck.as_deref(), out.as_deref(), output)
        }
        DeckCommand::Show(args) => {
            let mut config = setup::read(common)?;
            layout::apply(&mut config, &args.provider, None, &args.layout)?;
            show::run(&config, &args, output)
        }
    }
}

/// The account's policy, with its prices.
fn account<'a>(policy: &'a Policy, name: &str) -> Outcome<&'a ProviderPolicy> {
    let found = policy.providers.iter().find(|one| one.info.id.as_str() == name);
    found.ok_or_else(|| {
        let known: Vec<&str> = policy.providers.iter().map(|one| one.info.id.as_str()).collect();
        Failure::input(
            "PROVIDER",
            format!("{name:?} is not in the configuration: name one of {}", known.join(", ")),
        )
    })
}

/// The prefix as decks write it.
fn prefix(destination: &Destination) -> String {
    match destination {
        Destination::Prefix(digits) => digits.clone(),
        Destination::Country(country) => country.to_string(),
        Destination::Everywhere => "*".to_owned(),
    }
}

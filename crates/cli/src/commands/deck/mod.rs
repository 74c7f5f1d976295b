//! `switchboard deck`: checks, exports and explains rate decks. It sends nothing and needs no
//! credential.

mod account;
mod check;
mod export;
mod layout;
mod prefix;
mod show;

use crate::{
    cli::{Common, DeckArgs, DeckCommand},
    failure::Outcome,
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

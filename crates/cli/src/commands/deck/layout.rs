//! `--layout` and `--map`: the layout of a deck's file.

use std::collections::BTreeMap;

use switchboard::{
    Config,
    config::{ColumnNames, DeckConfig},
    router::DeckLayout,
};

use crate::{
    cli::LayoutArgs,
    failure::{Failure, Outcome},
};

/// The layout of a file that is not in the configuration.
pub(super) fn of_file(args: &LayoutArgs) -> Outcome<DeckLayout> {
    let named = args.layout.as_deref().map(DeckLayout::named).transpose();
    let mut layout =
        named.map_err(|message| Failure::input("--layout", message))?.unwrap_or_default();
    for (column, name) in pairs(args)? {
        layout = layout.with(column, name).map_err(|message| Failure::input("--map", message))?;
    }
    Ok(layout)
}

/// Overrides the configured layout of an account's decks, or of the named one.
pub(super) fn apply(
    config: &mut Config,
    provider: &str,
    deck: Option<&str>,
    args: &LayoutArgs,
) -> Outcome<()> {
    if args.layout.is_none() && args.map.is_empty() {
        return Ok(());
    }
    // Checked here so that errors name the arguments, not the configuration keys.
    of_file(args)?;
    let mut map: BTreeMap<String, ColumnNames> = BTreeMap::new();
    for (column, name) in pairs(args)? {
        let names =
            map.entry(column.to_owned()).or_insert_with(|| ColumnNames::Several(Vec::new()));
        if let ColumnNames::Several(names) = names {
            names.push(name.to_owned());
        }
    }
    let asked =
        |one: &&mut DeckConfig| deck.is_none_or(|named| one.file.display().to_string() == named);
    let decks =
        config.providers.get_mut(provider).into_iter().flat_map(|account| &mut account.decks);
    for one in decks.filter(asked) {
        if args.layout.is_some() {
            one.layout.clone_from(&args.layout);
        }
        if !map.is_empty() {
            one.map.clone_from(&map);
        }
    }
    Ok(())
}

fn pairs(args: &LayoutArgs) -> Outcome<Vec<(&str, &str)>> {
    let missing_equals = |text: &str| {
        Failure::input("--map", format!("{text:?} has no =: write it like prefix=\"Dial Code\""))
    };
    args.map
        .iter()
        .map(|text| {
            let (column, name) = text.split_once('=').ok_or_else(|| missing_equals(text))?;
            Ok((column.trim(), name.trim()))
        })
        .collect()
}

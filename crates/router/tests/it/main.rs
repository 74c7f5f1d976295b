//! The choice of a provider: plans, strategies, rate decks, quality and experiments.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod choice;
mod deck;
mod deck_csv;
mod deck_layouts;
mod deck_rows;
mod experiment;
mod facts;
mod numbers;
mod plan;
mod plan_learned;
mod planned;
mod quality;
mod routes;
mod strategies;
mod strategy_pages;
mod support;

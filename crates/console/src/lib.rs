//! Switchboard's console: what a server does, in a browser.
//!
//! Pages are HTML of the server, below `/console`. They work without JavaScript, which adds live
//! updates. Each page calls the functions of [`switchboard_api::Service`] that the API calls, with
//! the scopes of the key that somebody signed in with. Numbers and words stay hidden until they are
//! asked for, and that is written down.
//!
//! | file | purpose |
//! |---|---|
//! | `settings.rs` | [`Settings`], [`SignIn`] |
//! | `console.rs` | what every page stands on |
//! | `site.rs` | [`router`]: the paths, and the headers of every answer |
//! | `cookies.rs`, `session.rs`, `visitor.rs` | who is signed in |
//! | `form.rs`, `fields.rs` | forms, which only this site may send |
//! | `frame.rs` | what every page has around it |
//! | `failure.rs` | problems as pages |
//! | `assets.rs` | styles and scripts, with their hash in the address |
//! | `text.rs`, `words.rs` | times, money, and the words for states |
//! | `figures.rs` | what the first page says of the last hour |
//! | `plot.rs` | plots as SVG |
//! | `pages/` | each page |

mod assets;
mod console;
mod cookies;
mod failure;
mod fields;
mod figures;
mod form;
mod frame;
mod pages;
mod plot;
mod session;
mod settings;
mod site;
mod text;
mod visitor;
mod words;

pub use settings::{Settings, SignIn};
pub use site::{PATH, router};

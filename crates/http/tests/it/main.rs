//! How requests are sent and what failures mean, over sockets.
//!
//! One program for all of them: each file is a module.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod guard;
mod machine;
mod network;
mod paging;
mod paths;
mod placing;
mod requests;
mod secrets;
mod shapes;
mod statuses;
mod support;
mod text;
mod tokens;

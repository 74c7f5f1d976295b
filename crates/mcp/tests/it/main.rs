//! The MCP server as clients see it: over HTTP and over streams, by the client of `rmcp` and by raw
//! requests.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod confirming;
mod hints;
mod issuer;
mod logged;
mod refusing;
mod streams;
mod support;
mod tokens;
mod tools;
mod transport;

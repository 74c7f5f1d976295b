//! Switchboard's MCP server: phone calls as tools for agents.
//!
//! It stands on the service layer of [`switchboard_api`]: each tool makes the checks that HTTP
//! makes, with the same keys, scopes and problems. What is its own is that **a person confirms each
//! call** before it is written down, unless the key says that they need not.
//!
//! | file | purpose |
//! |---|---|
//! | `server.rs` | [`McpServer`]: what the protocol asks of a server |
//! | `http.rs` | [`router`]: `POST /mcp`, without sessions |
//! | `stdio.rs` | [`serve`]: over a pair of streams, for an agent on this machine |
//! | `catalog.rs`, `schema.rs` | the tools: names, hints, and schemas made of the OpenAPI document |
//! | `arguments.rs` | from a tool's arguments to the API's requests |
//! | `tool/` | what each tool does |
//! | `confirm/` | asking a person, and the seal on what they were asked |
//! | `answer.rs` | results, and problems as an agent reads them |

mod answer;
mod arguments;
mod catalog;
mod confirm;
mod http;
mod schema;
mod server;
mod stdio;
mod tool;

pub use http::{PATH, router};
pub use server::McpServer;
pub use stdio::serve;

//! Clients of the HTTP API against the real server, `switchboard serve --simulated`.
//!
//! | file | contents |
//! |---|---|
//! | `server.rs` | the server as a process |
//! | `tools.rs` | running other programs, and saying that a test was skipped |
//! | `generated.rs` | the OpenAPI document in `clients/`, and what is generated from it |
//! | `python.rs`, `typescript.rs` | both clients' own tests, and their example programs |
//! | `readme.rs` | the lines for curl in the README |

mod generated;
mod python;
mod readme;
mod server;
mod tools;
mod typescript;

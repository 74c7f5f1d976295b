//! What the tests of every backend need: a server that gives the answers of a test, a receiver of
//! webhooks, orders to place, arbitrary JSON, secrets in every form, and a check that each request of
//! a typed client is documented.

mod documentation;
mod orders;
mod secrets;
mod server;
mod values;
mod webhook_target;

pub use documentation::{DocumentedRequest, documented_requests};
pub use orders::{order, order_for};
pub use secrets::{secret_forms, shown};
pub use server::{Asked, Server, cut_server};
pub use values::{any_json, any_object, cases, check_answer, field_names};
pub use webhook_target::WebhookTarget;

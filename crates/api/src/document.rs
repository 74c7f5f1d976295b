//! What the OpenAPI document says of every operation.

use url::Url;
use utoipa::{
    ToSchema,
    openapi::{
        ContentBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder, ServerBuilder,
        path::Operation,
    },
};

use crate::wire::ProblemBody;

/// The server of a document that is made without one.
const LOCAL: &str = "http://127.0.0.1:8080";

/// Adds what the operations do not say themselves: the server, and the problems that any operation
/// may answer with.
pub(crate) fn complete(mut document: OpenApi, public_url: Option<&Url>) -> OpenApi {
    let server = match public_url {
        Some(url) => ServerBuilder::new().url(url.as_str().trim_end_matches('/')),
        None => ServerBuilder::new()
            .url(LOCAL)
            .description(Some("A server on this machine that listens where it does by default.")),
    };
    document.servers = Some(vec![server.build()]);
    for item in document.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.post, &mut item.patch, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            add_common_problems(operation);
        }
    }
    document
}

/// The problems that any operation may answer with, where it does not describe them itself.
fn add_common_problems(operation: &mut Operation) {
    let is_open = operation.security.as_ref().is_some_and(|one| {
        serde_json::to_value(one).is_ok_and(|json| json == serde_json::json!([{}]))
    });
    let has_body = operation.request_body.is_some();
    let common: &[(&str, &str, bool)] = &[
        ("400", "The request is wrong: `invalid_request`, `unknown_field` and others.", true),
        ("401", "No valid key was sent.", !is_open),
        ("403", "The key may not do this.", !is_open),
        ("404", "There is no such thing, or it is another tenant's.", !is_open),
        ("408", "The body did not arrive in time.", has_body),
        ("413", "The body is too large.", has_body),
        ("415", "The body's `Content-Type` is not taken here.", has_body),
        ("429", "Too many requests.", !is_open),
        ("500", "Something failed here.", true),
        ("503", "The server cannot answer now.", !is_open),
    ];
    for (status, description, applies) in common {
        if *applies {
            operation
                .responses
                .responses
                .entry((*status).to_owned())
                .or_insert_with(|| RefOr::T(problem(description)));
        }
    }
}

fn problem(description: &str) -> Response {
    let schema = Ref::from_schema_name(ProblemBody::name());
    ResponseBuilder::new()
        .description(description)
        .content("application/problem+json", ContentBuilder::new().schema(Some(schema)).build())
        .build()
}

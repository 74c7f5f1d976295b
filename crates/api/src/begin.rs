//! What the OpenAPI document begins with.

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Components, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder,
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};

use crate::wire::ProblemBody;

const DESCRIPTION: &str = "Phone calls by voice agents over several providers. Every request \
needs an API key, except this document and the pages of problems. Errors are problems as in \
RFC 9457, with a `code`. Closed enums do not grow within version 1; codes, types and reasons that \
are plain strings may, and clients have to accept what they do not know.";

/// An SPDX expression.
const LICENSE: &str = env!("CARGO_PKG_LICENSE");

/// What the document begins with, before any operation.
pub(crate) fn begin() -> OpenApi {
    let mut components = Components::new();
    components.add_security_scheme(
        "key",
        SecurityScheme::Http(
            Http::builder()
                .scheme(HttpAuthScheme::Bearer)
                .description(Some("An API key, `sb_…`. Each operation names the scope it needs."))
                .build(),
        ),
    );
    components.schemas.insert(ProblemBody::name().into_owned(), ProblemBody::schema());
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Switchboard")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(DESCRIPTION))
                .license(Some(
                    LicenseBuilder::new().name(LICENSE).identifier(Some(LICENSE)).build(),
                ))
                .build(),
        )
        .components(Some(components))
        .build()
}

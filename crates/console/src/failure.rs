//! Problems as pages: what happened, and what did not.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;
use switchboard_api::{Code, problem::Problem};

use crate::{
    assets::{ASSETS, Assets},
    cookies::Theme,
};

/// A page that cannot be shown, or a form that was not carried out.
#[derive(Debug, Clone)]
pub(crate) struct Failure(Problem);

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

#[derive(Template)]
#[template(path = "failure.html")]
struct Page<'a> {
    theme: Theme,
    assets: &'static Assets,
    title: &'a str,
    status: u16,
    code: &'static str,
    field: Option<&'a str>,
    detail: &'a str,
    fix: Option<&'a str>,
    explained: &'static str,
    after: &'static str,
    request: &'a str,
}

impl Failure {
    /// The page. `wrote` says whether the request was meant to change something.
    pub(crate) fn page(&self, theme: Theme, wrote: bool, request: &str) -> Response {
        let problem = &self.0;
        let in_doubt = matches!(problem.code(), Code::Internal | Code::JournalUnavailable);
        let page = Page {
            theme,
            assets: &ASSETS,
            title: problem.code().title(),
            status: problem.status().as_u16(),
            code: problem.code().as_str(),
            field: problem.wrong_field(),
            detail: problem.detail(),
            fix: problem.how_to_fix(),
            explained: problem.code().page(),
            after: match (wrote, in_doubt) {
                (false, _) => "",
                (true, false) => "Nothing was changed, and nobody was called because of this.",
                (true, true) => {
                    "It is not known whether it was carried out. Look at the page again before you repeat it."
                }
            },
            request,
        };
        (problem.status(), Html(page.render().unwrap_or_default())).into_response()
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        // The outermost layer makes the page: it knows how it is to look.
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        *response.status_mut() = self.0.status();
        response.extensions_mut().insert(self);
        response
    }
}

/// A page as an answer.
pub(crate) fn page(template: &impl Template) -> Result<Response, Failure> {
    let text = template
        .render()
        .map_err(|_| Problem::new(Code::Internal, "the page could not be made"))?;
    Ok(Html(text).into_response())
}

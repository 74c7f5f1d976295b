//! `/llms.txt`: what a program that reads text has to know of this server, by the convention of
//! llmstxt.org. It needs no key: it says nothing that is not public.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::header;

use crate::console::Console;

const TEXT: &str = include_str!("../../assets/llms.txt");

pub(crate) async fn show(State(console): State<Console>) -> Response {
    let url = console.service().public_url().as_str().trim_end_matches('/');
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (headers, TEXT.replace("<url>", url)).into_response()
}

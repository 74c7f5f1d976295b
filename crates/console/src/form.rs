//! Forms. A form is accepted only if this site sent it: the browser says so, and it has the token
//! of the session.

use axum::{
    body::Bytes,
    extract::{FromRequest, Multipart, Request},
};
use http::{HeaderMap, header, request::Parts};
use switchboard_api::{
    Code,
    problem::{Problem, Result},
    surface::{LARGEST_BODY, read_body},
};
use url::{Host, Url};

use crate::{console::Console, failure::Failure, fields::Fields, session};

/// The name of the field with the session's token.
const TOKEN: &str = "token";
/// The largest table that may be sent with a form, and some room for its other fields.
pub(crate) const LARGEST_UPLOAD: usize = 1024 * 1024 + 16 * 1024;

/// A form of somebody who is signed in.
#[derive(Debug)]
pub(crate) struct Form(pub(crate) Fields);

/// A form of somebody who is not signed in yet.
#[derive(Debug)]
pub(crate) struct OpenForm(pub(crate) Fields);

/// A form with a file.
#[derive(Debug)]
pub(crate) struct Upload {
    pub(crate) fields: Fields,
    /// The content of the file that was chosen; empty if none was.
    pub(crate) file: Bytes,
}

impl FromRequest<Console> for OpenForm {
    type Rejection = Failure;

    async fn from_request(request: Request, console: &Console) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        from_here(&parts.headers, console.service().public_url())?;
        let body = read_body(console.service(), &parts, body, LARGEST_BODY).await?;
        Ok(Self(Fields::read(&body)))
    }
}

impl FromRequest<Console> for Form {
    type Rejection = Failure;

    async fn from_request(request: Request, console: &Console) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        from_here(&parts.headers, console.service().public_url())?;
        let body = read_body(console.service(), &parts, body, LARGEST_BODY).await?;
        let fields = Fields::read(&body);
        has_token(console, &parts, &fields)?;
        Ok(Self(fields))
    }
}

impl FromRequest<Console> for Upload {
    type Rejection = Failure;

    async fn from_request(request: Request, console: &Console) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        from_here(&parts.headers, console.service().public_url())?;
        let body = read_body(console.service(), &parts, body, LARGEST_UPLOAD).await?;
        let unreadable = || Problem::new(Code::InvalidRequest, "the form could not be read");
        let whole = Request::from_parts(parts.clone(), body.into());
        let mut form = Multipart::from_request(whole, console).await.map_err(|_| unreadable())?;
        let (mut fields, mut file) = (Fields::default(), Bytes::new());
        while let Some(field) = form.next_field().await.map_err(|_| unreadable())? {
            let name = field.name().unwrap_or_default().to_owned();
            if field.file_name().is_some() {
                file = field.bytes().await.map_err(|_| unreadable())?;
            } else {
                fields.add(name, field.text().await.map_err(|_| unreadable())?);
            }
        }
        has_token(console, &parts, &fields)?;
        Ok(Self { fields, file })
    }
}

fn refused(detail: &'static str) -> Problem {
    Problem::new(Code::Csrf, detail).fix("open the page again, and send the form from there")
}

/// Refuses a form that another site sent. Browsers that do not say from where a form comes send at
/// least their origin.
fn from_here(headers: &HeaderMap, public_url: &Url) -> Result<()> {
    let site = headers.get("sec-fetch-site").map(|value| value.as_bytes());
    let origin = headers.get(header::ORIGIN).and_then(|value| value.to_str().ok());
    if site.is_some_and(|site| site != b"same-origin") {
        return Err(refused("the form was sent by another site"));
    }
    match origin {
        Some(origin) if is_ours(origin, public_url) => Ok(()),
        Some(_) => Err(refused("the form was sent from another address than the server's")),
        None if site.is_some() => Ok(()),
        None => Err(refused("the browser does not say from where the form was sent")),
    }
}

/// A server on this machine has several names.
fn is_ours(origin: &str, public_url: &Url) -> bool {
    let Ok(origin) = Url::parse(origin) else { return false };
    if origin.origin() == public_url.origin() {
        return true;
    }
    let same = origin.scheme() == public_url.scheme()
        && origin.port_or_known_default() == public_url.port_or_known_default();
    same && is_here(&origin) && is_here(public_url)
}

fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn has_token(console: &Console, parts: &Parts, fields: &Fields) -> Result<()> {
    if session::is_form_token(console, parts, fields.shown(TOKEN))? {
        return Ok(());
    }
    Err(refused("the form does not have the token of this session"))
}

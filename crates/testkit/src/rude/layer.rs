//! A layer in front of a simulator that replaces or corrupts its responses.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::middleware::{self, Next};
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderValue, Request, StatusCode, header, request::Parts};
use parking_lot::Mutex;
use serde_json::{Value, json};

use super::asked::{Asked, KALLYAI};
use super::bills::{self, Bill};
use super::corrupt::{adorn, another, escape, unreadable};
use super::lists::{self, Kind, List, Of};
use super::rudeness::Rudeness;
use super::words::{NO, OWNED, groups, paint, spelled};
use crate::fault::Envelope;
use crate::host::{Host, Params, Surface, Timeline, encode};

/// Adds the layer to the routes of a simulator.
pub(crate) fn over(routes: Router, rudeness: Rudeness, host: &Host) -> Router {
    let rude =
        Rude { rudeness, surface: host.surface, timeline: host.timeline, state: Mutex::default() };
    // Outside of the routes, because the layer may change the path of a request.
    Router::new()
        .fallback_service(routes)
        .layer(middleware::from_fn_with_state(Arc::new(rude), answer))
}

struct Rude {
    rudeness: Rudeness,
    surface: Surface,
    timeline: Timeline,
    state: Mutex<Memory>,
}

/// State that is kept between requests.
#[derive(Default)]
struct Memory {
    /// The callee of the last placing request.
    callee: String,
    /// The simulator's id for each invented id.
    ids: BTreeMap<String, String>,
    lists: Vec<(Of, List)>,
}

async fn answer(State(rude): State<Arc<Rude>>, request: Request<Body>, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let params = Params::parse(parts.uri.query().unwrap_or_default());
    let asked = Asked::of(rude.surface, &parts, &params);
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return plain(StatusCode::BAD_REQUEST, Bytes::new());
    };
    let key = parts
        .headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default()
        .to_owned();
    if asked == Asked::Place {
        let sent: Value = serde_json::from_slice(&body).unwrap_or_default();
        let callee = sent.pointer(rude.surface.callee).and_then(Value::as_str).unwrap_or_default();
        callee.clone_into(&mut rude.state.lock().callee);
    }
    if let Some(answer) = rude.instead(&asked, &key, &params) {
        return answer;
    }
    if let Asked::Detail(id) = &asked {
        rude.unmask(id, &mut parts);
    }
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    rude.corrupt(&asked, &key, response).await
}

impl Rude {
    /// The response that replaces that of the simulator, if there is one.
    fn instead(&self, asked: &Asked, key: &str, params: &Params) -> Option<Response> {
        match asked {
            Asked::Place => self.refusal(key),
            Asked::List(of) => self.list(*of, params),
            Asked::Detail(id) => {
                let record = lists::record(id, self.timeline.timestamp())?;
                self.kind().map(|_| success(StatusCode::OK, &record))
            }
            Asked::Other => None,
        }
    }

    /// The response that replaces that of a placing request; `None` if the phone rings.
    fn refusal(&self, key: &str) -> Option<Response> {
        let callee = self.state.lock().callee.clone();
        let refused =
            |code: &str, message: &str| self.error(StatusCode::BAD_REQUEST, code, message);
        let told = format!("Bearer {key} may not do this, says {key}");
        Some(match self.rudeness {
            Rudeness::ComeAgainAtOnce => self.too_many(Some("0")),
            Rudeness::ComeAgainLongAgo => self.too_many(Some("Sun, 06 Nov 1994 08:49:37 GMT")),
            Rudeness::ComeAgainLongAgoRfc850 => {
                self.too_many(Some("Sunday, 06-Nov-94 08:49:37 GMT"))
            }
            Rudeness::ComeAgainLongAgoAsctime => self.too_many(Some("Sun Nov  6 08:49:37 1994")),
            Rudeness::ComeAgainSometime => self.too_many(None),
            Rudeness::SaysNoInSuccess => {
                success(StatusCode::OK, &json!({"success": false, "message": NO}))
            }
            Rudeness::ErrsInSuccess => {
                let body = self.surface.envelope.render(StatusCode::CREATED, "line_shut", NO, NO);
                success(StatusCode::CREATED, &body)
            }
            Rudeness::HtmlInSuccess => {
                let page =
                    format!("<!doctype html><html><body><h1>Sorry</h1><p>{NO}</p></body></html>");
                let mut response = plain(StatusCode::OK, Bytes::from(page));
                response
                    .headers_mut()
                    .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
                response
            }
            Rudeness::EchoesKeyInRefusal => plain(StatusCode::BAD_REQUEST, refused(key, &told)),
            Rudeness::EscapesKeyInRefusal => {
                plain(StatusCode::BAD_REQUEST, escape(&refused(key, &told), key))
            }
            Rudeness::KeyNotInUtf8InRefusal => {
                plain(StatusCode::BAD_REQUEST, unreadable(&refused("bad_request", &told)))
            }
            Rudeness::SpellsNumberInRefusal => {
                plain(StatusCode::BAD_REQUEST, refused(&groups(&callee, "|"), &spelled(&callee)))
            }
            Rudeness::PaintsInRefusal => {
                plain(StatusCode::BAD_REQUEST, refused(&paint(), &paint()))
            }
            Rudeness::PaysBack
            | Rudeness::ChargesAMillionfold
            | Rudeness::TellsOfAnother
            | Rudeness::NamesWithControls
            | Rudeness::EndlessList
            | Rudeness::SixtyThousandRows
            | Rudeness::OnePageOfEverything
            | Rudeness::EchoesKey
            | Rudeness::EscapesKey
            | Rudeness::KeyNotInUtf8
            | Rudeness::KeyAsId
            | Rudeness::SpellsNumber
            | Rudeness::NumberAsId
            | Rudeness::PaintsTerminal => return None,
        })
    }

    fn error(&self, status: StatusCode, code: &str, message: &str) -> Bytes {
        let envelope = if status == StatusCode::TOO_MANY_REQUESTS {
            Envelope::Plain
        } else {
            self.surface.envelope
        };
        Bytes::from(envelope.render(status, code, message, message).to_string())
    }

    fn too_many(&self, again: Option<&'static str>) -> Response {
        let status = StatusCode::TOO_MANY_REQUESTS;
        let mut response = plain(status, self.error(status, "rate_limited", "Too many requests"));
        if let Some(again) = again {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(again));
        }
        response
    }

    /// How the lists of this provider are too long, if they are.
    fn kind(&self) -> Option<Kind> {
        match self.rudeness {
            Rudeness::EndlessList => Some(Kind::Endless),
            Rudeness::SixtyThousandRows => Some(Kind::Many),
            Rudeness::OnePageOfEverything => Some(Kind::Whole),
            _ => None,
        }
    }

    fn list(&self, of: Of, params: &Params) -> Option<Response> {
        if self.rudeness == Rudeness::TellsOfAnother && of != Of::KaiCallsUsage {
            return Some(success(
                StatusCode::OK,
                &json!({"calls": [], "total": 0, "has_more": false}),
            ));
        }
        let kind = self.kind()?;
        let query = params.all();
        let mut state = self.state.lock();
        let place = state.lists.iter().position(|(known, _)| *known == of);
        let place = place.unwrap_or_else(|| {
            state.lists.push((of, List::new(kind, self.timeline.timestamp())));
            state.lists.len() - 1
        });
        let page = state.lists.get_mut(place)?.1.page(of, query);
        Some(success(StatusCode::OK, &page))
    }

    /// Replaces an invented id in the request by the simulator's id.
    fn unmask(&self, id: &str, parts: &mut Parts) {
        let Some(real) = self.state.lock().ids.get(id).cloned() else {
            return;
        };
        let path = self.surface.place_path;
        let target = if self.surface.provider == KALLYAI {
            format!("{path}/{}", encode(&real))
        } else {
            format!("{path}?id={}", encode(&real))
        };
        if let Ok(uri) = target.parse() {
            parts.uri = uri;
        }
    }

    /// Corrupts the response of the simulator.
    async fn corrupt(&self, asked: &Asked, key: &str, response: Response) -> Response {
        if !response.status().is_success() {
            return response;
        }
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
        let Ok(value) = serde_json::from_slice::<Value>(&body) else {
            return Response::from_parts(parts, Body::from(body));
        };
        if *asked == Asked::Place && self.kind().is_some() {
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            return plain(status, self.error(status, "internal_error", "An unexpected error"));
        }
        let value = self.changed(asked, key, value);
        let text = Bytes::from(value.to_string());
        let text = match (self.rudeness, asked) {
            (Rudeness::EscapesKey, _) => escape(&text, key),
            (Rudeness::KeyNotInUtf8, Asked::Place) => unreadable(&text),
            _ => text,
        };
        plain(parts.status, text)
    }

    fn changed(&self, asked: &Asked, key: &str, mut value: Value) -> Value {
        let about_a_call = *asked != Asked::Other;
        let callee = self.state.lock().callee.clone();
        match self.rudeness {
            Rudeness::PaysBack => bills::change(&mut value, Bill::Negative),
            Rudeness::ChargesAMillionfold => bills::change(&mut value, Bill::Millionfold),
            Rudeness::TellsOfAnother => another(asked, &mut value),
            Rudeness::NamesWithControls if about_a_call => {
                self.rename(&mut value, &|id| format!("{id}\t\r\n/../me\u{1b}]0;{OWNED}\u{7}"));
            }
            Rudeness::KeyAsId if about_a_call => {
                self.rename(&mut value, &|id| format!("{id}.{key}"))
            }
            Rudeness::NumberAsId if about_a_call => {
                self.rename(&mut value, &|id| format!("{}~{id}", groups(&callee, "·")));
            }
            Rudeness::EchoesKey | Rudeness::EscapesKey => {
                adorn(asked, &mut value, &format!("This was sent by {key}"), None)
            }
            Rudeness::KeyNotInUtf8 if *asked == Asked::Place => {
                adorn(asked, &mut value, &format!("This was sent by {key}"), None)
            }
            Rudeness::SpellsNumber => {
                let spelled = spelled(&callee);
                let status = format!("queued for {}", groups(&callee, ":"));
                adorn(asked, &mut value, &format!("Talked to {spelled}"), Some(&status));
            }
            Rudeness::PaintsTerminal => {
                adorn(asked, &mut value, &paint(), Some(&format!("queued{}", paint())))
            }
            _ => {}
        }
        value
    }

    /// Replaces the ids of calls and remembers the original ones.
    fn rename(&self, value: &mut Value, to: &dyn Fn(&str) -> String) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields.iter_mut() {
                    match value {
                        Value::String(id) if matches!(name.as_str(), "id" | "call_id") => {
                            let made_up = to(id);
                            self.state.lock().ids.insert(made_up.clone(), id.clone());
                            *id = made_up;
                        }
                        Value::Object(_) | Value::Array(_) => self.rename(value, to),
                        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
                    }
                }
            }
            Value::Array(entries) => entries.iter_mut().for_each(|entry| self.rename(entry, to)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

fn success(status: StatusCode, value: &Value) -> Response {
    plain(status, Bytes::from(value.to_string()))
}

fn plain(status: StatusCode, body: Bytes) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

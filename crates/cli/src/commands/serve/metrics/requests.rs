//! HTTP requests: how many, and how long they took until the head of their answer.

use std::time::Instant;

use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    http::{Method, StatusCode},
    middleware::{self, Next},
    response::Response,
};
use prometheus_client::{
    encoding::{EncodeLabelSet, EncodeLabelValue},
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::{Registry, Unit},
};

const BUCKETS: [f64; 12] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

type Times = Family<Route, Histogram, fn() -> Histogram>;

/// What is counted.
#[derive(Debug, Clone)]
pub(super) struct Requests {
    all: Family<Request_, Counter>,
    times: Times,
    accepted: Histogram,
}

/// Labels of a counted request.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request_ {
    /// The template of the path, as it is in the document, or `none`.
    route: String,
    method: Verb,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

/// Methods, without what strangers make up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
enum Verb {
    #[expect(clippy::upper_case_acronyms, reason = "the label is the method's name")]
    GET,
    #[expect(clippy::upper_case_acronyms, reason = "the label is the method's name")]
    POST,
    #[expect(clippy::upper_case_acronyms, reason = "the label is the method's name")]
    PATCH,
    #[expect(clippy::upper_case_acronyms, reason = "the label is the method's name")]
    DELETE,
    #[expect(non_camel_case_types, reason = "the label is lower case")]
    other,
}

impl Verb {
    fn of(method: &Method) -> Self {
        match *method {
            Method::GET => Self::GET,
            Method::POST => Self::POST,
            Method::PATCH => Self::PATCH,
            Method::DELETE => Self::DELETE,
            _ => Self::other,
        }
    }
}

impl Requests {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let histogram: fn() -> Histogram = || Histogram::new(BUCKETS);
        let requests = Self {
            all: Family::default(),
            times: Family::new_with_constructor(histogram),
            accepted: histogram(),
        };
        registry.register("http_requests", "Requests that were answered", requests.all.clone());
        registry.register_with_unit(
            "http",
            "Time until the head of the answer",
            Unit::Seconds,
            requests.times.clone(),
        );
        registry.register_with_unit(
            "call_accept",
            "Time until a new call is durable, of requests that do not wait for more",
            Unit::Seconds,
            requests.accepted.clone(),
        );
        requests
    }

    pub(super) fn count(&self, router: Router) -> Router {
        router.layer(middleware::from_fn_with_state(self.clone(), serve))
    }
}

async fn serve(State(requests): State<Requests>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str);
    let route = route.to_owned();
    let method = Verb::of(request.method());
    let waits = request.headers().contains_key("prefer");
    let response = next.run(request).await;
    let took = begun.elapsed().as_secs_f64();
    let status = response.status();
    let placed = method == Verb::POST && status == StatusCode::CREATED && route == "/v1/calls";
    if placed && !waits {
        requests.accepted.observe(took);
    }
    requests.times.get_or_create(&Route { route: route.clone() }).observe(took);
    requests.all.get_or_create(&Request_ { route, method, status: status.as_u16() }).inc();
    response
}

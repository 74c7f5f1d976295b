//! Pages of a list, by `page[number]` and `page[size]`.

use axum::Json;
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::codes::{Answer, Refused};
use crate::host::Params;

/// The page that was asked for.
pub(crate) fn page(rows: Vec<Value>, params: &Params) -> Answer {
    let whole = |name: &str, default: usize| {
        let number = params.number(name, default).ok().filter(|number| *number > 0);
        number.ok_or_else(|| Refused::value(name, "must be a whole number above zero"))
    };
    let (number, size) = (whole("page[number]", 1)?, whole("page[size]", 20)?.min(250));
    let total = rows.len();
    let data: Vec<Value> = rows.into_iter().skip((number - 1) * size).take(size).collect();
    let meta = json!({
        "page_number": number, "page_size": size, "total_pages": total.div_ceil(size),
        "total_results": total,
    });
    Ok(Json(json!({"data": data, "meta": meta})).into_response())
}

/// True if each filter that was asked for equals what the row holds.
pub(crate) fn filtered(params: &Params, held: &[(&str, &str)]) -> bool {
    held.iter().all(|(name, held)| {
        params.get(&format!("filter[{name}]")).is_none_or(|wanted| wanted == *held)
    })
}

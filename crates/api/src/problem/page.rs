//! The page of a code: what it means, and what to do.

use crate::problem::Code;

/// The page as HTML. Nothing in it comes from a request.
pub(crate) fn html(code: Code) -> String {
    let (word, title, status) = (code.as_str(), code.title(), code.status().as_u16());
    let mut text = String::new();
    for (index, part) in code.page().split('`').enumerate() {
        let part = escaped(part);
        if index % 2 == 1 {
            text.push_str(&format!("<code>{part}</code>"));
        } else {
            text.push_str(&part);
        }
    }
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{word}</title></head>\
         <body><h1>{title}</h1><p><code>{word}</code>, HTTP {status}</p><p>{text}</p></body></html>\n",
        title = escaped(title)
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

//! Whether a typed client reads as a reference: every request names its endpoint and its errors.

use std::{fs, io, path::Path};

/// A public method that sends a request, with the comments and attributes above it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DocumentedRequest {
    /// The file and the method, as `calls.rs: get`.
    pub name: String,
    /// The path of the endpoint, from `#[doc(alias = "…")]`.
    pub path: String,
    /// What stands above the method, on one line.
    pub docs: String,
}

/// The requests of a crate's typed client: the public async methods in `src/client.rs` and
/// `src/api/`. Each has the path of its endpoint as an alias, names the endpoint with its method, and
/// says what errors there are.
///
/// # Errors
/// If the sources cannot be read.
///
/// # Panics
/// If a method lacks one of these.
pub fn documented_requests(manifest_dir: &str) -> io::Result<Vec<DocumentedRequest>> {
    let source = Path::new(manifest_dir).join("src");
    let mut files = vec![source.join("client.rs")];
    for file in fs::read_dir(source.join("api"))? {
        files.push(file?.path());
    }
    let mut requests = Vec::new();
    for file in files {
        let file_name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut above = String::new();
        for line in fs::read_to_string(&file)?.lines().map(str::trim) {
            if let Some(rest) = line.strip_prefix("pub async fn ") {
                let method = rest.split('(').next().unwrap_or_default();
                requests.push(request(format!("{file_name}: {method}"), &above));
                above.clear();
            } else if line.starts_with("///") || line.starts_with("#[") {
                above.push_str(line.trim_start_matches("///").trim());
                above.push('\n');
            } else {
                above.clear();
            }
        }
    }
    Ok(requests)
}

fn request(name: String, above: &str) -> DocumentedRequest {
    let alias = above.split("#[doc(alias = \"").nth(1).unwrap_or_default();
    let path = alias.split('"').next().unwrap_or_default().to_owned();
    assert!(path.starts_with('/'), "{name} has no path as an alias");
    let names_endpoint = ["GET", "POST", "PUT", "PATCH", "DELETE"].iter().any(|method| {
        above.contains(&format!("`{method} {path}`"))
            || above.contains(&format!("`{method} {path}?"))
    });
    assert!(names_endpoint, "{name} does not name {path} with its method");
    assert!(above.contains("# Errors"), "{name} names no errors");
    DocumentedRequest { name, path, docs: above.replace('\n', " ") }
}

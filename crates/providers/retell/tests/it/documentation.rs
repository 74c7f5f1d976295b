//! The typed client reads as a reference: every request names its endpoint, its errors
//! and its source.

use std::fs;

/// A public method that sends something, and what stands above it.
struct Method {
    name: String,
    above: String,
}

fn methods() -> Vec<Method> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let mut files: Vec<_> =
        fs::read_dir(format!("{root}/api")).unwrap().map(|file| file.unwrap().path()).collect();
    files.push(format!("{root}/client.rs").into());
    let mut methods = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let mut above = String::new();
        for line in text.lines().map(str::trim) {
            if let Some(rest) = line.strip_prefix("pub async fn ") {
                let name = rest.split('(').next().unwrap();
                methods.push(Method {
                    name: format!("{}: {name}", file.file_name().unwrap().to_str().unwrap()),
                    above: std::mem::take(&mut above),
                });
            } else if line.starts_with("///") || line.starts_with("#[") {
                above.push_str(line.trim_start_matches("///").trim());
                above.push('\n');
            } else {
                above.clear();
            }
        }
    }
    methods
}

#[test]
fn every_request_is_documented_whole() {
    let methods = methods();
    assert!(methods.len() > 12, "the search finds them");
    for Method { name, above } in methods {
        let alias =
            above.split("#[doc(alias = \"").nth(1).unwrap_or_else(|| panic!("{name} has no alias"));
        let path = alias.split('"').next().unwrap();
        assert!(path.starts_with('/'), "{name}");
        let endpoint = ["GET", "POST", "PATCH", "DELETE"].iter().any(|method| {
            above.contains(&format!("`{method} {path}`"))
                || above.contains(&format!("`{method} {path}?"))
        });
        assert!(endpoint, "{name} does not name {path}");
        assert!(above.contains("# Errors"), "{name} names no errors");
        let source = above.replace('\n', " ");
        assert!(source.contains("Source: OpenAPI, that path."), "{name} names no source");
    }
}

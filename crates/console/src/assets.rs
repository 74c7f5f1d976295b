//! Styles and scripts. Their hash is in their address, so that browsers may keep them for a year.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

/// A file that is part of the program.
struct Asset {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
}

const CSS: Asset = Asset {
    name: "console.css",
    kind: "text/css; charset=utf-8",
    bytes: include_bytes!("../assets/console.css"),
};
const JS: Asset = Asset {
    name: "console.js",
    kind: "text/javascript; charset=utf-8",
    bytes: include_bytes!("../assets/console.js"),
};
const HTMX: Asset = Asset {
    name: "htmx.min.js",
    kind: "text/javascript; charset=utf-8",
    bytes: include_bytes!("../assets/htmx.min.js"),
};
const ICON: Asset =
    Asset { name: "icon.svg", kind: "image/svg+xml", bytes: include_bytes!("../assets/icon.svg") };

/// Where the files are.
#[derive(Debug)]
pub(crate) struct Assets {
    pub(crate) css: String,
    pub(crate) js: String,
    pub(crate) htmx: String,
    pub(crate) icon: String,
}

/// Computed once.
pub(crate) static ASSETS: LazyLock<Assets> = LazyLock::new(|| Assets {
    css: address(&CSS),
    js: address(&JS),
    htmx: address(&HTMX),
    icon: address(&ICON),
});

fn address(asset: &Asset) -> String {
    let hash = Sha256::digest(asset.bytes);
    let short: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("/console/assets/{short}/{}", asset.name)
}

/// The file at an address: its media type and its bytes.
pub(crate) fn at(hash: &str, name: &str) -> Option<(&'static str, &'static [u8])> {
    let wanted = format!("/console/assets/{hash}/{name}");
    let all =
        [(&ASSETS.css, &CSS), (&ASSETS.js, &JS), (&ASSETS.htmx, &HTMX), (&ASSETS.icon, &ICON)];
    all.into_iter()
        .find_map(|(address, asset)| (*address == wanted).then_some((asset.kind, asset.bytes)))
}

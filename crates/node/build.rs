//! The portal's styles and scripts are built by `web/` and embedded. Without them the crate can't be
//! built, so this says what to run instead of letting a macro fail obscurely.

use std::path::Path;
use std::process::exit;

const BUILT: [&str; 4] = [
    "portal.css",
    "portal.js",
    "icon.svg",
    "third-party-notices.txt",
];

fn main() {
    // Asked at run time: one target folder may serve several copies of the repository.
    let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let dist = Path::new(&here).join("../../web/dist");
    println!("cargo::rerun-if-changed={}", dist.display());
    println!("cargo::rerun-if-changed=templates");
    let missing: Vec<&str> = BUILT
        .into_iter()
        .filter(|name| !dist.join(name).is_file())
        .collect();
    if !missing.is_empty() {
        println!(
            "cargo::error=web/dist has no {}. Build the portal's styles and scripts first (Node.js 20.19 or later):",
            missing.join(", ")
        );
        println!("cargo::error=    make web      (or: cd web && npm ci && npm run build)");
        exit(1);
    }
}

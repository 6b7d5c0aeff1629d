//! Serves the pages: a single document, whose script renders the page for the URL, and the files that it loads.

use std::path::{Path, PathBuf};

use crate::messages::ServerResponse;
use crate::release::{PasscodeForm, Release};
use crate::routes;

/// Maximum size of a served file.
const MAX_FILE_BYTES: u64 = 16 << 20;

/// Returns the folder of the script that renders this release's pages.
pub fn bundle(release: Release) -> &'static str {
    match release.passcode_form() {
        PasscodeForm::Single => "antd-5.2",
        PasscodeForm::Cells => "antd-5.24",
        PasscodeForm::LabeledCells => "antd-6.3",
    }
}

/// Returns the document that is served for every page.
pub(crate) fn document(release: Release) -> ServerResponse {
    let folder = bundle(release);
    let remembers = release.remembers_second_factor();
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"description\" content=\"A mock of a Casdoor server\">\n<title>Casdoor</title>\n\
         <link rel=\"icon\" href=\"/static/favicon.svg\">\n<link rel=\"stylesheet\" href=\"/static/page.css\">\n</head>\n\
         <body data-remembers=\"{remembers}\">\n<div id=\"root\"></div>\n<script src=\"/static/{folder}/page.js\" defer></script>\n</body>\n</html>\n"
    );
    ServerResponse::html(200, html).with("set-cookie", routes::web_config_cookie())
}

/// Serves a file from the folder of built pages. Responds 404 to names that could lead out of the folder.
pub(crate) fn file(folder: &Path, name: &str) -> ServerResponse {
    let plain = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains('\\');
    let path: PathBuf = name.split('/').fold(folder.to_owned(), |path, part| path.join(part));
    let small = || std::fs::metadata(&path).is_ok_and(|found| found.is_file() && found.len() <= MAX_FILE_BYTES);
    if !name.split('/').all(plain) || !small() {
        return ServerResponse::html(404, "404 Not Found".to_owned());
    }
    let content_type = match name.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    };
    match std::fs::read(&path) {
        Ok(body) => ServerResponse { status: 200, headers: vec![("content-type", content_type.to_owned())], body }
            .with("access-control-allow-origin", "*")
            .with("cache-control", "no-cache"),
        Err(_) => ServerResponse::html(404, "404 Not Found".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_outside_the_folder_are_not_served() {
        for name in ["../Cargo.toml", "a/../../Cargo.toml", "", "/etc/passwd", ".hidden", "a//b"] {
            assert_eq!(file(Path::new("."), name).status, 404, "{name}");
        }
    }

    #[test]
    fn each_release_has_the_script_that_renders_its_form() {
        let text = String::from_utf8(document(Release::V2_211).body).unwrap();
        assert!(text.contains("/static/antd-5.24/page.js"));
        assert!(String::from_utf8(document(Release::V1_783).body).unwrap().contains("data-remembers=\"false\""));
    }
}

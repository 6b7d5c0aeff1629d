//! Pages to print: each account with its names, its QR code, and its secret in groups of four characters.
//!
//! A page is one HTML document without scripts or external resources. All texts in it are escaped.

use qrcode::{Color, EcLevel, QrCode};

use super::Imported;

/// Returns the page with a heading in the user's language.
pub fn page(accounts: &[Imported], heading: &str, language: &str) -> String {
    document(&accounts.iter().map(row).collect::<String>(), heading, language)
}

fn document(rows: &str, heading: &str, language: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{heading}</title><style>{STYLE}</style></head>\
         <body><h1>{heading}</h1><ul>{rows}</ul></body></html>\n",
        escape(language),
        heading = escape(heading),
    )
}

/// Returns a page of numbered QR codes to scan one after the other, for example the parts of a Google export.
pub fn codes_page(texts: &[&str], heading: &str, language: &str) -> String {
    let of = texts.len();
    let code = |(index, text): (usize, &&str)| {
        let picture = qr_svg(text).unwrap_or_default();
        format!("<li class=\"code\">{picture}<h2>{} / {of}</h2></li>", index.saturating_add(1))
    };
    document(&texts.iter().enumerate().map(code).collect::<String>(), heading, language)
}

const STYLE: &str = "body{font:11pt/1.4 sans-serif;margin:1.5cm}ul{list-style:none;padding:0}\
    li{display:flex;gap:1cm;align-items:center;break-inside:avoid;border-top:1px solid #bbb;padding:.4cm 0}\
    svg{width:3.5cm;height:3.5cm;flex:none}h2{font-size:13pt;margin:0}p{margin:.1cm 0}code{font-size:10pt}\
    .code svg{width:10cm;height:10cm}";

fn row(account: &Imported) -> String {
    let uri = account.uri.to_string();
    // A URI that is too long for a QR code is printed in full, so that it can be copied.
    let code = qr_svg(&uri).unwrap_or_else(|| format!("<code>{}</code>", escape(&uri)));
    let note = if account.note.is_empty() { String::new() } else { format!("<p>{}</p>", escape(&account.note)) };
    format!(
        "<li>{code}<div><h2>{}</h2><p>{}</p>{note}<code>{}</code></div></li>",
        escape(&account.uri.issuer),
        escape(&account.uri.name),
        in_fours(account.uri.otp.key.to_base32().expose()),
    )
}

/// Returns a QR code as an SVG image, black on white with its quiet zone, or `None` if the text is too long.
///
/// ```
/// let picture = casdoor_authenticator::exchange::qr_svg("otpauth://totp/a?secret=MZXW6").unwrap();
/// assert!(picture.starts_with("<svg") && picture.ends_with("</svg>"));
/// ```
pub fn qr_svg(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M)
        .or_else(|_| QrCode::with_error_correction_level(text, EcLevel::L));
    let code = code.ok()?;
    let width = code.width();
    let mut path = String::new();
    for (index, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let (x, y) = (index.checked_rem(width)?, index.checked_div(width)?);
            // Readers need a quiet zone of four modules.
            path.push_str(&format!("M{} {}h1v1h-1z", x.saturating_add(4), y.saturating_add(4)));
        }
    }
    let size = width.saturating_add(8);
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {size} {size}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{size}v{size}H0z\"/><path d=\"{path}\"/></svg>"
    ))
}

fn in_fours(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    characters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_notes_are_escaped() {
        let uri = "otpauth://totp/%3Cscript%3E:a%22b?secret=MZXW6".parse().unwrap();
        let mut account = Imported::new(1, uri);
        account.note = "</li><img src=x>".into();
        let page = page(&[account], "<Codes>", "en\"");
        assert!(!page.contains("<script>") && !page.contains("<img") && !page.contains("<Codes>"));
        assert!(page.contains("&lt;script&gt;") && page.contains("MZXW 6"));
    }

    #[test]
    fn a_text_too_long_for_a_code_has_none() {
        assert!(qr_svg(&"a".repeat(5000)).is_none());
    }
}

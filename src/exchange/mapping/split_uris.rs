//! Key URIs that a table divides into several cells, because a name in them has the table's delimiter and no quotation
//! marks, as in `…&issuer=Acme, Inc&digits=8`. The first cell alone would have other codes.

use crate::otp::SCHEMES;

/// The parameters without which a URI would have other codes or another name.
pub(in crate::exchange) const SETTINGS: [&str; 7] =
    ["&digits=", "&period=", "&algorithm=", "&counter=", "&secret=", "&encoder=", "&issuer="];

/// The maximum number of cells that a name is divided into.
const MAX_PARTS: usize = 4;

/// Joins the cells of each URI in a row.
pub(super) fn join(cells: Vec<String>, delimiter: char) -> Vec<String> {
    let mut joined = Vec::with_capacity(cells.len());
    let mut rest = cells.as_slice();
    while let Some((cell, after)) = rest.split_first() {
        let parts = if is_uri(cell) { number_of_further_parts(after) } else { 0 };
        let (further, after) = after.split_at(parts);
        let mut whole = cell.clone();
        for part in further {
            whole.push(delimiter);
            whole.push_str(part);
        }
        joined.push(whole);
        rest = after;
    }
    joined
}

/// Returns how many cells after the beginning of a URI belong to it, up to the last one with a setting.
fn number_of_further_parts(cells: &[String]) -> usize {
    let near = cells.iter().take(MAX_PARTS).take_while(|cell| !cell.contains("://"));
    let has_setting = |(_, cell): &(usize, &String)| {
        let cell = cell.to_ascii_lowercase();
        SETTINGS.iter().any(|name| cell.contains(name))
    };
    near.enumerate().filter(has_setting).last().map_or(0, |(index, _)| index.saturating_add(1))
}

fn is_uri(cell: &str) -> bool {
    let lower = cell.to_ascii_lowercase();
    SCHEMES.iter().any(|scheme| lower.contains(scheme))
}

//! `./build.sh screenshots`: the pictures of the guide and the README in `docs/pictures/`, and the stores' pictures in
//! `dist/store-pictures/`. With the argument `store`, only the latter.

use anyhow::{Result, bail};
use e2e::pictures;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => pictures::make(),
        ["store"] => pictures::make_for_stores(),
        _ => bail!("usage: pictures [store]"),
    }
}

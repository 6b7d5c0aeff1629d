//! `./build.sh bench`: what the built extension in `dist/chrome` weighs and how long its popup takes.

use anyhow::{Context, Result};
use e2e::bench::{Size, sizes};
use std::path::Path;

fn main() -> Result<()> {
    let package = Path::new("dist/chrome");
    print_sizes(&sizes(package).context("the extension is not built: ./build.sh")?);
    Ok(())
}

fn print_sizes(sizes: &[Size]) {
    println!("bytes                            raw       gzip     brotli");
    for size in sizes {
        println!("{:<24} {:>11} {:>10} {:>10}", size.name, size.raw, size.gzip, size.brotli);
    }
}

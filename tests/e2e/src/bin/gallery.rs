//! `./build.sh gallery`: every state of the extension in each theme and direction, in `dist/gallery/index.html`, with
//! pictures in `dist/gallery/pictures/`.

use anyhow::Result;
use e2e::gallery;

fn main() -> Result<()> {
    let folder = gallery::folder();
    let states = gallery::make(&folder)?;
    println!("{states} states in 4 variants: {}", folder.join("index.html").display());
    Ok(())
}

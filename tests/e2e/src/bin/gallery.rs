//! `./build.sh gallery`: every state of the extension in each theme, language and size, in `dist/gallery/index.html`,
//! with pictures in `dist/gallery/pictures/`. With the argument `references`, takes the references of the tests again.

use anyhow::Result;
use e2e::gallery::{self, PASSES, references};

fn main() -> Result<()> {
    if std::env::args().nth(1).as_deref() == Some("references") {
        let mut count = 0_usize;
        for pass in &PASSES {
            count = count.saturating_add(references::update(pass)?);
        }
        println!("{count} references in tests/e2e/references");
        return Ok(());
    }
    let folder = gallery::folder();
    let states = gallery::make(&folder)?;
    println!("{states} states: {}", folder.join("index.html").display());
    Ok(())
}

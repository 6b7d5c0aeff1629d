//! Measures the size of a package: raw, gzip and Brotli at the highest levels.

use anyhow::{Context, Result};
use std::fs;
use std::io::Write;
use std::path::Path;

const BROTLI_QUALITY: u32 = 11;
const BROTLI_WINDOW_BITS: u32 = 22;
const BROTLI_BUFFER_BYTES: usize = 4096;

/// The size of one file, or of the package.
pub struct Size {
    /// The file's path in the package, or `package`.
    pub name: String,
    /// Uncompressed bytes.
    pub raw: usize,
    /// With `gzip -9`.
    pub gzip: usize,
    /// With `brotli -q 11`.
    pub brotli: usize,
}

/// Returns the size of every wasm file in a folder, and of the folder as one stream.
pub fn sizes(package: &Path) -> Result<Vec<Size>> {
    let mut files = Vec::new();
    read(package, "", &mut files)?;
    files.sort();
    let mut found = Vec::new();
    for (name, bytes) in files.iter().filter(|(name, _)| name.ends_with(".wasm")) {
        found.push(size(name, bytes)?);
    }
    let all: Vec<u8> = files.into_iter().flat_map(|(_, bytes)| bytes).collect();
    found.push(size("package", &all)?);
    Ok(found)
}

fn read(folder: &Path, prefix: &str, files: &mut Vec<(String, Vec<u8>)>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            read(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.push((name, fs::read(entry.path())?));
        }
    }
    Ok(())
}

fn size(name: &str, bytes: &[u8]) -> Result<Size> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(bytes)?;
    let mut brotli = brotli::CompressorWriter::new(Vec::new(), BROTLI_BUFFER_BYTES, BROTLI_QUALITY, BROTLI_WINDOW_BITS);
    brotli.write_all(bytes)?;
    Ok(Size { name: name.to_owned(), raw: bytes.len(), gzip: gzip.finish()?.len(), brotli: brotli.into_inner().len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_and_each_wasm_are_measured() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("wasm")).unwrap();
        fs::write(folder.path().join("wasm/worker_bg.wasm"), vec![7; 10_000]).unwrap();
        fs::write(folder.path().join("popup.html"), "<p>").unwrap();
        let found = sizes(folder.path()).unwrap();
        let names: Vec<&str> = found.iter().map(|size| size.name.as_str()).collect();
        assert_eq!(names, ["wasm/worker_bg.wasm", "package"]);
        assert_eq!((found[0].raw, found[1].raw), (10_000, 10_003));
        assert!(found[0].gzip < 100 && found[0].brotli < 100);
    }
}

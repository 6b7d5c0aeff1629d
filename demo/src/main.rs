//! The stand-in Casdoor server.
fn main() {}

//! Finds literals and calls in the text of a source file, without a parser for Rust or JavaScript.

/// Returns a source file without comments and unit tests.
pub fn code(source: &str) -> String {
    let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or(source);
    source.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Returns the string literals of a source file with their positions. Line continuations are resolved.
pub fn literals(code: &str) -> Vec<(usize, String)> {
    let (mut found, mut at, bytes) = (Vec::new(), 0, code.as_bytes());
    while let Some(start) = code[at..].find('"').map(|offset| at + offset) {
        // A character literal: '"'.
        if start > 0 && bytes[start - 1] == b'\'' && bytes.get(start + 1) == Some(&b'\'') {
            at = start + 1;
            continue;
        }
        let hashes = code[..start].bytes().rev().take_while(|byte| *byte == b'#').count();
        let is_raw = code[..start - hashes].ends_with('r')
            && (hashes > 0 || !code[..start - 1].ends_with(char::is_alphanumeric));
        let end = if is_raw {
            code[start + 1..].find(&format!("\"{}", "#".repeat(hashes))).map(|end| start + 1 + end)
        } else {
            let mut end = start + 1;
            while end < bytes.len() && bytes[end] != b'"' {
                end += if bytes[end] == b'\\' { 2 } else { 1 };
            }
            Some(end)
        };
        let Some(end) = end.filter(|end| *end < code.len()) else { break };
        let text = code[start + 1..end].split("\\\n").map(str::trim_start).collect::<Vec<_>>().join("");
        found.push((start, text));
        at = end + 1;
    }
    found
}

/// Returns the arguments of each call of a macro or function, split at commas.
pub fn calls<'a>(code: &'a str, name: &str) -> Vec<Vec<&'a str>> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices(&format!("{name}(")) {
        if code[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_') {
            continue;
        }
        let start = at + name.len() + 1;
        let (mut depth, mut begin, mut parts, mut quoted, mut escaped) = (0_u32, start, Vec::new(), false, false);
        for (offset, character) in code[start..].char_indices() {
            let here = start + offset;
            match character {
                _ if escaped => escaped = false,
                '\\' if quoted => escaped = true,
                '"' => quoted = !quoted,
                _ if quoted => {}
                '(' | '[' | '{' => depth += 1,
                ')' if depth == 0 => {
                    parts.push(code[begin..here].trim());
                    break;
                }
                ')' | ']' | '}' => depth -= 1,
                ',' if depth == 0 => {
                    parts.push(code[begin..here].trim());
                    begin = here + 1;
                }
                _ => {}
            }
        }
        found.push(parts.into_iter().filter(|part| !part.is_empty()).collect());
    }
    found
}

/// Returns the content of a string literal.
pub fn quoted(text: &str) -> Option<&str> {
    text.strip_prefix('"')?.strip_suffix('"')
}

/// Returns the number of elements of `&[a, b]`.
pub fn elements(list: &str) -> Option<usize> {
    let inside = list.strip_prefix("&[")?.strip_suffix(']')?;
    calls(&format!("list({inside})"), "list").first().map(Vec::len)
}

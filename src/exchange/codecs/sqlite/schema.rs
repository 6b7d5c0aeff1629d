//! Reads the column names from a `CREATE TABLE` statement.

/// Returns the column names in order, and the index of the column that is an alias of the row id, if any.
pub(super) fn columns(sql: &str) -> (Vec<String>, Option<usize>) {
    let body = sql.split_once('(').and_then(|(_, body)| body.rsplit_once(')')).map_or("", |(body, _)| body);
    let (mut names, mut row_id) = (Vec::new(), None);
    for definition in split(body) {
        let definition = definition.trim();
        let name = name(definition);
        let is_constraint = ["PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "CONSTRAINT"]
            .iter()
            .any(|word| definition.split([' ', '(']).next().is_some_and(|first| first.eq_ignore_ascii_case(word)));
        if is_constraint || name.is_empty() {
            continue;
        }
        if definition.to_ascii_uppercase().contains("INTEGER PRIMARY KEY") {
            row_id = Some(names.len());
        }
        names.push(name);
    }
    (names, row_id)
}

/// Splits at commas outside parentheses and quotes.
fn split(body: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth, mut quote) = (Vec::new(), 0, 0_usize, None);
    for (at, character) in body.char_indices() {
        match (quote, character) {
            (Some(open), _) => quote = if character == open { None } else { quote },
            (None, '"' | '\'' | '`') => quote = Some(character),
            (None, '[') => quote = Some(']'),
            (None, '(') => depth = depth.saturating_add(1),
            (None, ')') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                parts.push(body.get(start..at).unwrap_or_default());
                start = at.saturating_add(1);
            }
            _ => {}
        }
    }
    parts.push(body.get(start..).unwrap_or_default());
    parts
}

fn name(definition: &str) -> String {
    let close = match definition.chars().next() {
        Some('[') => ']',
        Some(quote @ ('"' | '\'' | '`')) => quote,
        _ => return definition.split([' ', '\t', '\n', '\r', '(']).next().unwrap_or_default().to_owned(),
    };
    definition.chars().skip(1).take_while(|character| *character != close).collect()
}

#[cfg(test)]
mod tests {
    use super::columns;

    #[test]
    fn column_names_are_read_in_every_quoting_and_constraints_are_skipped() {
        let sql = "CREATE TABLE `accounts` (_id INTEGER PRIMARY KEY, \"e,mail\" TEXT NOT NULL DEFAULT 'a,b', [x y] INT,\n`z` DECIMAL(10,2), UNIQUE (_id, z), PRIMARY KEY(z))";
        let (names, row_id) = columns(sql);
        assert_eq!(names, ["_id", "e,mail", "x y", "z"]);
        assert_eq!(row_id, Some(0));
    }

    #[test]
    fn a_text_that_is_no_statement_has_no_columns() {
        assert!(columns("").0.is_empty());
        assert!(columns(")(").0.is_empty());
    }
}

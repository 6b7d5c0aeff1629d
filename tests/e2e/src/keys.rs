//! Keyboard keys as key events of the DevTools protocol.

use serde_json::{Value, json};

/// Returns the key that types a character.
pub fn character(character: char) -> Value {
    json!({ "key": character, "text": character, "unmodifiedText": character })
}

/// Returns a key by its name, optionally prefixed with `Alt+`, `Ctrl+`, `Meta+` or `Shift+`; `None` if there is no such
/// key.
pub fn named(name: &str) -> Option<Value> {
    let mut modifiers = 0;
    let mut rest = name;
    for (prefix, bit) in [("Alt+", 1), ("Ctrl+", 2), ("Meta+", 4), ("Shift+", 8)] {
        if let Some(after) = rest.strip_prefix(prefix) {
            modifiers |= bit;
            rest = after;
        }
    }
    let (code, number, text) = match rest {
        "Enter" => ("Enter".to_owned(), 13, "\r"),
        "Tab" => ("Tab".to_owned(), 9, ""),
        "Escape" => ("Escape".to_owned(), 27, ""),
        "Backspace" => ("Backspace".to_owned(), 8, ""),
        "Delete" => ("Delete".to_owned(), 46, ""),
        "ArrowUp" => ("ArrowUp".to_owned(), 38, ""),
        "ArrowDown" => ("ArrowDown".to_owned(), 40, ""),
        "Home" => ("Home".to_owned(), 36, ""),
        "End" => ("End".to_owned(), 35, ""),
        "Space" => ("Space".to_owned(), 32, " "),
        letter => return single(letter, modifiers),
    };
    let key = if rest == "Space" { " " } else { rest };
    let mut event = json!({ "key": key, "code": code, "windowsVirtualKeyCode": number, "modifiers": modifiers });
    if let (false, Some(fields)) = (text.is_empty(), event.as_object_mut()) {
        fields.insert("text".into(), text.into());
    }
    Some(event)
}

/// Returns a letter or symbol with modifiers. It types text only if no modifier except Shift is pressed.
fn single(letter: &str, modifiers: u8) -> Option<Value> {
    let mut characters = letter.chars();
    let (Some(typed), None) = (characters.next(), characters.next()) else { return None };
    let mut event = character(typed);
    let fields = event.as_object_mut()?;
    fields.insert("modifiers".into(), modifiers.into());
    if typed.is_ascii_alphanumeric() {
        fields.insert("windowsVirtualKeyCode".into(), u32::from(typed.to_ascii_uppercase()).into());
    }
    if modifiers & 0b111 != 0 {
        fields.remove("text");
        fields.remove("unmodifiedText");
    }
    Some(event)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shortcut_types_nothing_and_a_letter_types_itself() {
        let shortcut = named("Ctrl+Shift+l").unwrap();
        assert_eq!((shortcut["modifiers"].as_u64(), shortcut.get("text")), (Some(10), None));
        assert_eq!(character('ä')["text"], "ä");
        assert_eq!(named("Nonsense"), None);
    }
}

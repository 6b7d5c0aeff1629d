//! Rounds the numbers of an SVG path to hundredths, which is a hundredth of a pixel at the size of the icons.
//!
//! Most numbers are relative to the point before, so that rounding each one alone would move the end of a long outline
//! visibly. Each one is therefore rounded relative to the rounded point before.

use anyhow::{Context, Result, bail};

/// The axis that a number belongs to.
#[derive(Clone, Copy)]
enum Axis {
    X,
    Y,
    /// A radius or an angle.
    None,
    /// A flag of an arc: one digit, which needs no separator.
    Flag,
}

/// Returns the path with rounded numbers.
///
/// # Errors
/// The path is malformed.
pub fn rounded(path: &str) -> Result<String> {
    let mut reader = Reader { rest: path };
    let mut pen = Pen::default();
    let mut command = 'M';
    while let Some(next) = reader.peek() {
        if next.is_ascii_alphabetic() {
            command = next;
            reader.skip(1);
            pen.command(command);
            if command.eq_ignore_ascii_case(&'z') {
                pen.close();
                continue;
            }
        }
        let axes = axes(command)?;
        let mut values = Vec::with_capacity(axes.len());
        for axis in axes {
            values.push((*axis, reader.number(*axis)?));
        }
        pen.draw(command, &values);
        if command.eq_ignore_ascii_case(&'m') {
            // More points after the first one are lines.
            command = if command == 'm' { 'l' } else { 'L' };
        }
    }
    Ok(pen.text)
}

fn axes(command: char) -> Result<&'static [Axis]> {
    use Axis::{Flag, None, X, Y};
    Ok(match command.to_ascii_lowercase() {
        'm' | 'l' | 't' => &[X, Y],
        'h' => &[X],
        'v' => &[Y],
        'c' => &[X, Y, X, Y, X, Y],
        's' | 'q' => &[X, Y, X, Y],
        'a' => &[None, None, None, Flag, Flag, X, Y],
        _ => bail!("the path command {command} is unknown"),
    })
}

/// Reads the numbers of a path.
struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    /// Returns the next character that is not a separator.
    fn peek(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start_matches([' ', ',', '\n']);
        self.rest.chars().next()
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    fn number(&mut self, axis: Axis) -> Result<f64> {
        self.peek().context("the path ends within a command")?;
        let length = if matches!(axis, Axis::Flag) { 1 } else { number_length(self.rest) };
        let text = self.rest.get(..length).unwrap_or_default();
        let value = text.parse().with_context(|| format!("{text:?} in the path is not a number"))?;
        self.skip(length);
        Ok(value)
    }
}

/// Returns the length of the number at the start of a text. `1.5.5` is two numbers, and so is `1-5`.
fn number_length(text: &str) -> usize {
    let (mut has_point, mut before) = (false, ' ');
    let is_part = |(index, character): &(usize, char)| {
        let belongs = match character {
            '0'..='9' => true,
            '.' if !has_point => {
                has_point = true;
                true
            }
            '-' | '+' => *index == 0 || before == 'e',
            'e' => true,
            _ => false,
        };
        before = *character;
        belongs
    };
    text.char_indices().take_while(is_part).count()
}

/// Writes the rounded path. All positions are absolute.
#[derive(Default)]
struct Pen {
    text: String,
    /// The exact and the rounded current point.
    exact: [f64; 2],
    drawn: [f64; 2],
    /// The exact and the rounded start of the current outline.
    start: [[f64; 2]; 2],
    /// The last written character belongs to a number, and that number has a decimal point.
    after_number: Option<bool>,
}

impl Pen {
    fn command(&mut self, command: char) {
        self.text.push(command);
        self.after_number = None;
    }

    fn close(&mut self) {
        [self.exact, self.drawn] = self.start;
    }

    fn draw(&mut self, command: char, values: &[(Axis, f64)]) {
        let is_relative = command.is_ascii_lowercase();
        let ([exact_x, exact_y], [drawn_x, drawn_y]) = (self.exact, self.drawn);
        let (mut end, mut drawn_end) = (self.exact, self.drawn);
        for (axis, value) in values {
            let (exact, drawn) = match axis {
                Axis::X => (exact_x, drawn_x),
                Axis::Y => (exact_y, drawn_y),
                Axis::None => {
                    self.number(round(*value));
                    continue;
                }
                Axis::Flag => {
                    self.number(*value);
                    continue;
                }
            };
            let (target, written) =
                if is_relative { (exact + value, round(exact + value - drawn)) } else { (*value, round(*value)) };
            self.number(written);
            let reached = if is_relative { drawn + written } else { written };
            match axis {
                Axis::X => (end[0], drawn_end[0]) = (target, reached),
                _ => (end[1], drawn_end[1]) = (target, reached),
            }
        }
        (self.exact, self.drawn) = (end, drawn_end);
        if command.eq_ignore_ascii_case(&'m') {
            self.start = [end, drawn_end];
        }
    }

    fn number(&mut self, value: f64) {
        let text = format!("{value:.2}");
        let text = text.trim_end_matches('0').trim_end_matches('.');
        let text = text.replacen("0.", ".", usize::from(text.trim_start_matches('-').starts_with("0.")));
        let text = if text == "-0" || text.is_empty() { "0" } else { &text };
        let joins = match self.after_number {
            None => true,
            Some(has_point) => text.starts_with('-') || (has_point && text.starts_with('.')),
        };
        if !joins {
            self.text.push(' ');
        }
        self.text.push_str(text);
        self.after_number = Some(text.contains('.'));
    }
}

fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_and_separated_only_where_needed() {
        assert_eq!(rounded("M12 .297c-6.63 0-12 5.373-12 12").unwrap(), "M12 .3c-6.63 0-12 5.37-12 12");
        assert_eq!(rounded("M1.5.5L-.004-2,3 4Z").unwrap(), "M1.5.5L0-2 3 4Z");
        assert_eq!(rounded("M0 0h100.126v10").unwrap(), "M0 0h100.13v10");
    }

    #[test]
    fn flags_of_an_arc_need_no_separator() {
        assert_eq!(rounded("M0 0a5.555 5.555 0 012.004 3").unwrap(), "M0 0a5.56 5.56 0 0 1 2 3");
        assert_eq!(rounded("m1 1A5 5 0 1 0 3 4").unwrap(), "m1 1A5 5 0 1 0 3 4");
    }

    #[test]
    fn rounding_errors_do_not_add_up() {
        let steps = "h.004".repeat(1000);
        let text = rounded(&format!("M0 0{steps}")).unwrap();
        let end: f64 = text.split('h').skip(1).filter_map(|step| step.parse::<f64>().ok()).sum();
        assert!((end - 4.0).abs() < 0.006, "{end}");
    }

    #[test]
    fn a_closed_outline_continues_from_its_start() {
        // Both outlines start at the same point, so the second one is written alike.
        assert_eq!(rounded("M1.004 1l1.004 0zl1.004 0z").unwrap(), "M1 1l1.01 0zl1.01 0z");
    }

    #[test]
    fn a_malformed_path_is_an_error() {
        for path in ["M0", "M0 0c1 1", "M0 0b1", "M0 0l1 x"] {
            assert!(rounded(path).is_err(), "{path}");
        }
    }
}

//! Whether the server took a code: what a content script saw of the answer, and what that proves.

use serde::{Deserialize, Serialize};

/// What was seen between the typing of a code, or the user's press of "Enable", and the end of its form.
///
/// None of it is said by the page: the browser's own timeline names the answers to the page's requests, and the browser says
/// whether the page or the user began to leave. What lacks proves nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Outcome {
    /// The HTTP status of the server's answer to the request that carried the code; `None` while none has come.
    pub status: Option<u16>,
    /// An error message appeared.
    pub refused: bool,
    /// The user changed the field afterwards: what was sent is not known.
    pub touched: bool,
    /// After the answer the page itself went on: to another step, or away.
    pub went_on: bool,
}

/// What an [`Outcome`] proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The server took the code, or stored the factor.
    Accepted,
    /// It did not.
    Refused,
    /// Nobody knows: the user left before the answer, the answer was lost, or another code was sent.
    Unknown,
}

impl Outcome {
    /// What it proves. Casdoor answers 200 to a wrong code too: then it shows an error and stays where it is.
    pub fn verdict(self) -> Verdict {
        match self {
            Self { status: Some(200), touched: false, refused: true, .. } => Verdict::Refused,
            Self { status: Some(200), touched: false, refused: false, went_on: true } => Verdict::Accepted,
            _ => Verdict::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAKEN: Outcome = Outcome { status: Some(200), refused: false, touched: false, went_on: true };

    #[test]
    fn an_answer_without_an_error_after_which_the_page_went_on_is_an_acceptance() {
        assert_eq!(TAKEN.verdict(), Verdict::Accepted);
    }

    #[test]
    fn an_error_message_is_a_refusal_wherever_the_page_went() {
        for went_on in [false, true] {
            assert_eq!(Outcome { refused: true, went_on, ..TAKEN }.verdict(), Verdict::Refused);
        }
    }

    #[test]
    fn whatever_lacks_proves_nothing() {
        for outcome in [
            Outcome::default(),
            Outcome { status: None, ..TAKEN },
            Outcome { status: Some(0), ..TAKEN },
            Outcome { status: Some(502), ..TAKEN },
            Outcome { went_on: false, ..TAKEN },
            Outcome { touched: true, ..TAKEN },
            Outcome { touched: true, refused: true, ..TAKEN },
            Outcome { status: None, refused: true, ..TAKEN },
        ] {
            assert_eq!(outcome.verdict(), Verdict::Unknown, "{outcome:?}");
        }
        let silent: Outcome = serde_json::from_str("{}").unwrap();
        assert_eq!(silent.verdict(), Verdict::Unknown);
    }
}

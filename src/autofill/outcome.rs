//! Infers whether the server accepted a code from what a content script observed of the server's response.

use serde::{Deserialize, Serialize};

/// The observations of a content script between filling a code, or the user's click on "Enable", and the end of the
/// form.
///
/// The page cannot forge them: the browser's resource timing reports the responses to the page's requests, and the
/// browser reports whether the page or the user started a navigation. Missing information proves nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Outcome {
    /// The HTTP status of the response to the request that carried the code; `None` until it arrives.
    pub status: Option<u16>,
    /// True if the page showed an error message.
    pub rejected: bool,
    /// True if the user edited the field afterwards, so that the submitted code is not known.
    pub touched: bool,
    /// True if the page itself moved to another step or page after the response.
    pub went_on: bool,
}

/// The conclusion from an [`Outcome`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The server accepted the code or, during enrollment, stored the factor.
    Accepted,
    /// The server rejected the code.
    Rejected,
    /// The result is not known: the user left before the response, the response was lost, or a different code was sent.
    Unknown,
}

impl Outcome {
    /// Returns what the observations prove. Casdoor responds with status 200 to a wrong code too, but then shows an
    /// error and stays on the same step.
    pub fn verdict(self) -> Verdict {
        match self {
            Self { status: Some(200), touched: false, rejected: true, .. } => Verdict::Rejected,
            Self { status: Some(200), touched: false, rejected: false, went_on: true } => Verdict::Accepted,
            _ => Verdict::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAKEN: Outcome = Outcome { status: Some(200), rejected: false, touched: false, went_on: true };

    #[test]
    fn a_response_without_an_error_after_which_the_page_continued_is_an_acceptance() {
        assert_eq!(TAKEN.verdict(), Verdict::Accepted);
    }

    #[test]
    fn an_error_message_is_a_rejection_even_if_the_page_continued() {
        for went_on in [false, true] {
            assert_eq!(Outcome { rejected: true, went_on, ..TAKEN }.verdict(), Verdict::Rejected);
        }
    }

    #[test]
    fn missing_observations_prove_nothing() {
        for outcome in [
            Outcome::default(),
            Outcome { status: None, ..TAKEN },
            Outcome { status: Some(0), ..TAKEN },
            Outcome { status: Some(502), ..TAKEN },
            Outcome { went_on: false, ..TAKEN },
            Outcome { touched: true, ..TAKEN },
            Outcome { touched: true, rejected: true, ..TAKEN },
            Outcome { status: None, rejected: true, ..TAKEN },
        ] {
            assert_eq!(outcome.verdict(), Verdict::Unknown, "{outcome:?}");
        }
        let silent: Outcome = serde_json::from_str("{}").unwrap();
        assert_eq!(silent.verdict(), Verdict::Unknown);
    }
}

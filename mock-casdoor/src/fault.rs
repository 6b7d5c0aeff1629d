//! Faults that a test can inject into the server.

use serde::Deserialize;

/// A kind of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// Closes the connection without processing the request.
    Unreachable,
    /// Processes the request and closes the connection without a response.
    LoseReply,
    /// Responds 200 with an HTML page, as a captive portal or proxy does.
    Html,
    /// Responds with this status and an empty body: 403, 429, 500 or 502.
    Status(u16),
    /// Responds correctly after this many milliseconds.
    Slow(u64),
    /// Returns `***` for every secret in the list when users are read, as Casdoor's code intends.
    MaskSecrets,
    /// Responds "Affected" to `update-user` and stores nothing.
    ClaimAffected,
}

/// A fault with the requests to which it applies.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Rule {
    /// The fault.
    pub fault: Fault,
    /// The prefix of the affected paths; empty for all.
    #[serde(default)]
    pub on: String,
    /// The number of requests to affect; all if absent.
    #[serde(default)]
    pub times: Option<u32>,
}

/// Returns the fault for a request to this path and decrements its counter. If several rules match, the first one
/// applies.
pub(crate) fn take_fault(rules: &mut Vec<Rule>, path: &str) -> Option<Fault> {
    let rule = rules.iter_mut().find(|rule| path.starts_with(&rule.on))?;
    let fault = rule.fault;
    if let Some(left) = &mut rule.times {
        *left = left.saturating_sub(1);
    }
    rules.retain(|rule| rule.times != Some(0));
    Some(fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_applies_to_its_path_and_its_number_of_requests() {
        let rule = Rule { fault: Fault::Html, on: "/api/get-user".to_owned(), times: Some(1) };
        let mut rules = vec![rule];
        assert_eq!(take_fault(&mut rules, "/api/health"), None);
        assert_eq!(take_fault(&mut rules, "/api/get-user"), Some(Fault::Html));
        assert_eq!(take_fault(&mut rules, "/api/get-user"), None);
    }
}

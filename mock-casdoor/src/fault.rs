//! What can go wrong with a server, on request.

use serde::Deserialize;

/// A way to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// Closes the connection without doing or saying anything.
    Unreachable,
    /// Does what was asked and closes the connection without saying so.
    LoseReply,
    /// Answers 200 with a page, as a captive portal or a proxy does.
    Html,
    /// Answers with that status and an empty body: 403, 429, 500, 502.
    Status(u16),
    /// Answers correctly, that many milliseconds later.
    Slow(u64),
    /// Answers reads of users with `***` for every secret of the list, as the real server means to.
    MaskSecrets,
    /// Says "Affected" to `update-user` and writes nothing.
    ClaimAffected,
}

/// A fault, where it strikes and how often.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Rule {
    /// How.
    pub fault: Fault,
    /// Prefix of the paths that are struck; empty for all.
    #[serde(default)]
    pub on: String,
    /// How many requests are struck; all when absent.
    #[serde(default)]
    pub times: Option<u32>,
}

/// The fault that strikes a request to that path, counted down; several slow ones do not add up.
pub(crate) fn strike(rules: &mut Vec<Rule>, path: &str) -> Option<Fault> {
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
    fn a_fault_strikes_its_path_and_no_more_often_than_said() {
        let rule = Rule { fault: Fault::Html, on: "/api/get-user".to_owned(), times: Some(1) };
        let mut rules = vec![rule];
        assert_eq!(strike(&mut rules, "/api/health"), None);
        assert_eq!(strike(&mut rules, "/api/get-user"), Some(Fault::Html));
        assert_eq!(strike(&mut rules, "/api/get-user"), None);
    }
}

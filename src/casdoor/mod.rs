//! Casdoor's REST API, sign-in, the merge and the sync.

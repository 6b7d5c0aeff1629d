//! Weights of the evidence. Written by `cargo run --example train_field_finder -- --write`; `docs/filling.md` says how.

/// Added to every score.
pub(super) const BIAS: f32 = -4.37;

/// A field below this score gets nothing.
pub(super) const THRESHOLD: f32 = 0.13;

/// The best field leads the second by this much, or nothing is typed.
pub(super) const MARGIN: f32 = 1.0;

/// In the order of [`Evidence::ALL`](super::Evidence::ALL).
pub(super) const WEIGHTS: [f32; 55] = [
    0.37,  // AutocompleteOneTimeCode
    1.33,  // NameOneTime
    0.00,  // NameCode
    0.41,  // FormNameOneTime
    2.21,  // LabelApp
    1.34,  // LabelOneTime
    1.76,  // LabelTwoStep
    1.16,  // LabelVerification
    1.29,  // LabelCode
    3.06,  // NearApp
    0.00,  // NearOneTime
    0.00,  // NearTwoStep
    1.33,  // NearVerification
    0.00,  // NearCode
    0.22,  // ScopeApp
    0.06,  // ScopeTwoStep
    0.65,  // OffersChannel
    1.22,  // OffersRecovery
    0.98,  // Cells
    0.04,  // LengthFits
    0.14,  // Numeric
    0.70,  // DrawnPlaceholder
    0.49,  // Focused
    5.44,  // Uncontradicted
    0.12,  // BesideLogin
    0.00,  // NameChannel
    -0.85, // NameRecovery
    -1.31, // NamePurpose
    -0.12, // NameField
    -0.74, // LabelSent
    -1.70, // LabelRecovery
    -2.25, // LabelPurpose
    -2.29, // LabelField
    -0.44, // LabelPin
    -2.96, // LabelPassword
    -5.13, // NearSent
    -0.28, // NearSentBesideApp
    -1.01, // NearTarget
    -0.30, // NearRecovery
    -0.69, // NearPurpose
    -0.49, // NearPin
    -0.22, // ScopeSent
    -0.49, // ScopePurpose
    -1.52, // OffersAgain
    -1.33, // OffersRequest
    -0.30, // OffersApp
    -1.12, // ButtonPurpose
    -1.20, // BesidePhone
    -0.92, // BesidePurpose
    -1.26, // Captcha
    -0.99, // PasswordType
    -1.26, // HasValue
    -0.57, // LengthTooGreat
    -0.28, // Aside
    -1.83, // NothingForIt
];

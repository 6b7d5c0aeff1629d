//! The weights of the evidence, written by `cargo run --example train_field_finder -- --write`; see `docs/filling.md`.

/// Constant that is added to every score.
pub(super) const BIAS: f32 = -4.22;

/// Minimum score of a field that is filled.
pub(super) const THRESHOLD: f32 = 0.59;

/// Minimum difference between the scores of the best and the second-best field. If it is smaller, nothing is filled.
pub(super) const MARGIN: f32 = 1.0;

/// The weights, in the order of [`Evidence::ALL`](super::Evidence::ALL).
pub(super) const WEIGHTS: [f32; 58] = [
    0.41,  // AutocompleteOneTimeCode
    0.26,  // NameOneTime
    0.21,  // NameCode
    0.16,  // FormNameOneTime
    0.55,  // LabelApp
    0.27,  // LabelOneTime
    1.60,  // LabelTwoStep
    0.47,  // LabelVerification
    0.51,  // LabelCode
    1.40,  // NearApp
    0.18,  // NearOneTime
    0.61,  // NearTwoStep
    0.51,  // NearVerification
    0.00,  // NearCode
    0.13,  // ScopeApp
    0.06,  // ScopeTwoStep
    0.47,  // OffersChannel
    0.70,  // OffersRecovery
    0.41,  // Cells
    0.00,  // LengthFits
    0.18,  // Numeric
    0.24,  // DrawnPlaceholder
    0.77,  // Focused
    7.16,  // Uncontradicted
    0.14,  // BesideLogin
    -0.47, // NameChannel
    -0.70, // NameRecovery
    -0.66, // NamePurpose
    -1.20, // NameField
    -1.00, // LabelSent
    -1.92, // LabelRecovery
    -2.15, // LabelPurpose
    -1.70, // LabelField
    -0.35, // LabelPin
    -0.38, // LabelSilent
    -0.92, // LabelPassword
    -2.26, // NearSent
    -0.76, // NearSentBesideApp
    -0.84, // NearTarget
    -0.46, // NearRecovery
    -1.39, // NearPurpose
    -0.36, // NearPin
    -0.91, // NearUnexplained
    -1.40, // NearChannel
    -0.30, // ScopeSent
    -0.83, // ScopePurpose
    -0.81, // OffersAgain
    -0.96, // OffersRequest
    -0.39, // OffersApp
    -0.84, // ButtonPurpose
    -0.59, // BesidePhone
    -0.94, // BesidePurpose
    -0.57, // Captcha
    -0.78, // PasswordType
    -0.44, // HasValue
    -0.42, // LengthTooGreat
    -0.32, // Aside
    -1.56, // NothingForIt
];

//! The weights of the evidence, written by `cargo run --example train_field_finder -- --write`; see `docs/filling.md`.

/// Constant that is added to every score.
pub(super) const BIAS: f32 = -4.78;

/// Minimum score of a field that is filled.
pub(super) const THRESHOLD: f32 = 0.40;

/// Minimum difference between the scores of the best and the second-best field. If it is smaller, nothing is filled.
pub(super) const MARGIN: f32 = 1.0;

/// The weights, in the order of [`Evidence::ALL`](super::Evidence::ALL).
pub(super) const WEIGHTS: [f32; 59] = [
    0.11,  // AutocompleteOneTimeCode
    0.37,  // NameOneTime
    0.19,  // NameCode
    0.28,  // FormNameOneTime
    0.72,  // LabelApp
    0.40,  // LabelOneTime
    0.92,  // LabelTwoStep
    0.40,  // LabelVerification
    0.33,  // LabelCode
    1.60,  // NearApp
    0.35,  // NearOneTime
    0.31,  // NearTwoStep
    0.38,  // NearVerification
    0.00,  // NearCode
    0.00,  // ScopeApp
    0.13,  // ScopeTwoStep
    0.47,  // OffersChannel
    0.72,  // OffersRecovery
    0.56,  // Cells
    0.15,  // LengthFits
    0.08,  // Numeric
    0.36,  // DrawnPlaceholder
    0.58,  // Focused
    7.55,  // Uncontradicted
    0.36,  // BesideLogin
    -0.39, // NameChannel
    -0.54, // NameRecovery
    -0.74, // NamePurpose
    -1.12, // NameField
    -0.85, // LabelSent
    -1.55, // LabelRecovery
    -1.86, // LabelPurpose
    -1.51, // LabelField
    -0.33, // LabelPin
    -0.74, // LabelSilent
    -0.78, // LabelPassword
    -1.86, // NearSent
    -1.11, // NearSentBesideApp
    -0.73, // NearTarget
    -0.44, // NearRecovery
    -1.26, // NearPurpose
    -0.40, // NearPhone
    -0.35, // NearPin
    -1.12, // NearUnexplained
    -1.53, // NearChannel
    -0.29, // ScopeSent
    -0.62, // ScopePurpose
    -0.73, // OffersAgain
    -0.67, // OffersRequest
    -0.37, // OffersApp
    -0.66, // ButtonPurpose
    -0.46, // BesidePhone
    -0.71, // BesidePurpose
    -0.43, // Captcha
    -0.70, // PasswordType
    -0.41, // HasValue
    -0.35, // LengthTooGreat
    -0.35, // Aside
    -2.08, // NothingForIt
];

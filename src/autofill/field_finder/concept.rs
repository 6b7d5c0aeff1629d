//! The subjects that words and phrases refer to, and their names in the lists of `words/`.

/// The subject that a word or phrase refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Concept {
    App,
    AnyApp,
    OneTime,
    TwoStep,
    Verification,
    Code,
    Sms,
    Email,
    Call,
    Sent,
    /// Words for receiving, which also describe what an app shows: "the code that you get from your app".
    Got,
    Again,
    Request,
    Phone,
    /// A phone, which may run an authenticator or get a code.
    Handset,
    Recovery,
    Card,
    Postal,
    Coupon,
    Invite,
    Tracking,
    Captcha,
    Search,
    Device,
    Paper,
    Wifi,
    Meeting,
    License,
    Pin,
    Choose,
    Password,
    Field,
    /// In identifiers only: the owner of the field's value, such as `user`.
    Owner,
    Purpose,
    /// Phrases that offer other ways to sign in, such as "try another method".
    Method,
    /// Words for "or", which offer a choice between an authenticator and a code that is sent.
    Or,
    Not,
    /// A negation that follows what it negates, as in Turkish.
    NotAfter,
    /// Words for "never", which negate the whole sentence.
    Never,
    /// Words for losing something, or for having no access to it.
    Loss,
    /// Words for a later step.
    Later,
    /// Words for setting up, enabling or disabling something.
    SetUp,
    /// Verbs for typing, as in "enter the code".
    Enter,
}

use Concept::{
    Again, AnyApp, App, Call, Captcha, Card, Choose, Code, Coupon, Device, Email, Enter, Field, Got, Handset, Invite,
    Later, License, Loss, Meeting, Method, Never, Not, NotAfter, OneTime, Or, Owner, Paper, Password, Phone, Pin,
    Postal, Purpose, Recovery, Request, Search, Sent, SetUp, Sms, Tracking, TwoStep, Verification, Wifi,
};

/// The concepts with their names in the lists.
pub(super) const CONCEPTS: [(&str, Concept); 43] = [
    ("app", App),
    ("any_app", AnyApp),
    ("one_time", OneTime),
    ("two_step", TwoStep),
    ("verification", Verification),
    ("code", Code),
    ("sms", Sms),
    ("email", Email),
    ("call", Call),
    ("sent", Sent),
    ("got", Got),
    ("again", Again),
    ("request", Request),
    ("phone", Phone),
    ("handset", Handset),
    ("recovery", Recovery),
    ("card", Card),
    ("postal", Postal),
    ("coupon", Coupon),
    ("invite", Invite),
    ("tracking", Tracking),
    ("captcha", Captcha),
    ("search", Search),
    ("device", Device),
    ("paper", Paper),
    ("wifi", Wifi),
    ("meeting", Meeting),
    ("license", License),
    ("pin", Pin),
    ("choose", Choose),
    ("password", Password),
    ("field", Field),
    ("owner", Owner),
    ("purpose", Purpose),
    ("method", Method),
    ("or", Or),
    ("not", Not),
    ("not_after", NotAfter),
    ("never", Never),
    ("loss", Loss),
    ("later", Later),
    ("set_up", SetUp),
    ("enter", Enter),
];

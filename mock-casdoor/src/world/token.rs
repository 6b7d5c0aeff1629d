//! Tokens: minted, exchanged for codes, refreshed, revoked. A token is good because it is in this list, not because of
//! what it says.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{Application, User, World};
use crate::{clock, dice};

/// Seconds that an authorization code lives.
const CODE_SECONDS: i64 = 300;

/// What the default token format tells of a user, in its order.
const JWT_FIELDS: &str = "owner name createdTime updatedTime deletedTime id type password passwordSalt passwordType displayName \
    firstName lastName avatar avatarType permanentAvatar email email_verified phone countryCode region location address affiliation \
    title idCardType idCard homepage bio language gender birthday education score karma ranking isDefaultAvatar isOnline isAdmin \
    isForbidden isDeleted signupApplication hash preHash registerType registerSource github google qq wechat facebook dingtalk \
    weibo gitee linkedin wecom lark gitlab createdIp lastSigninTime lastSigninIp preferredMfaType recoveryCodes totpSecret \
    mfaPhoneEnabled mfaEmailEnabled ldap properties roles permissions groups lastSigninWrongTime signinWrongTimes managedAccounts";

/// What a token is for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Grant {
    /// `owner/name` of the user.
    pub user: String,
    /// The client id.
    pub client_id: String,
    /// The scope, as asked for.
    pub scope: String,
    /// "Password", or empty.
    pub signin_method: String,
    /// The PKCE challenge; empty for none.
    pub challenge: String,
    /// The server's name for itself.
    pub issuer: String,
}

/// A token pair, or a code that is still to become one.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    /// Its name: a UUID.
    pub name: String,
    /// What it is for.
    pub grant: Grant,
    /// The authorization code that it was made for.
    pub code: String,
    /// Whether that code was exchanged.
    pub code_used: bool,
    /// The access token.
    pub access: String,
    /// The refresh token.
    pub refresh: String,
    /// Unix seconds of its making.
    pub created: i64,
    /// Seconds that the access token lives; zero once revoked.
    pub expires_in: i64,
    /// Unix seconds until which the refresh token is good.
    pub refresh_until: i64,
}

/// The token endpoint's refusal.
#[derive(Clone, Debug)]
pub(crate) struct TokenError {
    /// RFC 6749's code.
    pub error: &'static str,
    /// The server's words.
    pub description: String,
}

impl TokenError {
    /// A refusal.
    pub fn new(error: &'static str, description: impl Into<String>) -> Self {
        Self { error, description: description.into() }
    }

    fn grant(description: impl Into<String>) -> Self {
        Self::new("invalid_grant", description)
    }
}

impl Token {
    /// Unix seconds at which the access token ends.
    pub fn ends(&self) -> i64 {
        self.created.saturating_add(self.expires_in)
    }

    /// As the token endpoint hands it out.
    pub fn answer(&self) -> Value {
        json!({
            "access_token": self.access,
            "id_token": self.access,
            "refresh_token": self.refresh,
            "token_type": "Bearer",
            "expires_in": self.expires_in,
            "scope": self.grant.scope,
        })
    }
}

impl World {
    /// Makes a token; `None` when its user or client is gone.
    pub fn mint(&mut self, grant: Grant, now: i64) -> Option<Token> {
        let application = self.client(&grant.client_id)?;
        let user = self.user(&grant.user)?;
        let name = dice::uuid();
        let refresh_seconds =
            if application.refresh_seconds == 0 { application.token_seconds } else { application.refresh_seconds };
        let written = |kind, seconds| jwt(user, application, &grant, &name, kind, now, seconds);
        let token = Token {
            access: written("access-token", application.token_seconds),
            refresh: written("refresh-token", refresh_seconds),
            code: dice::authorization_code(),
            code_used: false,
            created: now,
            expires_in: application.token_seconds,
            refresh_until: now.saturating_add(refresh_seconds),
            name,
            grant,
        };
        self.tokens.push(token.clone());
        Some(token)
    }

    /// The token of that access token.
    pub fn token_by_access(&self, access: &str) -> Option<&Token> {
        self.tokens.iter().find(|token| token.access == access)
    }

    /// Gives the token for a code, once, to who knows the verifier of its challenge.
    pub fn exchange(&mut self, client_id: &str, code: &str, verifier: &str, now: i64) -> Result<Value, TokenError> {
        if code.is_empty() {
            return Err(TokenError::new("invalid_request", "authorization code should not be empty"));
        }
        let token = self.tokens.iter_mut().find(|token| token.code == code);
        let token = token.ok_or_else(|| TokenError::grant(format!("authorization code: [{code}] is invalid")))?;
        if token.code_used {
            let words = format!("authorization code has been used for token: [admin/{}]", token.name);
            return Err(TokenError::grant(words));
        }
        check_verifier(&token.grant.challenge, verifier)?;
        if token.grant.client_id != client_id {
            return Err(TokenError::grant("the token is for wrong application (client_id)"));
        }
        if now > token.created.saturating_add(CODE_SECONDS) {
            return Err(TokenError::grant("authorization code has expired"));
        }
        token.code_used = true;
        Ok(token.answer())
    }

    /// Replaces a token pair by a new one: the old one is gone at once, both halves.
    pub fn refresh(
        &mut self,
        client_id: &str,
        refresh: &str,
        scope: &str,
        issuer: &str,
        now: i64,
    ) -> Result<Value, TokenError> {
        let at = self.tokens.iter().position(|token| !refresh.is_empty() && token.refresh == refresh);
        let old = at.and_then(|at| self.tokens.get(at)).cloned();
        let (Some(at), Some(old)) = (at, old) else {
            return Err(TokenError::grant("refresh token is invalid or revoked"));
        };
        if old.expires_in <= 0 {
            return Err(TokenError::grant("refresh token is expired"));
        }
        if old.grant.client_id != client_id {
            return Err(TokenError::grant("the token is for wrong application (client_id)"));
        }
        if now > old.refresh_until {
            return Err(TokenError::grant("parse refresh token error: token has invalid claims: token is expired"));
        }
        if self.user(&old.grant.user).is_some_and(|user| user.is("isForbidden")) {
            return Err(TokenError::grant("the user is forbidden to sign in, please contact the administrator"));
        }
        let scope = if scope.is_empty() { old.grant.scope.clone() } else { scope.to_owned() };
        let grant = Grant { scope, issuer: issuer.to_owned(), ..old.grant };
        let new = self.mint(grant, now).ok_or_else(|| TokenError::grant("the user does not exist"))?;
        self.tokens.remove(at);
        Ok(new.answer())
    }

    /// Ends every token of a user, as a sign-out of everywhere does.
    pub fn expire_tokens(&mut self, user: &str) {
        for token in self.tokens.iter_mut().filter(|token| token.grant.user == user) {
            token.expires_in = 0;
        }
    }
}

fn check_verifier(challenge: &str, verifier: &str) -> Result<(), TokenError> {
    let answer = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
    if challenge.is_empty() || challenge == answer {
        return Ok(());
    }
    let words = format!("verifier is invalid, challengeAnswer: [{answer}], token.CodeChallenge: [{challenge}]");
    Err(TokenError::grant(words))
}

fn jwt(
    user: &User,
    application: &Application,
    grant: &Grant,
    name: &str,
    kind: &str,
    now: i64,
    seconds: i64,
) -> String {
    let mut claims = match application.token_format {
        "JWT" => user_claims(user),
        "JWT-Standard" => standard_claims(user),
        _ => few_claims(user),
    };
    claims.insert("tokenType".to_owned(), json!(kind));
    if application.token_format == "JWT" {
        claims.insert("tag".to_owned(), json!(user.text("tag")));
    }
    claims.insert("scope".to_owned(), json!(grant.scope));
    if application.token_format == "JWT-Standard" {
        claims.insert("address".to_owned(), json!({"formatted": "", "street_address": "", "locality": "", "region": "", "postal_code": "", "country": ""}));
    }
    claims.insert("azp".to_owned(), json!(grant.client_id));
    if application.token_format != "JWT-Standard" && !grant.signin_method.is_empty() {
        claims.insert("signinMethod".to_owned(), json!(grant.signin_method));
    }
    let rest = json!({
        "iss": grant.issuer, "sub": user.text("id"), "aud": [grant.client_id], "exp": now.saturating_add(seconds),
        "nbf": now, "iat": now, "jti": format!("admin/{name}"),
    });
    claims.extend(rest.as_object().cloned().unwrap_or_default());
    let head = json!({"alg": "RS256", "kid": "cert-built-in", "typ": "JWT"});
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{}", part(&head), part(&Value::Object(claims)), dice::signature())
}

fn few_claims(user: &User) -> Map<String, Value> {
    ["owner", "name", "id", "displayName", "avatar", "email", "phone"]
        .into_iter()
        .map(|field| (field.to_owned(), json!(user.text(field))))
        .collect()
}

fn standard_claims(user: &User) -> Map<String, Value> {
    [("owner", "owner"), ("preferred_username", "name"), ("id", "id"), ("name", "displayName"), ("email", "email")]
        .into_iter()
        .map(|(claim, field)| (claim.to_owned(), json!(user.text(field))))
        .collect()
}

fn user_claims(user: &User) -> Map<String, Value> {
    let value = |field| match field {
        "password" | "hash" | "preHash" => json!(""),
        "email_verified" => json!(user.is("emailVerified")),
        _ => user.record.get(field).cloned().unwrap_or(Value::Null),
    };
    JWT_FIELDS.split_whitespace().map(|field| (field.to_owned(), value(field))).collect()
}

/// When an access token has ended: what the server says of it.
pub(crate) fn expiry_message(token: &Token) -> String {
    format!("Access token has expired, expireTime = {}", clock::rfc3339(token.ends()))
}

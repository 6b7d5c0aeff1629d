//! Issues, exchanges, refreshes and revokes tokens. A token is valid because it is in the server's list, not because of
//! its content.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{Application, User, World};
use crate::{clock, random};

/// Lifetime of an authorization code, in seconds.
const CODE_SECONDS: i64 = 300;

/// The user fields in the default token format, in order.
const JWT_FIELDS: &str = "owner name createdTime updatedTime deletedTime id type password passwordSalt passwordType displayName \
    firstName lastName avatar avatarType permanentAvatar email email_verified phone countryCode region location address affiliation \
    title idCardType idCard homepage bio language gender birthday education score karma ranking isDefaultAvatar isOnline isAdmin \
    isForbidden isDeleted signupApplication hash preHash registerType registerSource github google qq wechat facebook dingtalk \
    weibo gitee linkedin wecom lark gitlab createdIp lastSigninTime lastSigninIp preferredMfaType recoveryCodes totpSecret \
    mfaPhoneEnabled mfaEmailEnabled ldap properties roles permissions groups lastSigninWrongTime signinWrongTimes managedAccounts";

/// The authorization behind a token.
#[derive(Clone, Debug, Default)]
pub(crate) struct Grant {
    /// `owner/name` of the user.
    pub user: String,
    /// The client id.
    pub client_id: String,
    /// The requested scope.
    pub scope: String,
    /// "Password", or empty.
    pub signin_method: String,
    /// The PKCE challenge; empty if there is none.
    pub challenge: String,
    /// The server's own address.
    pub issuer: String,
}

/// A token pair, or an authorization code that has not been exchanged yet.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    /// The token's name, a UUID.
    pub name: String,
    /// The authorization behind the token.
    pub grant: Grant,
    /// The authorization code that it was issued for.
    pub code: String,
    /// True if the code was exchanged.
    pub code_used: bool,
    /// The access token.
    pub access: String,
    /// The refresh token.
    pub refresh: String,
    /// Time of issue, in Unix seconds.
    pub created: i64,
    /// Lifetime of the access token in seconds; zero once revoked.
    pub expires_in: i64,
    /// Expiry of the refresh token, in Unix seconds.
    pub refresh_until: i64,
}

/// An error of the token endpoint.
#[derive(Clone, Debug)]
pub(crate) struct TokenError {
    /// The error code of RFC 6749.
    pub error: &'static str,
    /// The description, in Casdoor's words.
    pub description: String,
}

impl TokenError {
    /// Creates an error.
    pub fn new(error: &'static str, description: impl Into<String>) -> Self {
        Self { error, description: description.into() }
    }

    fn grant(description: impl Into<String>) -> Self {
        Self::new("invalid_grant", description)
    }
}

impl Token {
    /// Returns the expiry of the access token in Unix seconds.
    pub fn ends(&self) -> i64 {
        self.created.saturating_add(self.expires_in)
    }

    /// Returns the token endpoint's response.
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
    /// Issues a token; `None` if its user or client no longer exists.
    pub fn mint(&mut self, grant: Grant, now: i64) -> Option<Token> {
        let application = self.client(&grant.client_id)?;
        let user = self.user(&grant.user)?;
        let name = random::uuid();
        let refresh_seconds =
            if application.refresh_seconds == 0 { application.token_seconds } else { application.refresh_seconds };
        let written = |kind, seconds| jwt(user, application, &grant, &name, kind, now, seconds);
        let token = Token {
            access: written("access-token", application.token_seconds),
            refresh: written("refresh-token", refresh_seconds),
            code: random::authorization_code(),
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

    /// Finds a token by its access token.
    pub fn token_by_access(&self, access: &str) -> Option<&Token> {
        self.tokens.iter().find(|token| token.access == access)
    }

    /// Exchanges a code once, if the verifier matches its challenge.
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

    /// Replaces a token pair. The old access and refresh tokens become invalid immediately.
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

    /// Expires all of a user's tokens, as signing out everywhere does.
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
        _ => minimal_claims(user),
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
    format!("{}.{}.{}", part(&head), part(&Value::Object(claims)), random::signature())
}

fn minimal_claims(user: &User) -> Map<String, Value> {
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

/// Returns Casdoor's message about an expired access token.
pub(crate) fn expiry_message(token: &Token) -> String {
    format!("Access token has expired, expireTime = {}", clock::rfc3339(token.ends()))
}

//! The device-code grant: a device requests a code, the user approves it elsewhere, and the device collects the token
//! once.

use serde_json::json;

use super::{RequestContext, oauth};
use crate::messages::ServerResponse;
use crate::random;
use crate::world::{Device, Grant, TokenError};

/// Lifetime of a device code, in seconds.
const DEVICE_SECONDS: i64 = 120;

/// Handles `POST /api/device-auth`.
pub(super) fn authorize(context: &mut RequestContext<'_>) -> ServerResponse {
    if !context.world.release.has_device_code() {
        return oauth::not_found(context);
    }
    let request = context.request;
    let client_id = request.parameter("client_id");
    if context.world.client(client_id).is_none() {
        let body = json!({"error": "Invalid client_id", "error_description": "Invalid client_id"});
        return ServerResponse::json(200, &body);
    }
    let (device_code, user_code, cancel) = (random::uuid(), random::user_code(), random::uuid());
    let body = json!({
        "device_code": device_code,
        "user_code": user_code,
        "verification_uri": format!("{}/login/oauth/device/{user_code}?cancelToken={cancel}", request.issuer()),
        "expires_in": DEVICE_SECONDS,
        "interval": 5,
    });
    context.world.devices.push(Device {
        device_code,
        user_code: Some(user_code),
        client_id: client_id.to_owned(),
        scope: request.parameter("scope").to_owned(),
        requested: request.now,
        approved_by: None,
        is_used: false,
    });
    ServerResponse::json(200, &body)
}

/// Returns the current state of a device code: its approval, or the reason why there is no token yet.
pub(super) fn collect(context: &RequestContext<'_>, device_code: &str) -> Result<Grant, TokenError> {
    let request = context.request;
    let device = context.world.devices.iter().find(|device| device.device_code == device_code);
    let is_valid = |device: &&Device| request.now <= device.requested.saturating_add(DEVICE_SECONDS);
    let device = device.filter(is_valid).ok_or_else(|| TokenError::new("expired_token", "token is expired"))?;
    if device.is_used {
        return Err(TokenError::new("access_denied", "device_code has already been used"));
    }
    let pending = || TokenError::new("authorization_pending", "authorization pending");
    let user = device.approved_by.clone().ok_or_else(pending)?;
    if device.client_id != request.any("client_id") {
        let words = "client_id does not match the device authorization request";
        return Err(TokenError::new("invalid_client", words));
    }
    let (client_id, scope) = (device.client_id.clone(), device.scope.clone());
    Ok(Grant { user, client_id, scope, issuer: request.issuer(), ..Grant::default() })
}

/// Marks a device code as used.
pub(super) fn mark_used(context: &mut RequestContext<'_>, device_code: &str) {
    for device in &mut context.world.devices {
        device.is_used |= device.device_code == device_code;
    }
}

//! A camera and its frames as images. Dropping it turns the camera off.

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlVideoElement, MediaStream, MediaStreamConstraints, MediaStreamTrack};

use super::image_files::canvas;
use crate::message;
use crate::message::Message;

/// The longest side of a scanned frame, in pixels.
const FRAME_SIDE: f64 = 1_280.0;
/// JPEG quality of a frame, from 0 to 1.
const QUALITY: f64 = 0.92;

/// Why the camera provides no image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub enum CameraError {
    /// The user or an administrator denied access.
    NotAllowed,
    /// There is no camera.
    Missing,
    /// Another program uses the camera, or the camera does not respond.
    Busy,
}

impl CameraError {
    /// Returns the message for the user.
    pub fn message(self) -> Message {
        match self {
            Self::NotAllowed => message!("camera_not_allowed"),
            Self::Missing => message!("camera_missing"),
            Self::Busy => message!("camera_busy"),
        }
    }
}

/// A camera that is on.
pub struct Camera {
    stream: MediaStream,
    video: HtmlVideoElement,
}

impl Drop for Camera {
    fn drop(&mut self) {
        self.video.set_src_object(None);
        for track in self.stream.get_tracks().iter() {
            track.unchecked_into::<MediaStreamTrack>().stop();
        }
    }
}

impl Camera {
    /// Requests camera access and shows the camera in `video`.
    ///
    /// # Errors
    /// [`CameraError`].
    pub async fn start(video: HtmlVideoElement) -> Result<Self, CameraError> {
        let stream = ask().await.map_err(|error| why(&error))?;
        let camera = Self { stream, video };
        camera.video.set_src_object(Some(&camera.stream));
        let playing = camera.video.play().map_err(|_| CameraError::Busy)?;
        JsFuture::from(playing).await.map_err(|_| CameraError::Busy)?;
        Ok(camera)
    }

    /// Returns the current frame as a JPEG data URL; `None` before the first frame.
    pub fn frame(&self) -> Option<String> {
        let (width, height) = (f64::from(self.video.video_width()), f64::from(self.video.video_height()));
        if width < 1.0 || height < 1.0 {
            return None;
        }
        let scale = (FRAME_SIDE / width.max(height)).min(1.0);
        let (canvas, context) = canvas(width * scale, height * scale).ok()?;
        let (wide, high) = (f64::from(canvas.width()), f64::from(canvas.height()));
        context.draw_image_with_html_video_element_and_dw_and_dh(&self.video, 0.0, 0.0, wide, high).ok()?;
        canvas.to_data_url_with_type_and_encoder_options("image/jpeg", &QUALITY.into()).ok()
    }
}

/// Requests a camera, preferably the rear one.
async fn ask() -> Result<MediaStream, JsValue> {
    let wanted = Object::new();
    Reflect::set(&wanted, &"facingMode".into(), &"environment".into())?;
    for (side, pixels) in [("width", 1280), ("height", 720)] {
        let ideal = Object::new();
        Reflect::set(&ideal, &"ideal".into(), &pixels.into())?;
        Reflect::set(&wanted, &side.into(), &ideal)?;
    }
    let constraints = MediaStreamConstraints::new();
    constraints.set_video(&wanted);
    let devices = web_sys::window().ok_or(JsValue::NULL)?.navigator().media_devices()?;
    let asked = devices.get_user_media_with_constraints(&constraints)?;
    JsFuture::from(asked).await?.dyn_into()
}

fn why(error: &JsValue) -> CameraError {
    let name = error.dyn_ref::<web_sys::DomException>().map(web_sys::DomException::name).unwrap_or_default();
    match name.as_str() {
        "NotAllowedError" | "SecurityError" => CameraError::NotAllowed,
        "NotFoundError" | "OverconstrainedError" => CameraError::Missing,
        _ => CameraError::Busy,
    }
}

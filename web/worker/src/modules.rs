//! Fetches program modules.

use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Response, UrlSearchParams};

use crate::scope;

/// Knows where modules are.
pub struct Fetcher {
    /// URL of the folder, with its final slash.
    base: String,
}

impl Fetcher {
    /// A fetcher for the modules below the URL in the parameter `userland` of this worker's own
    /// address: the page knows it from its document, which a worker cannot read.
    pub fn new() -> Self {
        let query = scope().location().search();
        let parameters = UrlSearchParams::new_with_str(&query).ok();
        let base = parameters.and_then(|parameters| parameters.get("userland"));
        Self { base: base.unwrap_or_else(|| "userland/".to_owned()) }
    }

    /// The bytes of a module.
    pub async fn fetch(&self, module: &str) -> Result<Vec<u8>, String> {
        let url = format!("{}{module}.wasm", self.base);
        let failed = |why: &str| {
            format!(
                "the program module {module} could not be fetched ({why}); check the connection and edit the file to try again"
            )
        };
        let response = JsFuture::from(scope().fetch_with_str(&url))
            .await
            .map_err(|_| failed("no connection"))?
            .unchecked_into::<Response>();
        if !response.ok() {
            return Err(failed(&format!("status {}", response.status())));
        }
        let body = response.array_buffer().map_err(|_| failed("no body"))?;
        let buffer = JsFuture::from(body).await.map_err(|_| failed("connection lost"))?;
        Ok(js_sys::Uint8Array::new(&buffer).to_vec())
    }
}

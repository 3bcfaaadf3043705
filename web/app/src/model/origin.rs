//! Where a project came from.

use serde::{Deserialize, Serialize};

/// Where a project came from, if the user did not begin it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// One of the examples.
    Example {
        /// Its name: that of its folder.
        name: String,
    },
    /// Somebody's link.
    Link {
        /// Who made it, if they said so.
        from: Option<String>,
        /// The ID of the image that they saw.
        image: Option<String>,
    },
}

//! A project in the fragment of a link: `#project/1/...`, where the number is the version of the
//! format and the rest is JSON, deflated, in the letters of base64url.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::content::Content;
use super::origin::Origin;
use super::path::FilePath;
use super::project::{File, Project};

/// The version that is written, and the highest that is read.
const VERSION: u32 = 1;
/// Longest link that is offered, in characters: every browser and most messengers take it whole.
pub const LONGEST: usize = 32_000;

#[derive(Serialize, Deserialize)]
struct Packed {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    image: Option<String>,
    files: Vec<PackedFile>,
}

#[derive(Serialize, Deserialize)]
struct PackedFile {
    path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    executable: bool,
}

/// Why a link cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LinkError {
    /// A later version of the page made it.
    #[error("a later version made the link")]
    Newer,
    /// It was cut off or changed on its way.
    #[error("the link is damaged")]
    Damaged,
}

/// The packed project of a URL's fragment; none if the fragment has nothing of a project.
///
/// # Errors
/// [`LinkError`]
pub fn packed_part(fragment: &str) -> Result<Option<&str>, LinkError> {
    let Some(rest) = fragment.trim_start_matches('#').strip_prefix("project/") else {
        return Ok(None);
    };
    let (version, packed) = rest.split_once('/').ok_or(LinkError::Damaged)?;
    match version.parse::<u32>() {
        Ok(VERSION) => Ok(Some(packed)),
        Ok(version) if version > VERSION => Err(LinkError::Newer),
        _ => Err(LinkError::Damaged),
    }
}

/// The fragment with a packed project.
pub fn fragment(packed: &str) -> String {
    format!("#project/{VERSION}/{packed}")
}

/// A project as the JSON of a link, with who sends it and the ID of the image that they see.
pub fn to_json(project: &Project, from: &str, image: Option<&str>) -> String {
    let file = |(path, file): (&FilePath, &File)| {
        let (text, base64) = match &file.content {
            Content::Text(text) => (Some((&**text).into()), None),
            Content::Bytes(bytes) => (None, Some(STANDARD.encode(bytes))),
        };
        PackedFile { path: path.as_str().into(), text, base64, executable: file.executable }
    };
    let packed = Packed {
        name: (&*project.name).into(),
        from: Some(from.trim()).filter(|from| !from.is_empty()).map(str::to_owned),
        image: image.map(str::to_owned),
        files: project.files.iter().map(file).collect(),
    };
    serde_json::to_string(&packed).expect("strings always serialise")
}

/// The project of [`to_json`], as one that the reader has not touched.
///
/// # Errors
/// [`LinkError::Damaged`]
pub fn from_json(json: &str) -> Result<Project, LinkError> {
    let packed: Packed = serde_json::from_str(json).map_err(|_| LinkError::Damaged)?;
    let file = |file: PackedFile| {
        let path = FilePath::parse(&file.path).ok()?;
        let content = match (file.text, file.base64) {
            (Some(text), None) => Content::of(text.into_bytes()),
            (None, Some(base64)) => Content::of(STANDARD.decode(base64).ok()?),
            _ => return None,
        };
        Some((path, File { content, executable: file.executable }))
    };
    let files: Option<BTreeMap<FilePath, File>> = packed.files.into_iter().map(file).collect();
    let project = Project::new(&packed.name, files.ok_or(LinkError::Damaged)?);
    let origin = Origin::Link { from: packed.from, image: packed.image };
    Ok(Project { origin: Some(origin), untouched: true, ..project })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample;

    #[test]
    fn a_project_arrives_as_it_was_sent() {
        let mut project = sample::project();
        let logo = FilePath::parse("로고.bin").expect("a path");
        let content = Content::of(vec![0, 255, 10]);
        project.files.insert(logo, File { content, executable: true });
        let arrived = from_json(&to_json(&project, " 민지 ", Some("sha256:1"))).expect("whole");
        assert_eq!((&arrived.name, &arrived.files), (&project.name, &project.files));
        let origin = Origin::Link { from: Some("민지".into()), image: Some("sha256:1".into()) };
        assert_eq!((arrived.origin, arrived.untouched), (Some(origin), true));
        let unsigned = from_json(&to_json(&project, "", None)).expect("whole");
        assert_eq!(unsigned.origin, Some(Origin::Link { from: None, image: None }));
    }

    #[test]
    fn fragments_say_what_they_are() {
        let written = fragment("abc_-");
        for (text, part) in [
            ("", Ok(None)),
            ("#step-4", Ok(None)),
            (written.as_str(), Ok(Some("abc_-"))),
            ("#project/2/abc", Err(LinkError::Newer)),
            ("#project/0/abc", Err(LinkError::Damaged)),
            ("#project/abc", Err(LinkError::Damaged)),
        ] {
            assert_eq!(packed_part(text), part, "{text}");
        }
    }

    #[test]
    fn what_is_damaged_or_leads_outside_is_refused() {
        for json in [
            "",
            "{}",
            r#"{"name":"n","files":[{"path":"../x","text":""}]}"#,
            r#"{"name":"n","files":[{"path":"x"}]}"#,
            r#"{"name":"n","files":[{"path":"x","base64":"%"}]}"#,
        ] {
            assert_eq!(from_json(json), Err(LinkError::Damaged), "{json}");
        }
    }
}

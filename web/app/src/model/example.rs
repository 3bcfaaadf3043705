//! Examples: projects with a point.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::Deserialize;

use super::origin::Origin;
use super::path::FilePath;
use super::project::{File, Project};
use crate::text::Language;

/// An example of the folder `examples`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Example {
    /// The name of its folder.
    pub name: String,
    /// What it is about, in a few words.
    pub title: Said,
    /// What it shows.
    pub point: Said,
    /// What to do with it.
    #[serde(rename = "try")]
    pub invitation: Said,
    /// That, done.
    pub edit: Option<Edit>,
    files: Vec<ExampleFile>,
}

/// A text in every language.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Said {
    en: String,
    ko: String,
}

/// A change of one file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Edit {
    /// The file.
    pub file: String,
    find: String,
    replace: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct ExampleFile {
    path: String,
    text: String,
    executable: bool,
}

impl Said {
    /// The text in this language.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::English => &self.en,
            Language::Korean => &self.ko,
        }
    }
}

impl Example {
    /// A project that begins with it.
    pub fn project(&self) -> Project {
        let file = |file: &ExampleFile| {
            let path = FilePath::parse(&file.path).ok()?;
            Some((path, File { executable: file.executable, ..File::text(&file.text) }))
        };
        let files: BTreeMap<FilePath, File> = self.files.iter().filter_map(file).collect();
        let origin = Some(Origin::Example { name: self.name.clone() });
        Project { origin, untouched: true, ..Project::new(&self.name, files) }
    }

    /// Number of files in its build context.
    pub fn files(&self) -> usize {
        self.files.len()
    }
}

impl Edit {
    /// The file and its text with the change made; none if it cannot be made.
    pub fn made(&self, project: &Project) -> Option<(FilePath, Rc<str>)> {
        self.replaced(project, &self.find, &self.replace)
    }

    /// The file and its text with the change undone; none if it is not made.
    pub fn undone(&self, project: &Project) -> Option<(FilePath, Rc<str>)> {
        self.replaced(project, &self.replace, &self.find)
    }

    fn replaced(&self, project: &Project, old: &str, new: &str) -> Option<(FilePath, Rc<str>)> {
        let path = FilePath::parse(&self.file).ok()?;
        let text = project.files.get(&path)?.content.as_text()?;
        // A change may contain what it changes: then only its undoing is left.
        let is_made = new.contains(old) && text.contains(new);
        let changed = text.replacen(old, new, 1);
        (changed != **text && !is_made).then(|| (path, changed.into()))
    }
}

/// The examples of a JSON text, in their order.
pub fn parse(json: &str) -> Vec<Example> {
    serde_json::from_str(json).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_is_made_and_undone() {
        for (find, replace) in
            [("3000", "5000"), ("stopped", "stopped again"), ("one && two", "two")]
        {
            let edit = Edit { file: "x".into(), find: find.into(), replace: replace.into() };
            let path = FilePath::parse("x").expect("a path");
            let with = |text: &str| {
                let files = BTreeMap::from([(path.clone(), File::text(text))]);
                Project::new("p", files)
            };
            let before = format!("begin {find} end");
            let (_, after) = edit.made(&with(&before)).expect("can be made");
            assert_eq!(&*after, format!("begin {replace} end"));
            assert_eq!(edit.made(&with(&after)), None, "{find}");
            let (_, undone) = edit.undone(&with(&after)).expect("can be undone");
            assert_eq!(*undone, before);
            assert_eq!(edit.made(&with("other")), None);
        }
    }
}

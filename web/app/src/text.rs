//! What the page says, in the user's language.
//!
//! The sentences are in `web/locales`, one Fluent file per language, and built in.

use std::rc::Rc;

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;
use yew::prelude::*;

/// A language the page speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English
    English,
    /// 한국어
    Korean,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::English, Self::Korean];

    /// Its tag, as in the `lang` attribute.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Korean => "ko",
        }
    }

    /// Its name in itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Korean => "한국어",
        }
    }

    /// The first of these tags that the page speaks; English if none.
    pub fn wanted(tags: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let of_tag = |tag: &str| {
            let primary = tag.split(['-', '_']).next().unwrap_or_default();
            Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
        };
        tags.into_iter().find_map(|tag| of_tag(tag.as_ref())).unwrap_or(Self::English)
    }

    fn source(self) -> &'static str {
        match self {
            Self::English => include_str!("../../locales/en/app.ftl"),
            Self::Korean => include_str!("../../locales/ko/app.ftl"),
        }
    }
}

/// The sentences of one language.
pub struct Texts {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

/// The sentences of a language are always the same.
impl PartialEq for Texts {
    fn eq(&self, other: &Self) -> bool {
        self.language == other.language
    }
}

// Around what is code in a sentence, for `Texts::rich`: characters for private use.
const CODE: char = '\u{e000}';
const END: char = '\u{e001}';

/// An argument that is shown as code.
pub fn code(text: &str) -> FluentValue<'static> {
    // A text that has the marks itself would break out of them.
    let text: String = text.chars().filter(|&c| c != CODE && c != END).collect();
    FluentValue::from(format!("{CODE}{text}{END}"))
}

impl Texts {
    /// The sentences of this language.
    pub fn new(language: Language) -> Self {
        let id: LanguageIdentifier = language.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new(vec![id]);
        // Latin and Hangul run the same way.
        bundle.set_use_isolating(false);
        let resource = match FluentResource::try_new(language.source().into()) {
            // What is wrong is left out; a test sees to it that nothing is.
            Ok(resource) | Err((resource, _)) => resource,
        };
        bundle.add_resource_overriding(resource);
        Self { language, bundle }
    }

    /// A sentence. The key itself, if there is none.
    pub fn get(&self, key: &str) -> String {
        self.with(key, [])
    }

    /// A sentence with arguments.
    pub fn with<'a, const N: usize>(
        &self,
        key: &str,
        arguments: [(&'a str, FluentValue<'a>); N],
    ) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            return key.into();
        };
        let arguments: FluentArgs<'a> = arguments.into_iter().collect();
        self.bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new()).into_owned()
    }

    /// How old something is, in its largest unit.
    pub fn age(&self, seconds: u64) -> String {
        let (unit, count) = match seconds {
            0..60 => ("seconds", seconds),
            60..3600 => ("minutes", seconds / 60),
            3600..86_400 => ("hours", seconds / 3600),
            86_400..31_536_000 => ("days", seconds / 86_400),
            _ => ("years", seconds / 31_536_000),
        };
        self.with(&format!("age-{}", unit), [("count", count.into())])
    }

    /// A sentence with arguments, in which some are [`code`].
    pub fn rich<'a, const N: usize>(
        &self,
        key: &str,
        arguments: [(&'a str, FluentValue<'a>); N],
    ) -> Html {
        let sentence = self.with(key, arguments);
        let part = |(is_code, text): (bool, &str)| {
            if is_code {
                html! { <code>{ text.to_owned() }</code> }
            } else {
                html! { { text.to_owned() } }
            }
        };
        parts(&sentence).into_iter().map(part).collect()
    }
}

/// The sentences of the language that the page is in.
#[hook]
pub fn use_texts() -> Rc<Texts> {
    use_context::<Rc<Texts>>().expect("the application provides its texts")
}

fn parts(sentence: &str) -> Vec<(bool, &str)> {
    let mut parts = Vec::new();
    for part in sentence.split(END) {
        let (plain, code) = part.split_once(CODE).unwrap_or((part, ""));
        parts.extend([(false, plain), (true, code)].into_iter().filter(|(_, t)| !t.is_empty()));
    }
    parts
}

#[cfg(test)]
mod tests;

//! The base images that `FROM` finds without a network.

mod recipe;

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use builder::{BaseImage, Images, LayerInfo};
use image::{Config, DiffId, History, Layer, Platform};
use vfs::{Kind, Tree};

use crate::OpenedImage;

pub use recipe::{Recipe, RecipeError};

/// The files of `images/` with these names.
macro_rules! recipes {
    ($($name:literal)*) => {
        [$(include_str!(concat!("../../../../images/", $name, ".json"))),*]
    };
}

/// The recipes, in the order in which they are shown.
const RECIPES: [&str; 70] = recipes! {
    "ubuntu-24.04"
    "ubuntu-22.04"
    "ubuntu-20.04"
    "ubuntu-18.04"
    "alpine-3.22"
    "alpine-3.21"
    "alpine-3.20"
    "alpine-3.19"
    "alpine-3.18"
    "debian-trixie"
    "debian-trixie-slim"
    "debian-bookworm"
    "debian-bookworm-slim"
    "debian-bullseye"
    "debian-bullseye-slim"
    "busybox"
    "node-22"
    "node-22-slim"
    "node-22-alpine"
    "node-20"
    "node-20-slim"
    "node-20-alpine"
    "node-18"
    "node-18-slim"
    "node-18-alpine"
    "python-3.13"
    "python-3.13-slim"
    "python-3.13-alpine"
    "python-3.12"
    "python-3.12-slim"
    "python-3.12-alpine"
    "python-3.11"
    "python-3.11-slim"
    "python-3.11-alpine"
    "python-3.10"
    "python-3.10-slim"
    "python-3.10-alpine"
    "golang"
    "golang-alpine"
    "rust"
    "rust-slim"
    "eclipse-temurin-21"
    "eclipse-temurin-17"
    "openjdk-17-slim"
    "php-8-cli"
    "php-8-apache"
    "php-7.4-cli"
    "ruby"
    "ruby-slim"
    "nginx"
    "nginx-alpine"
    "httpd"
    "httpd-alpine"
    "redis"
    "redis-alpine"
    "postgres"
    "postgres-alpine"
    "mysql"
    "rockylinux-9"
    "rockylinux-8"
    "centos-8"
    "centos-7"
    "fedora-42"
    "amazonlinux-2023"
    "amazonlinux-2"
    "buildpack-deps-bookworm"
    "hello-world"
    "http-echo"
    "diamol-node"
    "diamol-ch03-web-ping"
};

/// Images by their references: those of archives that were opened, and the recipes', each of which is
/// made when it is first asked for.
#[derive(Default)]
pub struct Catalogue {
    made: HashMap<usize, BaseImage>,
    recipes: Vec<Recipe>,
    /// In the order in which they came.
    opened: Vec<Arc<OpenedImage>>,
}

impl Catalogue {
    /// The embedded recipes.
    ///
    /// # Panics
    /// If one of them is no recipe, which a test excludes.
    #[must_use]
    pub fn new() -> Self {
        let recipes =
            RECIPES.iter().map(|text| Recipe::parse(text).expect("a test reads every recipe"));
        Self { recipes: recipes.collect(), ..Self::default() }
    }

    /// Every reference that is known, and `scratch`.
    #[must_use]
    pub fn references(&self) -> Vec<String> {
        let opened = self.opened.iter().flat_map(|opened| &opened.image.tags).cloned();
        let known = self.recipes.iter().flat_map(|recipe| recipe.references.iter().cloned());
        opened.chain(known).chain(std::iter::once("scratch".to_owned())).collect()
    }

    /// The layer of one of the images, whose tar is made anew where it is a recipe's.
    #[must_use]
    pub fn layer(&self, id: DiffId) -> Option<Arc<Layer>> {
        let mut opened = self.opened.iter().flat_map(|opened| &opened.image.layers);
        if let Some(layer) = opened.find(|layer| layer.diff_id == id) {
            return Some(Arc::clone(layer));
        }
        let recipe = self.recipes.iter().find(|recipe| recipe.has_layer(id))?;
        recipe.resolved(&self.recipes).ok()?.layer(id).map(Arc::new)
    }

    /// Images from archives, in the order in which they came.
    pub(crate) fn opened(&self) -> &[Arc<OpenedImage>] {
        &self.opened
    }

    /// Adds images from an archive.
    pub(crate) fn add(&mut self, images: &[Arc<OpenedImage>]) {
        self.opened.extend_from_slice(images);
    }

    /// The image of this name that was opened last; where it is there for several platforms, the
    /// one that runs here.
    fn opened_as(&self, reference: &str) -> Option<&OpenedImage> {
        let named = || self.opened.iter().rev().filter(|opened| opened.is_called(reference));
        let here = Platform::default();
        named()
            .find(|opened| opened.image.platform().runs_on(&here))
            .or_else(|| named().next())
            .map(|opened| &**opened)
    }
}

impl Images for Catalogue {
    fn find(&mut self, reference: &str) -> Result<BaseImage, String> {
        let wanted = familiar(reference);
        if let Some(opened) = self.opened_as(&wanted) {
            return Ok(opened.as_base());
        }
        let index = self
            .recipes
            .iter()
            .position(|recipe| recipe.references.contains(&wanted))
            .ok_or_else(|| unknown(reference, &wanted, &self.recipes))?;
        if let Some(image) = self.made.get(&index) {
            return Ok(image.clone());
        }
        let image = self.recipes[index].resolved(&self.recipes).and_then(|recipe| make(&recipe));
        let image = image.map_err(|error| format!("{wanted}: {error}"))?;
        self.made.insert(index, image.clone());
        Ok(image)
    }
}

/// Builds the image of a recipe that was resolved.
///
/// # Errors
/// [`RecipeError`].
pub fn make(recipe: &Recipe) -> Result<BaseImage, RecipeError> {
    let trees = recipe.trees()?;
    let mut layers = Vec::new();
    let mut before = Tree::new();
    for (layer, (tree, _)) in recipe.layers.iter().zip(&trees) {
        let diff_id = DiffId(layer.diff_id.parse()?);
        layers.push(LayerInfo { diff_id, bytes: added_bytes(&before, tree) });
        before = tree.clone();
    }
    let created = Some(image::parse_rfc3339(&recipe.created)?);
    let history = recipe.history.iter().map(|entry| {
        let own = entry.created.as_deref().map(image::parse_rfc3339).transpose()?;
        Ok(History {
            created: own.or(created),
            created_by: entry.created_by.clone(),
            author: String::new(),
            comment: entry.comment.clone(),
            empty_layer: entry.empty_layer,
        })
    });
    let config = Config {
        architecture: "amd64".into(),
        os: "linux".into(),
        created,
        config: recipe.config.clone(),
        rootfs: image::RootFs { diff_ids: layers.iter().map(|layer| layer.diff_id).collect() },
        history: history.collect::<Result<_, RecipeError>>()?,
        ..Config::default()
    };
    Ok(BaseImage { tree: before, config, layers })
}

/// Sizes of the regular files that a layer brings.
fn added_bytes(before: &Tree, after: &Tree) -> u64 {
    let mut sizes = HashMap::new();
    for change in before.diff(after) {
        if let Some((ino, inode)) = after.lookup(&change.path)
            && let Kind::File(content) = &inode.kind
        {
            sizes.insert(ino, content.len());
        }
    }
    sizes.values().sum()
}

/// A reference without the registry's default parts, with its tag: `docker.io/library/ubuntu` is
/// `ubuntu:latest`.
#[must_use]
pub fn familiar(reference: &str) -> String {
    let short = ["docker.io/library/", "index.docker.io/library/", "docker.io/", "library/"]
        .iter()
        .find_map(|prefix| reference.strip_prefix(prefix))
        .unwrap_or(reference);
    let short = short.split('@').next().unwrap_or(short);
    let last = short.rsplit('/').next().unwrap_or(short);
    if last.contains(':') { short.to_owned() } else { format!("{short}:latest") }
}

/// The answer for an image that is not there, as the registry and BuildKit give it, with what
/// there is.
fn unknown(reference: &str, wanted: &str, recipes: &[Recipe]) -> String {
    let name = wanted.split(':').next().unwrap_or(wanted);
    let all = || recipes.iter().flat_map(|recipe| recipe.references.iter());
    let same: Vec<_> =
        all().filter(|known| known.split(':').next() == Some(name)).cloned().collect();
    let full = if wanted.contains('/') { wanted.to_owned() } else { format!("library/{wanted}") };
    let hint = if same.is_empty() {
        let mut names: Vec<&str> = all().filter_map(|known| known.split(':').next()).collect();
        names.push("scratch");
        names.sort_unstable();
        names.dedup();
        names.sort_by_key(|known| Reverse(likeness(name, known)));
        format!("known here without a network: {}", names.join(", "))
    } else {
        let mut same = same;
        same.sort_by_key(|known| Reverse(likeness(wanted, known)));
        same.truncate(NEAREST);
        format!("the nearest tags known here: {}", same.join(", "))
    };
    format!(
        "{reference}: failed to resolve source metadata for docker.io/{full}: docker.io/{full}: not found \
         ({hint})"
    )
}

/// How many tags are named beside one that is not known.
const NEAREST: usize = 8;

/// How much two names have in common, at their beginning and at their end.
fn likeness(a: &str, b: &str) -> usize {
    let same = |(a, b): &(char, char)| a == b;
    let begin = a.chars().zip(b.chars()).take_while(same).count();
    let end = a.chars().rev().zip(b.chars().rev()).take_while(same).count();
    begin + end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_made_familiar() {
        for (reference, expected) in [
            ("ubuntu", "ubuntu:latest"),
            ("docker.io/library/ubuntu:24.04", "ubuntu:24.04"),
            ("library/alpine", "alpine:latest"),
            ("localhost:5000/x/y", "localhost:5000/x/y:latest"),
            ("alpine@sha256:00", "alpine:latest"),
        ] {
            assert_eq!(familiar(reference), expected, "{reference}");
        }
    }

    #[test]
    fn an_unknown_image_names_the_known_ones() {
        let error = Catalogue::new().find("ubuntu:12.34").unwrap_err();
        assert!(error.contains("docker.io/library/ubuntu:12.34: not found"), "{error}");
        assert!(error.contains("ubuntu:24.04"), "{error}");
        let error = Catalogue::new().find("node:19-alpine").unwrap_err();
        assert!(error.contains("the nearest tags known here: node:18-alpine, "), "{error}");
        let error = Catalogue::new().find("pyton").unwrap_err();
        assert!(error.contains("known here without a network: python, "), "{error}");
    }
}

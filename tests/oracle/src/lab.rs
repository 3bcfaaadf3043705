//! What builds: base images, programs, the cache.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use builder::{
    BaseImage, Build, BuildError, Cache, Images, LayerInfo, NoNetwork, Outside, Request,
};
use engine::{Containers, Modules};
use image::{Config, ContainerConfig, History, Layer, RootFs, TarLimits};
use serde_json::Value;
use vfs::{AbsPath, Timestamp, Tree};

/// When builds start: later than the times of all files of a context.
pub const START: Timestamp = engine::EPOCH;

/// How many bytes of a command's output are kept.
const CONSOLE: usize = 1 << 20;

/// Everything but the build itself.
pub struct Lab {
    images: Store,
    modules: Modules,
    pub cache: Cache,
}

impl Lab {
    /// Reads the base images.
    pub fn new(folder: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(folder.join("base/bases.json"))?;
        let bases: Value = serde_json::from_str(&text)?;
        let tar = std::fs::read(folder.join("base/alpine.tar")).context("base/alpine.tar")?;
        let base = imported(&tar, &bases["alpine:3.20"]["config"])?;
        let images = Store { images: [("alpine:3.20".to_owned(), base)].into() };
        let modules = Modules::new(Arc::new(wasi::Module::compile));
        Ok(Self { images, modules, cache: Cache::default() })
    }

    /// The filesystem of the base.
    pub fn base(&self) -> Tree {
        self.images.images["alpine:3.20"].tree.clone()
    }

    /// All base images, by name.
    pub fn bases(&self) -> Vec<(String, BaseImage)> {
        let all = self.images.images.iter();
        all.map(|(name, image)| (name.clone(), image.clone())).collect()
    }

    /// What runs commands.
    pub fn executor(&self) -> Containers {
        Containers::new(self.modules.clone(), CONSOLE)
    }

    /// Loads a program.
    pub fn load(&mut self, name: &str) -> Result<()> {
        self.modules.load(name, &module_bytes(name)?)?;
        Ok(())
    }

    /// Gives an image a name.
    pub fn tag(&mut self, name: &str, image: BaseImage) {
        self.images.images.insert(name.to_owned(), image);
    }

    /// Builds, and fetches programs as they are asked for.
    pub fn build(&mut self, request: &Request<'_>) -> Result<Result<Build, BuildError>> {
        let mut executor = Containers::new(self.modules.clone(), CONSOLE);
        loop {
            let mut outside = Outside {
                executor: &mut executor,
                images: &mut self.images,
                network: &mut NoNetwork,
                micros: &|| 0,
            };
            match builder::build(request, &mut outside, &mut self.cache, &mut |_| {}) {
                Err(BuildError::NotLoaded(name)) => {
                    self.modules.load(&name, &module_bytes(&name)?)?;
                }
                end => return Ok(end),
            }
        }
    }
}

fn module_bytes(name: &str) -> Result<Vec<u8>> {
    let source = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../userland/dist");
    let folder = std::env::var_os("LAYERLAB_USERLAND").map_or(source, PathBuf::from);
    let file = folder.join(format!("{name}.wasm"));
    std::fs::read(&file)
        .with_context(|| format!("{}: `cargo xtask build-userland` makes it", file.display()))
}

/// An image as `docker import` makes it.
fn imported(tar: &[u8], config: &Value) -> Result<BaseImage> {
    let layer = Layer::read(tar, TarLimits::default())?;
    let mut tree = Tree::new();
    image::unpack(&mut tree, &AbsPath::root(), &layer.entries)?;
    let config: ContainerConfig = serde_json::from_value(config.clone())?;
    let created = Some(Timestamp::from_secs(START.secs() - 3600));
    let history =
        vec![History { created, comment: "Imported from -".to_owned(), ..History::default() }];
    let config = Config {
        architecture: "amd64".into(),
        os: "linux".into(),
        created,
        config,
        rootfs: RootFs { diff_ids: vec![layer.diff_id] },
        history,
        ..Config::default()
    };
    let layers = vec![LayerInfo { diff_id: layer.diff_id, bytes: tree.usage().bytes }];
    Ok(BaseImage { tree, config, layers })
}

/// Images by their names.
struct Store {
    images: BTreeMap<String, BaseImage>,
}

impl Images for Store {
    fn find(&mut self, reference: &str) -> Result<BaseImage, String> {
        let found = self.images.get(&engine::familiar(reference)).cloned();
        let canonical = dockerfile::canonical_image_name(reference)?;
        found.ok_or_else(|| {
            format!(
                "{reference}: failed to resolve source metadata for {canonical}: {canonical}: not found"
            )
        })
    }
}

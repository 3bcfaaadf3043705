//! `layerlab image`: looks into images that any tool saved.

mod source;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use image::report::{ChangesReport, FilesReport, InspectReport, LayersReport, WasteReport};
use image::{ApplyError, ArchiveError, Image, ParsePlatformError, Platform};
use serde_json::Value;
use thiserror::Error;
use vfs::AbsPath;

/// The arguments of `layerlab image`.
#[derive(Args)]
pub struct ImageArguments {
    #[command(subcommand)]
    verb: ImageVerb,
}

#[derive(Subcommand)]
enum ImageVerb {
    /// Show its configuration and history.
    Inspect {
        #[command(flatten)]
        source: Source,
    },
    /// List its files.
    Ls {
        #[command(flatten)]
        source: Source,
        /// Where to begin.
        #[arg(default_value = "/")]
        path: String,
        /// After so many layers instead of all.
        #[arg(long)]
        layers: Option<usize>,
    },
    /// List what its layers change, or what differs from another image.
    Diff {
        #[command(flatten)]
        source: Source,
        /// The other, newer image: docker-archive, OCI archive or OCI layout.
        other: Option<PathBuf>,
        /// One layer only, counted from 1.
        #[arg(long, conflicts_with = "other")]
        layer: Option<usize>,
    },
    /// List its layers with what they bring, hide and waste.
    Layers {
        #[command(flatten)]
        source: Source,
    },
    /// Show what it carries and nobody sees, beside what dive says.
    Waste {
        #[command(flatten)]
        source: Source,
    },
    /// Write its filesystem as one tar, or the image as an archive for docker load and skopeo.
    Export {
        #[command(flatten)]
        source: Source,
        /// The file to write; standard output where it is not given.
        #[arg(short, long)]
        output: Option<PathBuf>,
        /// What to write.
        #[arg(long, value_enum, default_value_t = Format::Rootfs)]
        format: Format,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// The filesystem without layers, as docker export.
    Rootfs,
    /// An OCI layout that docker load takes as well, as docker save.
    Archive,
}

/// Which image.
#[derive(Args)]
struct Source {
    /// A docker-archive or OCI archive, compressed or not, or the folder of an OCI layout; - reads
    /// standard input.
    file: PathBuf,
    /// Which of several images: a name, a tag, or the beginning of an image ID.
    #[arg(long)]
    image: Option<String>,
    /// Which of several platforms.
    #[arg(long, default_value = "linux/amd64")]
    platform: String,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// Why there is no answer.
#[derive(Debug, Error)]
enum ImageError {
    #[error("cannot read {path}: {error}")]
    Read { path: PathBuf, error: io::Error },
    #[error("cannot write {path}: {error}")]
    Write { path: PathBuf, error: io::Error },
    #[error("{path}: {error}")]
    Archive { path: PathBuf, error: ArchiveError },
    #[error("a layer cannot be applied: {0}")]
    Apply(#[from] ApplyError),
    #[error(transparent)]
    Platform(#[from] ParsePlatformError),
    #[error("{path} has no image {name:?}; it has: {}", .known.join(", "))]
    NoSuchImage { path: PathBuf, name: String, known: Vec<String> },
    #[error("{0} has no image that is complete")]
    Empty(PathBuf),
    #[error("the image has no layer {layer}, it has {count}")]
    NoSuchLayer { layer: usize, count: usize },
    #[error("{0} is not in the image")]
    NoSuchFile(AbsPath),
}

/// Runs `layerlab image`.
pub fn run(arguments: &ImageArguments) -> ExitCode {
    match answer(&arguments.verb) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("layerlab image: {error}");
            ExitCode::FAILURE
        }
    }
}

fn answer(verb: &ImageVerb) -> Result<(), ImageError> {
    match verb {
        ImageVerb::Inspect { source } => {
            let image = source.load()?;
            let report = InspectReport(&image);
            source.print(&report, || report.to_json())
        }
        ImageVerb::Ls { source, path, layers } => {
            let image = source.load()?;
            let tree = image.tree_after(layer_count(&image, *layers)?)?;
            let path = AbsPath::new(path);
            let report = FilesReport::of(&tree, &path).ok_or(ImageError::NoSuchFile(path))?;
            source.print(&report, || report.to_json())
        }
        ImageVerb::Diff { source, other, layer } => {
            let image = source.load()?;
            let report = match other {
                Some(other) => ChangesReport::between(&image, &source.load_from(other)?)?,
                None => {
                    layer_count(&image, *layer)?;
                    ChangesReport::of_layers(&image, *layer)?
                }
            };
            source.print(&report, || report.to_json())
        }
        ImageVerb::Layers { source } => {
            let image = source.load()?;
            let report = LayersReport::of(&image, &image.analysis()?);
            source.print(&report, || report.to_json())
        }
        ImageVerb::Waste { source } => {
            let image = source.load()?;
            let analysis = image.analysis()?;
            let report = WasteReport::of(&image, &analysis);
            source.print(&report, || report.to_json())
        }
        ImageVerb::Export { source, output, format } => {
            let image = source.load()?;
            export(&image, *format, output.as_deref())
        }
    }
}

/// The number of layers asked for; all where none is.
fn layer_count(image: &Image, asked: Option<usize>) -> Result<usize, ImageError> {
    let count = image.layers.len();
    match asked {
        None => Ok(count),
        Some(layer) if (1..=count).contains(&layer) => Ok(layer),
        Some(layer) => Err(ImageError::NoSuchLayer { layer, count }),
    }
}

fn export(image: &Image, format: Format, output: Option<&Path>) -> Result<(), ImageError> {
    let path = output.map_or_else(|| PathBuf::from("standard output"), Path::to_path_buf);
    let failed = |error| ImageError::Write { path: path.clone(), error };
    let out: Box<dyn Write> = match output {
        Some(path) => Box::new(std::fs::File::create(path).map_err(failed)?),
        None => Box::new(io::stdout().lock()),
    };
    let mut out = io::BufWriter::with_capacity(1 << 20, out);
    match format {
        Format::Rootfs => image::export_tree(&image.tree()?, &mut out),
        Format::Archive => image::write_archive(std::slice::from_ref(image), &mut out),
    }
    .and_then(|()| out.flush())
    .map_err(failed)
}

impl Source {
    fn load(&self) -> Result<Image, ImageError> {
        self.load_from(&self.file)
    }

    fn load_from(&self, path: &Path) -> Result<Image, ImageError> {
        let platform = Platform::parse(&self.platform)?;
        let archive = source::read(path)?;
        if let Some(image) = archive.choose(self.image.as_deref(), &platform) {
            if archive.images.len() > 1 {
                let name = image.tags.first().cloned().unwrap_or_else(|| image.id().to_string());
                eprintln!("of {} images: {name}, {}", archive.images.len(), image.platform());
            }
            return Ok(image.clone());
        }
        let Some(name) = self.image.clone() else { return Err(ImageError::Empty(path.into())) };
        let names = archive.images.iter().flat_map(|image| {
            let id = image.id().to_string();
            if image.tags.is_empty() { vec![id] } else { image.tags.clone() }
        });
        Err(ImageError::NoSuchImage { path: path.into(), name, known: names.collect() })
    }

    fn print(
        &self,
        text: &impl std::fmt::Display,
        json: impl FnOnce() -> Value,
    ) -> Result<(), ImageError> {
        let mut out = io::BufWriter::new(io::stdout().lock());
        let written = if self.json { writeln!(out, "{:#}", json()) } else { write!(out, "{text}") };
        match written.and_then(|()| out.flush()) {
            // Whoever reads has seen enough: `layerlab image ls FILE | head`.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(ImageError::Write { path: "standard output".into(), error })
            }
            _ => Ok(()),
        }
    }
}

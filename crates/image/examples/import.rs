//! Makes an image of a filesystem and one more layer, as an archive for `docker load` and skopeo.
//!
//! ```sh
//! cargo run -p image --example import -- rootfs.tar image.tar lab/import:1
//! docker load -i image.tar && docker run --rm lab/import:1
//! ```
#![allow(clippy::disallowed_methods, reason = "reads and writes real files")]

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::sync::Arc;

use image::{ContainerConfig, History, Image, Layer, TarLimits, write_archive};
use vfs::{AbsPath, Content, Kind, Meta, Name, Timestamp};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [rootfs, out, tag] = arguments.as_slice() else {
        return Err("usage: import ROOTFS.tar IMAGE.tar TAG".into());
    };
    let time = Timestamp::from_secs(1_700_000_000);
    let base = Layer::read(File::open(rootfs)?, TarLimits::default())?;
    let container = ContainerConfig {
        env: vec!["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".into()],
        cmd: Some(vec!["/bin/cat".into(), "/etc/greeting".into()]),
        ..ContainerConfig::default()
    };
    let image = Image::import(base, container, &format!("Imported from {rootfs}"), time);

    let before = image.tree()?;
    let mut after = before.clone();
    let (etc, _) = after.lookup(&AbsPath::new("/etc")).ok_or("the filesystem has no /etc")?;
    let greeting = Kind::File(Content::from(b"hello from a layer\n".to_vec()));
    let name = Name::new(b"greeting")?;
    after.create(etc, name, Meta::root(0o644, time), greeting)?;
    // A file that the layer takes away, if it is there.
    if after.get(etc).and_then(vfs::Inode::dir).is_some_and(|dir| dir.get(b"hostname").is_some()) {
        after.remove(etc, b"hostname")?;
    }
    let changes = before.diff_with_parents(&after);
    let layer = Layer::of_changes(&after, &changes, time);

    let mut config = image.config.clone();
    config.rootfs.diff_ids.push(layer.diff_id);
    config.history.push(History {
        created: Some(time),
        created_by: "import example".into(),
        ..History::default()
    });
    let mut layers = image.layers;
    layers.push(Arc::new(layer));
    let image = Image::new(config, layers, vec![tag.clone()]);
    let mut file = BufWriter::new(File::create(out)?);
    write_archive(std::slice::from_ref(&image), &mut file)?;
    file.flush()?;
    println!("{tag} {}", image.id());
    Ok(())
}

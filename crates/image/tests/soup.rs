//! Damaged archives and nonsense: what holds for all bytes holds for these.
#![allow(clippy::disallowed_methods, reason = "of what it includes, which works on real files")]

mod properties;
mod support;

use proptest::prelude::*;

/// A byte is changed, or some are cut out or said twice.
#[derive(Clone, Debug)]
enum Damage {
    Set(usize, u8),
    Cut(usize, usize),
    Twice(usize, usize),
}

fn damage() -> impl Strategy<Value = Vec<Damage>> {
    let at = || 0..1_000_000_usize;
    let one = prop_oneof![
        4 => (at(), any::<u8>()).prop_map(|(at, byte)| Damage::Set(at, byte)),
        1 => (at(), 0..2000_usize).prop_map(|(at, n)| Damage::Cut(at, n)),
        1 => (at(), 0..2000_usize).prop_map(|(at, n)| Damage::Twice(at, n)),
    ];
    prop::collection::vec(one, 1..6)
}

fn damaged(bytes: &[u8], damage: &[Damage]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for damage in damage {
        if out.is_empty() {
            break;
        }
        let len = out.len();
        match *damage {
            Damage::Set(at, byte) => out[at % len] = byte,
            Damage::Cut(at, n) => drop(out.drain(at % len..(at % len + n).min(len))),
            Damage::Twice(at, n) => {
                let piece = out[at % len..(at % len + n).min(len)].to_vec();
                out.splice(at % len..at % len, piece);
            }
        }
    }
    out
}

/// The layers of the sample image and its texts.
fn material() -> (Vec<Vec<u8>>, [Vec<u8>; 3]) {
    let image = support::sample();
    let layers = image.layers.iter().map(|layer| {
        let mut bytes = Vec::new();
        layer.write_tar(&mut bytes).unwrap();
        bytes
    });
    let mut texts = Vec::new();
    for (path, file) in image::archive_files(std::slice::from_ref(&image)) {
        if let image::ArchiveFile::Text(text) = file
            && !path.ends_with("oci-layout")
        {
            texts.push(text);
        }
    }
    (layers.collect(), [texts[2].clone(), texts[3].clone(), image.config_json])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_layers(damage in damage(), which in 0..3_usize) {
        let (layers, _) = material();
        let bytes = damaged(&layers[which], &damage);
        properties::check_layer(&bytes);
        properties::check_tar(&bytes);
    }

    #[test]
    fn damaged_texts(damage in damage(), which in 0..3_usize) {
        let (_, mut texts) = material();
        texts[which] = damaged(&texts[which], &damage);
        properties::check_config(&texts[2]);
        properties::check_archive(&texts[0], &texts[1], &texts[2]);
    }

    #[test]
    fn nonsense(bytes in prop::collection::vec(any::<u8>(), 0..3000), kind in any::<u8>()) {
        properties::check_compressed(kind, &bytes);
        properties::check_tar(&bytes);
        properties::check_config(&bytes);
    }
}

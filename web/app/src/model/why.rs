//! Why a step ran again, and what it took along.

use protocol::Miss;

use super::build::{Build, Status};

/// The story of one step's miss.
#[derive(Debug, Clone, PartialEq)]
pub struct Why {
    /// The step that is explained.
    pub step: u32,
    /// Its own reason.
    pub miss: Miss,
    /// Where it began: another step for [`Miss::Parent`], otherwise the step itself.
    pub origin: u32,
    /// Later steps that ran for no other reason than this.
    pub dragged: Vec<u32>,
}

/// The explanation for a step, if it missed the cache.
pub fn explain(build: &Build, step: u32) -> Option<Why> {
    let miss = build.row(step)?.miss()?.clone();
    let origin = if let Miss::Parent { step } = miss { step } else { step };
    let dragged = build
        .rows
        .iter()
        .filter(|row| row.step.index > step && row.status() == Status::Ran)
        .filter(|row| matches!(row.miss(), Some(Miss::Parent { step }) if *step == origin))
        .map(|row| row.step.index)
        .collect();
    Some(Why { step, miss, origin, dragged })
}

/// Step numbers, from 1, as ranges: `6`, `6–8`, `3, 6–8`.
pub fn ranges(steps: &[u32]) -> String {
    let mut parts: Vec<(u32, u32)> = Vec::new();
    for &step in steps {
        match parts.last_mut() {
            Some((_, last)) if *last + 1 == step => *last = step,
            _ => parts.push((step, step)),
        }
    }
    let show = |(from, to): &(u32, u32)| {
        if from == to { format!("{}", from + 1) } else { format!("{}–{}", from + 1, to + 1) }
    };
    parts.iter().map(show).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::build::tests::{build, done, layer};
    use protocol::StepState;

    #[test]
    fn a_miss_drags_what_stands_on_it() {
        let parent = |step| Some(Miss::Parent { step });
        let build = build(vec![
            StepState::Cached { layer: Some(layer(9)) },
            done(1, Some(Miss::Files { changes: vec![] })),
            done(1, parent(1)),
            done(1, Some(Miss::New)),
            done(1, parent(1)),
        ]);
        let why = explain(&build, 1).expect("it missed");
        assert_eq!((why.origin, why.dragged), (1, vec![2, 4]));
        let why = explain(&build, 2).expect("it missed");
        assert_eq!((why.origin, why.dragged), (1, vec![4]));
        assert_eq!(explain(&build, 0), None);
        assert_eq!(explain(&build, 77), None);
    }

    #[test]
    fn numbers_are_counted_from_one_and_joined() {
        assert_eq!(ranges(&[]), "");
        assert_eq!(ranges(&[5]), "6");
        assert_eq!(ranges(&[2, 5, 6, 7]), "3, 6–8");
    }
}

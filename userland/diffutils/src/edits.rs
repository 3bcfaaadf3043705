//! Which lines differ: the shortest edit by Myers' algorithm ("An O(ND) Difference Algorithm and Its
//! Variations", 1986), with runs of changes moved as far down as they go, as GNU diff does.

/// A run of lines that differ: from and to in the old file, from and to in the new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Lines of the old file, from 0.
    pub old: (usize, usize),
    /// Lines of the new file.
    pub new: (usize, usize),
}

/// The changes between two lists of lines, given by numbers that are equal where lines are.
///
/// Runs of changes are moved within the lines from the first that differs to the last, and `horizon`
/// lines beyond.
pub fn changes(old: &[usize], new: &[usize], horizon: usize) -> Vec<Change> {
    let start = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (a, b) = (&old[start..], &new[start..]);
    let end = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[..a.len() - end], &b[..b.len() - end]);
    let mut removed = vec![false; old.len()];
    let mut added = vec![false; new.len()];
    let mut rest = Vec::new();
    middle(a, b, start, start, &mut removed, &mut added, &mut rest);
    let from = start - horizon.min(start);
    let after = end - horizon.min(end);
    let (old, new) = (&old[from..old.len() - after], &new[from..new.len() - after]);
    let removed_there = &mut removed[from..from + old.len()];
    let added_there = &mut added[from..from + new.len()];
    shift(old, removed_there, added_there);
    shift(new, added_there, removed_there);
    collect(&removed, &added)
}

/// Marks what differs between `a` and `b`, which begin at `x` and `y`.
fn middle(
    a: &[usize],
    b: &[usize],
    x: usize,
    y: usize,
    removed: &mut [bool],
    added: &mut [bool],
    trace: &mut Vec<Vec<isize>>,
) {
    let (n, m) = (a.len() as isize, b.len() as isize);
    let most = n + m;
    let at = |k: isize| (k + most + 1) as usize;
    let mut far = vec![0isize; (2 * most + 3) as usize];
    trace.clear();
    'search: for d in 0..=most {
        trace.push(far.clone());
        for k in (-d..=d).step_by(2) {
            let down = k == -d || (k != d && far[at(k - 1)] < far[at(k + 1)]);
            let mut i = if down { far[at(k + 1)] } else { far[at(k - 1)] + 1 };
            let mut j = i - k;
            while i < n && j < m && a[i as usize] == b[j as usize] {
                i += 1;
                j += 1;
            }
            far[at(k)] = i;
            if i >= n && j >= m {
                break 'search;
            }
        }
    }
    // Backwards along the way that was found.
    let (mut i, mut j) = (n, m);
    for d in (0..trace.len() as isize).rev() {
        let far = &trace[d as usize];
        let k = i - j;
        let down = k == -d || (k != d && far[at(k - 1)] < far[at(k + 1)]);
        let before = if down { k + 1 } else { k - 1 };
        let (pi, pj) = (far[at(before)], far[at(before)] - before);
        while i > pi.max(0)
            && j > pj.max(0)
            && i > 0
            && j > 0
            && a[i as usize - 1] == b[j as usize - 1]
        {
            i -= 1;
            j -= 1;
        }
        if d == 0 {
            break;
        }
        if down {
            j -= 1;
            added[y + j as usize] = true;
        } else {
            i -= 1;
            removed[x + i as usize] = true;
        }
    }
}

/// Moves runs of changed lines down as far as the lines allow, and joins those that then meet; `other`
/// are the changes of the other file (GNU diff's `shift_boundaries`).
fn shift(lines: &[usize], changed: &mut [bool], other: &mut [bool]) {
    let end = lines.len();
    let get = |list: &[bool], at: usize| list.get(at).copied().unwrap_or(false);
    let (mut i, mut j) = (0, 0);
    loop {
        // The next run, and where it is in the other file.
        while i < end && !changed[i] {
            while get(other, j) {
                j += 1;
            }
            j += 1;
            i += 1;
        }
        if i == end {
            return;
        }
        let mut start = i;
        while i < end && changed[i] {
            i += 1;
        }
        while get(other, j) {
            j += 1;
        }
        loop {
            let length = i - start;
            // Up, as long as the line before equals the last one: it may meet the run before.
            while start > 0 && lines[start - 1] == lines[i - 1] {
                start -= 1;
                i -= 1;
                changed[start] = true;
                changed[i] = false;
                while start > 0 && changed[start - 1] {
                    start -= 1;
                }
                j -= 1;
                while j > 0 && get(other, j) {
                    j -= 1;
                }
            }
            let mut corresponding = if j > 0 && get(other, j - 1) { i } else { end };
            // Down, as long as the first line equals the one after.
            while i < end && lines[start] == lines[i] {
                changed[start] = false;
                changed[i] = true;
                start += 1;
                i += 1;
                while i < end && changed[i] {
                    i += 1;
                }
                j += 1;
                while get(other, j) {
                    corresponding = i;
                    j += 1;
                }
            }
            if length == i - start {
                // Back to where the other file changes too, if there is such a place.
                while corresponding < i {
                    start -= 1;
                    i -= 1;
                    changed[start] = true;
                    changed[i] = false;
                    j -= 1;
                    while j > 0 && get(other, j) {
                        j -= 1;
                    }
                }
                break;
            }
        }
    }
}

fn collect(removed: &[bool], added: &[bool]) -> Vec<Change> {
    let mut out = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < removed.len() || j < added.len() {
        let (from_i, from_j) = (i, j);
        while removed.get(i) == Some(&true) {
            i += 1;
        }
        while added.get(j) == Some(&true) {
            j += 1;
        }
        if i > from_i || j > from_j {
            out.push(Change { old: (from_i, i), new: (from_j, j) });
        } else {
            i += 1;
            j += 1;
        }
    }
    out
}

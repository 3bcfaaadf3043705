use crate::context::Cx;

/// The supplementary groups, as many as fit; answers how many there are. Where the buffer is not
/// in the memory nothing is written: the answer has no room for an errno.
pub(crate) fn getgroups(cx: &mut Cx<'_>, out: u32, cap: u32) -> u32 {
    let groups = &cx.state.caller().cred.groups;
    let bytes: Vec<u8> =
        groups.iter().take(cap as usize).flat_map(|group| group.to_le_bytes()).collect();
    let _ = cx.guest.write(out, &bytes);
    groups.len() as u32
}

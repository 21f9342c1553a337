//! The list of all formats: those built in, group by group, and those of the user's own.

use super::{
    Format, Probe, Takes, activity, billing, databases, doors, findings, generic, hosts, network,
};
use std::sync::{LazyLock, OnceLock};

/// The most specific first; the last group takes what nobody else does.
const GROUPS: [&[&dyn Format]; 8] = [
    activity::LIST,
    findings::LIST,
    doors::LIST,
    network::LIST,
    databases::LIST,
    billing::LIST,
    hosts::LIST,
    generic::LIST,
];

static FORMATS: OnceLock<Vec<&'static dyn Format>> = OnceLock::new();

/// Every format. Where several are equally sure of a record, the first of them has it.
pub fn formats() -> &'static [&'static dyn Format] {
    FORMATS.get_or_init(built_in)
}

/// The formats that such a record may be of, each with its place in [`formats`].
pub(super) fn may_be(probe: &Probe<'_>) -> &'static [Placed] {
    let [objects, texts] = &*APART;
    if probe.is_object() { objects } else { texts }
}

/// A format, with its place.
type Placed = (usize, &'static dyn Format);

/// Those that take objects, and those that take text.
static APART: LazyLock<[Vec<Placed>; 2]> = LazyLock::new(|| {
    let all = || formats().iter().copied().enumerate();
    [Takes::Text, Takes::Objects].map(|other| all().filter(|(_, it)| it.takes() != other).collect())
});

/// Puts formats of the user's own before those built in, for as long as the program runs. The
/// answer is whether they were taken: nobody may have asked for [`formats`] before.
pub fn install(own: Vec<Box<dyn Format>>) -> bool {
    let own = own.into_iter().map(|format| &*Box::leak(format));
    FORMATS.set(own.chain(built_in()).collect()).is_ok()
}

/// The formats that come with the program.
pub(super) fn built_in() -> Vec<&'static dyn Format> {
    GROUPS.concat()
}

/// Which formats of the user's own there are, and as which of their definitions: where it is the
/// same, the same bytes are read as the same events. Empty if there are none.
pub fn editions() -> String {
    formats().iter().filter_map(|format| format.edition()).collect()
}

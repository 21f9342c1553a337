//! Members of JSON records by the paths that a definition names: each record is gone over once,
//! and nothing is built of it.

use super::decoder::Event;
use crate::format::frame::DEEPEST;
use crate::format::members::Scalar;
use crate::format::scan::{Broken, Plain, Scan};

/// What is wanted of a value: itself, for these uses, and of its members.
#[derive(Debug, Default)]
pub(super) struct Node {
    uses: Vec<usize>,
    members: Vec<(String, Self)>,
}

impl Node {
    /// Wants what stands at the path, for this use.
    pub(super) fn add(&mut self, path: &str, used: usize) {
        let mut node = self;
        for part in path.split('.') {
            let at = node.members.iter().position(|(name, _)| name == part);
            let at = at.unwrap_or_else(|| {
                node.members.push((part.to_owned(), Self::default()));
                node.members.len() - 1
            });
            node = &mut node.members[at].1;
        }
        node.uses.push(used);
    }

    /// What is wanted of a member; of one whose own name has dots, as of what lies that deep.
    fn member(&self, name: &str) -> Option<&Self> {
        let find =
            |node: &Self, name: &str| node.members.iter().position(|(known, _)| known == name);
        if !name.contains('.') {
            return find(self, name).map(|at| &self.members[at].1);
        }
        let mut node = self;
        for part in name.split('.') {
            node = &node.members[find(node, part)?].1;
        }
        Some(node)
    }
}

/// Reads a record; `required` are members that it must have on its outermost level. The answer is
/// whether they are there.
pub(super) fn read(
    record: &str,
    outermost: &Node,
    required: &[String],
    event: &mut Event<'_>,
) -> Result<bool, Broken> {
    let mut scan = Scan::new(record);
    let room = scan.open(DEEPEST)?;
    let mut met = 0u32;
    let mut first = true;
    while let Some(name) = scan.key(first)? {
        first = false;
        if let Some(at) = required.iter().position(|known| *known == name) {
            met |= 1 << at;
        }
        value(&mut scan, outermost.member(&name), event, room)?;
    }
    scan.end()?;
    Ok(met.count_ones() as usize == required.len())
}

/// Goes over a value. Elements of an array are what the array is.
fn value(
    scan: &mut Scan<'_>,
    node: Option<&Node>,
    event: &mut Event<'_>,
    room: usize,
) -> Result<(), Broken> {
    let Some(node) = node else { return scan.skip(room) };
    match scan.peek() {
        Some(b'{') if !node.members.is_empty() => {
            let room = scan.open(room)?;
            let mut first = true;
            while let Some(name) = scan.key(first)? {
                first = false;
                value(scan, node.member(&name), event, room)?;
            }
        }
        Some(b'{') => scan.skip(room)?,
        Some(b'[') => {
            let room = scan.open(room)?;
            let mut first = true;
            while scan.more(b']', first)? {
                first = false;
                value(scan, Some(node), event, room)?;
            }
        }
        Some(b'"') => {
            let text = scan.string()?;
            node.uses.iter().for_each(|used| event.take(*used, Scalar::Text(&text)));
        }
        _ => {
            let scalar = match scan.plain()? {
                Plain::Null => return Ok(()),
                Plain::Bool(flag) => Scalar::Bool(flag),
                Plain::Number(number) => Scalar::Number(number),
            };
            node.uses.iter().for_each(|used| event.take(*used, scalar));
        }
    }
    Ok(())
}

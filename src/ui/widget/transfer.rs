//! What is on its way from elsewhere, in words.

use super::chrome::size;
use super::lanes::grouped;
use crate::event::noun;
use crate::job::Transfer;

/// `40 objects fetched, 3.20 MB; 24 on the way and 1,140 wait, 93.1 MB`, while there are any.
pub fn fetching(transfer: &Transfer) -> Option<String> {
    let &Transfer { waiting, coming, left, objects, bytes, .. } = transfer;
    if waiting + coming == 0 {
        return None;
    }
    let fetched = format!("{} {} fetched", grouped(objects), noun(objects, "object", "objects"));
    let waits = match waiting {
        0 => String::new(),
        _ => format!(" and {} {}", grouped(waiting), noun(waiting, "waits", "wait")),
    };
    let (bytes, left) = (size(bytes), size(left));
    Some(format!("{fetched}, {bytes}; {} on the way{waits}, {left}", grouped(coming)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_fetched_is_told_while_something_is_on_its_way() {
        let none = Transfer { objects: 3, bytes: 10, ..Transfer::default() };
        assert_eq!(fetching(&none), None);
        let some = Transfer { coming: 24, left: 5_000_000, ..none };
        assert_eq!(fetching(&some).unwrap(), "3 objects fetched, 10 B; 24 on the way, 5.00 MB");
        let more = Transfer { waiting: 1140, ..some };
        assert!(fetching(&more).unwrap().ends_with("; 24 on the way and 1,140 wait, 5.00 MB"));
    }
}

//! Leaves that are read again.

use super::*;

/// The bytes of the leaves that are asked for, in the order in which they come.
struct Again<'a>(&'a Leaves<'a>, Vec<(String, Vec<u8>)>);

impl Visit for Again<'_> {
    fn archive(&mut self, _: Option<&str>, _: Access) {}

    fn begin(&mut self, member: Option<&str>) -> ControlFlow<()> {
        let wanted = match (self.0, member) {
            (Leaves::Outermost, None) => true,
            (Leaves::Members(labels), Some(label)) => labels.contains(label),
            _ => false,
        };
        if !wanted {
            return ControlFlow::Break(());
        }
        self.1.push((member.unwrap_or("-").to_owned(), Vec::new()));
        ControlFlow::Continue(())
    }

    fn data(&mut self, bytes: &[u8]) -> ControlFlow<()> {
        self.1.last_mut().unwrap().1.extend_from_slice(bytes);
        ControlFlow::Continue(())
    }

    fn end(&mut self, _: u64, outcome: Outcome) {
        assert_eq!(outcome, None);
    }

    fn left(&mut self, member: &str, state: State, _: Reason) {
        self.1.push((format!("{member} {state}"), Vec::new()));
    }
}

fn again(bytes: &[u8], leaves: &Leaves<'_>) -> Vec<(String, String)> {
    let mut visit = Again(leaves, Vec::new());
    let limits = Limits::default();
    let outcome = reread(file(bytes), leaves, &limits, &Cancel::new(), &mut visit);
    assert_eq!(outcome, None);
    let text = |(label, bytes)| (label, String::from_utf8(bytes).unwrap());
    visit.1.into_iter().map(text).collect()
}

#[test]
fn leaves_are_read_again_by_their_labels_in_one_pass() {
    let inner = zip(&[("b", b"bee"), ("b.gz", &gz(b"bees")), ("d", b"dee")]);
    let members: [(&str, &[u8]); 4] =
        [("a", b"ay"), ("in", &inner), ("in ", b"not"), ("z", b"zed")];
    let packed = PACKERS.map(|(_, pack)| pack(&tar(&members)));
    for outer in [zip(&members), tar(&members)].into_iter().chain(packed) {
        let read = |labels: &[&'static str]| {
            again(&outer, &Leaves::Members(labels.iter().copied().collect()))
                .into_iter()
                .map(|(label, text)| format!("{label}={text}"))
                .collect::<Vec<_>>()
        };
        assert_eq!(read(&["a"]), ["a=ay"]);
        assert_eq!(
            read(&["z", "in!d", "in!b.gz", "a"]),
            ["a=ay", "in!b.gz=bees", "in!d=dee", "z=zed"]
        );
        assert!(read(&["in!c", "b", ""]).is_empty());
        assert!(again(&outer, &Leaves::Outermost).is_empty());
    }
    for (_, pack) in PACKERS {
        let text = again(&pack(b"text"), &Leaves::Outermost);
        assert_eq!(text, [("-".to_owned(), "text".to_owned())]);
    }
}

#[test]
fn reading_again_goes_no_further_than_to_the_last_leaf() {
    // What follows the wanted member is damaged, which nobody meets.
    let mut archive = tar(&[("a", b"ay"), ("b", b"bee")]);
    archive[1024] ^= 1;
    archive[1030] ^= 1;
    let leaves = Leaves::Members(BTreeSet::from(["a"]));
    assert_eq!(again(&archive, &leaves), [("a".to_owned(), "ay".to_owned())]);
}

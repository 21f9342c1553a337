//! Spans of time, or of anything else that has an order.

/// Puts spans in their order, and together those that touch or overlap.
pub fn join<T: Ord + Copy>(spans: &mut Vec<(T, T)>) {
    spans.sort_unstable();
    spans.dedup_by(|next, kept| {
        let touches = next.0 <= kept.1;
        if touches {
            kept.1 = kept.1.max(next.1);
        }
        touches
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_touches_is_one() {
        let mut spans = vec![(8, 9), (0, 5), (1, 2), (5, 6)];
        join(&mut spans);
        assert_eq!(spans, [(0, 6), (8, 9)]);
    }
}

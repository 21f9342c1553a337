//! Whether what is proven of the rows is asked for: by the filter, by the output, or by who names
//! what signatures are checked with.

use super::column::Column;
use crate::cli::args::{Query as Args, RowFormat};
use crate::query::ast::Field;
use crate::query::{Mark, Query};

/// Whether the standing of rows is asked for.
pub(super) fn is_asked(query: &Query, columns: &[Column], args: &Args) -> bool {
    let by_filter = query.fields().any(|field| matches!(field, Field::Mark(Mark::Verified)));
    let named = args.trust.is_named();
    by_filter || named || columns.contains(&Column::Standing) || args.format == RowFormat::Proof
}

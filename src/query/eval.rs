//! Filters on columns: each distinct value is tested once, then codes are compared. What only a
//! record can answer counts as `unknown`, so that two passes bound the result.

use super::ast::{Field, Op, Window};
use super::filter::{Leaf, Marks, Test};
use super::number::Amount;
use super::row;
use super::values::Values;
use crate::event::{Kind, ObjectId, Role, Timestamp};
use crate::store::{Bits, Column, Entry, Numbers, Segment};
use std::collections::HashSet;

impl Test {
    /// The rows that pass if every question that needs the record is answered with `unknown`.
    pub(super) fn bits(&self, segment: &Segment, marks: &dyn Marks, unknown: bool) -> Bits {
        match self {
            Self::All(tests) => {
                let mut rows = Bits::all(segment.len());
                for test in tests {
                    rows = rows.and(&test.bits(segment, marks, unknown));
                    if !rows.any() {
                        break;
                    }
                }
                rows
            }
            Self::Any(tests) => tests.iter().fold(Bits::none(segment.len()), |rows, test| {
                rows.or(&test.bits(segment, marks, unknown))
            }),
            Self::Not(test) => test.bits(segment, marks, !unknown).negate(),
            Self::Leaf(leaf) => leaf.bits(segment, marks, unknown),
        }
    }
}

impl Leaf {
    fn bits(&self, segment: &Segment, marks: &dyn Marks, unknown: bool) -> Bits {
        match self {
            Self::Bytes(_) => constant(segment, unknown),
            Self::Is(Field::Object, values) => objects(values, segment, marks),
            Self::Is(field, values) => is(field, values, segment, unknown),
            Self::Mark { mark, yes, no, values } => {
                let marked = |text: &str| row::is_mark(*mark, text);
                let mut rows = marks
                    .rows(segment, *mark, &mut |text| values.text(text) || *yes && marked(text));
                if *no {
                    rows = rows.or(&marks.rows(segment, *mark, &mut |text| marked(text)).negate());
                }
                rows
            }
            Self::Compare(field, op, amount) => match field {
                _ if field.member(segment.schema()).is_some() => constant(segment, unknown),
                Field::Bytes => bytes(
                    segment,
                    |column| compare(column, *op, *amount),
                    |sum| row::ordered(*op, sum, *amount),
                ),
                Field::Column(name) => column(segment, name)
                    .map_or_else(|| none(segment), |column| compare(column, *op, *amount)),
                _ => none(segment),
            },
            Self::When(field, windows) => {
                let each = windows.iter().map(|window| when(field, *window, segment));
                each.fold(none(segment), |rows, more| rows.or(&more))
            }
            Self::Has(fields) => {
                let each = fields.iter().map(|field| has(field, segment, marks, unknown));
                each.fold(none(segment), |rows, more| rows.or(&more))
            }
        }
    }
}

fn constant(segment: &Segment, all: bool) -> Bits {
    if all { Bits::all(segment.len()) } else { Bits::none(segment.len()) }
}

fn none(segment: &Segment) -> Bits {
    Bits::none(segment.len())
}

fn column<'a>(segment: &'a Segment, name: &str) -> Option<&'a Column> {
    segment.schema().slot(name).map(|slot| segment.column(slot))
}

/// The columns that a pseudo field stands for, each with whether it holds addresses.
pub(super) fn columns<'a>(
    field: &'a Field,
    segment: &'a Segment,
) -> impl Iterator<Item = (&'a Column, bool)> {
    let wanted = segment.fields().filter(move |(_, def)| match field {
        Field::Column(name) => def.name == *name,
        Field::Role(role) => def.plays(*role),
        Field::Any => matches!(def.kind, Kind::Str | Kind::Id | Kind::Ip),
        Field::Bytes => def.name == "bytes.in" || def.name == "bytes.out",
        _ => false,
    });
    wanted.map(|(slot, def)| (segment.column(slot), def.role == Role::Ip || def.kind == Kind::Ip))
}

fn is(field: &Field, values: &Values, segment: &Segment, unknown: bool) -> Bits {
    match field {
        _ if field.member(segment.schema()).is_some() => constant(segment, unknown),
        Field::Format => constant(segment, values.text(&segment.schema().id)),
        Field::Bytes => {
            bytes(segment, |column| equal(column, values, false), |sum| values.number(sum))
        }
        _ => columns(field, segment).fold(none(segment), |rows, (column, addresses)| {
            rows.or(&equal(column, values, addresses))
        }),
    }
}

/// The rows of the objects whose paths are among the values; each path is looked at once.
fn objects(values: &Values, segment: &Segment, marks: &dyn Marks) -> Bits {
    let fits = |id: &ObjectId| marks.object(*id).is_some_and(|path| values.text(&path));
    let wanted: HashSet<ObjectId> = segment.objects().filter(fits).collect();
    match wanted.len() {
        0 => none(segment),
        all if all == segment.objects().count() => Bits::all(segment.len()),
        _ => Bits::from_fn(segment.len(), |row| wanted.contains(&segment.origin(row).object)),
    }
}

/// The rows whose value is one of these.
pub(super) fn equal(column: &Column, values: &Values, addresses: bool) -> Bits {
    match column {
        Column::Absent { len } => Bits::none(*len),
        Column::Dict(dict) if !addresses && let Some(needle) = values.needle() => dict
            .select_found(
                |texts, from| needle.find(texts, from),
                |entry| is_one(entry, values, false),
            ),
        Column::Dict(dict) => dict.select(|entry| is_one(entry, values, addresses)),
        Column::Ids(ids) => ids.select(|uuid| values.uuid(uuid), |text| values.text(text)),
        Column::Int { values: numbers, present } if let Some(whole) = values.whole_numbers() => {
            let none = Bits::none(numbers.len());
            let each = whole.iter().map(|&number| numbers.between(number, number));
            keep(each.fold(none, |rows, more| rows.or(&more)), present.as_ref())
        }
        other => Bits::from_fn(other.len(), |row| row::equals(other.get(row), values, addresses)),
    }
}

fn is_one(entry: Entry<'_>, values: &Values, addresses: bool) -> bool {
    match entry {
        Entry::Ip(address) => values.address(address),
        Entry::Text(text) if addresses => values.address_text(text),
        Entry::Text(text) => values.text(text),
        Entry::List(items) if addresses => items.into_iter().any(|i| values.address_text(i)),
        Entry::List(items) => items.into_iter().any(|item| values.text(item)),
    }
}

fn compare(column: &Column, op: Op, amount: Amount) -> Bits {
    match (column, amount) {
        (Column::Absent { len }, _) => Bits::none(*len),
        (Column::Int { values, present }, Amount::Int(bound)) => {
            keep(between(values, op, bound), present.as_ref())
        }
        (Column::Dict(dict), _) => dict.select(|entry| match entry {
            Entry::Text(text) => row::ordered_text(op, text, amount),
            Entry::List(items) => items.into_iter().any(|i| row::ordered_text(op, i, amount)),
            Entry::Ip(_) => false,
        }),
        (other, _) => Bits::from_fn(other.len(), |row| row::compares(other.get(row), op, amount)),
    }
}

fn keep(rows: Bits, present: Option<&Bits>) -> Bits {
    match present {
        Some(present) => rows.and(present),
        None => rows,
    }
}

fn between(values: &Numbers, op: Op, bound: i64) -> Bits {
    let range = match op {
        Op::Is => Some((bound, bound)),
        Op::Over => bound.checked_add(1).map(|low| (low, i64::MAX)),
        Op::From => Some((bound, i64::MAX)),
        Op::Under => bound.checked_sub(1).map(|high| (i64::MIN, high)),
        Op::UpTo => Some((i64::MIN, bound)),
    };
    range.map_or_else(|| Bits::none(values.len()), |(low, high)| values.between(low, high))
}

/// Asks about bytes in and out together, of the rows that have either: `one` where a segment has
/// only one of the two columns, `both` of the sum in each row.
fn bytes(segment: &Segment, one: impl Fn(&Column) -> Bits, both: impl Fn(Amount) -> bool) -> Bits {
    let found: Vec<(&Column, &Numbers)> = columns(&Field::Bytes, segment)
        .filter_map(|(column, _)| match column {
            Column::Int { values, .. } => Some((column, values)),
            _ => None,
        })
        .collect();
    if let [(only, _)] = found[..] {
        return one(only);
    }
    let mut sums = vec![0i64; segment.len()];
    let mut either = none(segment);
    for (column, values) in found {
        let present = column.present();
        if present.count() == segment.len() {
            let rows = sums.iter_mut().enumerate();
            rows.for_each(|(row, sum)| *sum = sum.saturating_add(values.get(row)));
        } else {
            present.iter().for_each(|row| sums[row] = sums[row].saturating_add(values.get(row)));
        }
        either = either.or(&present);
    }
    Bits::from_slice(&sums, |sum| both(Amount::Int(sum))).and(&either)
}

fn when(field: &Field, window: Window, segment: &Segment) -> Bits {
    let Window { from: Timestamp(from), to: Timestamp(to) } = window;
    match field {
        Field::Time => Bits::range(segment.len(), segment.row_at(from), segment.row_at(to)),
        Field::Column(name) => match column(segment, name) {
            Some(Column::Time { at, present, .. }) if from < to => {
                keep(at.between(from, to - 1), present.as_ref())
            }
            _ => none(segment),
        },
        _ => none(segment),
    }
}

fn has(field: &Field, segment: &Segment, marks: &dyn Marks, unknown: bool) -> Bits {
    match field {
        _ if field.member(segment.schema()).is_some() => constant(segment, unknown),
        Field::Format | Field::Object => constant(segment, true),
        Field::Time => when(&Field::Time, Window::ALL, segment),
        Field::Mark(mark) => marks.rows(segment, *mark, &mut |text| row::is_mark(*mark, text)),
        _ => columns(field, segment)
            .fold(none(segment), |rows, (column, _)| rows.or(&column.present())),
    }
}

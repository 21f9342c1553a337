//! What accounts are billed for: who had which resource, when and where.

mod cur;
mod dbr;
mod item;
mod named;
mod region;
mod table;

use super::{Clock, DecodeError, Decoded, Delivery, Format};
use crate::event::{FieldDef, Kind, Role, Row, fields, schema::slots};
use table::Table;

const fn text(name: &'static str, role: Role, help: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Str, role, help)
}

const fn number(name: &'static str, help: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Float, Role::Text, help)
}

slots! {
    EVENT = fields::EVENT,
    EVENT_SOURCE = fields::EVENT_SOURCE,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    PRINCIPAL = fields::PRINCIPAL,
    PRINCIPAL_KIND = fields::PRINCIPAL_KIND,
    SESSION = fields::SESSION,
    ACCOUNT = fields::ACCOUNT,
    REGION = fields::REGION,
    RESOURCE = fields::RESOURCE,
    BYTES_IN = fields::BYTES_IN,
    BYTES_OUT = fields::BYTES_OUT,
    INSTANCE = fields::INSTANCE,
    INTERFACE = fields::INTERFACE,
    MESSAGE = fields::MESSAGE,
    TIME_END = fields::TIME_END,
    PRINCIPAL_ID = text("bill.principal_id", Role::Principal, "id of who made the resource, as CloudTrail has it"),
    TYPE = text("bill.type", Role::Text, "what kind of item: Usage, Tax, LineItem …"),
    PAYER = text("bill.payer_account", Role::Account, "account that pays"),
    INVOICE = text("bill.invoice", Role::Text, "the invoice's number"),
    PRODUCT = text("bill.product", Role::Text, "the product's name"),
    USAGE_TYPE = text("bill.usage_type", Role::Text, "what was used, with a code of the Region"),
    ZONE = text("bill.availability_zone", Role::Text, "availability zone"),
    LINE = FieldDef::new("bill.line_id", Kind::Id, Role::Request, "id of the item within its report"),
    QUANTITY = number("bill.quantity", "how much was used, in the unit of the usage type"),
    COST = number("bill.unblended_cost", "what it cost"),
    BLENDED = number("bill.blended_cost", "what it cost, averaged over the organization"),
    // What only newer reports have.
    CURRENCY = text("bill.currency", Role::Text, "currency of the costs"),
    UNIT = text("bill.unit", Role::Text, "unit of the quantity"),
    INSTANCE_TYPE = text("bill.instance_type", Role::Text, "type of the instance"),
    ACCOUNT_NAME = text("bill.account_name", Role::Text, "name of the account"),
    DETAILS = text("bill.product_details", Role::Text, "what else the report says of the product, as one text"),
    TAGS = text("bill.tags", Role::Text, "tags of the resource, as one text"),
}

/// The fields of all reports.
const ALL: &[FieldDef] = FIELDS;

/// Those of the oldest.
fn detailed() -> &'static [FieldDef] {
    &FIELDS[..CURRENCY]
}

pub(super) static LIST: &[&dyn Format] = &[&dbr::Detailed, &cur::Usage];

const DELIVERY: Delivery = Delivery {
    service: None,
    lag: None,
    cadence: "the whole month again, at least once a day, until it is closed",
    guarantee: "complete once the month is closed, some days after its end; until then items \
                come late and change",
    clock: Clock::Aws,
};

/// Reads a line below a header.
fn decode(table: &Table, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
    let (item, count) = table.take(record, row);
    if count < table.wanted() {
        let reason = format!("{count} cells of {} that the header names", table.wanted());
        return Err(DecodeError::Broken { reason, time: item.time() });
    }
    item.put(row);
    Ok(Decoded::Event)
}

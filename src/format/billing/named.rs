//! What columns are called: in the detailed billing report, in both versions of the Cost and
//! Usage Report, in FOCUS, and as Athena spells them.

use super::item::{Column, Part};
use super::{ACCOUNT_NAME, BLENDED, COST, CURRENCY, INSTANCE_TYPE, INVOICE, LINE, MESSAGE, UNIT};
use std::borrow::Cow;

/// What a column of this name is for; tags are told by [`tag`].
pub(super) fn column(name: &str) -> Column {
    use Column::{Put, Skip};
    let part = match &*snake(name) {
        "identity_line_item_id" | "record_id" => return Put(LINE),
        "bill_invoice_id" | "invoice_i_d" | "invoice_id" => return Put(INVOICE),
        "line_item_line_item_description" | "item_description" | "charge_description" => {
            return Put(MESSAGE);
        }
        "line_item_unblended_cost" | "un_blended_cost" | "cost" | "total_cost" | "billed_cost" => {
            return Put(COST);
        }
        "line_item_blended_cost" | "blended_cost" => return Put(BLENDED),
        "line_item_currency_code" | "billing_currency" => return Put(CURRENCY),
        "pricing_unit" | "consumed_unit" => return Put(UNIT),
        "product_instance_type" => return Put(INSTANCE_TYPE),
        "line_item_usage_account_name" | "sub_account_name" => return Put(ACCOUNT_NAME),
        "line_item_usage_start_date"
        | "usage_start_date"
        | "charge_period_start"
        | "billing_period_start_date" => Part::Start,
        "line_item_usage_end_date"
        | "usage_end_date"
        | "charge_period_end"
        | "billing_period_end_date" => Part::End,
        "identity_time_interval" => Part::Interval,
        "line_item_usage_account_id" | "linked_account_id" | "sub_account_id" => Part::Account,
        "bill_payer_account_id" | "payer_account_id" | "billing_account_id" => Part::Payer,
        "line_item_line_item_type" | "record_type" | "charge_category" => Part::Kind,
        "line_item_product_code" | "product_product_code" | "product_code" | "x_service_code" => {
            Part::Product
        }
        "product_product_name" | "product_name" | "service_name" => Part::ProductName,
        "line_item_usage_type" | "usage_type" | "x_usage_type" => Part::UsageType,
        "line_item_operation" | "operation" | "x_operation" => Part::Operation,
        "line_item_availability_zone" | "availability_zone" => Part::Zone,
        "product_region" | "product_region_code" | "region_id" => Part::Region,
        "line_item_resource_id" | "resource_id" => Part::Resource,
        "line_item_usage_amount" | "usage_quantity" | "consumed_quantity" => Part::Quantity,
        "product" => Part::Details,
        "resource_tags" | "tags" => Part::Tags,
        "resource_tags_aws_created_by" | "aws_created_by" => Part::CreatedBy,
        _ => return Skip,
    };
    Column::Part(part)
}

/// The name that a field for this column has, if it is a tag or a cost category.
pub(super) fn tag(name: &str) -> Option<String> {
    let (kind, key) = [
        ("tag", "resourceTags/user:"),
        ("tag", "resourceTags/"),
        ("tag", "resource_tags_user_"),
        ("tag", "resource_tags_"),
        ("tag", "user:"),
        ("category", "costCategory/"),
        ("category", "cost_category_"),
    ]
    .into_iter()
    .find_map(|(kind, begin)| Some((kind, name.strip_prefix(begin)?)))
    .or_else(|| name.starts_with("aws:").then_some(("tag", name)))?;
    // A filter knows no other characters in names.
    let letter = |c: char| match c {
        ':' | '/' => '.',
        c if c.is_alphanumeric() || matches!(c, '_' | '.' | '-') => c,
        _ => '_',
    };
    let key: String = key.chars().take(64).map(letter).collect();
    (!key.is_empty()).then(|| format!("{kind}.{key}"))
}

/// `lineItem/UsageAccountId` as `line_item_usage_account_id`, as Athena spells it.
pub(super) fn snake(name: &str) -> Cow<'_, str> {
    if !name.bytes().any(|byte| byte.is_ascii_uppercase() || matches!(byte, b'/' | b':')) {
        return Cow::Borrowed(name);
    }
    let mut snake = String::with_capacity(name.len() + 8);
    for c in name.chars() {
        let parted = snake.is_empty() || snake.ends_with('_');
        if matches!(c, '/' | ':') {
            snake.push('_');
            continue;
        }
        if c.is_ascii_uppercase() && !parted {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    Cow::Owned(snake)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_known_by_all_their_names() {
        for (name, expected) in [
            ("lineItem/UsageAccountId", Column::Part(Part::Account)),
            ("line_item_usage_account_id", Column::Part(Part::Account)),
            ("LinkedAccountId", Column::Part(Part::Account)),
            ("SubAccountId", Column::Part(Part::Account)),
            ("InvoiceID", Column::Put(INVOICE)),
            ("UnBlendedCost", Column::Put(COST)),
            ("x_UsageType", Column::Part(Part::UsageType)),
            ("resourceTags/aws:createdBy", Column::Part(Part::CreatedBy)),
            ("aws:createdBy", Column::Part(Part::CreatedBy)),
            ("product/sku", Column::Skip),
        ] {
            assert_eq!(column(name), expected, "{name}");
        }
        for (name, expected) in [
            ("resourceTags/user:Name", Some("tag.Name")),
            ("user:cost center", Some("tag.cost_center")),
            ("aws:cloudformation:stack-name", Some("tag.aws.cloudformation.stack-name")),
            ("resource_tags_user_name", Some("tag.name")),
            ("product/sku", None),
            ("user:", None),
        ] {
            assert_eq!(tag(name).as_deref(), expected, "{name}");
        }
    }
}

//! How the columns of a segment are kept: by the name of a format that is built in, or one by one
//! where they were learned from the evidence.

use crate::event::{FieldDef, Kind, Role, Schema};
use crate::format::formats;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The columns of a segment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct SavedSchema {
    format: String,
    /// Nothing if they are those of the format itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    learned: Option<Learned>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Learned {
    title: String,
    fields: Vec<SavedField>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct SavedField {
    name: String,
    kind: String,
    role: String,
    #[serde(default, skip_serializing_if = "is_false")]
    many: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    revises: bool,
    help: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "what serde asks for")]
fn is_false(flag: &bool) -> bool {
    !flag
}

impl SavedSchema {
    pub(super) fn of(schema: &Arc<Schema>) -> Self {
        let is_own = formats().iter().any(|format| Arc::ptr_eq(format.schema(), schema));
        let learned = (!is_own).then(|| Learned {
            title: schema.title.to_string(),
            fields: schema.fields.iter().map(SavedField::of).collect(),
        });
        Self { format: schema.id.to_string(), learned }
    }

    /// The columns; `None` if there is no such format any more, or if they are not understood.
    pub(super) fn schema(self) -> Option<Arc<Schema>> {
        let Some(Learned { title, fields }) = self.learned else {
            let format = formats().iter().find(|format| format.schema().id == self.format)?;
            return Some(Arc::clone(format.schema()));
        };
        let fields = fields.into_iter().map(SavedField::field).collect::<Option<_>>()?;
        Schema { id: self.format.into(), title: title.into(), fields }.shared()
    }
}

impl SavedField {
    fn of(field: &FieldDef) -> Self {
        Self {
            name: field.name.to_string(),
            kind: field.kind.to_string(),
            role: field.role.to_string(),
            many: field.many,
            revises: field.revises,
            help: field.help.to_string(),
        }
    }

    fn field(self) -> Option<FieldDef> {
        Some(FieldDef {
            kind: Kind::parse(&self.kind)?,
            role: Role::parse(&self.role)?,
            name: self.name.into(),
            many: self.many,
            revises: self.revises,
            help: self.help.into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_come_back_as_they_were() {
        let fields = vec![
            FieldDef::new("csv.who", Kind::Str, Role::Principal, "x").many(),
            FieldDef::new("csv.at", Kind::Time, Role::Time, "").revises(),
        ];
        let learned = Schema { id: "csv".into(), title: "Tables".into(), fields };
        let own = Arc::clone(formats()[0].schema());
        for schema in [learned.shared().unwrap(), own] {
            let text = serde_json::to_string(&SavedSchema::of(&schema)).unwrap();
            let saved: SavedSchema = serde_json::from_str(&text).unwrap();
            assert!(Arc::ptr_eq(&saved.schema().unwrap(), &schema), "{text}");
        }
        let gone = SavedSchema { format: "gone".to_owned(), learned: None };
        assert!(gone.schema().is_none());
    }
}

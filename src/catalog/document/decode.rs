//! A document as its type.

use serde::de::DeserializeOwned;

use super::advice;
use super::parsed::Document;
use super::problem::Problems;
use crate::catalog::schema::Schema;

impl Document {
    /// The document as its type, once its meta-schema has accepted it.
    ///
    /// # Errors
    /// Every violation of the meta-schema, or the type's own objection.
    pub fn decode<T: DeserializeOwned>(&self, schema: &Schema) -> Result<T, Problems> {
        let problems = Problems::new(schema.violations(&self.value).iter().map(|v| advice::problem(self, schema, v)));
        if !problems.is_empty() {
            return Err(problems);
        }
        serde_json::from_value(self.value.clone()).map_err(|error| self.problem("", error.to_string()).into())
    }
}

//! The files that a suite was read from.

use std::path::{Path, PathBuf};

use super::api::{Api, is_path};
use crate::model::file::{Named, Role};

impl Api {
    /// The files of the suite, its contract and its body schema; none of what is built in.
    #[must_use]
    pub fn files(&self) -> Vec<Named> {
        if !is_path(&self.name) {
            return Vec::new();
        }
        let suite = Path::new(&self.name);
        let mut files = vec![Named::new(Role::Suite, suite)];
        if is_path(&self.suite.contract) {
            // `././x` says no more than `./x`.
            let contract: PathBuf = suite.with_file_name(&self.suite.contract).components().collect();
            let body = contract.with_file_name(self.contract.file.body());
            files.extend([Named::new(Role::Contract, contract), Named::new(Role::BodySchema, body)]);
        }
        files
    }
}

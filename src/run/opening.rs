//! What is known of a run before its first probe leaves.

use std::sync::Arc;

use crate::catalog::Api;
use crate::report::{Opening, SuiteFile};

/// The opening of a run of these suites.
#[must_use]
pub(crate) fn opening(apis: &[Arc<Api>], target: &str, started_at: String, insecure: bool, strict: bool) -> Opening {
    let operations = |api: &Arc<Api>| {
        let ids = api.suite.operation.iter().map(|operation| operation.id.clone()).collect();
        (api.suite.id.clone(), ids)
    };
    Opening {
        target: target.to_owned(),
        started_at,
        suites: apis.iter().map(|api| api.suite.id.clone()).collect(),
        operations: apis.iter().map(operations).collect(),
        insecure,
        strict,
        suite_names: apis.iter().map(|api| (api.suite.id.clone(), api.name.clone())).collect(),
        files: apis.iter().filter_map(|api| Some((api.suite.id.clone(), written(api)?))).collect(),
    }
}

/// Where the API's suite is written, as the repository has it.
fn written(api: &Api) -> Option<SuiteFile> {
    Some(SuiteFile { path: api.place.clone()?, lines: api.lines.clone() })
}

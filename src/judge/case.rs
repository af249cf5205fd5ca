//! What the rules see of one exchange.

use serde_json::Value;

use super::describe;
use super::origin::Origin;
use super::settings::Settings;
use crate::catalog::contract::Contract;
use crate::catalog::reply::Form;
use crate::catalog::schema::Schema;
use crate::model::content::Unpacked;
use crate::model::exchange::Reply;
use crate::model::pointer::pointed;
use crate::model::secret::Mask;
use crate::plan::Probe;

/// What the rules see of one exchange.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case<'c> {
    pub(crate) probe: &'c Probe,
    pub(crate) contract: &'c Contract,
    /// What is promised of errors of that status, where it is another body than the contract's.
    pub(crate) form: Option<&'c Form>,
    /// As its reader reads it: the body out of its codings, and in UTF-8.
    pub(crate) reply: &'c Reply,
    /// The codings that its body was in, and what it says of them.
    pub(crate) unpacked: &'c Unpacked,
    /// The same without secrets: what is judged is what came, what is told is this.
    pub(crate) shown: &'c Reply,
    /// The body as JSON, where it could be read as such.
    pub(crate) json: Option<&'c Value>,
    /// Whether the body is the contract's own, right or wrong.
    pub(crate) envelope: bool,
    pub(crate) origin: &'c Origin,
    pub(crate) settings: &'c Settings,
}

impl Case<'_> {
    /// What hides secrets in the parts of the body.
    pub(crate) fn mask(&self) -> &Mask {
        &self.settings.mask
    }

    /// The schema of the body.
    pub(crate) fn schema(&self) -> &Schema {
        self.form.and_then(|form| form.body.as_ref()).unwrap_or(&self.contract.body)
    }

    /// The schema's file, for people.
    pub(crate) fn schema_file(&self) -> &str {
        self.form.map_or_else(|| self.contract.file.body(), |form| form.promise.body.as_deref().unwrap_or_default())
    }

    /// Whether a body is promised.
    pub(crate) fn has_body(&self) -> bool {
        self.form.map_or_else(|| self.contract.file.has_body(), |form| form.body.is_some())
    }

    /// The media type that is promised, where one is.
    pub(crate) fn media_type(&self) -> Option<&str> {
        self.form.map_or(&self.contract.file.media_type, |form| &form.promise.media_type).as_deref()
    }

    /// The body in a few words.
    pub(crate) fn described(&self) -> String {
        describe::described(self.shown, self.reply.body.len())
    }
}

/// Whether a JSON document is the contract's body: it has the member that tells it. Where the contract has no such member, no
/// document is, whatever the status.
pub(crate) fn is_envelope(contract: &Contract, json: &Value) -> bool {
    if !contract.file.has_body() || contract.file.envelope.is_empty() {
        return false;
    }
    pointed(json, &contract.file.envelope).is_some_and(|member| !member.is_null())
}

/// Whether a JSON document under that status is the contract's error. Where no member tells it, each of an error status is.
pub(crate) fn is_error(contract: &Contract, form: Option<&Form>, status: u16, json: &Value) -> bool {
    if let Some(form) = form.filter(|_| status >= 400) {
        return form.body.is_some();
    }
    let is_any = contract.file.has_body() && contract.file.envelope.is_empty() && status >= 400;
    is_any || is_envelope(contract, json)
}

//! Small suites over the store, as a newcomer writes them.

pub(crate) struct Suite {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) effect: &'static str,
    pub(crate) parameters: &'static str,
    pub(crate) control: bool,
    pub(crate) requires_token: bool,
    pub(crate) body: String,
}

/// One read of a thing that exists; of its path's other methods the suite knows nothing.
pub(crate) const GET_ONLY: Suite = Suite {
    method: "GET",
    path: "/api/things/{id}",
    effect: "none",
    parameters: "path_parameters.id = { type = \"string\", exists = true, example = \"real\" }\n",
    control: true,
    requires_token: true,
    body: String::new(),
};

const NEW: &str = "path_parameters.id = { type = \"string\", example = \"new-thing\" }\n";

impl Suite {
    /// An operation that creates what its path names, with a body of one member.
    pub(crate) fn upsert(method: &'static str, effect: &'static str, anchor: &str) -> Self {
        let member = "members.name = { type = \"string\", required = true, example = \"n\" }\n";
        let optional = "members.note = { type = \"string\" }\n";
        let body = format!("[operation.body]\nmedia_type = \"application/json\"\n{anchor}{member}{optional}");
        Self { method, effect, parameters: NEW, control: false, body, ..GET_ONLY }
    }

    /// The same with all members in an object of their own.
    pub(crate) fn nested(method: &'static str, effect: &'static str) -> Self {
        let body = "[operation.body]\nmedia_type = \"application/json\"\n\
            anchor = { member = \"/thing/name\", value = 7, cause = \"wrong-type\" }\n\
            members.thing = { type = \"object\", required = true, members = {\n\
              name = { type = \"string\", required = true, example = \"n\" }, note = { type = \"string\" } } }\n";
        Self { method, effect, parameters: NEW, control: false, body: body.to_owned(), ..GET_ONLY }
    }

    /// A POST below a thing that does not exist; nothing in its body is required.
    pub(crate) fn on_demand(anchor: &str) -> Self {
        let member = "members.name = { type = \"string\", example = \"n\" }\n";
        let body = format!("[operation.body]\nmedia_type = \"application/json\"\n{anchor}{member}");
        Self {
            method: "POST",
            path: "/api/things/{id}/parts",
            effect: "creates",
            parameters: NEW,
            control: false,
            body,
            ..GET_ONLY
        }
    }

    pub(crate) fn text(&self) -> String {
        let Self { method, path, effect, parameters, control, requires_token, body } = self;
        let credential = if *requires_token { "credential = \"token\"\n" } else { "" };
        let control = if *control { "control = true\n" } else { "" };
        format!(
            "id = \"s\"\ntitle = \"S\"\ncontract = \"oz-api\"\nprefix = \"/api\"\n\
             [credentials.token]\nscheme = \"bearer\"\nvalid = {{ token = \"${{STORE_TOKEN}}\" }}\n\
             unknown = {{ token = \"invented-token\" }}\n\
             [[operation]]\nid = \"things.one\"\nmethod = \"{method}\"\npath = \"{path}\"\neffect = \"{effect}\"\n\
             {control}{credential}{parameters}{body}"
        )
    }
}

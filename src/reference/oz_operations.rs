//! Every operation of the Oz API: a table, nothing that decides.

use super::cause::Cause;
use super::operation::{Access, Body, Field, Kind, Operation, Parameter, Place, Reference, optional, required};

/// The one folder, user, medium, … that exists here; nobody guesses it.
pub(super) const KNOWN: &str = "20303b54-2f4f-477f-9333-9251b8641b4d";
/// The one account whose password works.
pub(super) const ACCOUNT: (&str, &str) =
    ("reference-fea003cb54d16ddfd2efb98d@example.invalid", "f41cd81f23323d55f5e35c0d829e7126b94470d6");
/// The token that signing in gives: not the one of the environment, or whoever is let in by mistake would be shown it.
pub(super) const ISSUED: &str = "99a0259ee223fd6d8d28a9b16ce60442372c87471253fab1934347a289150c58bd2842716c4d5b49a9f241c141504fc0d0c3a2749177e23b7c8523075646e90f";
/// The one session that can be refreshed.
const SESSION: &str = "fea003cb54d16ddfd2efb98df41cd81f23323d55f5e35c0d829e7126b94470d6";

const RESOURCE: Parameter = Parameter { kind: Kind::Uuid, known: &[KNOWN], unknown: "10" };

const COMPANY: &[Reference] =
    &[Reference { member: &["company_id"], known: KNOWN, cause: Cause::UnknownResource, unknown: "10" }];

const PAGING: &[Field] = &[optional("offset", Kind::Integer(0)), optional("limit", Kind::Integer(-1))];

const FOLDERS: &[Field] = &[
    optional("offset", Kind::Integer(0)),
    optional("limit", Kind::Integer(-1)),
    optional("sorting", Kind::Sorting),
    optional("time_created.min", Kind::Number),
    optional("time_created.max", Kind::Number),
    optional("resolution_status", Kind::OneOf(STATUSES)),
    optional("total_omit", Kind::Boolean),
];

const STATUSES: &[&str] = &["INITIAL", "PROCESSING", "FAILED", "FINISHED", "DECLINED", "OPERATOR_REQUIRED", "SUCCESS"];

const USER: &[Field] = &[
    optional("user_type", Kind::OneOf(&["ADMIN", "OPERATOR", "CLIENT"])),
    optional("first_name", Kind::Text),
    optional("last_name", Kind::Text),
    optional("middle_name", Kind::Text),
    optional("email", Kind::Text),
    optional("password", Kind::Text),
    optional("company_id", Kind::Uuid),
    optional("is_admin", Kind::Boolean),
    optional("is_service", Kind::Boolean),
];

const ANALYSIS: Kind = Kind::Object(&[
    required("type", Kind::OneOf(&["quality", "biometry", "documents", "collection"])),
    optional("source_media", Kind::List(&Kind::Uuid)),
    optional("params", Kind::Object(&[])),
]);

const PAYLOAD: &[Field] = &[
    optional("media:tags", Kind::Object(&[])),
    optional("folder:meta_data", Kind::Object(&[])),
    optional("analyses", Kind::List(&ANALYSIS)),
];

const LIST: (u16, &str) = (200, r#"{"items": [], "total": 0}"#);
const NOTHING: (u16, &str) = (204, "");
const FOLDER: &str = r#"{"folder_id": "20303b54-2f4f-477f-9333-9251b8641b4d", "resolution_status": "INITIAL", "time_created": 1764000000.0, "media": [], "analyses": []}"#;
const PERSON: &str = r#"{"user_id": "20303b54-2f4f-477f-9333-9251b8641b4d", "user_type": "CLIENT", "is_admin": false, "is_service": false}"#;
const MEDIUM: &str = r#"{"media_id": "20303b54-2f4f-477f-9333-9251b8641b4d", "tags": []}"#;
const ANALYSIS_FOUND: &str =
    r#"{"analyse_id": "20303b54-2f4f-477f-9333-9251b8641b4d", "type": "QUALITY", "resolution_status": "SUCCESS"}"#;
const IDENTIFIED: &str = r#"{"id": "20303b54-2f4f-477f-9333-9251b8641b4d"}"#;
const SIGNED_IN: &str = r#"{"access_token": "99a0259ee223fd6d8d28a9b16ce60442372c87471253fab1934347a289150c58bd2842716c4d5b49a9f241c141504fc0d0c3a2749177e23b7c8523075646e90f", "expire_token": "fea003cb54d16ddfd2efb98df41cd81f23323d55f5e35c0d829e7126b94470d6", "expire_date": 1995000000.0}"#;

const fn form(octets: bool, payload_required: bool) -> Body {
    Body::Multipart { payload: PAYLOAD, payload_required, octets }
}

const META_DATA: &[Operation] = &[
    Operation::new("metadata.get", "GET", (200, "{}")),
    Operation::new("metadata.replace", "POST", (201, "{}")).body(Body::Json(&[])),
    Operation::new("metadata.update", "PATCH", (200, "{}")).body(Body::Json(&[])),
    Operation::new("metadata.delete", "DELETE", NOTHING),
];

const fn place(path: &'static str, parameters: &'static [Parameter], operations: &'static [Operation]) -> Place {
    Place { path, parameters, operations }
}

/// Where everything is, without the slash at the end that may follow.
pub(super) static PLACES: &[Place] = &[
    place(
        "/api/authorize/auth",
        &[],
        &[Operation::new("authorize.auth", "POST", (200, SIGNED_IN))
            .access(Access::Anyone)
            .body(Body::Json(&[required(
                "credentials",
                Kind::Object(&[required("email", Kind::Text), required("password", Kind::Text)]),
            )]))
            .references(&[
                Reference {
                    member: &["credentials", "email"],
                    known: ACCOUNT.0,
                    cause: Cause::WrongCredentials,
                    unknown: "7",
                },
                Reference {
                    member: &["credentials", "password"],
                    known: ACCOUNT.1,
                    cause: Cause::WrongCredentials,
                    unknown: "7",
                },
            ])],
    ),
    place(
        "/api/authorize/refresh",
        &[],
        &[Operation::new("authorize.refresh", "POST", (200, SIGNED_IN))
            .body(Body::Json(&[required("expire_token", Kind::Text)]))
            .references(&[Reference {
                member: &["expire_token"],
                known: SESSION,
                cause: Cause::WrongCredentials,
                unknown: "7",
            }])],
    ),
    place(
        "/api/version",
        &[],
        &[Operation::new("version", "GET", (200, r#"{"core": "6.4.1"}"#)).access(Access::Anyone)],
    ),
    place(
        "/api/companies",
        &[],
        &[Operation::new("companies.list", "GET", LIST).access(Access::Administrator).query(&[
            optional("search_text", Kind::Text),
            optional("offset", Kind::Integer(0)),
            optional("limit", Kind::Integer(-1)),
        ])],
    ),
    place(
        "/api/users",
        &[],
        &[
            Operation::new("users.list", "GET", LIST).query(PAGING),
            Operation::new("users.create", "POST", (201, PERSON)).body(Body::Json(USER)).references(COMPANY),
        ],
    ),
    place(
        "/api/users/{user_id}",
        &[RESOURCE],
        &[
            Operation::new("users.get", "GET", (200, PERSON)),
            Operation::new("users.update", "PATCH", (200, PERSON)).body(Body::Json(USER)).references(COMPANY),
        ],
    ),
    place(
        "/api/folders",
        &[],
        &[
            Operation::new("folders.list", "GET", LIST).query(FOLDERS),
            Operation::new("folders.create", "POST", (201, FOLDER)).body(form(true, false)),
        ],
    ),
    place(
        "/api/folders/{folder_id}",
        &[RESOURCE],
        &[Operation::new("folders.get", "GET", (200, FOLDER)), Operation::new("folders.delete", "DELETE", NOTHING)],
    ),
    place(
        "/api/folders/{folder_id}/media",
        &[RESOURCE],
        &[
            Operation::new("media.list", "GET", LIST).query(PAGING),
            Operation::new("media.create", "POST", (201, MEDIUM)).body(form(false, true)),
        ],
    ),
    place(
        "/api/media/{media_id}",
        &[RESOURCE],
        &[Operation::new("media.update", "PATCH", (200, MEDIUM))
            .body(Body::Json(&[required("tags", Kind::List(&Kind::Text))]))],
    ),
    place(
        "/api/folders/{folder_id}/analyses",
        &[RESOURCE],
        &[
            Operation::new("analyses.list", "GET", LIST).query(PAGING),
            Operation::new("analyses.create", "POST", (201, ANALYSIS_FOUND))
                .body(Body::Json(&[required("analyses", Kind::List(&ANALYSIS))])),
        ],
    ),
    place("/api/analyses/{analyse_id}", &[RESOURCE], &[Operation::new("analyses.get", "GET", (200, ANALYSIS_FOUND))]),
    place(
        "/api/collections",
        &[],
        &[
            Operation::new("collections.list", "GET", LIST).query(PAGING),
            Operation::new("collections.create", "POST", (201, IDENTIFIED))
                .body(Body::Json(&[required("alias", Kind::Text), required("company_id", Kind::Uuid)]))
                .references(COMPANY),
        ],
    ),
    place(
        "/api/collections/{collection_id}/persons",
        &[RESOURCE],
        &[
            Operation::new("persons.list", "GET", LIST).query(PAGING),
            Operation::new("persons.create", "POST", (201, IDENTIFIED)).body(form(false, false)),
        ],
    ),
    place(
        "/api/collections/{collection_id}/persons/{person_id}/images",
        &[RESOURCE, RESOURCE],
        &[
            Operation::new("images.list", "GET", LIST).query(PAGING),
            Operation::new("images.create", "POST", (201, IDENTIFIED)).body(form(false, false)),
        ],
    ),
    place("/api/users/{user_id}/meta_data", &[RESOURCE], META_DATA),
    place("/api/folders/{folder_id}/meta_data", &[RESOURCE], META_DATA),
    place("/api/media/{media_id}/meta_data", &[RESOURCE], META_DATA),
    place("/api/analyses/{analyse_id}/meta_data", &[RESOURCE], META_DATA),
    place("/api/collections/{collection_id}/meta_data", &[RESOURCE], META_DATA),
    place(
        "/api/instant/folders",
        &[],
        &[Operation::new("instant.create", "POST", (201, FOLDER)).access(Access::Anyone).body(form(true, false))],
    ),
];

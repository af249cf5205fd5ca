//! Drifts of the Oz API in what an error body says: its members, its mirror of the request, its leaks. A table, nothing that decides.

use super::api::Api;
use super::cause::Cause;
use super::drift::{ALWAYS, Change, Drift, Scope, error};

/// One row for each.
pub(super) static TABLE: &[Drift] = &[
    error(
        Api::OzApi,
        "duplicate-code",
        "body-duplicate-member",
        "Errors have their code twice.",
        ALWAYS,
        &[Change::Template(
            r#"{"error_code": 0, "error_code": <<code>>, "error_message": <<message>>, "details": null}"#,
        )],
    ),
    error(
        Api::OzApi,
        "code-with-fraction",
        "body-integer-not-plain",
        "The code is written as a decimal fraction.",
        ALWAYS,
        &[Change::Template(r#"{"error_code": <<code>>.0, "error_message": <<message>>, "details": null}"#)],
    ),
    error(
        Api::OzApi,
        "code-with-exponent-at-folders",
        "body-integer-not-plain",
        "The code is written with an exponent, at one operation.",
        ALWAYS.at("folders.list"),
        &[Change::Template(r#"{"error_code": <<code>>e0, "error_message": <<message>>, "details": null}"#)],
    ),
    error(
        Api::OzApi,
        "code-as-string",
        "schema-violation",
        "The code is a string.",
        ALWAYS,
        &[Change::Template(r#"{"error_code": "<<code>>", "error_message": <<message>>, "details": null}"#)],
    ),
    error(
        Api::OzApi,
        "code-as-string-at-folder",
        "schema-violation",
        "The code is a string, at one operation.",
        ALWAYS.at("folders.get"),
        &[Change::Template(r#"{"error_code": "<<code>>", "error_message": <<message>>, "details": null}"#)],
    ),
    error(
        Api::OzApi,
        "code-as-string-now-and-then",
        "schema-violation",
        "The code is a string, in one error of fifteen.",
        ALWAYS.once_in(15),
        &[Change::Template(r#"{"error_code": "<<code>>", "error_message": <<message>>, "details": null}"#)],
    ),
    error(
        Api::OzApi,
        "code-as-string-on-post",
        "schema-violation",
        "The code is a string, for POST alone.",
        ALWAYS.method("POST"),
        &[Change::Template(r#"{"error_code": "<<code>>", "error_message": <<message>>, "details": null}"#)],
    ),
    error(
        Api::OzApi,
        "code-null",
        "schema-violation",
        "The code is null where a value is not allowed.",
        Scope::on(&[Cause::Value]),
        &[Change::Code("null")],
    ),
    error(
        Api::OzApi,
        "code-missing",
        "schema-violation",
        "Errors have no code.",
        ALWAYS,
        &[Change::Template(r#"{"error_message": <<message>>, "details": null}"#)],
    ),
    error(
        Api::OzApi,
        "code-boolean",
        "schema-violation",
        "The code is a boolean where the method is wrong.",
        Scope::on(&[Cause::WrongMethod]),
        &[Change::Code("true")],
    ),
    error(
        Api::OzApi,
        "message-missing",
        "schema-violation",
        "Errors have no message.",
        ALWAYS,
        &[Change::Template(r#"{"error_code": <<code>>, "details": null}"#)],
    ),
    error(
        Api::OzApi,
        "message-null",
        "schema-violation",
        "The message is null where a resource does not exist.",
        Scope::on(&[Cause::UnknownResource]),
        &[Change::Template(r#"{"error_code": <<code>>, "error_message": null, "details": null}"#)],
    ),
    error(
        Api::OzApi,
        "message-by-language",
        "schema-violation",
        "The message is an object with one text for each language.",
        ALWAYS,
        &[Change::Template(r#"{"error_code": <<code>>, "error_message": {"en": <<message>>}, "details": null}"#)],
    ),
    error(
        Api::OzApi,
        "errors-in-array",
        "schema-violation",
        "Errors are wrapped into an array.",
        ALWAYS,
        &[Change::Template(r#"[{"error_code": <<code>>, "error_message": <<message>>, "details": null}]"#)],
    ),
    error(
        Api::OzApi,
        "errors-wrapped",
        "schema-violation",
        "Errors are wrapped into an object.",
        ALWAYS,
        &[Change::Template(r#"{"error": {"error_code": <<code>>, "error_message": <<message>>, "details": null}}"#)],
    ),
    error(
        Api::OzApi,
        "camel-case",
        "schema-violation",
        "The members of an error are written in camel case.",
        ALWAYS,
        &[Change::Template(r#"{"errorCode": <<code>>, "errorMessage": <<message>>, "details": null}"#)],
    ),
    error(
        Api::OzApi,
        "framework-detail",
        "schema-violation",
        "A missing token is answered by the framework's own error.",
        Scope::on(&[Cause::NoCredentials]),
        &[Change::Template(r#"{"detail": "Authentication credentials were not provided."}"#)],
    ),
    error(
        Api::OzApi,
        "renames-details",
        "member-undocumented",
        "Errors have error_details instead of details.",
        ALWAYS,
        &[Change::Template(r#"{"error_code": <<code>>, "error_message": <<message>>, "error_details": null}"#)],
    )
    .warning(),
    error(
        Api::OzApi,
        "adds-request-id",
        "member-undocumented",
        "Errors have a member that is not documented.",
        ALWAYS,
        &[Change::Template(
            r#"{"error_code": <<code>>, "error_message": <<message>>, "details": null, "request_id": "b3d1c0f2"}"#,
        )],
    )
    .warning(),
    error(
        Api::OzApi,
        "python-traceback",
        "stack-trace-disclosed",
        "The details of a malformed body are a Python traceback.",
        Scope::on(&[Cause::Syntax]),
        &[Change::Template(
            r#"{"error_code": <<code>>, "error_message": <<message>>, "details": "Traceback (most recent call last):\n  File \"/srv/app/core/views.py\", line 88, in post\n    body = json.loads(request.body)\njson.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)\n"}"#,
        )],
    ),
    error(
        Api::OzApi,
        "java-trace",
        "stack-trace-disclosed",
        "The details of an unknown resource are a Java stack trace.",
        Scope::on(&[Cause::UnknownResource]),
        &[Change::Template(
            r#"{"error_code": <<code>>, "error_message": <<message>>, "details": "java.lang.IllegalArgumentException: no such entity\n\tat com.example.api.FolderService.find(FolderService.java:131)\n\tat com.example.api.FolderController.get(FolderController.java:47)\n\tat java.base/java.lang.Thread.run(Thread.java:829)"}"#,
        )],
    ),
    error(
        Api::OzApi,
        "node-trace",
        "stack-trace-disclosed",
        "The details of a wrong type are a stack trace of Node.",
        Scope::on(&[Cause::Type]),
        &[Change::Template(
            r#"{"error_code": <<code>>, "error_message": <<message>>, "details": {"stack": "TypeError: Cannot read properties of undefined (reading 'id')\n    at validate (/usr/src/app/lib/validate.js:41:17)\n    at Layer.handle [as handle_request] (/usr/src/app/node_modules/express/lib/router/layer.js:95:5)"}}"#,
        )],
    ),
    error(
        Api::OzApi,
        "sql-in-message",
        "sql-disclosed",
        "The message of a value that is not allowed quotes the statement.",
        Scope::on(&[Cause::Value]),
        &[Change::Message(
            "psycopg2.errors.InvalidTextRepresentation: invalid input syntax for type uuid: SELECT \"folder\".\"id\" FROM \"folder\" WHERE \"folder\".\"id\" = 'x' LIMIT 21",
        )],
    ),
    error(
        Api::OzApi,
        "echoes-token",
        "credential-disclosed",
        "The message repeats the token that was sent.",
        Scope::on(&[Cause::WrongCredentials, Cause::ExpiredCredentials, Cause::Forbidden]),
        &[Change::Template(
            r#"{"error_code": <<code>>, "error_message": "Session <<credential>> refused", "details": null}"#,
        )],
    ),
    error(
        Api::OzApi,
        "path-in-message",
        "path-disclosed",
        "The message of a malformed body names a file of the server.",
        Scope::on(&[Cause::Syntax]),
        &[Change::Message("Parse error in /usr/local/lib/python3.8/site-packages/rest_framework/parsers.py")],
    )
    .warning(),
    error(
        Api::OzApi,
        "server-version",
        "version-disclosed",
        "The header Server tells the version.",
        ALWAYS,
        &[Change::Header("Server", "nginx/1.22.1")],
    )
    .warning(),
    error(
        Api::OzApi,
        "framework-version",
        "version-disclosed",
        "The details of an unknown path tell the version of the framework.",
        Scope::on(&[Cause::UnknownPath]),
        &[Change::Template(
            r#"{"error_code": <<code>>, "error_message": <<message>>, "details": "Django/3.2.18 Python/3.8.10"}"#,
        )],
    )
    .warning(),
];

//! Drifts of the Oz API in what an error body says: its members, its mirror of the request, its leaks.
//! A table, nothing that decides.

use super::api::Api;
use super::drift::{Drift, table};

/// One row for each.
pub(super) static TABLE: &[Drift] = table! { Api::OzApi:
    error "duplicate-code": "body-duplicate-member" always =>
        Template(r#"{"error_code": 0, "error_code": <<code>>, "error_message": <<message>>, "details": null}"#);
        "Errors have their code twice.";
    error "code-with-fraction": "body-integer-not-plain" always =>
        Template(r#"{"error_code": <<code>>.0, "error_message": <<message>>, "details": null}"#);
        "The code is written as a decimal fraction.";
    error "code-with-exponent-at-folders": "body-integer-not-plain" always.at("folders.list") =>
        Template(r#"{"error_code": <<code>>e0, "error_message": <<message>>, "details": null}"#);
        "The code is written with an exponent, at one operation.";
    error "code-as-string": "schema-violation" always =>
        Template(r#"{"error_code": "<<code>>", "error_message": <<message>>, "details": null}"#);
        "The code is a string.";
    error "code-as-string-at-folder": "schema-violation" always.at("folders.get") =>
        Template(r#"{"error_code": "<<code>>", "error_message": <<message>>, "details": null}"#);
        "The code is a string, at one operation.";
    error "code-as-string-now-and-then": "schema-violation" always.once_in(15) =>
        Template(r#"{"error_code": "<<code>>", "error_message": <<message>>, "details": null}"#);
        "The code is a string, in one error of fifteen.";
    error "code-as-string-on-post": "schema-violation" always.method("POST") =>
        Template(r#"{"error_code": "<<code>>", "error_message": <<message>>, "details": null}"#);
        "The code is a string, for POST alone.";
    error "code-null": "schema-violation" on [Value] => Code("null");
        "The code is null where a value is not allowed.";
    error "code-missing": "schema-violation" always => Template(r#"{"error_message": <<message>>, "details": null}"#);
        "Errors have no code.";
    error "code-boolean": "schema-violation" on [WrongMethod] => Code("true");
        "The code is a boolean where the method is wrong.";
    error "message-missing": "schema-violation" always => Template(r#"{"error_code": <<code>>, "details": null}"#);
        "Errors have no message.";
    error "message-null": "schema-violation" on [UnknownResource] =>
        Template(r#"{"error_code": <<code>>, "error_message": null, "details": null}"#);
        "The message is null where a resource does not exist.";
    error "message-by-language": "schema-violation" always =>
        Template(r#"{"error_code": <<code>>, "error_message": {"en": <<message>>}, "details": null}"#);
        "The message is an object with one text for each language.";
    error "errors-in-array": "schema-violation" always =>
        Template(r#"[{"error_code": <<code>>, "error_message": <<message>>, "details": null}]"#);
        "Errors are wrapped into an array.";
    error "errors-wrapped": "format-foreign" always =>
        Template(r#"{"error": {"error_code": <<code>>, "error_message": <<message>>, "details": null}}"#);
        "Errors are wrapped into an object.";
    error "camel-case": "member-renamed" always =>
        Template(r#"{"errorCode": <<code>>, "errorMessage": <<message>>, "details": null}"#);
        "The members of an error are written in camel case.";
    error "framework-detail": "format-foreign" on [NoCredentials] =>
        Template(r#"{"detail": "Authentication credentials were not provided."}"#);
        "A missing token is answered by the framework's own error.";
    error "renames-details": "member-renamed" always =>
        Template(r#"{"error_code": <<code>>, "error_message": <<message>>, "error_details": null}"#);
        "Errors have error_details instead of details.";
    warning "adds-request-id": "member-undocumented" always =>
        Template(r#"{"error_code": <<code>>, "error_message": <<message>>, "details": null, "request_id": "b3d1c0f2"}"#);
        "Errors have a member that is not documented.";
    error "python-traceback": "stack-trace-disclosed" on [Syntax] =>
        Template(r#"{"error_code": <<code>>, "error_message": <<message>>, "details": "Traceback (most recent call last):\n  File \"/srv/app/core/views.py\", line 88, in post\n    body = json.loads(request.body)\njson.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)\n"}"#);
        "The details of a malformed body are a Python traceback.";
    error "java-trace": "stack-trace-disclosed" on [UnknownResource] =>
        Template(r#"{"error_code": <<code>>, "error_message": <<message>>, "details": "java.lang.IllegalArgumentException: no such entity\n\tat com.example.api.FolderService.find(FolderService.java:131)\n\tat com.example.api.FolderController.get(FolderController.java:47)\n\tat java.base/java.lang.Thread.run(Thread.java:829)"}"#);
        "The details of an unknown resource are a Java stack trace.";
    error "node-trace": "stack-trace-disclosed" on [Type] =>
        Template(r#"{"error_code": <<code>>, "error_message": <<message>>, "details": {"stack": "TypeError: Cannot read properties of undefined (reading 'id')\n    at validate (/usr/src/app/lib/validate.js:41:17)\n    at Layer.handle [as handle_request] (/usr/src/app/node_modules/express/lib/router/layer.js:95:5)"}}"#);
        "The details of a wrong type are a stack trace of Node.";
    error "sql-in-message": "sql-disclosed" on [Value] =>
        Message("psycopg2.errors.InvalidTextRepresentation: invalid input syntax for type uuid: SELECT \"folder\".\"id\" FROM \"folder\" WHERE \"folder\".\"id\" = 'x' LIMIT 21");
        "The message of a value that is not allowed quotes the statement.";
    error "echoes-token": "credential-disclosed" on [WrongCredentials ExpiredCredentials Forbidden] =>
        Template(r#"{"error_code": <<code>>, "error_message": "Session <<credential>> refused", "details": null}"#);
        "The message repeats the token that was sent.";
    warning "internals-in-message": "internals-disclosed" on [Type] =>
        Message("JSON parse error: Cannot deserialize value of type `com.acme.folders.FolderDto` from Array value");
        "The message of a wrong type names a class of the server.";
    warning "path-in-message": "path-disclosed" on [Syntax] =>
        Message("Parse error in /usr/local/lib/python3.8/site-packages/rest_framework/parsers.py");
        "The message of a malformed body names a file of the server.";
    warning "server-version": "version-disclosed" always => Header("Server", "nginx/1.22.1");
        "The header Server tells the version.";
    warning "framework-version": "version-disclosed" on [UnknownPath] =>
        Template(r#"{"error_code": <<code>>, "error_message": <<message>>, "details": "Django/3.2.18 Python/3.8.10"}"#);
        "The details of an unknown path tell the version of the framework.";
};

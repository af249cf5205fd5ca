//! Drifts of Escrow Box in what an error body says: its members, its mirror of the request, its leaks.
//! A table, nothing that decides.

use super::api::Api;
use super::drift::{Drift, table};

/// One row for each.
pub(super) static TABLE: &[Drift] = table! { Api::EscrowBox:
    warning "duplicate-code": "body-duplicate-member" always =>
        Template(r#"{"error":{"code":"ERROR","code":"<<code>>","message":<<message>><<fields>>}}"#);
        "Errors have their code twice.";
    error "code-missing": "schema-violation" always => Template(r#"{"error":{"message":<<message>><<fields>>}}"#);
        "Errors have no code.";
    error "code-null": "schema-violation" on [UnknownResource] =>
        Template(r#"{"error":{"code":null,"message":<<message>>}}"#);
        "The code is null where a resource does not exist.";
    error "code-as-number": "schema-violation" always =>
        Template(r#"{"error":{"code":400,"message":<<message>><<fields>>}}"#);
        "The code is a number.";
    error "code-empty": "schema-violation" on [Syntax] => Code("");
        "The code is an empty string where the body is no JSON.";
    error "message-null": "schema-violation" always =>
        Template(r#"{"error":{"code":"<<code>>","message":null<<fields>>}}"#);
        "The message is null.";
    error "error-as-string": "schema-violation" always => Template(r#"{"error":"<<code>>"}"#);
        "The error is a string.";
    error "errors-in-array": "schema-violation" always =>
        Template(r#"[{"error":{"code":"<<code>>","message":<<message>><<fields>>}}]"#);
        "Errors are wrapped into an array.";
    error "errors-wrapped": "schema-violation" always =>
        Template(r#"{"error":{"error":{"code":"<<code>>","message":<<message>><<fields>>}}}"#);
        "Errors are wrapped one level deeper.";
    error "error-not-wrapped": "format-foreign" always =>
        Template(r#"{"code":"<<code>>","message":<<message>><<fields>>}"#);
        "The members of an error are not inside the member error.";
    error "code-as-number-at-cart": "schema-violation" always.at("carts.get") =>
        Template(r#"{"error":{"code":400,"message":<<message>><<fields>>}}"#);
        "The code is a number, at one operation.";
    error "code-as-number-now-and-then": "schema-violation" always.once_in(15) =>
        Template(r#"{"error":{"code":400,"message":<<message>><<fields>>}}"#);
        "The code is a number, in one error of fifteen.";
    error "code-as-number-on-post": "schema-violation" always.method("POST") =>
        Template(r#"{"error":{"code":400,"message":<<message>><<fields>>}}"#);
        "The code is a number, for POST alone.";
    error "fields-null": "schema-violation" on [UnknownResource Syntax] =>
        Template(r#"{"error":{"code":"<<code>>","message":<<message>>,"fields":null}}"#);
        "An error that is not about fields has null there.";
    error "fields-as-string": "schema-violation" on [Syntax] =>
        Template(r#"{"error":{"code":"<<code>>","message":<<message>>,"fields":"FORMAT_ERROR"}}"#);
        "The fields of a body that is no object are a string.";
    error "fields-leaf-number": "schema-violation" on [Missing Type Value] => Leaves("400");
        "The leaves of fields are numbers.";
    error "fields-leaf-empty": "schema-violation" on [Missing Type Value] => Leaves("\"\"");
        "The leaves of fields are empty strings.";
    error "fields-leaf-boolean": "schema-violation" on [Missing Type Value] => Leaves("false");
        "The leaves of fields are booleans.";
    error "data-beside-error": "member-undocumented" always =>
        Template(r#"{"data":null,"error":{"code":"<<code>>","message":<<message>><<fields>>}}"#);
        "Errors have an empty member data beside the error.";
    error "status-beside-error": "member-undocumented" always =>
        Template(r#"{"status":0,"error":{"code":"<<code>>","message":<<message>><<fields>>}}"#);
        "Errors have a member status beside the error.";
    warning "adds-trace-id": "member-undocumented" always =>
        Template(r#"{"error":{"code":"<<code>>","message":<<message>><<fields>>,"traceId":"b3d1c0f2"}}"#);
        "Errors have a member that is not documented.";
    warning "message-empty": "convention-broken" always => Message("");
        "The message is an empty string.";
    warning "fields-empty": "convention-broken" on [UnknownResource Syntax] =>
        Template(r#"{"error":{"code":"<<code>>","message":<<message>>,"fields":{}}}"#);
        "An error that is not about fields has an empty object there.";
    note "lower-case-code": "convention-broken" on [Syntax] => Code("wrong_json");
        "The code of a body that is no JSON is written in lower case.";
    error "fields-from-the-sample": "fields-mirror-nothing" on [Missing Type Value] =>
        Template(r#"{"error":{"code":"<<code>>","message":<<message>>,"fields":{"someField":"SOME_CODE"}}}"#);
        "Wrong fields are reported under a name that no declared field has.";
    error "fields-prefixed": "fields-mirror-nothing" on [Missing Type Value] => Renamed("body_");
        "The names of wrong fields are prefixed.";
    error "fields-too-deep": "fields-mirror-nothing" on [Missing Type Value] => Leaves("{\"code\":\"FORMAT_ERROR\"}");
        "A wrong field is reported by an object.";
    error "fields-dotted": "fields-mirror-nothing" on [Missing Type Value] => Dotted;
        "Nested fields are reported under dotted names.";
    error "go-panic": "stack-trace-disclosed" on [UnknownResource] =>
        Message("panic: runtime error: invalid memory address or nil pointer dereference\n\ngoroutine 34 [running]:\nmain.(*Server).getDeal(0xc0001a2000)\n\t/go/src/escrow/server.go:118 +0x1d");
        "The message of an unknown resource is a Go stack trace.";
    error "php-trace": "stack-trace-disclosed" on [Missing Type Value] =>
        Message("PHP Fatal error:  Uncaught TypeError: Argument 1 must be of type int, string given in /var/www/html/src/Deal.php:52\nStack trace:\n#0 /var/www/html/src/Api.php(31): Deal->create()\n#1 {main}\n  thrown");
        "The message of wrong fields is a PHP stack trace.";
    error "dotnet-trace": "stack-trace-disclosed" on [Syntax] =>
        Message("System.Text.Json.JsonException: The JSON value could not be converted.\r\n   at System.Text.Json.ThrowHelper.ReThrowWithPath(ReadStack& state)\r\n   at Escrow.Api.DealsController.Create() in C:\\build\\src\\DealsController.cs:line 77");
        "The message of a body that is no JSON is a stack trace of .NET.";
    error "node-trace": "stack-trace-disclosed" on [UnknownResource] =>
        Template(r#"{"error":{"code":"<<code>>","message":<<message>>,"stack":"Error: not found\n    at Deals.show (/usr/src/app/lib/services/deals/show.js:27:19)\n    at processTicksAndRejections (node:internal/process/task_queues:95:5)"}}"#);
        "Errors have a member with a stack trace of Node.";
    error "sql-in-message": "sql-disclosed" on [UnknownResource] =>
        Message("SequelizeDatabaseError: ER_PARSE_ERROR: You have an error in your SQL syntax near 'SELECT `id`, `status` FROM `deals` WHERE `id` = ZZZZZZZ'");
        "The message of an unknown resource quotes the statement.";
    error "echoes-credentials": "credential-disclosed" on [WrongCredentials Forbidden] =>
        Template(r#"{"error":{"code":"<<code>>","message":"Refused: <<credential>>"}}"#);
        "The message repeats the credentials that were sent.";
    warning "internals-in-message": "internals-disclosed" on [UnknownResource] =>
        Message("connect ECONNREFUSED 10.20.0.7:5432");
        "The message of an unknown resource tells the address of the database.";
    warning "path-in-message": "path-disclosed" on [Syntax] =>
        Message("Cannot parse the body: /usr/src/app/node_modules/body-parser/lib/types/json.js");
        "The message of a body that is no JSON names a file of the server.";
    warning "server-version": "version-disclosed" always => Header("Server", "nginx/1.22.1");
        "The header Server tells the version.";
    warning "powered-by": "version-disclosed" always => Header("X-Powered-By", "PHP/7.4.33");
        "The header X-Powered-By tells the version.";
};

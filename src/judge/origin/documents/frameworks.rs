//! What frameworks and servers write in JSON.

use super::document::{ANY, Document, PHRASE, STATUS, framework};

/// A row for each, the most telling first.
pub(super) static TABLE: &[Document] = &[
    framework(
        "Spring",
        &[("timestamp", ANY), ("status", STATUS), ("error", ANY)],
        &["path", "message", "exception", "trace", "errors", "requestId"],
    ),
    framework(
        "Spring",
        &[
            ("error", r"^(?:unauthorized|access_denied|invalid_token|insufficient_scope)$"),
            (
                "error_description",
                r"^(?:Full authentication is required|Access is denied|Access token expired|Invalid access token|Cannot convert access token)",
            ),
        ],
        &[],
    ),
    framework(
        "Spring",
        &[("title", PHRASE), ("status", STATUS), ("instance", "^/")],
        &["type", "detail", "properties", "errors", "timestamp"],
    ),
    framework(
        "ASP.NET Core",
        &[
            ("type", r"^https://(?:tools\.ietf\.org/html/rfc(?:7231|7235|7807|9110|6585|4918)|httpstatuses)"),
            ("title", ANY),
            ("status", STATUS),
        ],
        &["traceId", "detail", "instance", "errors", "extensions", "exception"],
    ),
    framework(
        "ASP.NET Core",
        &[("title", ANY), ("status", STATUS), ("traceId", r"^(?:00-|0H|\|)")],
        &["type", "detail", "instance", "errors"],
    ),
    framework(
        "ASP.NET Web API",
        &[(
            "Message",
            r"^(?:No HTTP resource was found|Authorization has been denied|The requested resource does not support http method|The request is invalid|An error has occurred|The request entity's media type)",
        )],
        &["MessageDetail", "ModelState", "ExceptionMessage", "ExceptionType", "StackTrace"],
    ),
    framework("ServiceStack", &[("responseStatus", r#""errorCode""#)], &[]),
    framework(
        "Symfony",
        &[("type", r"^https://tools\.ietf\.org/html/rfc2616"), ("title", ANY)],
        &["status", "detail", "class", "trace", "violations"],
    ),
    framework(
        "Symfony",
        &[("@context", r"contexts/(?:Error|ConstraintViolation)")],
        &[
            "@id",
            "@type",
            "hydra:title",
            "hydra:description",
            "title",
            "description",
            "detail",
            "status",
            "type",
            "trace",
            "violations",
        ],
    ),
    framework("Symfony", &[("title", "^An error occurred$"), ("type", ANY)], &["status", "detail", "class", "trace"]),
    framework(
        "Symfony",
        &[
            ("code", STATUS),
            (
                "message",
                r"^(?:JWT Token not found|Invalid JWT Token|Expired JWT Token|Invalid credentials\.|No route found for )",
            ),
        ],
        &[],
    ),
    framework("Symfony", &[("message", r"^No route found for ")], &[]),
    framework(
        "Laminas",
        &[("type", r"w3\.org/Protocols/rfc2616"), ("title", ANY), ("status", STATUS)],
        &["detail", "validation_messages", "trace"],
    ),
    framework(
        "Laravel",
        &[(
            "message",
            r"^(?:Unauthenticated\.|The route .* could not be found\.|Server Error|The given data was invalid\.|Too Many (?:Attempts|Requests)\.?|CSRF token mismatch\.|This action is unauthorized\.|No query results for model .*|The [A-Z]+ method is not supported for .*|Invalid signature\.|Your email address is not verified\.)$",
        )],
        &["errors", "exception", "file", "line", "trace"],
    ),
    framework("Laravel", &[("message", ANY), ("exception", r"\\"), ("file", ANY), ("line", r"^\d+$")], &["trace"]),
    framework(
        "Yii",
        &[("name", ANY), ("message", ANY), ("code", r"^\d+$"), ("status", STATUS)],
        &["type", "previous", "file", "line", "stack-trace"],
    ),
    framework(
        "Slim",
        &[(
            "message",
            r"^(?:404 Not Found|405 Method Not Allowed|Slim Application Error|Method not allowed\. Must be one of: .*)$",
        )],
        &["exception", "description"],
    ),
    framework("CodeIgniter", &[("status", STATUS), ("error", STATUS), ("messages", r"^\{")], &[]),
    framework("CakePHP", &[("message", ANY), ("url", "^/"), ("code", STATUS)], &["file", "line", "trace", "exception"]),
    framework("WordPress", &[("code", r"^rest_"), ("message", ANY), ("data", ANY)], &["additional_errors"]),
    framework(
        "Fastify",
        &[
            ("statusCode", STATUS),
            ("message", r"^(?:Route [A-Z]+:|(?:body|querystring|params|headers)(?:[/.]| must| should))"),
            ("error", ANY),
        ],
        &["code"],
    ),
    framework("Fastify", &[("statusCode", STATUS), ("code", "^FST_"), ("message", ANY)], &["error"]),
    framework(
        "Hapi",
        &[
            ("statusCode", STATUS),
            ("error", ANY),
            (
                "message",
                r"^(?:Not Found|Missing authentication|Invalid request (?:payload|query|path).*|An internal server error occurred|Bad (?:username|token).*|Unknown (?:authentication|strategy).*)$",
            ),
        ],
        &["validation", "attributes"],
    ),
    framework("LoopBack", &[("error", r#""statusCode":"#)], &[]),
    framework("Strapi", &[("data", "^null$"), ("error", r#""status":\s*\d"#)], &[]),
    framework(
        "Feathers",
        &[("name", ANY), ("message", ANY), ("code", STATUS), ("className", ANY)],
        &["data", "errors"],
    ),
    framework(
        "restify",
        &[
            (
                "code",
                r"^(?:ResourceNotFound|MethodNotAllowed|InvalidContent|NotAuthorized|InvalidCredentials|UnsupportedMediaType|NotAcceptable|BadRequest|Internal)$",
            ),
            ("message", ANY),
        ],
        &[],
    ),
    framework("NestJS", &[("statusCode", STATUS), ("message", ANY)], &["error"]),
    framework("Phoenix", &[("errors", r#"^\{"detail":\s*"[A-Z][A-Za-z ]+"\}$"#)], &[]),
    framework("Rails", &[("status", STATUS), ("error", PHRASE)], &["exception", "traces"]),
    framework(
        "Rails",
        &[(
            "error",
            r"^(?:You need to sign in or sign up before continuing\.|Invalid Email or password\.|You have to confirm your email|Your session expired)",
        )],
        &[],
    ),
    framework("Rails", &[("error", r"^HTTP Token: Access denied\.$")], &[]),
    framework(
        "Grape",
        &[(
            "error",
            r"^(?:40[0-9] [A-Z][A-Za-z ]+|[\w\[\]]+ (?:is missing|is invalid).*|.* does not have a valid value)$",
        )],
        &[],
    ),
    framework("Quarkus", &[("details", ANY), ("stack", ANY)], &[]),
    framework("Quarkus", &[("title", "^Constraint Violation$"), ("violations", ANY)], &["status"]),
    framework("Quarkus", &[("error", r"^(?:RESTEASY\d+: |HTTP [45]\d\d [A-Z])")], &["error_description"]),
    framework("Micronaut", &[("message", ANY), ("_links", ANY)], &["_embedded", "logref", "path"]),
    framework(
        "Dropwizard",
        &[("code", STATUS), ("message", r"^(?:HTTP \d{3} |Unable to process JSON|Credentials are required)")],
        &["details"],
    ),
    framework("Dropwizard", &[("errors", r"^\["), ("code", "^422$")], &[]),
    framework(
        "Javalin",
        &[("title", ANY), ("status", STATUS), ("type", r"javalin\.io|^about:blank$"), ("details", ANY)],
        &[],
    ),
    framework("Jooby", &[("message", ANY), ("statusCode", STATUS), ("reason", ANY)], &[]),
    framework("Jetty", &[("url", "^/"), ("status", STATUS), ("message", ANY)], &["servlet", "cause0"]),
    framework("Play", &[("error", r#"^\{"requestId":"#)], &[]),
    framework("FastAPI", &[("detail", r#"^\[\{.*"loc":"#)], &["body"]),
    framework("Litestar", &[("status_code", STATUS), ("detail", ANY)], &["extra"]),
    framework("Django REST or FastAPI", &[("detail", ANY)], &["code", "messages"]),
    framework(
        "Flask",
        &[(
            "message",
            r"^(?:The requested URL was not found|The method is not allowed for the requested URL|The browser \(or proxy\) sent|Did not attempt to load JSON|Failed to decode JSON object|The server could not verify that you are authorized)",
        )],
        &["status", "code"],
    ),
    framework(
        "Flask",
        &[(
            "msg",
            r"^(?:Missing Authorization Header|Missing '\w+' type in|Not enough segments|Token has expired|Signature verification failed|Bad Authorization header)",
        )],
        &[],
    ),
    framework("Connexion", &[("type", "^about:blank$"), ("title", ANY), ("status", STATUS), ("detail", ANY)], &[]),
    framework(
        "Falcon",
        &[("title", r"^(?:[45]\d\d [A-Z]|Missing |Invalid |Unsupported |Malformed )")],
        &["description", "code", "link"],
    ),
    framework(
        "Sanic",
        &[("description", PHRASE), ("status", STATUS), ("message", ANY)],
        &["path", "args", "exceptions"],
    ),
    framework("Eve", &[("_status", "^ERR$")], &["_error", "_issues"]),
    framework("gRPC-Gateway", &[("code", r"^\d{1,2}$"), ("message", ANY), ("details", r"^\[")], &["error", "status"]),
    framework("gRPC-Gateway", &[("code", r"^\d{1,2}$"), ("message", ANY), ("error", ANY)], &["details"]),
    framework(
        "Twirp",
        &[
            ("code", r"^(?:bad_route|malformed|unauthenticated|not_found|internal|unimplemented|invalid_argument)$"),
            ("msg", ANY),
        ],
        &["meta"],
    ),
    framework(
        "Connect",
        &[(
            "code",
            r"^(?:unauthenticated|not_found|internal|unimplemented|invalid_argument|permission_denied|unavailable)$",
        )],
        &["message", "details"],
    ),
    framework(
        "Goa",
        &[("name", ANY), ("id", ANY), ("message", ANY), ("temporary", ANY), ("timeout", ANY), ("fault", ANY)],
        &[],
    ),
    framework("Huma", &[("title", ANY), ("status", STATUS), ("detail", ANY), ("$schema", ANY)], &["errors", "type"]),
    framework(
        "gin",
        &[
            ("code", r"^40[13]$"),
            (
                "message",
                r"^(?:auth header is empty|cookie token is empty|you don't have permission|Token is expired|signature is invalid)",
            ),
        ],
        &[],
    ),
    framework(
        "Echo",
        &[(
            "message",
            r"^(?:Not Found|Method Not Allowed|Unauthorized|Forbidden|Bad Request|Internal Server Error|Unsupported Media Type|Request Entity Too Large|missing (?:or malformed jwt|key in request header)|invalid (?:or expired jwt|key)|Syntax error: offset=.*|Unmarshal type error: .*)$",
        )],
        &[],
    ),
    framework("Rocket", &[("error", r#"^\{.*"reason":.*"description":|^\{.*"description":.*"reason":"#)], &[]),
    framework(
        "PostgREST",
        &[("code", r"^(?:PGRST|[0-9A-Z]{5}$)"), ("message", ANY), ("details", ANY), ("hint", ANY)],
        &[],
    ),
    framework("Keycloak", &[("errorMessage", ANY)], &["params", "field"]),
];

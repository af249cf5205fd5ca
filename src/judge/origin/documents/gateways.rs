//! What gateways, load balancers and CDNs write in JSON.

use super::document::{ANY, Document, STATUS, gateway};

/// A row for each, the most telling first.
pub(super) static TABLE: &[Document] = &[
    gateway(
        "Kong",
        &[(
            "message",
            r"^(?:No API key found in request|Invalid authentication credentials|API rate limit exceeded|no Route matched with those values|An invalid response was received from the upstream server|The upstream server is timing out|failure to get a peer from the ring-balancer|name resolution failed|You cannot consume this service|No credentials found for given '\w+'|Request size limit exceeded|Your IP address is not allowed|An unexpected error occurred|Please use HTTPS protocol|Bad token; invalid JSON|No mandatory '\w+' in claims|HMAC signature cannot be verified.*)$",
        )],
        &["request_id"],
    ),
    gateway("Kong", &[("message", ANY), ("request_id", r"^[0-9a-f]{4,}$")], &[]),
    gateway(
        "AWS API Gateway",
        &[(
            "message",
            r"^(?:Missing Authentication Token|Internal server error|Service Unavailable|Endpoint request timed out|The incoming token has expired|Invalid API Key identifier specified|User is not authorized to access this resource.*|Limit Exceeded|Invalid request body|Authorization header requires .*|.*not a valid key=value pair.*|The security token included in the request is invalid\.?|Missing required request parameters: .*|Access Token does not have sufficient scopes.*)$",
        )],
        &[],
    ),
    gateway("AWS API Gateway", &[("Message", r"^(?:User is not authorized|User: arn:)")], &[]),
    gateway(
        "Azure API Management",
        &[
            ("statusCode", STATUS),
            (
                "message",
                r"^(?:Access denied due to |Resource not found|Unable to match incoming request|Rate limit is exceeded|Out of call volume quota|Invalid JWT|JWT |Unauthorized\. Access token|IP address )",
            ),
        ],
        &[],
    ),
    gateway("Apigee", &[("fault", r#""faultstring""#)], &[]),
    gateway("WSO2", &[("fault", r#""code":\s*"?9\d{5}\b"#)], &[]),
    gateway("WSO2", &[("code", r"^(?:90\d{4}|303001|101\d{3})$"), ("message", ANY)], &["description", "type"]),
    gateway("APISIX", &[("error_msg", ANY)], &["request_id"]),
    gateway(
        "APISIX",
        &[(
            "message",
            r"^(?:Missing API key(?: found)? in request|Invalid API key in request|Missing JWT token in request|JWT token invalid|Missing authorization in request|Invalid user authorization|Missing related consumer|Your IP address is not allowed.*)$",
        )],
        &[],
    ),
    gateway(
        "Tyk",
        &[(
            "error",
            r"^(?:Authorization field missing|Authorisation failed|Key not authori[sz]ed.*|Access to this API has been disallowed|API (?:Rate limit|quota|not) .*|Key has expired.*|Quota exceeded|Rate limit exceeded|There was a problem proxying the request|Requested endpoint is forbidden|Version information not found|Header missing|Bearer token malformed|Access to this resource has been disallowed|Attempted access with .*)$",
        )],
        &[],
    ),
    gateway("Gravitee", &[("message", ANY), ("http_status_code", STATUS)], &["key"]),
    gateway("IBM API Connect", &[("httpCode", STATUS), ("httpMessage", ANY)], &["moreInformation"]),
    gateway(
        "Google API gateway",
        &[
            ("code", r"^\d+$"),
            (
                "message",
                r"^(?:Jwt |JWT validation failed|Method doesn't allow unregistered callers|Method does not exist|The current request is not defined by this API|UNAUTHENTICATED|Audiences in Jwt|API key not valid|PERMISSION_DENIED)",
            ),
        ],
        &["details"],
    ),
    gateway("Google API gateway", &[("error", r#""status":\s*"[A-Z_]+"[^\n]*type\.googleapis\.com"#)], &[]),
    gateway(
        "Cloudflare",
        &[("cloudflare_error", "true")],
        &[
            "type",
            "title",
            "status",
            "detail",
            "instance",
            "error_code",
            "error_name",
            "error_category",
            "ray_id",
            "timestamp",
            "zone",
            "retryable",
            "retry_after",
            "owner_action_required",
            "what_you_should_do",
            "footer",
        ],
    ),
    gateway("Cloudflare", &[("success", "false"), ("errors", r#""code":\s*\d{4,}"#)], &["messages", "result"]),
    gateway(
        "Akamai",
        &[("title", ANY), ("type", r"problems\.(?:luna\.)?akamai")],
        &[
            "status",
            "detail",
            "instance",
            "httpStatus",
            "method",
            "requestInstance",
            "serverIp",
            "clientIp",
            "requestId",
            "requestTime",
        ],
    ),
    gateway(
        "MuleSoft",
        &[(
            "error",
            r"^(?:Invalid [Cc]lient(?: id or secret)?|Authentication Attempt Failed|Authentication denied.*|Unable to retrieve client_id from message|API calls exceeded.*)$",
        )],
        &["description"],
    ),
    gateway("Ambassador", &[("message", r"^Authentication failed$|ext_authz"), ("request_id", ANY)], &["status_code"]),
    gateway(
        "Spring Cloud Gateway",
        &[
            ("timestamp", ANY),
            ("status", STATUS),
            ("error", ANY),
            ("path", ANY),
            ("requestId", ANY),
            ("message", r"^(?:Unable to find instance for|finishConnect|Connection refused)"),
        ],
        &["exception", "trace"],
    ),
];

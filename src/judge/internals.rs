//! What languages, drivers, mappers and validators say of their own insides: classes, hosts, constraints, dumps.
//!
//! A message that a person may well read ("unexpected token at position 5", "missing field `name`") is none of them: each
//! pattern holds something that only who wrote the server can use.

use super::rule::rules;

rules! {
    INTERNALS_DISCLOSED = Warning "internals-disclosed" {
        what: "The reply holds the words of a language, driver, mapper or validator about the server's insides.",
        why: "It tells an attacker classes, hosts, tables and libraries, and the client nothing that it can act on. It changes with every upgrade.",
        example: "Cannot deserialize value of type `com.acme.orders.OrderDto` from Array value",
        source: "OWASP ASVS 16.5.1; CWE-209",
        marks: [Uncapped, Discloses],
    }
}

/// Patterns, each with the name of what it finds.
pub(super) static PATTERNS: &[(&str, &str)] = &[
    (
        "an internal address",
        r"(?:^|[^/\d.])(?:10\.\d{1,3}|192\.168|172\.(?:1[6-9]|2\d|3[01])|169\.254)\.\d{1,3}\.\d{1,3}(?::\d{1,5})?\b|\b[\w-]+(?:\.[\w-]+)*\.(?:svc|internal|local|localdomain|consul|intranet|corp|lan):\d{2,5}\b|\.svc\.cluster\.local\b|\.(?:ec2|compute)\.internal\b|\.(?:rds|cache)\.amazonaws\.com\b",
    ),
    (
        "a failed connection",
        r#"\bE(?:CONNREFUSED|CONNRESET|NOTFOUND|AI_AGAIN|TIMEDOUT|HOSTUNREACH|PIPE)\b|\bdial (?:tcp|udp|unix)\b|\blookup \S+(?: on \S+)?: no such host|\bconnection to server (?:at|on) "|could not (?:connect to server|translate host name)|Max retries exceeded with url|HTTPS?ConnectionPool\(|Communications link failure|Temporary failure in name resolution|Name or service not known|\bcURL error \d+|\bError \d+ connecting to \S+:\d|php_network_getaddresses|Failed to connect to \S+[:/]\d|Connection refused: \S+[/:]\d|\bi/o timeout\b|No connection could be made because the target machine|\((?:os error|errno:?) \d+\)|\[Errno -?\d+\]"#,
    ),
    (
        "Go's library",
        r#"\bstrconv\.\w+: |\bparsing time "|\bcannot parse "[^"\n]*" as "|\bjson: (?:cannot unmarshal|invalid use|unsupported type)|\b(?:pq|sql|bson|x509|redis|mongo|sarama|kafka|gorm): [a-zA-Z]|\bcontext (?:deadline exceeded|canceled)\b|\binterface conversion: |Error:Field validation for '|\bproto:\s*(?:\(line \d+|syntax error|cannot parse)|nil pointer dereference"#,
    ),
    (
        "gRPC",
        r"rpc error: code = \w+|StatusRuntimeException|_InactiveRpcError|\b\d{1,2} (?:UNAVAILABLE|INTERNAL|UNKNOWN|DEADLINE_EXCEEDED|UNIMPLEMENTED|FAILED_PRECONDITION|RESOURCE_EXHAUSTED): |failed to connect to all addresses",
    ),
    (
        "a class of Java",
        r"\b(?:com|org|net|io|dev|java|javax|jakarta|kotlin|kotlinx|scala|akka|reactor)\.(?:[a-z_]\w*\.)+[A-Z]\w*|\bkotlinx?\.\w+\.\w+",
    ),
    (
        "Java's libraries",
        r#"nested exception is |through reference chain: |\bJsonToken\.|Cannot (?:de)?serialize (?:value|instance) of |Cannot (?:construct|coerce) [^\n]{0,60}\b(?:instance of|to )`|Unexpected character \('.{1,8}' \(code \d+|\bat \[Source: |No enum constant |Failed to convert (?:property )?value of type|could not (?:execute (?:statement|query|batch)|extract ResultSet)|\bJDBC\b|\bHikariPool-\d|Could not open JPA|\bpublic [\w.<>?, ]+ [\w.]+\([\w.<>?, ]*\)|For input string: "|Cannot invoke "[^"\n]+" because|Index \d+ out of bounds for length|\bBEGIN_(?:OBJECT|ARRAY)\b|Validation failed for (?:argument|object|classes)|Field error in object '|ConstraintViolationImpl|interpolatedMessage=|propertyPath=|cannot be cast to class|not marked as ignorable|Batch entry \d+|detached entity passed|Row was updated or deleted by another transaction|No (?:entity|\w+ entity) with id \S+ exists|Unable to (?:find|locate) [\w.]+ with id"#,
    ),
    (
        "a library's exception",
        r"\b(?:NullPointer|NullReference|IllegalArgument|IllegalState|ClassCast|ClassNotFound|NumberFormat|(?:Array)?IndexOutOfBounds|DateTimeParse|DataIntegrityViolation|ConstraintViolation|HttpMessageNotReadable|MethodArgument\w+|SQL\w*|Jdbc\w*|Hibernate|EntityNotFound|JsonParse|JsonMapping|JsonSyntax|JsonProcessing|MismatchedInput|InvalidFormat|UnrecognizedProperty|InvalidDefinition|ArgumentNull|ArgumentOutOfRange|InvalidOperation|InvalidCast|DbUpdate\w*|JsonReader|JsonSerialization|Mongo\w+|Redis\w+|Elasticsearch\w*|Runtime|UnknownHost|SocketTimeout|Npgsql|Postgres|ModelNotFound|BadMethodCall|Runtime|Query)Exception\b",
    ),
    (
        ".NET's libraries",
        r"The JSON value could not be converted to |\bBytePositionInLine: |Object reference not set to an instance|\b(?:Newtonsoft\.Json|System|Microsoft\.(?:EntityFrameworkCore|AspNetCore|Data|Extensions)|Npgsql|FluentValidation|AutoMapper|MongoDB\.Driver)\.(?:\w+\.)*[A-Z]\w+|Error converting value .{1,60} to type '|Could not (?:cast or )?convert (?:from )?\S+ to (?:type )?'?[A-Z]\w*\.|Cannot deserialize the current JSON|Input string was not in a correct format|Input string '[^'\n]*' is not a valid|Unable to cast object of type|\(Parameter '\w+'\)|Sequence contains (?:no|more than one) (?:matching )?element|An error occurred while (?:saving the entity changes|updating the entries)|Database operation expected to affect|The instance of entity type|\bDbContext\b|Validation failed: \s*-- \w+: ",
    ),
    (
        "JavaScript's engine or libraries",
        r#"Cannot (?:read|set) propert(?:y|ies) (?:'[^'\n]*' )?of (?:undefined|null)|\bundefined is not (?:a function|an object|iterable)|\b\w+\.\w+(?:\.\w+)* is not a (?:function|constructor)|Cannot destructure property|\bReferenceError: |\bERR_[A-Z]+_[A-Z_]+\b|\bCast to \w+ failed for value|\bbuffering timed out after \d|Cannot find module '|Maximum call stack size exceeded|\b(?:Sequelize|Mongo|Mongoose|TypeORM|Prisma|Knex|QueryFailed|BSON|Zod|Objection|Dynamo|Axios)\w*Error\b|\bprisma\.\w+\.\w+\(|"code":\s*"(?:invalid_type|too_small|too_big|invalid_string|unrecognized_keys|invalid_union)"|An instance of \w+ has failed the validation|\bEntityMetadataNotFound|\bForeign key constraint failed on the|Unique constraint failed on the|\(not available\)|the URL must start with the protocol|Expected property name or '\}' in JSON at position \d+ \(line \d+ column \d+\)\n"#,
    ),
    (
        "Python's runtime or libraries",
        r"\b(?:object|instance) has no attribute '|'NoneType' object|\bobject is not (?:subscriptable|iterable|callable)|is not JSON serializable|takes (?:from )?\d+ (?:to \d+ )?positional argument|got an unexpected keyword argument|missing \d+ required positional|<class '|<[\w.]+(?: \w+)* at 0x[0-9a-f]+|\b(?:django|rest_framework|sqlalchemy|pydantic|pydantic_core|marshmallow|asyncpg|botocore|pymongo|redis|requests|urllib3|elasticsearch|aiokafka|jsonschema)\.(?:\w+\.)*[A-Z]\w+|\bvalidation errors? for [A-Z]\w+|errors\.pydantic\.dev|\[?type=\w+, input_value=|\(type=(?:value_error|type_error|assertion_error)|invalid literal for int\(\) with base|could not convert string to float|unsupported operand type|(?:list|string|tuple) indices must be integers|codec can't (?:de|en)code (?:byte|character)|matching query does not exist|Background on this error at|\[SQL: |\[parameters: |ErrorDetail\(string=|On instance\[",
    ),
    (
        "Ruby's runtime or libraries",
        r"\bundefined (?:local variable or )?method [`']|\bnil:NilClass\b|\buninitialized constant |\b(?:NoMethodError|NameError): |\b(?:ActiveRecord|ActionController|ActionDispatch|ActiveModel|ActiveSupport|PG|Mysql2|Mongoid|Mongo|Redis|Sequel|JSON|Faraday|Net|Dry|Rack)::\w+|#<[A-Z]\w*(?:::\w+)*(?:[: ]0x|>)|\bCouldn't find (?:all )?[A-Z]\w+ with(?:out)? |wrong number of arguments \(given|no implicit conversion of \w+ into",
    ),
    (
        "PHP's runtime or libraries",
        r"\bUndefined (?:index|array key|variable|offset|property)\b|\bCall to (?:a member function|undefined (?:method|function)|private method)|\bTrying to (?:get property|access array offset)|No query results for model \[|\b[A-Z]\w+(?:\\{1,2}[A-Z]\w+){2,}|\b(?:App|Illuminate|Symfony|Doctrine|Laravel|GuzzleHttp|Slim|Yii|Laminas|Cake)\\{1,2}\w+|Argument #?\d+ (?:\(\$\w+\) )?(?:passed to [^\n]{1,80} )?must be (?:of (?:the )?type|an instance of)|: Return value must be of type|Array to string conversion|Failed to open stream",
    ),
    (
        "Rust's runtime or libraries",
        r"\bcalled `(?:Option|Result)::\w+\(\)` on |\b(?:sqlx|diesel|serde_json|reqwest|hyper|tokio|actix_web|axum|sea_orm|mongodb|tonic|std|core)::\w+|\berror returned from database: |expected (?:internally tagged |adjacently tagged |unit |newtype |tuple )?(?:struct|enum|variant) (?:variant )?[A-Z]\w*|index out of bounds: the len is|\bOs \{ code: |\bDbErr\b|\bPoolTimedOut\b|\bRowNotFound\b",
    ),
    (
        "a database's constraint or type",
        r#"\bconstraint \[|\bkey constraint "|\b(?:unique|check|foreign key|not-null) constraint "|invalid byte sequence for encoding|value too long for type|invalid input (?:syntax for|value for enum)|\bout of range for type\b|null value in column "|\bnumeric field overflow|could not serialize access due|\bdeadlock detected\b|canceling statement due to|permission denied for (?:table|relation|schema|sequence)|password authentication failed for user|remaining connection slots|too many clients already|server closed the connection unexpectedly|current transaction is aborted|unsupported Unicode escape sequence|Data too long for column|Data truncated for column|Incorrect (?:string|integer|decimal|datetime|date|double) value: '|Out of range value for column|Column '\w+' cannot be null|Cannot (?:add or update a child|delete or update a parent) row|Access denied for user '|Lock wait timeout exceeded|Field '\w+' doesn't have a default value|MySQL server has gone away|String or binary data would be truncated|Conversion failed when converting|Violation of (?:PRIMARY|UNIQUE) KEY|The (?:INSERT|UPDATE|DELETE|MERGE) statement conflicted|Arithmetic overflow error converting|Login failed for user '|(?:NOT NULL|CHECK|FOREIGN KEY|PRIMARY KEY) constraint failed|datatype mismatch: |\bdatabase is locked\b"#,
    ),
    (
        "a store or a queue",
        r"\b\w+ exception \[type=|\btype=\w+_exception\b|\b(?:parsing|index_not_found|mapper_parsing|search_phase_execution|illegal_argument|version_conflict_engine|query_shard|x_content_parse|resource_already_exists|document_missing|cluster_block)_exception\b|\ball shards failed\b|no such index \[|failed to parse field \[|\bWRONGTYPE Operation|\bNOAUTH Authentication required|\bREADONLY You can't write|\bMISCONF Redis|\bLOADING Redis|\bCLUSTERDOWN |\bMOVED \d+ \S+:\d|\bOOM command not allowed|\bReplyError: |\bMongo(?:Server|Network|Topology|Bulk)\w*\b|\bserver selection (?:timeout|error)|No (?:replica set|suitable servers)|\bReplicaSetNoPrimary|Argument passed in must be a (?:single )?String of 12 bytes|input must be a 24 character hex string|\bE11000\b|\bTopic \S+ not present in metadata|\b(?:UNKNOWN_TOPIC|LEADER_NOT_AVAILABLE|NOT_LEADER|UNKNOWN_MEMBER_ID)\w*|\bLocal: (?:Broker|Message|Queue|Host|All broker)|\bBroker: [A-Z]\w+|\bkafka(?:js)?: |\bKafkaJS\w+|\b(?:PRECONDITION_FAILED|ACCESS_REFUSED|RESOURCE_LOCKED|NOT_FOUND) - |\bNoSuchBucket\b|\bAcceptSecurityContext\b|PKIX path building failed|certificate verify failed|\bSSL routines:",
    ),
];

/// Replies that fire these rules: severity, rule and place, the probe, and what came. All are silent on what is promised.
#[cfg(test)]
pub(super) fn fires() -> Vec<super::tests::prelude::Row> {
    use super::tests::prelude::*;

    vec![
        (
            "warning internals-disclosed /error_message",
            OFFSET,
            message("strconv.ParseUint: parsing \"x\": invalid syntax"),
        ),
        ("warning internals-disclosed /error_message", OFFSET, message("connect ECONNREFUSED 10.1.2.3:6379")),
        (
            "warning internals-disclosed /error_message",
            OFFSET,
            message("value too long for type character varying(255)"),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::patterns::matching;
    use super::PATTERNS;

    /// What each pattern finds, with its name.
    const SAMPLES: &[(&str, &str)] = &[
        ("an internal address", "no answer of 172.20.1.5:9092"),
        ("an internal address", "upstream orders-db.prod.internal:5432 is down"),
        ("an internal address", "orders.prod.svc.cluster.local"),
        ("a failed connection", "connect ECONNREFUSED"),
        ("a failed connection", "dial tcp: lookup orders-db on x: no such host"),
        ("a failed connection", "connection to server at \"db\" failed"),
        ("Go's library", "strconv.ParseUint: parsing \"x\": invalid syntax"),
        ("Go's library", "parsing time \"x\" as \"2006-01-02\""),
        ("Go's library", "Key: 'Order.Name' Error:Field validation for 'Name' failed on the 'required' tag"),
        ("Go's library", "sql: no rows in result set"),
        ("gRPC", "rpc error: code = Unavailable desc = x"),
        ("gRPC", "14 UNAVAILABLE: No connection established"),
        ("a class of Java", "value of type com.acme.orders.OrderDto"),
        ("Java's libraries", "could not execute statement; SQL [n/a]"),
        ("Java's libraries", "Unexpected character ('{' (code 123)): was expecting comma\n at [Source: (String)\"x\"]"),
        ("Java's libraries", "Expected BEGIN_OBJECT but was STRING at line 1 column 1 path $"),
        ("a library's exception", "DataIntegrityViolationException: x"),
        (".NET's libraries", "The JSON value could not be converted to Acme.OrderDto. Path: $ | LineNumber: 0"),
        (".NET's libraries", "Object reference not set to an instance of an object."),
        ("JavaScript's engine or libraries", "Cannot read properties of undefined (reading 'id')"),
        (
            "JavaScript's engine or libraries",
            "Cast to ObjectId failed for value \"x\" at path \"_id\" for model \"Order\"",
        ),
        ("JavaScript's engine or libraries", "Invalid `prisma.order.findUnique()` invocation"),
        ("JavaScript's engine or libraries", "[{\"code\": \"invalid_type\", \"expected\": \"string\"}]"),
        ("Python's runtime or libraries", "'NoneType' object is not subscriptable"),
        (
            "Python's runtime or libraries",
            "1 validation error for Order\nname\n  Field required [type=missing, input_value={}]",
        ),
        ("Python's runtime or libraries", "invalid literal for int() with base 10: 'x'"),
        ("Ruby's runtime or libraries", "undefined method `fetch' for nil:NilClass"),
        ("Ruby's runtime or libraries", "PG::InvalidTextRepresentation: ERROR"),
        ("PHP's runtime or libraries", "No query results for model [App\\Models\\Order] x"),
        ("PHP's runtime or libraries", "Undefined array key \"name\""),
        ("Rust's runtime or libraries", "called `Option::unwrap()` on a `None` value"),
        ("Rust's runtime or libraries", "invalid type: string \"x\", expected struct OrderDto at line 1 column 3"),
        ("a database's constraint or type", "value too long for type character varying(255)"),
        ("a database's constraint or type", "Data too long for column 'name' at row 1"),
        ("a database's constraint or type", "NOT NULL constraint failed: orders.name"),
        ("a store or a queue", "Elasticsearch exception [type=parsing_exception, reason=x]"),
        ("a store or a queue", "WRONGTYPE Operation against a key holding the wrong kind of value"),
        ("a store or a queue", "Topic orders not present in metadata after 60000 ms."),
    ];

    #[test]
    fn each_pattern_finds_its_samples() {
        for (name, sample) in SAMPLES {
            assert!(matching(sample).any(|(_, found, _)| found == name), "{name}: {sample}");
        }
        for (name, _) in PATTERNS {
            assert!(SAMPLES.iter().any(|(sampled, _)| sampled == name), "{name} has no sample");
        }
    }

    #[test]
    fn what_a_person_may_read_discloses_nothing() {
        for text in [
            "json: unknown field \"errdrift\"",
            "Unexpected token } in JSON at position 5",
            "unexpected token at position 5",
            "Unexpected end of JSON input",
            "KeyError: 'owner'",
            "Expecting value: line 1 column 1 (char 0)",
            "missing field `name` at line 1 column 12",
            "invalid type: string \"x\", expected u32 at line 1 column 9",
            "expected value at line 1 column 1",
            "\"name\" is required",
            "name must be a string",
            "The name field is required.",
            "This field may not be blank.",
            "ensure this value is greater than 0",
            "Required request body is missing",
            "invalid UUID length: 3",
            "unexpected EOF",
            "size must be between 1 and 100",
            "'Name' must not be empty.",
            "Value is out of range, the maximum is 100",
            "http://10.1.2.3:8080/api/folders/x does not exist",
            "https://api.example.com/errors/invalid-type.html",
            "version 10.0.3 of the API",
            "error.internal",
            "System.out of order",
            "The service com.example is not known",
            "ValidationException",
            "UnauthorizedException",
            "Object not found",
            "Could not find the order with this id",
            "The value 'x' is not valid for Quantity.",
            "Connection refused by the owner",
            "request timed out",
        ] {
            let found: Vec<_> = matching(text).map(|(_, name, _)| *name).collect();
            assert!(found.is_empty(), "{text}: {found:?}");
        }
    }
}

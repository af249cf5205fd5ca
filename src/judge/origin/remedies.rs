//! What makes each known product answer in the documented format: the setting, for the drift that it causes.

use std::collections::BTreeMap;

use super::{documents, marks, pages};
use crate::model::layer::Layer;

/// The setting by product.
static REMEDIES: &[(&str, &str)] = &[
    (
        "AWS API Gateway",
        "define gateway responses (DEFAULT_4XX, DEFAULT_5XX, UNAUTHORIZED, MISSING_AUTHENTICATION_TOKEN) with a body template of the documented format",
    ),
    ("AWS WAF", "give the blocking rules a custom response with a body of the documented format"),
    (
        "AWS load balancer",
        "let the listener's default and its rules return a fixed response in JSON; what the balancer cannot parse stays its own page",
    ),
    ("APISIX", "rewrite its own errors by the response-rewrite or error-page plugin of a global rule"),
    (
        "ASP.NET",
        "set <customErrors mode=\"On\"> and <httpErrors existingResponse=\"PassThrough\">, and answer from Application_Error",
    ),
    (
        "ASP.NET Core",
        "write the documented format in AddProblemDetails(CustomizeProblemDetails), UseExceptionHandler, UseStatusCodePages and ConfigureApiBehaviorOptions(InvalidModelStateResponseFactory)",
    ),
    (
        "ASP.NET Web API",
        "replace IExceptionHandler and IHttpControllerSelector, and write the documented format in a DelegatingHandler",
    ),
    (
        "Actix",
        "set JsonConfig, QueryConfig and PathConfig .error_handler, App::default_service and the ErrorHandlers middleware",
    ),
    ("Akamai", "define a custom error response, or the failover hostname's page, in the property's rules"),
    ("Akka HTTP", "provide an implicit RejectionHandler (mapRejectionResponse) and ExceptionHandler"),
    (
        "Amazon S3",
        "do not route API paths to a bucket; put a default behaviour that answers in the documented format before it",
    ),
    ("Ambassador", "set error_response_overrides in the Module or the Mapping"),
    (
        "Apache httpd",
        "ErrorDocument 400 /errors/400.json (and so for each status), the files with Content-Type application/json",
    ),
    (
        "Apigee",
        "raise the documented format by FaultRules and DefaultFaultRule of every proxy, and by a catch-all proxy for unknown paths",
    ),
    (
        "Azure API Management",
        "write the documented format by <return-response> or <set-body> in the <on-error> section of the global policy",
    ),
    ("Azure Application Gateway", "set custom error pages of the listener, with JSON behind the URL"),
    (
        "Azure Front Door",
        "set a custom block response of the WAF policy, in JSON; what has no route needs a catch-all route to the service",
    ),
    ("Bottle", "app.error_handler for each status, or override app.default_error_handler"),
    ("CakePHP", "set Error.exceptionRenderer to a renderer that writes the documented format"),
    ("Caddy", "handle_errors { header Content-Type application/json; respond `{…}` {err.status_code} }"),
    ("CherryPy", "set error_page.default to a function that writes the documented format"),
    ("CloudFront", "set custom error responses that name a JSON object, with its Content-Type"),
    (
        "Cloudflare",
        "define custom errors (error assets, or rules that serve JSON) for the zone; a WAF rule takes a custom response",
    ),
    ("CodeIgniter", "set an exception handler in Config\\Exceptions and a 404 override in the routes"),
    (
        "Connect",
        "write errors in an interceptor, or before the Connect handler where the documentation promises another format",
    ),
    ("Connexion", "app.add_error_handler for ProblemException and for each status"),
    (
        "Django",
        "set handler400, handler403, handler404 and handler500 in the root URLconf to views that answer in the documented format, CSRF_FAILURE_VIEW, and DEBUG = False",
    ),
    (
        "Django REST or FastAPI",
        "Django REST framework: set EXCEPTION_HANDLER; FastAPI: exception handlers for starlette's HTTPException and RequestValidationError",
    ),
    (
        "Dropwizard",
        "register ExceptionMappers for WebApplicationException, JsonProcessingException and JerseyViolationException, with registerDefaultExceptionMappers: false",
    ),
    ("Echo", "set e.HTTPErrorHandler"),
    (
        "Envoy",
        "set local_reply_config with a body_format_override (json_format) in the HTTP connection manager; in Istio by an EnvoyFilter",
    ),
    ("Eve", "answer from error handlers of the Flask application, for each status"),
    (
        "Express",
        "as the last ones, app.use((req, res) => …) for unknown paths and app.use((err, req, res, next) => …) for errors, body-parser's among them",
    ),
    (
        "F5 BIG-IP",
        "give the ASM policy a custom blocking response page with a body of the documented format and its Content-Type",
    ),
    ("Falcon", "app.set_error_serializer and app.add_error_handler(Exception, …)"),
    (
        "FastAPI",
        "app.exception_handler(RequestValidationError) and app.exception_handler(starlette.exceptions.HTTPException)",
    ),
    (
        "Fastify",
        "setErrorHandler and setNotFoundHandler; clientErrorHandler and frameworkErrors for what precedes them",
    ),
    ("Fastly", "write the documented format by synthetic in vcl_error"),
    ("Feathers", "replace express.errorHandler() (or the Koa one) by a handler that writes the documented format"),
    ("Fiber", "fiber.Config{ErrorHandler: …}, and a last app.Use for unknown paths"),
    (
        "Flask",
        "app.errorhandler(HTTPException); with Flask-RESTful override Api.handle_error, with flask-jwt-extended set the loaders",
    ),
    ("FortiWeb", "give the protection profile a custom attack block page with a body of the documented format"),
    (
        "Go net/http",
        "register \"/\" for unknown paths and methods, and wrap the ServeMux; what the server itself cannot parse is answered before any handler: put a proxy before it whose pages can be set",
    ),
    ("Goa", "write errors by a custom formatter of the HTTP server and its errhandler"),
    (
        "Google API gateway",
        "answer from the service as far as possible; the gateway's own errors cannot be set, a proxy or load balancer with custom error responses before it can",
    ),
    (
        "Google load balancer",
        "set a custom error response policy of the URL map, and a default service that answers in the documented format",
    ),
    ("Grape", "rescue_from :all, and error_formatter :json"),
    ("Gravitee", "define response templates (DEFAULT, API_KEY_MISSING, …) of the API"),
    (
        "HAProxy",
        "errorfile 400 /etc/haproxy/errors/400.http (or http-errors and http-error status 400 content-type application/json), for each status",
    ),
    ("Hapi", "rewrite request.response.isBoom in an onPreResponse extension, and routes.validate.failAction"),
    ("Huma", "replace huma.NewError"),
    ("IBM API Connect", "catch errors in the assembly (catch, with a default) and set the body there"),
    (
        "IIS",
        "<httpErrors errorMode=\"Custom\" existingResponse=\"PassThrough\">; what http.sys refuses stays its own page",
    ),
    ("Imperva", "set custom error pages of the site"),
    ("Javalin", "app.exception and app.error for each status"),
    ("Jetty", "server.setErrorHandler (ErrorHandler.badMessageError for what cannot be parsed)"),
    ("Jooby", "set an error handler: error((ctx, cause, code) -> …)"),
    (
        "Kestrel",
        "what Kestrel cannot parse is answered before any middleware: put a proxy before it whose pages can be set; all else by UseStatusCodePages",
    ),
    ("Keycloak", "do not expose it below the API's paths; its errors cannot be set"),
    (
        "Kong",
        "set error_template_json in kong.conf, or rewrite by the exit-transformer or response-transformer plugin; error_default_type = application/json",
    ),
    (
        "KrakenD",
        "set return_error_msg and return_error_details, and write the body by a response Lua script or the error handling of the endpoint",
    ),
    ("Laminas", "replace the problem-details ResponseFactory and its middleware"),
    (
        "Laravel",
        "withExceptions(fn ($e) => $e->render(…)) in bootstrap/app.php (or render() of App\\Exceptions\\Handler)",
    ),
    ("Litestar", "Litestar(exception_handlers={HTTPException: …, 500: …})"),
    ("LoopBack", "bind SequenceActions.REJECT to a provider that writes the documented format"),
    ("Micronaut", "replace ErrorResponseProcessor, or use global @Error handlers, for each status"),
    (
        "ModSecurity",
        "answer denied requests by ErrorDocument (Apache httpd) or error_page (nginx) in the documented format",
    ),
    ("MuleSoft", "map errors in the error handler of APIkit and set the policies' error responses"),
    (
        "NestJS",
        "app.useGlobalFilters(new …) with @Catch(), which gets unknown paths and the body parser's errors as well",
    ),
    (
        "Node.js",
        "server.on('clientError', (error, socket) => socket.end(…)) with a whole reply of the documented format",
    ),
    ("Phoenix", "render the documented format in ErrorJSON (render_errors: [formats: [json: …]])"),
    ("Play", "bind an HttpErrorHandler (play.http.errorHandler)"),
    ("PostgREST", "raise errors with sqlstate PGRST from functions, or put a proxy before it that rewrites its errors"),
    ("Python http.server", "override send_error; it is no server for production"),
    (
        "Quarkus",
        "register ServerExceptionMapper (or ExceptionMapper) for Throwable, NotFoundException, ConstraintViolationException; quarkus.http.auth events for 401",
    ),
    (
        "Rails",
        "config.exceptions_app = routes, with a controller that answers in the documented format, and config.debug_exception_response_format = :api; Devise by a failure app",
    ),
    ("Rocket", "register catchers for 400, 401, 404, 422, 500 and default"),
    ("Sanic", "app.error_handler with a subclass of ErrorHandler, or app.exception(Exception)"),
    ("ServiceStack", "ServiceExceptionHandlers and UncaughtExceptionHandlers"),
    ("Sinatra", "not_found do … end and error do … end, with set :show_exceptions, false"),
    ("Slim", "addErrorMiddleware(…)->setDefaultErrorHandler, or an error renderer for application/json"),
    ("Spark", "notFound, internalServerError and exception handlers"),
    (
        "Spring",
        "write the documented format in a @RestControllerAdvice that extends ResponseEntityExceptionHandler (ProblemDetail), in an ErrorAttributes bean for /error, and in the AuthenticationEntryPoint and AccessDeniedHandler of Spring Security",
    ),
    ("Spring Cloud Gateway", "replace ErrorWebExceptionHandler (or ErrorAttributes)"),
    ("Squid", "set error_directory with pages of the documented format, and deny_info"),
    ("Strapi", "write the documented format in a global middleware after strapi::errors"),
    ("Sucuri", "ask for a custom block page of the site"),
    (
        "Symfony",
        "decorate the error normalizer, or listen to kernel.exception; a firewall's entry_point and the JWT events for 401",
    ),
    (
        "Tomcat",
        "an ErrorReportValve of your own (errorValveClass of the Host), or <error-page> for each status in web.xml",
    ),
    ("Tornado", "default_handler_class, and override write_error in a base handler"),
    (
        "Traefik",
        "the errors middleware: status 400-599, a service and a query that give the documented format, on a catch-all router as well",
    ),
    ("Twirp", "wrap the server, or write errors by a hook, where the documentation promises another format"),
    (
        "Twisted",
        "give the Site a root resource whose render and getChild answer all; bad requests need HTTPChannel.dataReceived's failure page to be overridden",
    ),
    ("Tyk", "set templates error_401.json and so on in template_path, or a response plugin"),
    ("Undertow", "an ErrorPageHandler or a last HttpHandler for every status"),
    ("Varnish", "write the documented format by synthetic in vcl_synth and vcl_backend_error"),
    (
        "Vert.x or Quarkus",
        "router.errorHandler for each status; in Quarkus a ServerExceptionMapper for NotFoundException",
    ),
    ("WSO2", "edit the sequences fault.xml, _auth_failure_handler_.xml and _throttle_out_handler_.xml"),
    ("WebLogic", "<error-page> for each status in web.xml"),
    ("Werkzeug", "app.errorhandler(HTTPException), and no debugger"),
    ("WordPress", "filter rest_request_after_callbacks and rest_authentication_errors"),
    ("Yii", "set the response component's on beforeSend, or the errorHandler component"),
    ("aiohttp", "a middleware that catches web.HTTPException"),
    (
        "axum",
        "Router::fallback and method_not_allowed_fallback, and extractors with a rejection of your own (WithRejection, FromRequest)",
    ),
    ("gRPC-Gateway", "runtime.WithErrorHandler and runtime.WithRoutingErrorHandler"),
    ("gin", "router.NoRoute, router.NoMethod with HandleMethodNotAllowed, and Unauthorized of the JWT middleware"),
    (
        "gunicorn",
        "what gunicorn cannot parse is answered before any application: put a proxy before it whose pages can be set",
    ),
    ("lighttpd", "server.errorfile-prefix, with files of the documented format and their mimetype.assign"),
    (
        "nginx",
        "error_page 400 401 403 404 405 413 414 500 502 503 504 @error; and location @error { internal; default_type application/json; return … '{…}'; }, with proxy_intercept_errors off",
    ),
    (
        "oauth2-proxy",
        "set skip_provider_button with api_routes, so that an API gets 401, and custom_templates_dir for its body",
    ),
    ("restify", "server.on('restifyError', …) and server.on('NotFound', …), with a formatter for application/json"),
    (
        "uvicorn",
        "what uvicorn cannot parse is answered before any application: put a proxy before it whose pages can be set",
    ),
    (
        "waitress",
        "what waitress cannot parse is answered before any application: put a proxy before it whose pages can be set",
    ),
    ("warp", "Filter::recover as the last one"),
];

/// What makes the product answer in the documented format, where it is known.
#[must_use]
pub fn of(product: &str) -> Option<&'static str> {
    REMEDIES.iter().find(|(name, _)| *name == product).map(|(_, remedy)| *remedy)
}

/// Every product that the tables know, by name, with its layer.
#[must_use]
pub fn products() -> BTreeMap<&'static str, Layer> {
    let pages = pages::PAGES.iter().map(|page| (page.name, page.layer));
    let documents = documents::documents().map(|document| (document.name, document.layer));
    let marks = marks::OWN.iter().map(|(mark, _)| mark).chain(marks::MARKS).map(|mark| (mark.name, mark.layer));
    let bare = marks::BARE.iter().map(|name| (*name, Layer::Framework));
    pages.chain(documents).chain(marks).chain(bare).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_known_product_has_a_remedy_and_each_remedy_a_product() {
        let products = products();
        let without: Vec<_> = products.keys().filter(|name| of(name).is_none()).collect();
        assert!(without.is_empty(), "{without:?}");
        let unknown: Vec<_> = REMEDIES.iter().filter(|(name, _)| !products.contains_key(name)).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}

//! What frameworks and gateways say in place of a documented error: texts for the tables of drifts, nothing that decides.

/// nginx's own page for a path that it does not route.
pub(super) const NGINX_404: &str = "<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n<center><h1>404 Not Found</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";

/// nginx's own page for a method that it does not let through.
pub(super) const NGINX_405: &str = "<html>\r\n<head><title>405 Not Allowed</title></head>\r\n<body>\r\n<center><h1>405 Not Allowed</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";

/// nginx's own page for a request that is too large.
pub(super) const NGINX_413: &str = "<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n<body>\r\n<center><h1>413 Request Entity Too Large</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";

/// nginx's own page when the service behind it does not answer.
pub(super) const NGINX_502: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";

/// `HAProxy`'s own page for a request that it cannot read.
pub(super) const HAPROXY_400: &str =
    "<html><body><h1>400 Bad request</h1>\nYour browser sent an invalid request.\n</body></html>\n";

/// Django with `DEBUG = True`.
pub(super) const DJANGO_DEBUG: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n  <meta http-equiv=\"content-type\" content=\"text/html; charset=utf-8\">\n  <title>JSONDecodeError at <<path>></title>\n</head>\n<body>\n<div id=\"summary\">\n  <h1>JSONDecodeError at <<path>></h1>\n  <pre class=\"exception_value\">Expecting value: line 1 column 1 (char 0)</pre>\n  <table class=\"meta\"><tr><th>Django Version:</th><td>3.2.18</td></tr><tr><th>Python Executable:</th><td>/usr/local/bin/python3</td></tr></table>\n</div>\n<div id=\"traceback\"><h2>Traceback</h2>\n<pre>Traceback (most recent call last):\n  File \"/srv/app/core/views.py\", line 88, in post\n    body = json.loads(request.body)\n</pre></div>\n<p>You're seeing this error because you have <code>DEBUG = True</code> in your Django settings file.</p>\n</body>\n</html>\n";

/// Express without an error handler.
pub(super) const EXPRESS: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Error</title>\n</head>\n<body>\n<pre>Cannot GET <<path>></pre>\n</body>\n</html>\n";

/// A page to sign in at.
pub(super) const LOGIN: &str =
    "<html><head><title>Sign in</title></head><body><a href=\"/login\">Found</a>.</body></html>\n";

/// The one page of an application that routes in the browser.
pub(super) const SINGLE_PAGE: &str = "<!doctype html><html><head><meta charset=\"utf-8\"><title>Console</title></head><body><div id=\"root\"></div><script src=\"/static/main.js\"></script></body></html>\n";

/// A page for people.
pub(super) const SORRY: &str = "<!DOCTYPE html>\n<html><head><title>Error</title></head><body><h1>Something went wrong</h1><p><<text>></p></body></html>\n";

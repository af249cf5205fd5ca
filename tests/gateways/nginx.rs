//! nginx.

use super::support::{Gateway, installed, is_told_apart};
use errdrift::reference::Api;

fn configuration(directory: &std::path::Path, port: u16, upstream: &str) -> String {
    let at = directory.display();
    format!(
        "daemon off; master_process off; pid {at}/pid; error_log {at}/error.log crit;
        events {{}}
        http {{
            access_log off;
            client_body_temp_path {at}/body; proxy_temp_path {at}/proxy; fastcgi_temp_path {at}/fastcgi;
            uwsgi_temp_path {at}/uwsgi; scgi_temp_path {at}/scgi;
            server {{
                listen 127.0.0.1:{port};
                location / {{ proxy_pass http://{upstream}; proxy_http_version 1.1; }}
            }}
        }}"
    )
}

#[test]
fn nginx_before_a_conforming_service_is_told_from_it() {
    let Some(program) = installed("nginx") else { return };
    for api in Api::ALL {
        let gateway = Gateway::start(&program, &["-c"], api, configuration);
        is_told_apart(&gateway.report(), "nginx", &[400, 413, 414]);
    }
}

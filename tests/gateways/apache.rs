//! Apache httpd.

use super::support::{Gateway, installed, is_told_apart};
use errdrift::reference::Api;

fn configuration(directory: &std::path::Path, port: u16, upstream: &str) -> String {
    let at = directory.display();
    let module = |name: &str| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n");
    let modules: String = ["mpm_event", "authz_core", "proxy", "proxy_http"].into_iter().map(module).collect();
    format!(
        "{modules}
ServerRoot {at}
ServerName 127.0.0.1
PidFile {at}/pid
ErrorLog {at}/error.log
LogLevel crit
Listen 127.0.0.1:{port}
ProxyPass / http://{upstream}/
"
    )
}

#[test]
fn apache_before_a_conforming_service_is_told_from_it() {
    let Some(program) = installed("apache2") else { return };
    for api in Api::ALL {
        let gateway = Gateway::start(&program, &["-DFOREGROUND", "-f"], api, configuration);
        is_told_apart(&gateway.report(), "Apache httpd", &[400, 414]);
    }
}

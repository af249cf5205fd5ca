//! Who ends a run before its plan is worked off: Ctrl-C, and SIGTERM where there is one.

/// Waits until somebody ends the run, and says what by.
pub(crate) async fn ended() -> String {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let terminated = async {
            match signal(SignalKind::terminate()) {
                Ok(mut terminate) => terminate.recv().await,
                // Where the system gives no such handler, the process ends as it always did.
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            () = interrupted() => "SIGINT (Ctrl-C)".to_owned(),
            _ = terminated => "SIGTERM".to_owned(),
        }
    }
    #[cfg(not(unix))]
    {
        interrupted().await;
        "Ctrl-C".to_owned()
    }
}

async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

//! The command. Everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    errdrift::cli::main(std::env::args_os())
}

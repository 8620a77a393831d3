//! The program `jejaring`.

fn main() -> std::process::ExitCode {
    jejaring::cli::run()
}

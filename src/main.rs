//! The program `jejaring`.

#[tokio::main]
async fn main() -> std::process::ExitCode {
    jejaring::cli::run().await
}

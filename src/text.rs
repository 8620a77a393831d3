//! stand-in
/// fold
pub fn fold(text: &str) -> String {
    text.to_lowercase()
}
/// escape
pub fn escape_like(text: &str) -> String {
    text.to_owned()
}

//! What people write for where a delegation stands.

use entity::vocabulary::DelegationStatus;

use super::super::remark::Weight;
use super::super::row_parser::RowParser;
use crate::phrase::say;

/// Words, folded.
const STATUS: [(&str, DelegationStatus); 33] = [
    ("true", DelegationStatus::Attended),
    ("benar", DelegationStatus::Attended),
    ("hadir", DelegationStatus::Attended),
    ("present", DelegationStatus::Attended),
    ("came", DelegationStatus::Attended),
    ("yes", DelegationStatus::Attended),
    ("ya", DelegationStatus::Attended),
    ("ikut serta", DelegationStatus::Attended),
    ("mengikuti", DelegationStatus::Attended),
    ("participated", DelegationStatus::Attended),
    ("diundang", DelegationStatus::Invited),
    ("dicalonkan", DelegationStatus::Nominated),
    ("dinominasikan", DelegationStatus::Nominated),
    ("registered", DelegationStatus::Nominated),
    ("terdaftar", DelegationStatus::Nominated),
    ("terkonfirmasi", DelegationStatus::Confirmed),
    ("dikonfirmasi", DelegationStatus::Confirmed),
    ("konfirmasi", DelegationStatus::Confirmed),
    ("accepted", DelegationStatus::Confirmed),
    ("menolak", DelegationStatus::Declined),
    ("ditolak", DelegationStatus::Declined),
    ("rejected", DelegationStatus::Declined),
    ("mengundurkan diri", DelegationStatus::Withdrawn),
    ("mundur", DelegationStatus::Withdrawn),
    ("cancelled", DelegationStatus::Withdrawn),
    ("batal", DelegationStatus::Withdrawn),
    ("tidak hadir", DelegationStatus::NoShow),
    ("absent", DelegationStatus::NoShow),
    ("did not come", DelegationStatus::NoShow),
    ("not present", DelegationStatus::NoShow),
    ("tidak mengirim", DelegationStatus::NotSent),
    ("tidak mengirimkan", DelegationStatus::NotSent),
    ("sent nobody", DelegationStatus::NotSent),
];

/// Signs for yes, the letter by which forms print a check mark among them.
const CHECK_MARKS: [&str; 8] = ["✓", "✔", "☑", "✅", "🗸", "√", "v", "V"];

/// Signs that one form puts for who came, and another for who did not.
const CROSSES: [&str; 11] = ["x", "X", "✗", "✘", "✕", "✖", "×", "☒", "❌", "❎", "☓"];

/// Whether a cell has a check mark, and nothing else.
pub(super) fn is_check_mark(text: &str) -> bool {
    CHECK_MARKS.contains(&without_presentation(text))
}

/// A sign without the character behind it that says whether it is shown in colour.
fn without_presentation(text: &str) -> &str {
    text.trim_end_matches(['\u{fe0e}', '\u{fe0f}'])
}

/// Where a delegation stands. A check mark says that it came; what a cross says is for somebody to
/// tell.
pub(super) fn status(parser: &mut RowParser<'_>) -> Option<DelegationStatus> {
    let text = parser.text("status")?;
    if is_check_mark(&text) {
        return Some(DelegationStatus::Attended);
    }
    if CROSSES.contains(&without_presentation(&text)) {
        let message =
            say!("may say that somebody came, or that nobody did: write hadir or tidak hadir");
        parser.remark(Weight::Ambiguous, "status", message);
        return None;
    }
    parser.vocabulary("status", &STATUS)
}

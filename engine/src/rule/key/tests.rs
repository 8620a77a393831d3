use entity::{batch, delegation, venue, workshop};
use proptest::prelude::*;

use super::super::check::is_key;
use super::*;

fn numbered<E: Record>(stem: &Stem<E>, numbers: impl IntoIterator<Item = u32>) -> Vec<String> {
    numbers.into_iter().map(|number| stem.numbered(number)).collect()
}

#[test]
fn a_stem_is_what_a_record_belongs_to_and_its_name() {
    let workshop = |own: &str| Stem::<workshop::Entity>::of("jewellery-2026", own).text;
    assert_eq!(workshop("Opening & “Welcome”"), "jewellery-2026-opening-welcome");
    assert_eq!(workshop("Đà Nẵng: Café d’Art"), "jewellery-2026-da-nang-cafe-dart");
    assert_eq!(
        Stem::<venue::Entity>::named("Balai Besar, Yogyakarta").text,
        "balai-besar-yogyakarta"
    );
    assert_eq!(Stem::<delegation::Entity>::of("jewellery-2026", "KH ").text, "jewellery-2026-kh");
    let batch = Stem::<batch::Entity>::of("colombo-plan-sme", "3");
    assert_eq!(
        numbered(&batch, [1, 2]),
        ["colombo-plan-sme-3", "colombo-plan-sme-3-2"],
        "a number is given on purpose"
    );
    let batch = Stem::<batch::Entity>::counted("colombo-plan-sme");
    assert_eq!(numbered(&batch, [1, 2]), ["colombo-plan-sme-1", "colombo-plan-sme-2"]);
}

#[test]
fn a_name_in_another_script_gives_way_to_the_kind() {
    let workshop = |own: &str| Stem::<workshop::Entity>::of("b", own).text;
    assert_eq!(workshop("សិក្ខាសាលាគ្រឿងអលង្ការ"), "b-workshop");
    assert_eq!(workshop("ورشة عمل"), "b-workshop");
    assert_eq!(workshop("培训 2"), "b-workshop-2");
    assert_eq!(workshop("Batik 培训"), "b-batik", "what a key can have is kept");
    assert_eq!(workshop("—"), "b-workshop");
    assert_eq!(Stem::<venue::Entity>::named("២០២៦").text, "venue");
    assert_eq!(Stem::<venue::Entity>::named("1945").text, "venue-1945");
}

#[test]
fn what_is_too_long_is_cut_at_a_word() {
    let words = "silver and gold ".repeat(40);
    let stem = Stem::<workshop::Entity>::of("jewellery-2026", &words).text;
    assert!(stem.len() <= KEY_LENGTH - NUMBER && stem.len() > 100, "{stem}");
    assert!(["silver", "and", "gold"].iter().any(|word| stem.ends_with(word)), "{stem}");
    // The own part is left room beside a parent that is as long as a key can be.
    let stem = Stem::<workshop::Entity>::of(&"word-".repeat(23), "the opening").text;
    assert!(stem.starts_with("word-word-") && stem.ends_with("word-the-opening"), "{stem}");
    let stem = Stem::<workshop::Entity>::of(&"x".repeat(120), &"y".repeat(500)).text;
    assert_eq!(stem.len(), KEY_LENGTH - NUMBER, "{stem}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_a_stem_is_made_of_it_makes_keys(
        parent in "([a-z0-9-]{1,120})?",
        own in any::<String>(),
    ) {
        let stem = Stem::<workshop::Entity>::of(&parent, &own);
        for key in numbered(&stem, [1, 2, 9_999_999]) {
            prop_assert!(is_key(&key), "{key}");
        }
    }

    #[test]
    fn a_write_makes_no_key_twice(
        names in prop::collection::vec("[ab]{0,2}( [1-3])?", 1..40),
        parts in any::<bool>(),
    ) {
        let mut keys = Keys::default();
        let mut made = HashSet::new();
        for name in &names {
            let stem = Stem::<workshop::Entity>::of("a", name);
            keys.stems.entry(stem.place()).or_insert(Known::Next(1));
            if parts {
                // A part that is undone leaves what came before it.
                keys.hear(News::PartBegun);
                keys.choose(&stem);
                keys.hear(News::PartUndone);
                keys.stems.insert(stem.place(), Known::Next(1));
            }
            let Choice::Key(key) = keys.choose(&stem) else { panic!("a key") };
            prop_assert!(is_key(&key) && made.insert(key.clone()), "{key}");
            prop_assert!(keys.is_made(RecordKind::Workshop, &key));
        }
    }
}

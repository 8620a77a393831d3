//! Text in its two forms: [`tidy`], what an entered text becomes before it is stored, and [`fold`],
//! the one normal form in which texts are searched, matched and sorted. Columns named `search_text`
//! and `sort_…` hold folded text; a search word is folded the same way before it meets them.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The form for searching, matching and sorting: lower-case words, parted by single spaces.
///
/// - Compatibility decomposition (NFKD): `ﬁ` is `fi`, full-width letters are plain ones.
/// - Diacritics go: `Türkiye` is `turkiye`. The vowel signs of Thai, Khmer, Burmese, Bengali and
///   their like are marks to Unicode, too, but are letters to their readers, and stay.
/// - Lower case, whatever the locale; letters that do not decompose are written out (`ß` as `ss`,
///   `ø` as `o`).
/// - Apostrophes and quotation marks vanish: `d’Ivoire` is `divoire`, whichever sign was typed. So
///   does all that is not seen: control characters, soft hyphens, zero-width characters.
/// - Any other punctuation or symbol parts words. So does `&`, which is neither *and* nor *dan*
///   here: the texts are in several languages.
///
/// A text of nothing but punctuation folds to the empty text. Folding a folded text changes
/// nothing.
pub fn fold(text: &str) -> String {
    if text.is_ascii() { fold_ascii(text) } else { fold_any(text) }
}

/// The same of ASCII, which nothing decomposes: thousands of names are folded before a file is
/// read.
fn fold_ascii(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    let mut parted = false;
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            if std::mem::take(&mut parted) && !words.is_empty() {
                words.push(' ');
            }
            words.push(c.to_ascii_lowercase());
        } else if !is_quote(c) && !is_invisible(c) {
            parted = true;
        }
    }
    words
}

fn fold_any(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    let mut parted = false;
    // ´ is an apostrophe as typed, but decomposes to a space and an accent: out with it before
    // that.
    let visible = text.chars().filter(|c| !is_quote(*c) && !is_invisible(*c));
    for c in visible.nfkd() {
        if is_quote(c) || is_invisible(c) || is_diacritic(c) {
            continue;
        }
        if !c.is_alphanumeric() && !is_combining_mark(c) {
            parted = true;
            continue;
        }
        if std::mem::take(&mut parted) && !words.is_empty() {
            words.push(' ');
        }
        for lower in c.to_lowercase() {
            match written_out(lower) {
                Some(letters) => words.push_str(letters),
                None => words.push(lower),
            }
        }
    }
    // What stood between two marks may be gone: put them into canonical order.
    words.nfkd().collect()
}

/// What an entered text becomes before it is stored: composed (NFC), without what is no text
/// ([`is_text`]), zero-width and direction characters and soft hyphens, each run of white space
/// (also no-break spaces and line ends) one space, none at the ends.
///
/// The two joiners (U+200C, U+200D) stay between letters of the scripts that are spelt with them,
/// such as Persian and Sinhala. Tidying a tidy text changes nothing.
pub fn tidy(text: &str) -> String {
    let mut tidied = tidy_once(text);
    // Without one joiner the marks around it fall into another order, and the next joiner may have
    // lost its place.
    while tidied.contains(is_joiner) {
        let again = tidy_once(&tidied);
        if again == tidied {
            break;
        }
        tidied = again;
    }
    tidied
}

fn tidy_once(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut parted = false;
    let mut rest = text.chars().filter(|c| is_joiner(*c) || !is_invisible(*c)).peekable();
    while let Some(c) = rest.next() {
        if c.is_whitespace() {
            parted = true;
        } else if is_joiner(c) {
            let between = |c: Option<char>| c.is_some_and(is_spelt_with_joiners);
            if !parted && between(kept.chars().next_back()) && between(rest.peek().copied()) {
                kept.push(c);
            }
        } else {
            if std::mem::take(&mut parted) && !kept.is_empty() {
                kept.push(' ');
            }
            kept.push(c);
        }
    }
    kept.nfc().collect()
}

/// Escapes what `LIKE` would take for a wildcard, so that a text can stand in a pattern as itself.
///
/// The statement has to name the escape character (`LIKE ? ESCAPE '\'`), as SQLite has none of its
/// own.
pub fn escape_like(folded: &str) -> String {
    let mut escaped = String::with_capacity(folded.len());
    for c in folded.chars() {
        if matches!(c, '%' | '_' | '\\') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// The lower-case letters that Unicode does not decompose, as they are written where the keyboard
/// lacks them.
fn written_out(lower: char) -> Option<&'static str> {
    Some(match lower {
        'æ' => "ae",
        'đ' | 'ð' => "d",
        'ə' => "e",
        'ħ' => "h",
        'ı' => "i",
        'ĸ' => "k",
        'ł' => "l",
        'ŋ' => "ng",
        'ø' => "o",
        'œ' => "oe",
        'ß' => "ss",
        'ŧ' => "t",
        'þ' => "th",
        // the form of sigma at the end of a word
        'ς' => "σ",
        _ => return None,
    })
}

/// Apostrophes, quotation marks, and what is typed in their place.
fn is_quote(c: char) -> bool {
    matches!(
        c,
        '\'' | '"' | '`' | '´' | '«' | '»' | '‹' | '›' | '\u{ff07}' | '\u{a78b}' | '\u{a78c}'
    ) || matches!(c, '\u{2b9}'..='\u{2bf}' | '\u{2c8}' | '\u{2ca}' | '\u{2cb}')
        || matches!(c, '\u{2018}'..='\u{201f}')
        || matches!(c, '\u{2032}'..='\u{2037}' | '\u{374}' | '\u{384}' | '\u{1fbd}' | '\u{1fbf}')
        || matches!(c, '\u{1fef}' | '\u{1ffd}' | '\u{1ffe}')
}

/// Whether a text may have this character. Control characters but tab and line end, and the places
/// of Unicode that never become characters (U+FFFE, U+FFFF and their like), are no text to XML 1.0
/// or to whoever reads it.
pub fn is_text(c: char) -> bool {
    let is_noncharacter = matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe;
    !is_noncharacter && (!c.is_control() || matches!(c, '\t' | '\n'))
}

/// Control and format characters: nothing that a reader sees. White space is not among them.
fn is_invisible(c: char) -> bool {
    (!is_text(c) && !c.is_whitespace())
        || is_joiner(c)
        || matches!(
            c,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{feff}'
        )
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}')
        || matches!(
            c,
            '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{e0000}'..='\u{e007f}'
        )
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// Arabic to Khmer and Mongolian, without the Korean letters, which are composed.
fn is_spelt_with_joiners(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{10ff}' | '\u{1200}'..='\u{1cff}')
        && (c.is_alphanumeric() || is_combining_mark(c))
}

/// Marks that stand above, below or through a letter: accents, Hebrew and Arabic points, variation
/// selectors.
fn is_diacritic(c: char) -> bool {
    is_combining_mark(c)
        && matches!(c,
            '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5c7}'
            | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6ed}'
            | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Bytes in hexadecimal, small letters.
pub fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn folding_keeps_words_and_drops_how_they_were_written() {
        for (text, folded) in [
            ("Türkiye", "turkiye"),
            ("Côte d’Ivoire", "cote divoire"),
            ("COTE D'IVOIRE", "cote divoire"),
            ("Cote d´Ivoire", "cote divoire"),
            ("São Tomé & Príncipe", "sao tome principe"),
            ("Åland", "aland"),
            ("Straße, Øre, Łódź, Đà Nẵng, Æsir, œuvre", "strasse ore lodz da nang aesir oeuvre"),
            ("İstanbul Isparta ılık", "istanbul isparta ilik"),
            ("GROẞ", "gross"),
            ("ΟΔΟΣ οδός", "οδοσ οδοσ"),
            ("Timor-Leste", "timor leste"),
            ("Guinea–Bissau", "guinea bissau"),
            ("  Hong\u{a0}Kong,\tChina\r\n", "hong kong china"),
            ("Ｉｎｄｏｎｅｓｉａ", "indonesia"),
            ("ko\u{ad}op\u{200b}era\u{feff}si", "kooperasi"),
            ("Jum’at, 16/11", "jumat 16 11"),
            ("“Batch II” (lanjutan)", "batch ii lanjutan"),
            ("\u{1f9f5} !?", ""),
            ("", ""),
        ] {
            assert_eq!(fold(text), folded, "{text:?}");
        }
    }

    /// Without its vowel signs a Khmer, Thai or Burmese word would be another word.
    #[test]
    fn folding_keeps_the_vowel_signs_of_scripts_that_have_them() {
        for name in ["កម្ពុជា", "မြန်မာ", "ประเทศไทย", "বাংলাদেশ"]
        {
            assert_eq!(fold(name).chars().count(), name.nfkd().count(), "{name}");
        }
        assert_eq!(
            fold("إِنْدُونِيسِيَا"),
            fold("اندونيسيا"),
            "Arabic points are not vowels of the spelling"
        );
    }

    #[test]
    fn both_forms_are_stable_and_agree_for_every_character() {
        // but for ideographs, Korean syllables and planes without letters, which are many and all
        // alike
        let many = |c: &char| {
            matches!(
                c,
                '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{e000}'..='\u{f8ff}'
            )
        };
        for c in ('\0'..='\u{1ffff}').filter(|c| !many(c)).chain('\u{e0000}'..='\u{e01ef}') {
            for text in [c.to_string(), format!("a{c}b"), format!("\u{11b6}{c}\u{94d}")] {
                let folded = fold(&text);
                assert_eq!(fold(&folded), folded, "U+{:04X}", u32::from(c));
                assert_eq!(fold_any(&text), folded, "U+{:04X}", u32::from(c));
                let tidied = tidy(&text);
                assert_eq!(tidy(&tidied), tidied, "U+{:04X}", u32::from(c));
                assert_eq!(fold(&tidied), folded, "U+{:04X}", u32::from(c));
            }
        }
    }

    #[test]
    fn tidying_keeps_the_text_and_drops_what_is_not_seen() {
        for (text, tidied) in [
            ("  Balai\u{a0}Besar \n Kerajinan\tdan Batik ", "Balai Besar Kerajinan dan Batik"),
            ("Jewel\u{ad}ry\u{200b} \u{202e}Design\u{202c}\0", "Jewelry Design"),
            ("Co\u{302}te d’Ivoire", "Côte d’Ivoire"),
            ("1–2 % & “x”", "1–2 % & “x”"),
            ("A\u{fffe}B\u{ffff}\u{fdd0}\u{1fffe}\u{10ffff}", "AB"),
            ("A\u{1}\u{7f}\u{80}\u{9f}B\u{b}C\u{85}D", "AB C D"),
            ("a\u{200d}b", "ab"),
            ("می\u{200c}خواهم\u{200c}", "می\u{200c}خواهم"),
            ("ශ්\u{200d}රී ලංකාව", "ශ්\u{200d}රී ලංකාව"),
            ("\u{200b}\u{feff} ", ""),
            ("\u{301}\u{94d}\u{200c}क", "\u{94d}\u{301}क"),
        ] {
            assert_eq!(tidy(text), tidied, "{text:?}");
        }
    }

    #[test]
    fn a_wildcard_stands_for_itself_after_escaping() {
        assert_eq!(escape_like(r"100% a_b \ c"), r"100\% a\_b \\ c");
        assert_eq!(escape_like("kamboja"), "kamboja");
    }

    /// Any text, and texts dense in the characters that the two forms treat specially.
    fn texts() -> impl Strategy<Value = String> {
        let special = prop::sample::select(
            "aİßǅΣ가가क्र\u{301}\u{323}\u{5b0}\u{94d}\u{e48}\u{200b}\u{200c}\u{200d}\u{ad}\u{a0}\
             \u{2028}\u{345} '´’ŉ&,\u{ff07}\u{37a}ﷺ\u{212b}\u{1e69}می"
                .chars()
                .collect::<Vec<_>>(),
        );
        prop_oneof![
            any::<String>(),
            prop::collection::vec(special, 0..12).prop_map(String::from_iter)
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn folding_a_folded_text_changes_nothing(text in texts()) {
            let folded = fold(&text);
            prop_assert_eq!(fold(&folded), folded);
        }

        #[test]
        fn tidying_a_tidy_text_changes_nothing(text in texts()) {
            let tidied = tidy(&text);
            prop_assert_eq!(tidy(&tidied), tidied);
        }

        #[test]
        fn a_tidied_text_has_nothing_but_text(
            text in texts(),
            at in 0_usize..9,
            c in any::<char>(),
        ) {
            let low = char::from_u32(u32::from(c) % 0xa0).unwrap_or(c);
            let last = char::from_u32(u32::from(c) | 0xfffe).unwrap_or(c);
            for odd in [c, low, last] {
                let mut signs: Vec<char> = text.chars().collect();
                signs.insert(at.min(signs.len()), odd);
                let tidied = tidy(&String::from_iter(signs));
                prop_assert!(tidied.chars().all(|c| is_text(c) && c != '\n' && c != '\t'));
            }
        }

        /// So a column filled from the stored text holds what the entered text would have given.
        #[test]
        fn a_tidied_text_folds_like_the_entered_one(text in texts()) {
            prop_assert_eq!(fold(&tidy(&text)), fold(&text));
        }

        #[test]
        fn folded_text_is_words_parted_by_single_spaces(text in texts()) {
            let folded = fold(&text);
            prop_assert!(
                !folded.starts_with(' ') && !folded.ends_with(' ') && !folded.contains("  ")
            );
            prop_assert!(
                folded.chars().all(|c| c == ' ' || c.is_alphanumeric() || is_combining_mark(c))
            );
        }
    }
}

use super::*;

#[test]
fn a_lone_no_break_space_is_nothing_and_so_is_what_people_write_for_it() {
    for nothing in [
        "\u{a0}",
        "",
        " ",
        "-",
        "–",
        "n/a",
        "N/A",
        "NA",
        "?",
        "\u{200b}",
        "tidak ada",
        "...",
        "\u{ad}",
    ] {
        assert!(is_nothing(&clean(nothing)), "{nothing:?}");
    }
    for something in ["Nauru", "✓", "✗", "☒", "\"", "〃", "+", "####", "●"] {
        assert!(!is_nothing(&clean(something)), "{something:?}");
    }
}

#[test]
fn a_formula_and_what_is_left_of_one_is_no_value() {
    for formula in ["=VLOOKUP(A2,Negara!A:B,2)", "#REF!", "#N/A", "+SUM(A1)", "=Indonesia"] {
        assert!(is_formula(formula), "{formula}");
    }
    for text in ["+62 21", "#1 Batch", "@jejaring", "Indonesia", "-", "é="] {
        assert!(!is_formula(text), "{text}");
    }
    assert_eq!(clean("'=1+1"), "=1+1");
    assert_eq!(clean("'Abidin"), "'Abidin");
}

#[test]
fn numbers_of_people_are_read_as_they_are_meant() {
    let read = |text: &str| count(text).map(|count| (count.comparator, count.min, count.max));
    assert_eq!(read("22"), Ok((Comparator::Exact, Some(22), Some(22))));
    assert_eq!(read("22.0"), Ok((Comparator::Exact, Some(22), Some(22))));
    assert_eq!(read("22 orang"), Ok((Comparator::Exact, Some(22), Some(22))));
    assert_eq!(read("1.250"), Ok((Comparator::Exact, Some(1250), Some(1250))));
    assert_eq!(read("sekitar 100 orang"), Ok((Comparator::About, Some(100), Some(100))));
    assert_eq!(read("± 100"), Ok((Comparator::About, Some(100), Some(100))));
    assert_eq!(read("at least 20"), Ok((Comparator::AtLeast, Some(20), None)));
    assert_eq!(read("20+"), Ok((Comparator::AtLeast, Some(20), None)));
    assert_eq!(read("20–25 peserta"), Ok((Comparator::Range, Some(20), Some(25))));
    assert_eq!(read("20 s.d. 25"), Ok((Comparator::Range, Some(20), Some(25))));
    for range in [
        "20 s.d 25",
        "20 sd 25",
        "20 S.D. 25",
        "20s/d25",
        "20 hingga 25",
        "20 sampai dengan 25 orang",
        "20 orang - 25 orang",
        "20 to 25",
        "20 until 25 people",
        "20 ~ 25",
    ] {
        assert_eq!(read(range), Ok((Comparator::Range, Some(20), Some(25))), "{range}");
    }
    assert_eq!(read("1.000 - 1.250"), Ok((Comparator::Range, Some(1000), Some(1250))));
    for wrong in [
        "-3",
        "2.5",
        "many",
        "",
        "25-20",
        "99999999999",
        "1,5 orang",
        "20 of 25",
        "20 orang (25 terdaftar)",
        "20-",
    ] {
        assert!(count(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn places_are_one_number_of_people() {
    for text in ["30", "30 orang", "30 people", "maksimal 30 orang", "up to 30"] {
        assert_eq!(places(text), Ok(30), "{text}");
    }
    for text in ["20-30", "sekitar 30", "30+", "many"] {
        assert!(places(text).is_err(), "{text}");
    }
}

#[test]
fn a_whole_number_has_one_sign_between_its_thousands() {
    for (text, expected) in [
        ("1250", 1250),
        ("1.250", 1250),
        ("1,250", 1250),
        ("1 250", 1250),
        ("1’250", 1250),
        ("1.250.000", 1_250_000),
        ("1.250,00", 1250),
        ("1,250.00", 1250),
        ("22.0", 22),
        ("22,00", 22),
    ] {
        assert_eq!(whole(text), Ok(expected), "{text}");
    }
    for wrong in [
        "1.25",
        "1.2500",
        "0.250",
        "1.250,300",
        "1.250,50",
        "1,25,000",
        "12 34",
        "1.",
        ".5",
        "1..000",
        "-3",
    ] {
        assert!(whole(wrong).is_err(), "{wrong}: {:?}", whole(wrong));
    }
}

#[test]
fn the_number_of_a_run_is_read_in_one_way() {
    for text in [
        "2",
        "2.0",
        "II",
        "ii",
        "2nd",
        "ke-2",
        "ke 2",
        "kedua",
        "second",
        "Batch II",
        "batch 2",
        "Angkatan ke-2",
        "Gelombang II",
        "Angkatan Kedua",
        "No. 2",
        "#2",
        "the 2nd batch",
        "II (dua)",
    ] {
        assert_eq!(number_of_run(text), Some(2), "{text}");
    }
    assert_eq!(number_of_run("XIV"), Some(14));
    assert_eq!(number_of_run("XXXIX"), Some(39));
    for text in ["IIII", "VX", "IC", "Batch A", "C", "-2", "2.5", "1/2024", "II III", "", "Batch"] {
        assert_eq!(number_of_run(text), None, "{text}");
    }
    for (name, number) in [
        ("Pelatihan Batik Angkatan II Tahun 2023", Some(2)),
        ("Batik, batch 4", Some(4)),
        ("Batik IV", Some(4)),
        ("Batik 2023", None),
        ("Batik", None),
    ] {
        assert_eq!(number_in(name), number, "{name}");
    }
}

#[test]
fn a_language_is_a_tag() {
    for (written, tag) in [
        ("en-us", "en-US"),
        ("EN", "en"),
        ("id_ID", "id-ID"),
        ("zh-hant", "zh-Hant"),
        ("Bahasa Indonesia", "id"),
        ("English", "en"),
    ] {
        assert_eq!(language(written), tag, "{written}");
    }
}

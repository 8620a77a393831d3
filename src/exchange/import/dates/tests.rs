use proptest::prelude::*;

use super::*;

fn exact(written: &str) -> String {
    match day(written, None) {
        Ok(Day { date, precision: DatePrecision::Day }) => date.to_string(),
        Ok(Day { date, precision }) => format!("{date} {precision}"),
        Err(NoDay::Ambiguous(one, other)) => format!("{one} or {other}"),
        Err(NoDay::Wrong(why)) => why.english(),
    }
}

fn both(written: &str) -> String {
    match days(written, None) {
        Ok((one, other)) if one.precision == DatePrecision::Day => {
            format!("{} {}", one.date, other.date)
        }
        Ok((one, other)) => format!("{} {} {}", one.date, other.last(), other.precision),
        Err(NoDay::Ambiguous(one, other)) => format!("{one} or {other}"),
        Err(NoDay::Wrong(why)) => why.english(),
    }
}

#[test]
fn days_are_read_as_people_write_them() {
    for written in [
        "2023-11-20",
        "2023/11/20",
        "20231120",
        "2023-11-20 09:00",
        "2023-11-20T09:00:00Z",
        "2023-11-20T09:00:00+07:00",
        "2023-11-20T09:00:00.000+0700",
        "20231120T090000Z",
        "20/11/2023",
        "11/20/2023",
        "20.11.2023",
        "20\\11\\2023",
        "20 November 2023",
        "20 Nopember 2023",
        "20 Nov. 2023",
        "20-Nov-2023",
        "20‐Nov‐2023",
        "20. November 2023",
        "20 November 2023 09:00",
        "20 November 2023, pukul 09.00 WIB",
        "20 November 2023 pukul 9 WIB",
        "20 November 2023, 09.00–17.00 WIB",
        "20 November 2023 (09.00 s.d. selesai WIB)",
        "20 November 2023, pukul 09.00 s/d selesai",
        "20 November 2023 at 9 am",
        "20 November 2023 9:00 a.m. - 5:00 p.m.",
        "09:00 GMT+7, 20 November 2023",
        "11/20/2023 9:00:00 AM",
        "November 20, 2023",
        "Nov 20th, 2023",
        "the 20th of November 2023",
        "Senin, 20 November 2023",
        "20 November 2023 (Senin)",
        "Monday 20 November 2023",
        "tgl. 20 Nov 2023",
        "tanggal: 20 Nov 2023",
        "20\u{a0}November\u{a0}2023",
        "20 bulan November tahun 2023",
        "20 November 2023 09:00-12:00 WIB",
        "20 November 2023, 13:00-14:30 WIB",
        "20 November 2023 08:00 - 12:00 UTC+7",
        "2023-11-20T09:00-05:00",
        "2023-11-20T09:00:00-05:00",
        "2023-11-20 09:00:00-05:00",
        "20 November 2023 09.00",
        "20 November 2023, 09.00 WIB",
        "2023-11-20 09.00",
        "20.11.2023 10.30",
        "20 November 2023 09:00 h",
        "20 November 2023, 9.00 hrs",
    ] {
        assert_eq!(exact(written), "2023-11-20", "{written}");
    }
    assert_eq!(exact("9 Agustus 2017"), "2017-08-09");
    assert_eq!(exact("9 Ags 2017"), "2017-08-09");
    assert_eq!(exact("1 Mei 2024"), "2024-05-01");
    assert_eq!(exact("5 Agst 2024"), "2024-08-05");
    assert_eq!(exact("5.3.2024 10.30"), "2024-03-05 or 2024-05-03");
    assert_eq!(exact("Jum'at, 16 November 2018"), "2018-11-16");
    assert_eq!(exact("4/4/2024"), "2024-04-04");
    assert_eq!(exact("November 2023"), "2023-11-01 MONTH");
    assert_eq!(exact("2023-11"), "2023-11-01 MONTH");
    assert_eq!(exact("11/2023"), "2023-11-01 MONTH");
    assert_eq!(exact("2023"), "2023-01-01 YEAR");
    assert_eq!(exact("tahun 2023"), "2023-01-01 YEAR");
}

#[test]
fn what_may_be_either_is_neither_until_somebody_says_which() {
    assert_eq!(exact("03/04/2024"), "2024-04-03 or 2024-03-04");
    assert_eq!(exact("3.4.2024"), "2024-04-03 or 2024-03-04");
    assert_eq!(exact("3/4/2024 10:00"), "2024-04-03 or 2024-03-04");
    let read = |order| day("03/04/2024", Some(order)).unwrap().date.to_string();
    assert_eq!(
        (read(DayOrder::DayFirst), read(DayOrder::MonthFirst)),
        ("2024-04-03".into(), "2024-03-04".into())
    );
    assert!(day("20/11/2023", Some(DayOrder::MonthFirst)).is_err());
    // What is written beside it may tell.
    assert_eq!(exact("Rabu, 3/4/2024"), "2024-04-03");
    assert_eq!(both("3/4/2024 – 25/4/2024"), "2024-04-03 2024-04-25");
    assert_eq!(both("3/4/2024 – 5/4/2024"), "2024-04-03 or 2024-03-04");
}

#[test]
fn what_is_no_day_says_why() {
    assert_eq!(exact("31 April 2024"), "is a day that no calendar has");
    assert_eq!(exact("16 November"), "has no year");
    assert_eq!(exact("20/11/23"), "has a year of two digits: write all four");
    assert_eq!(exact("20-Nov-23"), "has a year of two digits: write all four");
    assert!(exact("45250").starts_with("is the number by which a spreadsheet keeps a day"));
    assert_eq!(exact("Selasa, 20 November 2023"), "says Tuesday, and 2023-11-20 was a Monday");
    assert!(exact("20–27 November 2023").starts_with("is a period"));
    for nothing in [
        "",
        "soon",
        "20",
        "=A1",
        "TBA",
        "32/13/2024",
        "99999999",
        "awal November 2023",
        "minggu ke-2 November 2023",
        "3rd week of November 2023",
        "20 November 2023 –",
        "– 20 November 2023",
        "20 November 2023?",
        "20:11:2023",
        "20 พฤศจิกายน 2566",
        "20 November 2023 21 November 2023",
        "1-3/2024",
        "mulai 20 November 2023",
    ] {
        assert!(day(nothing, None).is_err(), "{nothing}");
    }
}

#[test]
fn a_period_is_two_days() {
    for written in [
        "20–27 November 2023",
        "20-27 Nov 2023",
        "20 s.d. 27 November 2023",
        "20 S.D 27 November 2023",
        "20s/d27 November 2023",
        "20 s.d 27 Nov. 2023",
        "20 sd 27 November 2023",
        "20 sampai dengan 27 November 2023",
        "20 hingga 27 November 2023",
        "dari 20 sampai 27 November 2023",
        "from 20 to 27 November 2023",
        "20th until 27th of November 2023",
        "20‐27 November 2023",
        "20−27 November 2023",
        "20 — 27 November 2023",
        "20 ~ 27 November 2023",
        "20 -- 27 November 2023",
        "November 20-27, 2023",
        "November 20th – 27th 2023",
        "2023 November 20-27",
        "20/11 - 27/11/2023",
        "20-27/11/2023",
        "20/11-27/11/2023",
        "20.11.–27.11.2023",
        "20/11/2023-27/11/2023",
        "20 November - 27 November 2023",
        "20 November 2023 - 27 November 2023",
        "2023-11-20 - 2023-11-27",
        "2023-11-20/2023-11-27",
        "2023-11-20–2023-11-27",
        "2023-11-20/27",
        "2023-11-20/11-27",
        "20-27 November 2023, 08:00-12:00 WIB",
        "20 - 27 November 2023 (13:00-14:30 WIB)",
        "20 November 2023 09.00 - 27 November 2023 17.00",
        "20231120-20231127",
        "20 Nov 2023 09:00 - 27 Nov 2023 17:00 WIB",
        "Senin-Senin, 20-27 November 2023",
        "Senin, 20 November s.d. Senin, 27 November 2023",
        "20 (Senin) – 27 (Senin) November 2023",
        "20-27 November 2023 (Mon-Mon)",
    ] {
        assert_eq!(both(written), "2023-11-20 2023-11-27", "{written}");
    }
    assert_eq!(both("28 Sep – 2 Okt 2020"), "2020-09-28 2020-10-02");
    assert_eq!(both("30 Juni-2 Juli 2023"), "2023-06-30 2023-07-02");
    assert_eq!(both("June 30 - July 2, 2023"), "2023-06-30 2023-07-02");
    assert_eq!(both("28 Des – 3 Jan 2024"), "2023-12-28 2024-01-03");
    assert_eq!(both("28.11.2023 - 10.12"), "2023-11-28 2023-12-10");
    assert_eq!(both("2023-11-28/12-03"), "2023-11-28 2023-12-03");
    assert_eq!(both("28 Des 2023 – 3 Jan"), "2023-12-28 2024-01-03");
    assert_eq!(both("20 & 21 November 2023"), "2023-11-20 2023-11-21");
    assert_eq!(both("20 November 2023"), "2023-11-20 2023-11-20");
    assert_eq!(both("November 2023"), "2023-11-01 2023-11-30 MONTH");
    assert_eq!(both("2017 - 2018"), "2017-01-01 2018-12-31 YEAR");
    assert_eq!(both("Nov–Des 2023"), "2023-11-01 2023-12-31 MONTH");
    assert_eq!(both("2023-11 - 2023-12"), "2023-11-01 2023-12-31 MONTH");
    assert_eq!(both("27–20 November 2023"), "ends on 2023-11-20, before it begins on 2023-11-27");
    assert_eq!(
        both("Minggu-Jumat, 20-24 November 2023"),
        "says Sunday, and 2023-11-20 was a Monday"
    );
    for nothing in [
        "20-27 November",
        "20, 22 November 2023",
        "20 dan 22 November 2023",
        "20 – November 2023 –",
        "s.d. 27 November 2023",
    ] {
        assert!(days(nothing, None).is_err(), "{nothing}: {}", both(nothing));
    }
}

#[test]
fn days_one_behind_the_other_are_a_period_if_they_follow_each_other() {
    for written in [
        "9, 10 - 11 November 2023",
        "9, 10, 11 November 2023",
        "9, 10 dan 11 November 2023",
        "9, 10, and 11 Nov. 2023",
        "9, 10 s.d. 11 November 2023",
        "9 - 10, 11 November 2023",
        "November 9, 10 & 11, 2023",
        "9 November, 10 dan 11 November 2023",
    ] {
        assert_eq!(both(written), "2023-11-09 2023-11-11", "{written}");
        assert!(exact(written).starts_with("is a period"), "{written}: {}", exact(written));
    }
    assert_eq!(both("5, 6 dan 7 Maret 2024"), "2024-03-05 2024-03-07");
    assert_eq!(both("1, 2 s.d. 3 Maret 2024"), "2024-03-01 2024-03-03");
    assert_eq!(both("30 November, 1 Desember 2023"), "2023-11-30 2023-12-01");
    assert_eq!(both("5 Maret 1799"), both("5 Maret 2201"));
    assert_eq!(both("5 Maret 1800 - 6 Maret 2200"), "1800-03-05 2200-03-06");
    assert_eq!(
        both("5, 6 dan 7 Maret 0224"),
        "lies outside the years 1800 to 2200, in which all dates of the register lie"
    );
    let singly = "names single days, and no period: give its first and its last day";
    for written in [
        "5, 6 dan 8 Maret 2024",
        "5, 7 Maret 2024",
        "9, 11 - 12 November 2023",
        "1-3 dan 5 Maret 2024",
        "5 & 7 Mei 2024",
    ] {
        assert_eq!(both(written), singly, "{written}");
    }
    // No month is made of a number behind a comma or a blank.
    for nothing in [
        "9, 10 2023",
        "9, 10, 2023",
        "9 10 - 11 November 2023",
        "10, 9 November 2023",
        "5, 6, 7/3/2024",
        "9-10 s.d. 11 November 2023",
    ] {
        assert!(days(nothing, None).is_err(), "{nothing}: {}", both(nothing));
    }
}

/// A period in any of many spellings is that period, or it is refused or ambiguous: never another.
fn spelt(from: NaiveDate, to: NaiveDate) -> impl Strategy<Value = String> {
    const ID: [&str; 12] = [
        "Januari",
        "Februari",
        "Maret",
        "April",
        "Mei",
        "Juni",
        "Juli",
        "Agustus",
        "September",
        "Oktober",
        "November",
        "Desember",
    ];
    let separators = [
        "-",
        " - ",
        "–",
        " – ",
        "‑",
        "−",
        " s.d. ",
        " s/d ",
        " S.D ",
        " sampai dengan ",
        " to ",
        " hingga ",
        " UNTIL ",
    ];
    let weekdays = ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"];
    (proptest::sample::select(separators.to_vec()), 0..9usize, 0..3usize, any::<bool>()).prop_map(
        move |(separator, form, length, with_weekdays)| {
            let month = |day: NaiveDate| match length {
                0 => ID[day.month0() as usize].to_owned(),
                1 => day.format("%B").to_string(),
                _ => day.format("%b").to_string(),
            };
            let full = |day: NaiveDate| format!("{} {} {}", day.day(), month(day), day.year());
            let short = |day: NaiveDate| format!("{} {}", day.day(), month(day));
            let (same_year, same_month) =
                (from.year() == to.year(), from.year() == to.year() && from.month() == to.month());
            let text = match form {
                0 if same_month => format!("{}{separator}{}", from.day(), full(to)),
                1 if same_year => format!("{}{separator}{}", short(from), full(to)),
                2 => format!("{from}{separator}{to}"),
                3 => format!("{}{separator}{}", from.format("%d/%m/%Y"), to.format("%d/%m/%Y")),
                4 if same_month => {
                    format!("{} {}{separator}{}, {}", month(from), from.day(), to.day(), to.year())
                }
                5 if same_month => format!("{}{separator}{}", from.day(), to.format("%d/%m/%Y")),
                6 if same_year => format!("{}{separator}{}", short(from), full(to)),
                7 => format!("{}{separator}{}", from.format("%Y%m%d"), to.format("%Y%m%d")),
                _ => format!("{}{separator}{}", full(from), full(to)),
            };
            if with_weekdays {
                let named =
                    |day: NaiveDate| weekdays[day.weekday().num_days_from_monday() as usize];
                format!("{}–{}, {text}", named(from), named(to))
            } else {
                text
            }
        },
    )
}

proptest! {
    #[test]
    fn a_period_in_any_spelling_is_that_period(
        (from, to, text) in (0..8000i64, 0..100i64).prop_flat_map(|(begin, length)| {
            let from =
                NaiveDate::from_ymd_opt(2005, 1, 1).unwrap() + chrono::TimeDelta::days(begin);
            let to = from + chrono::TimeDelta::days(length);
            (Just(from), Just(to), spelt(from, to))
        }),
    ) {
        let read = days(&text, Some(DayOrder::DayFirst));
        prop_assert_eq!(
            read.map(|(one, other)| (one.date, other.date)),
            Ok((from, to)),
            "{}",
            text
        );
        if let Ok((one, other)) = days(&text, None) {
            prop_assert_eq!((one.date, other.date), (from, to), "{}", text);
        }
    }

    #[test]
    fn whatever_is_written_is_read_or_refused(text in "[0-9 A-Za-z./,:~()–-]{0,40}") {
        if let Ok((one, other)) = days(&text, None) {
            prop_assert!(one.date <= other.last());
        }
    }
}

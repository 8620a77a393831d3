use std::io::{Cursor, Write as _};

use super::*;

#[test]
fn a_format_shows_days_months_or_years() {
    for (format, expected) in [
        ("yyyy-mm-dd", Shows::Day),
        ("d-mmm-yy", Shows::Day),
        ("[$-421]dd mmmm yyyy;@", Shows::Day),
        ("m/d/yy h:mm", Shows::Day),
        ("mmm-yy", Shows::Month),
        ("[$-421]mmmm yyyy;@", Shows::Month),
        ("mmmm\\ yyyy", Shows::Month),
        ("yyyy\"年\"m\"月\"", Shows::Month),
        ("\"dated \"mmmm\" of \"yyyy", Shows::Month),
        ("[Red]MM.YYYY", Shows::Month),
        ("mm/yyyy hh:mm", Shows::Month),
        ("yyyy", Shows::Year),
        ("\"FY \"yyyy", Shows::Year),
        ("mmmm", Shows::MonthAlone),
        ("h:mm AM/PM", Shows::Time),
        ("hh:mm:ss", Shows::Time),
        ("mm:ss", Shows::Time),
        ("General", Shows::Day),
        ("0000", Shows::Digits(4)),
        ("000;-000", Shows::Digits(3)),
        ("0", Shows::Day),
        ("0.00", Shows::Day),
    ] {
        assert_eq!(shows(format), expected, "{format}");
    }
}

#[test]
fn a_number_has_fifteen_digits() {
    for (number, expected) in [
        (22.000_000_000_000_004, "22"),
        (0.1 + 0.2, "0.3"),
        (21.999_999_999_999_996, "22"),
        (1.125, "1.1250"),
        (1250.0, "1250"),
        (22.5, "22.5"),
        (-3.0, "-3"),
        (123_456_789_012_345.0, "123456789012345"),
    ] {
        assert_eq!(digits(number), expected);
    }
}

/// A workbook of these sheets: name, state, and what stands in its part.
fn workbook(sheets: &[(&str, &str, &str)]) -> Vec<u8> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut part = |name: &str, content: String| {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(content.as_bytes()).unwrap();
    };
    let (mut listed, mut related) = (String::new(), String::new());
    for (number, (name, state, content)) in (1..).zip(sheets) {
        listed += &format!(
            "<sheet name=\"{name}\" sheetId=\"{number}\" state=\"{state}\" r:id=\"r{number}\"/>"
        );
        related += &format!(
            "<Relationship Id=\"r{number}\" Type=\"{RELATIONS}/worksheet\" \
             Target=\"worksheets/sheet{number}.xml\"/>"
        );
        part(
            &format!("xl/worksheets/sheet{number}.xml"),
            format!("<worksheet xmlns=\"{MAIN}\">{content}</worksheet>"),
        );
    }
    part(
        "xl/workbook.xml",
        format!(
            "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\"><sheets>{listed}</sheets>\
             </workbook>"
        ),
    );
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
    part(
        "xl/_rels/workbook.xml.rels",
        format!("<Relationships xmlns=\"{PACKAGE}\">{related}</Relationships>"),
    );
    let root = format!(
        "<Relationship Id=\"r1\" Type=\"{RELATIONS}/officeDocument\" Target=\"xl/workbook.xml\"/>"
    );
    part("_rels/.rels", format!("<Relationships xmlns=\"{PACKAGE}\">{root}</Relationships>"));
    archive.finish().unwrap().into_inner()
}

fn read(sheets: &[(&str, &str, &str)]) -> (String, Vec<(u64, Vec<String>)>) {
    let (written, mut rows) = super::super::read(Cursor::new(workbook(sheets))).unwrap();
    let mut all = Vec::new();
    while let Some(chunk) = rows.blocking_recv() {
        all.extend(chunk.unwrap().into_iter().map(|row| (row.line, row.cells)));
    }
    (written.to_string(), all)
}

fn row(line: u64, cells: &[&str]) -> (u64, Vec<String>) {
    (line, cells.iter().map(|cell| (*cell).to_owned()).collect())
}

/// A text cell.
fn t(place: &str, text: &str) -> String {
    format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

#[test]
fn the_first_sheet_that_is_not_hidden_is_read() {
    let sheet = |text: &str| format!("<sheetData><row r=\"1\">{}</row></sheetData>", t("A1", text));
    let (one, other, third) = (sheet("lists"), sheet("secret"), sheet("data"));
    let (written, rows) = read(&[
        ("Lists", "hidden", &one),
        ("Secret", "veryHidden", &other),
        ("A &amp; B", "visible", &third),
    ]);
    assert_eq!((written.as_str(), rows), ("XLSX, sheet \"A & B\"", vec![row(1, &["data"])]));
    let (written, _) = read(&[("Lists", "hidden", &one)]);
    assert_eq!(written, "XLSX, sheet \"Lists\"", "where all are hidden, the first");
}

#[test]
fn what_is_merged_downwards_stands_in_each_row_with_a_mark() {
    let sheet = format!(
        "<sheetData><row r=\"1\">{}{}{}</row><row r=\"2\">{}</row><row r=\"3\">{}</row><row \
         r=\"4\">{}</row></sheetData><mergeCells><mergeCell ref=\"A1:A3\"/><mergeCell \
         ref=\"C1:C2\"/></mergeCells>",
        t("A1", "silver"),
        t("B1", "TH"),
        "<c r=\"C1\"><v>22</v></c>",
        t("B2", "VN"),
        t("B3", "LA"),
        t("B4", "KH"),
    );
    let mark = Mark::Merged.sign();
    let (number, silver) = (format!("{mark}22"), format!("{mark}silver"));
    let expected = [
        row(1, &[&silver, "TH", &number]),
        row(2, &[&silver, "VN", &number]),
        row(3, &[&silver, "LA"]),
        row(4, &["", "KH"]),
    ];
    assert_eq!(read(&[("S", "visible", &sheet)]).1, expected);
}

#[test]
fn hidden_rows_are_marked_and_no_two_rows_have_one_line() {
    let sheet = format!(
        "<sheetData><row r=\"1\">{}</row><row r=\"2\" hidden=\"1\">{}</row><row r=\"3\"/><row \
         r=\"2\">{}</row></sheetData>",
        t("A1", "a"),
        t("B2", "b"),
        t("A2", "c"),
    );
    let hidden = Mark::HiddenRow.sign();
    let rows = read(&[("S", "visible", &sheet)]).1;
    assert_eq!(rows.iter().map(|row| row.0).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(rows[1].1[0], format!("{hidden}c"));
    assert_eq!(rows[0], row(1, &["a"]));
}

#[test]
fn what_stands_in_a_hidden_column_is_marked() {
    let sheet = format!(
        "<cols><col min=\"1\" max=\"1\" width=\"9\"/><col min=\"2\" max=\"3\" hidden=\"1\"/></cols>\
         <sheetData><row r=\"1\">{}{}<c r=\"C1\"><v>3</v></c>{}</row></sheetData>",
        t("A1", "a"),
        t("B1", "b"),
        t("D1", "d"),
    );
    let mark = Mark::HiddenColumn.sign();
    let expected = [row(1, &["a", &format!("{mark}b"), &format!("{mark}3"), "d"])];
    assert_eq!(read(&[("S", "visible", &sheet)]).1, expected);
}

#[test]
fn noughts_in_front_that_a_format_shows_are_kept() {
    let shown = |number: f64, format: &str| shown(&DataRef::Float(number), shows(format));
    assert_eq!(shown(7.0, "0000"), "0007");
    assert_eq!(shown(12345.0, "0000"), "12345");
    assert_eq!(shown(7.0, "General"), "7");
    assert_eq!((shown(-7.0, "0000"), shown(7.5, "0000")), ("-7".to_owned(), "7.5".to_owned()));
}

#[test]
fn a_formula_without_a_stored_value_is_told_as_one() {
    let sheet = "<sheetData><row r=\"1\"><c r=\"A1\"><f>SUM(2,3)</f><v/></c><c \
                 r=\"B1\"><f>SUM(2,3)</f><v>5</v></c><c r=\"C1\" \
                 t=\"str\"><f>IF(A1=1,\"x\",\"\")</f><v></v></c><c \
                 r=\"D1\"><f>B1</f></c></row></sheetData>";
    assert_eq!(read(&[("S", "visible", sheet)]).1, [row(1, &["=SUM(2,3)", "5", "", "=B1"])]);
}

#[test]
fn what_is_no_table_says_what_it_is() {
    let refused = |bytes: &[u8]| match super::super::read(Cursor::new(bytes.to_vec())) {
        Ok((written, _)) => written.to_string(),
        Err(error) => error.to_string(),
    };
    for (bytes, words) in [
        (&b"<html><table><tr><td>a</td></tr></table></html>"[..], "HTML"),
        (b"\xEF\xBB\xBF  <!DOCTYPE html><p>", "HTML"),
        (b"<?xml version=\"1.0\"?><Workbook/>", "XML"),
        (b"%PDF-1.7", "PDF"),
        (b"\xD0\xCF\x11\xE0rest", ".xlsx"),
        (b"PK\x03\x04 nonsense", "the workbook cannot be read"),
        (b"\x1F\x8B\x08", "gzip"),
    ] {
        assert!(refused(bytes).contains(words), "{}", refused(bytes));
    }
}

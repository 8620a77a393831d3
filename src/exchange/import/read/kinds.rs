//! What is no table: known by what it begins with, whatever its name is, so that people are told
//! what they have handed in and what to do.

use std::io::{self, Read, Seek};

use super::LARGEST_FEED;
use crate::phrase::{Phrase, say};

/// What a file begins with, and what is said of it then.
type Beginning = (&'static [u8], fn() -> Phrase);

/// What files begin with that are no tables.
const BEGINNINGS: [Beginning; 21] = [
    (b"%PDF", || say!("the file is a PDF, and no table: save the table as XLSX or CSV")),
    (b"{\\rtf", || {
        say!("the file is a text document (RTF), and no table: save the table as XLSX or CSV")
    }),
    (b"MIME-Version:", mhtml),
    (b"From: <Saved by ", mhtml),
    (b"\x1F\x8B", || say!("the file is compressed (gzip): unpack it first")),
    (b"Rar!", || say!("the file is an archive (RAR): unpack it first")),
    (b"7z\xBC\xAF", || say!("the file is an archive (7z): unpack it first")),
    (b"PK\x05\x06", || say!("the file is an archive with nothing in it: hand in the table itself")),
    (b"\x89PNG", picture),
    (b"\xFF\xD8\xFF", picture),
    (b"GIF87a", picture),
    (b"GIF89a", picture),
    (b"II*\0", picture),
    (b"MM\0*", picture),
    (b"SQLite format 3\0", || {
        say!("the file is a database (SQLite), and no table: save the table that is meant as CSV")
    }),
    (b"\xFF\xFE\0\0", utf_32),
    (b"\0\0\xFE\xFF", utf_32),
    (b"BEGIN:VCARD", || {
        say!(
            "the file holds addresses (vCard), and no table: save them as XLSX or CSV from the \
             address book"
        )
    }),
    (b"ID;PWXL", sylk),
    (b"ID;PSCALC", sylk),
    (b"ID;PCALC", sylk),
];

fn picture() -> Phrase {
    say!("the file is a picture, and no table: type the table into a spreadsheet")
}

fn mhtml() -> Phrase {
    say!("the file is a web page (MHTML), and no table: save it as XLSX or CSV")
}

fn sylk() -> Phrase {
    say!("the file is a workbook in the format SYLK (.slk): save it as XLSX or CSV")
}

fn utf_32() -> Phrase {
    say!("the file is text in UTF-32, which is not read: save it in UTF-8")
}

/// Why a file is no table, by its first bytes; it is read further where these alone do not tell.
pub(super) fn by_bytes(first: &[u8], file: &mut (impl Read + Seek)) -> io::Result<Option<Phrase>> {
    let first = first.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(first);
    if first.starts_with(b"\xD0\xCF\x11\xE0") {
        return old_office(file).map(Some);
    }
    if let Some((_, why)) = BEGINNINGS.iter().find(|(begins, _)| first.starts_with(begins)) {
        return Ok(Some(why()));
    }
    // A text may begin with the same letters as pictures of these kinds, but has no zeros there.
    let is_bitmap = first.starts_with(b"BM") && first.get(6..10) == Some(&[0; 4]);
    let is_webp = first.starts_with(b"RIFF") && first.get(8..12) == Some(b"WEBP");
    let is_heif = first.starts_with(b"\0\0\0") && first.get(4..8) == Some(b"ftyp");
    if is_bitmap || is_webp || is_heif {
        return Ok(Some(picture()));
    }
    // Without a mark: of each letter in UTF-32 three bytes are zeros, in UTF-16 one.
    let fours = first.chunks_exact(4);
    let is_32 = fours.len() >= 2
        && (fours.clone().all(|four| matches!(four, [(1..), _, 0, 0]))
            || fours.clone().all(|four| matches!(four, [0, 0, _, (1..)])));
    Ok(is_32.then(utf_32))
}

/// What a file of the old kind of the office programs is, by the streams in it, whose names are in
/// UTF-16.
fn old_office(file: &mut (impl Read + Seek)) -> io::Result<Phrase> {
    let mut bytes = Vec::new();
    file.by_ref().take(LARGEST_FEED).read_to_end(&mut bytes)?;
    file.rewind()?;
    let holds = |name: &str| {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.windows(name.len()).any(|some| some == name)
    };
    Ok(if holds("EncryptedPackage") {
        say!(
            "the file is a workbook that is protected by a password: take the password off, and \
             save it again"
        )
    } else if holds("WordDocument") {
        say!("the file is a text document (Word), and no table: save the table as XLSX or CSV")
    } else {
        say!("the file is a workbook of the old kind (.xls): save it as .xlsx or as CSV")
    })
}

/// Why a text in angle brackets, or in the format of letters, is no table; nothing of any other
/// text.
pub(super) fn by_text(beginning: &str) -> Option<Phrase> {
    let text = beginning.trim_start_matches('\u{feff}').trim_start().to_lowercase();
    if text.contains("content-type: multipart/related") && text.contains("mime-version:") {
        return Some(mhtml());
    }
    if !text.starts_with('<') {
        return None;
    }
    let is_html = ["<html", "<!doctype html", "<table", "<head", "<body", "<meta"]
        .iter()
        .any(|tag| text.contains(tag));
    Some(if is_html {
        say!(
            "the file is a web page (HTML), whatever its name is, and no table: save it as XLSX or \
             CSV"
        )
    } else {
        say!(
            "the file is XML, of which only IATI activities are read: save the table as XLSX or CSV"
        )
    })
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn what_is_no_table_says_what_it_is_and_what_to_do() {
        let utf = |text: &str, wide: fn(u32) -> Vec<u8>| {
            text.chars().flat_map(|c| wide(c.into())).collect::<Vec<u8>>()
        };
        let old = |stream: &str| {
            let name: Vec<u8> = stream.encode_utf16().flat_map(u16::to_le_bytes).collect();
            [b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".as_slice(), &[0; 600], &name].concat()
        };
        for (bytes, words) in [
            (b"GIF89a\x01\0".to_vec(), "picture"),
            (b"BM\x46\0\0\0\0\0\0\0\x36".to_vec(), "picture"),
            (b"SQLite format 3\0".to_vec(), "SQLite"),
            (b"ID;PWXL;N;E\r\n".to_vec(), "SYLK"),
            (b"BEGIN:VCARD\r\nFN:x".to_vec(), "vCard"),
            (b"\xEF\xBB\xBFBEGIN:VCARD\r\n".to_vec(), "vCard"),
            (b"From: <Saved by Blink>\r\n".to_vec(), "MHTML"),
            (b"\xFF\xFE\0\0b\0\0\0".to_vec(), "UTF-32"),
            (utf("batch,country", |c| c.to_le_bytes().to_vec()), "UTF-32"),
            (utf("batch,country", |c| c.to_be_bytes().to_vec()), "UTF-32"),
            (old("EncryptedPackage"), "password"),
            (old("WordDocument"), "Word"),
            (old("Workbook"), ".xlsx"),
        ] {
            let why =
                by_bytes(&bytes[..bytes.len().min(64)], &mut Cursor::new(bytes.clone())).unwrap();
            let why = why.map(|why| why.english()).unwrap_or_default();
            assert!(why.contains(words), "{words}: {why}");
        }
        let utf_16: Vec<u8> = "batch,country".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for text in
            [b"BMKG,negara".as_slice(), b"ID;Peserta;Negara", b"batch,country", b"", b"1", &utf_16]
        {
            assert_eq!(by_bytes(text, &mut Cursor::new(text.to_vec())).unwrap(), None);
        }
        assert!(
            by_text("Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/related;").is_some()
        );
        assert_eq!(by_text("negara;jumlah"), None);
    }
}

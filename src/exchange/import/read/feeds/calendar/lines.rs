//! The lines of a calendar: put together where they are folded, as iCalendar does and, in its way,
//! vCalendar 1.0; parted into name, parameters and value.

use std::io::Read;

use super::super::super::decode::{Decoded, Encoding, stray};
use super::super::super::{LARGEST_ROW, ReadError};

/// Lines with their continuations. They are put together as bytes: where a line is folded, a
/// character may be parted.
pub(super) fn unfolded(bytes: &[u8]) -> Result<Vec<(u64, String)>, ReadError> {
    let mut lines: Vec<(u64, Vec<u8>)> = Vec::new();
    let plain = |line: &[u8]| line.strip_suffix(b"\r").unwrap_or(line).to_vec();
    // Some programs end lines with CR alone.
    let end = if bytes.contains(&b'\n') { b'\n' } else { b'\r' };
    for (number, line) in (1..).zip(bytes.split(|byte| *byte == end)) {
        match (line, lines.last_mut()) {
            (line, Some((_, last))) if is_soft(last) => {
                last.pop();
                if last.len() < LARGEST_ROW {
                    last.extend(plain(line));
                }
            }
            ([b' ' | b'\t', rest @ ..], Some((_, last))) => {
                if last.len() < LARGEST_ROW {
                    last.extend(plain(rest));
                }
            }
            _ => lines.push((number, plain(line))),
        }
    }
    let all = lines.iter().map(|(_, line)| line.as_slice()).collect::<Vec<_>>().join(&b'\n');
    let encoding = Encoding::of(&mut all.as_slice())?;
    let mut texts = Vec::with_capacity(lines.len());
    for (number, line) in lines {
        let text = match encoded(&line)? {
            Some(text) => text,
            None => decoded(&line, encoding)?,
        };
        texts.push((number, text));
    }
    Ok(texts)
}

fn decoded(bytes: &[u8], encoding: Encoding) -> Result<String, ReadError> {
    let mut text = String::new();
    Decoded::new(bytes, encoding).read_to_string(&mut text)?;
    Ok(text)
}

/// What a line says of how its value is written.
fn head(line: &[u8]) -> Option<(&[u8], &[u8], String)> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (head, value) = line.split_at_checked(colon)?;
    Some((head, value.get(1..)?, String::from_utf8_lossy(head).to_ascii_uppercase()))
}

fn is_quoted_printable(head: &str) -> bool {
    head.split(';')
        .skip(1)
        .any(|one| matches!(one, "QUOTED-PRINTABLE" | "ENCODING=QUOTED-PRINTABLE"))
}

/// Whether a line goes on in the next one, as quoted-printable does.
fn is_soft(line: &[u8]) -> bool {
    line.ends_with(b"=") && head(line).is_some_and(|(_, _, head)| is_quoted_printable(&head))
}

/// A line whose value says how it is written: quoted-printable, in base64, in a character set. None
/// of any other.
fn encoded(line: &[u8]) -> Result<Option<String>, ReadError> {
    let Some((begin, value, head)) = head(line) else { return Ok(None) };
    let charset = head.split(';').skip(1).find_map(|one| one.strip_prefix("CHARSET="));
    let is_quoted = is_quoted_printable(&head);
    let is_base64 = head
        .split(';')
        .skip(1)
        .any(|one| matches!(one, "BASE64" | "ENCODING=BASE64" | "ENCODING=B"));
    if !is_quoted && !is_base64 && charset.is_none() {
        return Ok(None);
    }
    let mut bytes = if is_quoted { unquoted(value) } else { value.to_vec() };
    if is_base64 {
        // Whatever it is, it is not the text.
        drop(bytes.splice(0..0, "\u{FFFD}".bytes()));
    }
    let named =
        charset.map(|name| encoding_rs::Encoding::for_label(name.trim_matches('"').as_bytes()));
    let text = match named {
        Some(Some(named)) if named != encoding_rs::UTF_8 && named != encoding_rs::WINDOWS_1252 => {
            named.decode_without_bom_handling(&bytes).0.into_owned()
        }
        Some(Some(named)) if named == encoding_rs::WINDOWS_1252 => {
            decoded(&bytes, Encoding::Windows1252)?
        }
        Some(Some(_)) => decoded(&bytes, Encoding::Utf8)?,
        // Of a character set that nobody knows, no letter but those of ASCII is sure.
        Some(None) => bytes
            .iter()
            .map(|byte| if byte.is_ascii() { char::from(*byte).into() } else { stray(*byte) })
            .collect(),
        None => decoded(&bytes, Encoding::of(&mut bytes.as_slice())?)?,
    };
    Ok(Some(format!("{}:{text}", String::from_utf8_lossy(begin))))
}

/// Bytes that are written as `=C3`. What is no such sequence belongs to no character.
fn unquoted(value: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((first, behind)) = rest.split_first() {
        let digits = behind.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits
            .filter(|_| *first == b'=')
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match byte {
            Some(byte) => {
                bytes.push(byte);
                rest = behind.get(2..).unwrap_or_default();
            }
            None => {
                if *first == b'=' {
                    bytes.extend("\u{FFFD}".bytes());
                } else {
                    bytes.push(*first);
                }
                rest = behind;
            }
        }
    }
    bytes
}

/// The name of a line with its parameters, and its value: parted by the first colon that stands in
/// no quotes.
pub(super) fn property(line: &str) -> (&str, &str) {
    let mut quoted = false;
    for (place, c) in line.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ':' if !quoted => {
                return (
                    line.get(..place).unwrap_or_default(),
                    line.get(place + 1..).unwrap_or_default(),
                );
            }
            _ => {}
        }
    }
    (line, "")
}

/// The parts of a text at a sign that stands in no quotes.
pub(super) fn split_outside_quotes(text: &str, sign: char) -> Vec<&str> {
    let mut quoted = false;
    text.split(|c: char| {
        quoted ^= c == '"';
        c == sign && !quoted
    })
    .collect()
}

/// The value of a parameter; the quotes around it are no part of it.
pub(super) fn parameter<'a>(parameters: &[&'a str], name: &str) -> Option<&'a str> {
    let one = |one: &&'a str| {
        one.split_once('=').filter(|one| one.0.trim().eq_ignore_ascii_case(name)).map(|one| one.1)
    };
    parameters.iter().find_map(one).map(|value| value.trim().trim_matches('"'))
}

pub(super) fn unescaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut signs = value.chars();
    while let Some(sign) = signs.next() {
        match sign {
            '\\' => match signs.next() {
                Some('n' | 'N') => text.push(' '),
                Some(escaped @ (',' | ';' | '\\' | ':' | '"')) => text.push(escaped),
                other => {
                    text.push('\\');
                    text.extend(other);
                }
            },
            sign => text.push(sign),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Vec<String> {
        unfolded(bytes).unwrap().into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn values_that_are_written_as_bytes_are_read() {
        let soft = b"BEGIN:VCALENDAR\nSUMMARY;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:C=C3=\n\
                     =B4te=2C\r\n lanjut\nEND:VEVENT\n";
        let lines = read(soft);
        assert_eq!(lines[1], "SUMMARY;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Côte,lanjut");
        assert_eq!(lines[2], "END:VEVENT");
        for (line, value) in [
            (b"SUMMARY;QUOTED-PRINTABLE:Hotel=20A=0D=0AB".as_slice(), "Hotel A\r\nB"),
            (b"SUMMARY;ENCODING=quoted-printable;CHARSET=ISO-8859-1:Caf=E9", "Café"),
            (b"SUMMARY;CHARSET=SHIFT_JIS:\x93\xFA\x96\x7B", "日本"),
            (b"SUMMARY;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:a=ZZ", "a\u{FFFD}ZZ"),
            (b"SUMMARY;CHARSET=NOBODYS;ENCODING=QUOTED-PRINTABLE:a=E9", "a\u{FFFD}E9"),
            (b"SUMMARY;ENCODING=BASE64:QQ==", "\u{FFFD}QQ=="),
            (b"SUMMARY:1=20=", "1=20="),
        ] {
            assert_eq!(read(line)[0].split_once(':').map(|line| line.1), Some(value));
        }
    }

    #[test]
    fn lines_may_end_with_cr_alone() {
        assert_eq!(read(b"BEGIN:VCALENDAR\rSUMMARY:a\r b\rEND:VCALENDAR")[1], "SUMMARY:ab");
    }
}

//! From bytes to text: UTF-8, UTF-16 and Windows-1252, which is what spreadsheets write.

use std::fmt;
use std::io::{self, Read};

use encoding_rs::{Decoder, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// In which encoding a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, of which ASCII is a part.
    Utf8,
    /// UTF-16, the lower byte first: what spreadsheets call "Unicode text".
    Utf16Le,
    /// UTF-16, the higher byte first.
    Utf16Be,
    /// Windows-1252: taken for granted where nothing else fits.
    Windows1252,
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le | Self::Utf16Be => "UTF-16",
            Self::Windows1252 => "Windows-1252",
        })
    }
}

/// How many bytes are read at a time.
const CHUNK: usize = 64 << 10;

impl Encoding {
    /// Finds the encoding, for which all of the text is read: by its mark, by the zeros that UTF-16
    /// leaves in Latin letters, or by whether it is UTF-8. Where no fewer characters of several
    /// bytes are UTF-8 than bytes are not, it is UTF-8 with faults: other encodings have such
    /// sequences by accident alone.
    pub fn of(text: &mut impl Read) -> io::Result<Self> {
        let mut chunk = vec![0; CHUNK];
        let mut rest: Vec<u8> = Vec::new();
        let mut first = true;
        let (mut characters, mut faults) = (0_u64, 0_u64);
        loop {
            let length = text.read(&mut chunk)?;
            let read = chunk.get(..length).unwrap_or_default();
            if std::mem::take(&mut first)
                && let Some(known) = Self::by_its_beginning(read)
            {
                return Ok(known);
            }
            rest.extend_from_slice(read);
            let mut left = 0;
            let mut pieces = rest.utf8_chunks().peekable();
            while let Some(piece) = pieces.next() {
                characters += piece.valid().chars().filter(|c| !c.is_ascii()).count() as u64;
                let invalid = piece.invalid();
                // A character may lie across two chunks.
                if pieces.peek().is_none() && length > 0 && is_begun(invalid) {
                    left = invalid.len();
                } else if !invalid.is_empty() {
                    faults += 1;
                }
            }
            rest.drain(..rest.len() - left);
            if length == 0 {
                let is_utf8 = faults == 0 || (characters >= faults && characters > 0);
                return Ok(if is_utf8 { Self::Utf8 } else { Self::Windows1252 });
            }
        }
    }

    fn by_its_beginning(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xFF, 0xFE, ..] => return Some(Self::Utf16Le),
            [0xFE, 0xFF, ..] => return Some(Self::Utf16Be),
            [0xEF, 0xBB, 0xBF, ..] => return Some(Self::Utf8),
            _ => {}
        }
        let pairs = bytes.get(..bytes.len().min(200)).unwrap_or_default().chunks_exact(2);
        let all = pairs.len();
        let zeros = |place: usize| pairs.clone().filter(|pair| pair.get(place) == Some(&0)).count();
        match (zeros(0), zeros(1)) {
            (0, low) if low > 0 && low * 2 >= all => Some(Self::Utf16Le),
            (high, 0) if high > 0 && high * 2 >= all => Some(Self::Utf16Be),
            _ => None,
        }
    }

    fn decoder(self) -> Decoder {
        // Each takes its own mark away.
        match self {
            Self::Utf8 => UTF_8.new_decoder_with_bom_removal(),
            Self::Utf16Le => UTF_16LE.new_decoder_with_bom_removal(),
            Self::Utf16Be => UTF_16BE.new_decoder_with_bom_removal(),
            Self::Windows1252 => WINDOWS_1252.new_decoder_without_bom_handling(),
        }
    }
}

/// Whether bytes are the beginning of a character, and may become one.
fn is_begun(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

/// What is read in place of a byte that belongs to no character of UTF-8: U+FFFD and the byte.
pub fn stray(byte: u8) -> String {
    format!("\u{FFFD}{byte:02X}")
}

/// The first byte in a text that belongs to no character; of a character that was lost before,
/// nothing is known but that.
pub fn strayed(text: &str) -> Option<Option<&str>> {
    let (_, rest) = text.split_once('\u{FFFD}')?;
    let byte = rest
        .get(..2)
        .filter(|byte| byte.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'A'..=b'F')));
    Some(byte)
}

/// A text as UTF-8, whatever it was; what belongs to no character becomes U+FFFD, but in UTF-16
/// with the byte behind it.
pub struct Decoded<R> {
    inner: R,
    encoding: Encoding,
    decoder: Decoder,
    /// Whether nothing has been decoded yet.
    begins: bool,
    raw: Vec<u8>,
    /// Bytes of `raw` that have not been decoded.
    pending: usize,
    text: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<R: Read> Decoded<R> {
    /// Reads `inner`, which is written in `encoding`.
    pub fn new(inner: R, encoding: Encoding) -> Self {
        Self {
            inner,
            encoding,
            decoder: encoding.decoder(),
            begins: true,
            raw: vec![0; CHUNK],
            pending: 0,
            text: Vec::new(),
            given: 0,
            ended: false,
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        let length = self.inner.read(self.raw.get_mut(self.pending..).unwrap_or_default())?;
        let last = length == 0;
        let raw = self.raw.get(..self.pending + length).unwrap_or_default();
        if self.encoding == Encoding::Utf8 {
            let used = utf8(raw, last, &mut self.begins, &mut self.text);
            let left = raw.len() - used;
            self.raw.copy_within(used..used + left, 0);
            (self.pending, self.given, self.ended) = (left, 0, last);
            return Ok(());
        }
        let room = self.decoder.max_utf8_buffer_length(raw.len()).unwrap_or(CHUNK * 4);
        self.text.resize(room, 0);
        let (_, read, written, _) = self.decoder.decode_to_utf8(raw, &mut self.text, last);
        let left = raw.len() - read;
        self.raw.copy_within(read..read + left, 0);
        (self.pending, self.given, self.ended) = (left, 0, last);
        self.text.truncate(written);
        if self.encoding == Encoding::Windows1252 && has_undefined(&self.text) {
            self.text = without_undefined(&self.text);
        }
        Ok(())
    }
}

/// The bytes that Windows-1252 does not define: decoders make control characters of them, which
/// nobody has typed.
const UNDEFINED: [u8; 5] = [0x81, 0x8D, 0x8F, 0x90, 0x9D];

/// Whether a text that was decoded from Windows-1252 holds what was made of such a byte.
fn has_undefined(text: &[u8]) -> bool {
    text.windows(2).any(|pair| matches!(pair, [0xC2, byte] if UNDEFINED.contains(byte)))
}

/// The same with such bytes as what belongs to no character.
fn without_undefined(text: &[u8]) -> Vec<u8> {
    let mut kept = String::with_capacity(text.len() + 8);
    for c in String::from_utf8_lossy(text).chars() {
        match u8::try_from(c) {
            Ok(byte) if UNDEFINED.contains(&byte) => kept.push_str(&stray(byte)),
            _ => kept.push(c),
        }
    }
    kept.into_bytes()
}

/// Takes bytes as UTF-8, without the mark in front of all; how many of them. A character that is
/// only begun waits for the next.
fn utf8(raw: &[u8], last: bool, begins: &mut bool, text: &mut Vec<u8>) -> usize {
    const MARK: &[u8] = b"\xEF\xBB\xBF";
    text.clear();
    if *begins && !last && raw.len() < MARK.len() {
        return 0;
    }
    let mark = if std::mem::take(begins) && raw.starts_with(MARK) { MARK.len() } else { 0 };
    let bytes = raw.get(mark..).unwrap_or_default();
    let mut used = mark;
    for piece in bytes.utf8_chunks() {
        text.extend_from_slice(piece.valid().as_bytes());
        used += piece.valid().len();
        let invalid = piece.invalid();
        if used + invalid.len() == raw.len() && !last && is_begun(invalid) {
            break;
        }
        for byte in invalid {
            text.extend_from_slice(stray(*byte).as_bytes());
        }
        used += invalid.len();
    }
    used
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() && !self.ended {
            self.fill()?;
        }
        let rest = self.text.get(self.given..).unwrap_or_default();
        let length = rest.len().min(into.len());
        if let (Some(to), Some(from)) = (into.get_mut(..length), rest.get(..length)) {
            to.copy_from_slice(from);
        }
        self.given += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8]) -> (String, Encoding) {
        let encoding = Encoding::of(&mut &bytes[..]).unwrap();
        let mut text = String::new();
        Decoded::new(bytes, encoding).read_to_string(&mut text).unwrap();
        (text, encoding)
    }

    #[test]
    fn what_spreadsheets_write_is_read() {
        let text = "negara;delegasi\r\nCôte d’Ivoire;3\r\n";
        let utf16 =
            |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        let expected = |encoding| (text.to_owned(), encoding);
        assert_eq!(decoded(text.as_bytes()), expected(Encoding::Utf8));
        assert_eq!(decoded(&[b"\xEF\xBB\xBF", text.as_bytes()].concat()), expected(Encoding::Utf8));
        assert_eq!(
            decoded(&[&b"\xFF\xFE"[..], &utf16(u16::to_le_bytes)].concat()),
            expected(Encoding::Utf16Le)
        );
        assert_eq!(
            decoded(&[&b"\xFE\xFF"[..], &utf16(u16::to_be_bytes)].concat()),
            expected(Encoding::Utf16Be)
        );
        assert_eq!(
            decoded(&utf16(u16::to_le_bytes)),
            expected(Encoding::Utf16Le),
            "without a mark"
        );
        let windows: Vec<u8> = text
            .chars()
            .map(|c| match c {
                'ô' => 0xF4,
                '’' => 0x92,
                c => u8::try_from(c).unwrap(),
            })
            .collect();
        assert_eq!(decoded(&windows), expected(Encoding::Windows1252));
        assert_eq!(decoded(b""), (String::new(), Encoding::Utf8));
    }

    #[test]
    fn a_byte_that_is_no_character_is_a_fault_of_its_place() {
        let read = decoded(b"C\xC3\xB4te d\xE2\x80\x99Ivoire\nx\xE9\n");
        assert_eq!(read, ("Côte d’Ivoire\nx\u{FFFD}E9\n".to_owned(), Encoding::Utf8));
        assert_eq!(strayed("x\u{FFFD}E9"), Some(Some("E9")));
        assert_eq!(strayed("x\u{FFFD}"), Some(None));
        assert_eq!(strayed("x"), None);
        // Where it is the other way round, it is the other encoding.
        assert_eq!(decoded(b"caf\xE9, th\xE9, \xC3\xA9").1, Encoding::Windows1252);
    }

    #[test]
    fn a_byte_that_windows_does_not_define_is_a_fault_of_its_place() {
        for byte in UNDEFINED {
            let read = decoded(&[b"caf\xE9,".as_slice(), &[byte], b"x"].concat());
            assert_eq!(read, (format!("café,\u{FFFD}{byte:02X}x"), Encoding::Windows1252));
        }
        assert_eq!(decoded(b"\x80\x85\x9F\xA0").0, "€…Ÿ\u{a0}");
    }

    #[test]
    fn a_character_across_two_chunks_is_one() {
        let text = "é".repeat(CHUNK + 1);
        assert_eq!(decoded(format!("a{text}").as_bytes()), (format!("a{text}"), Encoding::Utf8));
    }
}

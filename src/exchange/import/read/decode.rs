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
    /// Finds the encoding, for which all of the text is read: by its mark, by the zeros that UTF-16 leaves in Latin letters, or by
    /// whether it is UTF-8.
    pub fn of(text: &mut impl Read) -> io::Result<Self> {
        let mut chunk = vec![0; CHUNK];
        let mut rest: Vec<u8> = Vec::new();
        let mut first = true;
        loop {
            let length = text.read(&mut chunk)?;
            let read = chunk.get(..length).unwrap_or_default();
            if std::mem::take(&mut first)
                && let Some(known) = Self::by_its_beginning(read)
            {
                return Ok(known);
            }
            rest.extend_from_slice(read);
            match std::str::from_utf8(&rest) {
                Ok(_) => rest.clear(),
                // A character may lie across two chunks.
                Err(error) if error.error_len().is_none() && length > 0 => drop(rest.drain(..error.valid_up_to())),
                Err(_) => return Ok(Self::Windows1252),
            }
            if length == 0 {
                return Ok(Self::Utf8);
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

/// A text as UTF-8, whatever it was; what belongs to no character becomes U+FFFD.
pub struct Decoded<R> {
    inner: R,
    decoder: Decoder,
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
            decoder: encoding.decoder(),
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
        let room = self.decoder.max_utf8_buffer_length(raw.len()).unwrap_or(CHUNK * 4);
        self.text.resize(room, 0);
        let (_, read, written, _) = self.decoder.decode_to_utf8(raw, &mut self.text, last);
        let left = raw.len() - read;
        self.raw.copy_within(read..read + left, 0);
        (self.pending, self.given, self.ended) = (left, 0, last);
        self.text.truncate(written);
        Ok(())
    }
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
        let utf16 = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        let expected = |encoding| (text.to_owned(), encoding);
        assert_eq!(decoded(text.as_bytes()), expected(Encoding::Utf8));
        assert_eq!(decoded(&[b"\xEF\xBB\xBF", text.as_bytes()].concat()), expected(Encoding::Utf8));
        assert_eq!(decoded(&[&b"\xFF\xFE"[..], &utf16(u16::to_le_bytes)].concat()), expected(Encoding::Utf16Le));
        assert_eq!(decoded(&[&b"\xFE\xFF"[..], &utf16(u16::to_be_bytes)].concat()), expected(Encoding::Utf16Be));
        assert_eq!(decoded(&utf16(u16::to_le_bytes)), expected(Encoding::Utf16Le), "without a mark");
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
    fn a_character_across_two_chunks_is_one() {
        let text = "é".repeat(CHUNK + 1);
        assert_eq!(decoded(format!("a{text}").as_bytes()), (format!("a{text}"), Encoding::Utf8));
    }
}

//! Bytes of a text file as UTF-8 with plain line ends, a little at a time.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use encoding_rs::{Decoder, DecoderResult, Encoding};

use super::limits::RECORD_BYTES_MAX;
use super::problem::Problem;

/// Counts what a reader has handed out, so that no record can grow without bound.
#[derive(Clone, Debug, Default)]
pub(super) struct Meter {
    since_record: Rc<Cell<u64>>,
    lines: Rc<Cell<u64>>,
}

impl Meter {
    /// A record has been taken: counting starts again.
    pub(super) fn record_taken(&self) {
        self.since_record.set(0);
    }

    /// The line of the last byte handed out, counted from 1.
    pub(super) fn line(&self) -> u64 {
        self.lines.get() + 1
    }

    fn count(&self, bytes: &[u8]) -> io::Result<()> {
        let newlines = bytes.iter().filter(|b| **b == b'\n').count() as u64;
        self.lines.set(self.lines.get() + newlines);
        self.since_record
            .set(self.since_record.get() + bytes.len() as u64);
        if self.since_record.get() > RECORD_BYTES_MAX {
            return Err(io::Error::other(Problem::RecordTooLong));
        }
        Ok(())
    }
}

const CHUNK_BYTES: usize = 8 * 1024;

/// A reader of UTF-8 with `\n` line ends over bytes in any encoding with any line ends. A byte-order
/// mark overrides the encoding.
pub(super) struct TextReader<R> {
    inner: R,
    decoder: Decoder,
    meter: Meter,
    raw: Vec<u8>,
    raw_start: usize,
    raw_end: usize,
    text: Vec<u8>,
    text_start: usize,
    after_return: bool,
    malformed: bool,
    ended: bool,
}

impl<R: Read> TextReader<R> {
    pub(super) fn new(inner: R, encoding: &'static Encoding, meter: Meter) -> Self {
        Self {
            inner,
            decoder: encoding.new_decoder(),
            meter,
            raw: vec![0; CHUNK_BYTES],
            raw_start: 0,
            raw_end: 0,
            text: Vec::new(),
            text_start: 0,
            after_return: false,
            malformed: false,
            ended: false,
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        self.text.clear();
        self.text_start = 0;
        while self.text.is_empty() && !self.ended {
            if self.malformed {
                let encoding = self.decoder.encoding().name();
                return Err(io::Error::other(Problem::EncodingUnreadable { encoding }));
            }
            let mut last = false;
            if self.raw_start == self.raw_end {
                self.raw_start = 0;
                self.raw_end = read_some(&mut self.inner, &mut self.raw)?;
                last = self.raw_end == 0;
            }
            self.decode(last);
        }
        Ok(())
    }

    /// Decodes a chunk; what comes before malformed bytes is still handed out, so that errors name the line.
    fn decode(&mut self, last: bool) {
        let source = &self.raw[self.raw_start..self.raw_end];
        let mut out = [0_u8; CHUNK_BYTES];
        let (result, read, written) = self
            .decoder
            .decode_to_utf8_without_replacement(source, &mut out, last);
        self.raw_start += read;
        match result {
            DecoderResult::InputEmpty => self.ended = last,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => self.malformed = true,
        }
        for byte in &out[..written] {
            match (byte, self.after_return) {
                (b'\n', true) => {}
                (b'\r', _) => self.text.push(b'\n'),
                (byte, _) => self.text.push(*byte),
            }
            self.after_return = *byte == b'\r';
        }
    }
}

fn read_some(inner: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match inner.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

impl<R: Read> Read for TextReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.text_start == self.text.len() {
            self.fill()?;
        }
        let ready = &self.text[self.text_start..];
        let taken = ready.len().min(buffer.len());
        buffer[..taken].copy_from_slice(&ready[..taken]);
        self.text_start += taken;
        self.meter.count(&buffer[..taken])?;
        Ok(taken)
    }
}

/// What an error of a reader above this one really was.
pub(super) fn problem_of(error: io::Error) -> Problem {
    match error.downcast::<Problem>() {
        Ok(problem) => problem,
        Err(error) => Problem::FileUnreadable(error),
    }
}

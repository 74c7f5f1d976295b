//! The XML of the registries of the United States and Canada.

use std::{
    cell::Cell,
    io::{self, BufRead, Read},
    rc::Rc,
};

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

use crate::{
    cell::north_american,
    fault::{Fault, FaultKind},
    refused::Reason,
    sink::Sink,
};

/// Reads the numbers of all area codes in a list.
pub(crate) fn xml(input: impl BufRead, sink: &mut Sink<'_>) -> Result<(), Fault> {
    let line = Rc::new(Cell::new(1));
    let mut reader = Reader::from_reader(Counted { input, line: Rc::clone(&line) });
    let (mut buffer, mut depth) = (Vec::new(), 0_u64);
    let (mut area_code, mut numbers) = (None, false);
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer).map_err(|error| match error {
            quick_xml::Error::Io(error) => Fault::unreadable(&error),
            // Its message may repeat the content.
            _ => wrong("is not XML that can be read: it may be damaged, so download it again")
                .at(sink.member.as_ref(), line.get()),
        })?;
        let at = line.get();
        let (element, opens) = match &event {
            Event::Start(element) => (element, true),
            Event::Empty(element) => (element, false),
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                continue;
            }
            Event::Eof if depth > 0 => {
                return Err(wrong(
                    "ends before its last element does: it is incomplete, so download it again",
                )
                .at(sink.member.as_ref(), at));
            }
            Event::Eof => break,
            _ => continue,
        };
        depth += u64::from(opens);
        match element.local_name().as_ref() {
            "list" => {
                let full = attribute(element, "type", |kind| kind.eq_ignore_ascii_case("full"));
                if full == Some(false) {
                    return Err(Fault::changes().at(sink.member.as_ref(), at));
                }
            }
            "ac" => {
                area_code = attribute(element, "val", |code| {
                    <[u8; 3]>::try_from(code.as_bytes())
                        .ok()
                        .filter(|code| code.iter().all(u8::is_ascii_digit))
                })
                .flatten();
                match &area_code {
                    // An area code without numbers is covered too.
                    Some(code) => sink.states(code),
                    None => {
                        return Err(wrong("has an area code that is not three digits")
                            .at(sink.member.as_ref(), at));
                    }
                }
            }
            "ph" => {
                numbers = true;
                // In a list of changes, each number says how it changed.
                if ["chg", "type", "action"]
                    .iter()
                    .any(|name| attribute(element, name, |_| ()).is_some())
                {
                    return Err(Fault::changes().at(sink.member.as_ref(), at));
                }
                match attribute(element, "val", |value| number(area_code, value.as_bytes()))
                    .flatten()
                {
                    Some(number) => sink.number(number, true),
                    None => sink.refuse(at, Reason::NotANumber),
                }
            }
            _ => {}
        }
    }
    if sink.stated().is_empty() && !numbers {
        return Err(wrong(
            "is XML without area codes and numbers, as <ac val='416'><ph val='5550123'/></ac>",
        )
        .at(sink.member.as_ref(), line.get()));
    }
    Ok(())
}

fn wrong(message: &str) -> Fault {
    Fault::new(FaultKind::Format, message)
}

/// The number of an area code with these seven digits, or with these ten.
fn number(area_code: Option<[u8; 3]>, value: &[u8]) -> Option<switchboard_core::ListedNumber> {
    if value.len() == 10 {
        return north_american(value);
    }
    let mut digits = [0; 10];
    digits[..3].copy_from_slice(&area_code?);
    digits[3..].copy_from_slice(<&[u8; 7]>::try_from(value).ok()?);
    north_american(&digits)
}

/// What `read` makes of the value of an attribute. `None` if there is no such attribute.
fn attribute<T>(element: &BytesStart<'_>, name: &str, read: impl FnOnce(&str) -> T) -> Option<T> {
    let found = element
        .attributes()
        .with_checks(false)
        .filter_map(Result::ok)
        .find(|attribute| attribute.key.local_name().as_ref() == name)?;
    Some(read(found.value.trim()))
}

/// Counts lines.
struct Counted<R> {
    input: R,
    line: Rc<Cell<u64>>,
}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.input.fill_buf()
    }

    fn consume(&mut self, used: usize) {
        if let Ok(text) = self.input.fill_buf() {
            let text = text.get(..used).unwrap_or(text);
            let breaks = memchr::memchr_iter(b'\n', text).count() as u64;
            self.line.set(self.line.get() + breaks);
        }
        self.input.consume(used);
    }
}

//! Server-sent events (WHATWG HTML, section 9.2), from bytes to messages, with a limit to each line and message.
//!
//! Written here because the crates that read this format put no limit to a line, and replace what is not UTF-8 instead
//! of refusing it. `retry` is ignored: when to come back is decided here.

use super::super::error::Error;

/// Longest line, in bytes.
pub const MAX_LINE: usize = 64 * 1024;
/// Longest `data` of one message, in bytes.
pub const MAX_DATA: usize = 256 * 1024;

/// One message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Message {
    /// The `id` that came with it.
    pub id: Option<String>,
    /// Its type, `message` if none came with it.
    pub event: Option<String>,
    /// Its data, lines joined.
    pub data: String,
}

/// What of a stream is not yet a message.
#[derive(Debug, Default)]
pub struct Sse {
    line: Vec<u8>,
    after_return: bool,
    begun: bool,
    message: Message,
    has_data: bool,
}

impl Sse {
    /// Takes the next bytes and appends the messages that they complete to `messages`.
    ///
    /// # Errors
    /// When a line or message is too long, or not UTF-8. The stream cannot be followed any further then.
    pub fn read(&mut self, bytes: &[u8], messages: &mut Vec<Message>) -> Result<(), Error> {
        for byte in bytes {
            let after_return = std::mem::replace(&mut self.after_return, *byte == b'\r');
            match byte {
                b'\n' if after_return => {}
                b'\n' | b'\r' => {
                    let line = std::mem::take(&mut self.line);
                    messages.extend(self.end_line(line)?);
                }
                _ if self.line.len() == MAX_LINE => {
                    return Err(Error::Unclear("a line that is too long"));
                }
                byte => self.line.push(*byte),
            }
        }
        Ok(())
    }

    fn end_line(&mut self, line: Vec<u8>) -> Result<Option<Message>, Error> {
        let line = String::from_utf8(line).map_err(|_| Error::Unclear("an event in no UTF-8"))?;
        let mut line = line.as_str();
        if !std::mem::replace(&mut self.begun, true) {
            line = line.strip_prefix('\u{feff}').unwrap_or(line);
        }
        if line.is_empty() {
            let message = std::mem::take(&mut self.message);
            return Ok(std::mem::take(&mut self.has_data).then_some(message));
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "data" => {
                if self.message.data.len() + value.len() >= MAX_DATA {
                    return Err(Error::Unclear("an event that is too long"));
                }
                if self.has_data {
                    self.message.data.push('\n');
                }
                self.has_data = true;
                self.message.data.push_str(value);
            }
            "event" => self.message.event = Some(value.to_owned()),
            "id" => self.message.id = Some(value.to_owned()),
            // Comments (an empty field), `retry`, and what is not known.
            _ => {}
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(parts: &[&[u8]]) -> Result<Vec<Message>, Error> {
        let (mut sse, mut messages) = (Sse::default(), Vec::new());
        for part in parts {
            sse.read(part, &mut messages)?;
        }
        Ok(messages)
    }

    fn message(id: &str, event: &str, data: &str) -> Message {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Message {
            id: some(id),
            event: some(event),
            data: data.into(),
        }
    }

    #[test]
    fn messages_are_read_with_every_line_end() {
        for end in ["\n", "\r\n", "\r"] {
            let text = [
                "id: 7",
                "event:heartbeat",
                "data: {}",
                "",
                ": comment",
                "data: a",
                "data:b",
                "retry: 9",
                "",
                "",
            ]
            .join(end);
            let messages = read(&[text.as_bytes()]).unwrap();
            assert_eq!(
                messages,
                [message("7", "heartbeat", "{}"), message("", "", "a\nb")],
                "{end:?}"
            );
        }
        let marked = "\u{feff}data: x\n\n";
        assert_eq!(read(&[marked.as_bytes()]).unwrap().len(), 1);
    }

    #[test]
    fn what_is_not_complete_or_has_no_data_is_no_message() {
        for text in [
            "",
            "data: x",
            "data: x\n",
            "event: heartbeat\nid: 7\n\n",
            ":\n\n",
        ] {
            assert_eq!(read(&[text.as_bytes()]).unwrap(), [], "{text:?}");
        }
    }

    #[test]
    fn endless_lines_and_messages_and_foreign_bytes_end_the_stream() {
        assert!(read(&[&vec![b'x'; MAX_LINE + 1]]).is_err());
        let line = format!("data: {}\n", "x".repeat(MAX_LINE - 100));
        assert!(read(&[line.repeat(5).as_bytes()]).is_err());
        assert!(read(&[b"data: \xff\n"]).is_err());
    }

    proptest! {
        #[test]
        fn it_does_not_matter_how_the_bytes_arrive(text in "(data|id|event|x)?[:a\r\n ]{0,40}", cut in 0_usize..40) {
            let bytes = text.as_bytes();
            let (head, tail) = bytes.split_at(cut.min(bytes.len()));
            prop_assert_eq!(read(&[bytes]).unwrap(), read(&[head, tail]).unwrap());
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&[&bytes]);
        }
    }
}

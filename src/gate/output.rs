//! Writes permitted lines and knows how much of them went out.
//!
//! Not buffered: what is counted as passed has been taken by the system. Writing happens on a thread of its own, so
//! that a reader who does not read cannot keep the gate from stopping.

use std::io::{ErrorKind, Write};

/// Where permitted lines go.
pub struct Output {
    sink: Option<Box<dyn Write + Send>>,
}

/// What became of one write.
#[derive(Debug)]
pub struct Written {
    /// Bytes that went out.
    pub bytes: usize,
    /// Why no more did.
    pub error: Option<std::io::Error>,
}

impl Output {
    /// To `sink`, which must not buffer.
    pub fn new(sink: impl Write + Send + 'static) -> Self {
        Self {
            sink: Some(Box::new(sink)),
        }
    }

    /// Writes `bytes`. If the call is abandoned before it is done, the output stays closed from then on.
    pub async fn write(&mut self, bytes: Vec<u8>) -> Written {
        let closed = || Written {
            bytes: 0,
            error: Some(ErrorKind::BrokenPipe.into()),
        };
        let Some(mut sink) = self.sink.take() else {
            return closed();
        };
        let task = tokio::task::spawn_blocking(move || {
            let written = write(&mut *sink, &bytes);
            (sink, written)
        });
        match task.await {
            Ok((sink, written)) => {
                self.sink = written.error.is_none().then_some(sink);
                written
            }
            Err(_) => closed(),
        }
    }
}

fn write(sink: &mut dyn Write, bytes: &[u8]) -> Written {
    let mut done = 0;
    let mut error = None;
    while done < bytes.len() && error.is_none() {
        match sink.write(&bytes[done..]) {
            Ok(0) => error = Some(ErrorKind::WriteZero.into()),
            Ok(count) => done += count,
            Err(cause) if cause.kind() == ErrorKind::Interrupted => {}
            Err(cause) => error = Some(cause),
        }
    }
    let error = error.or_else(|| sink.flush().err());
    Written { bytes: done, error }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Full(usize);

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            let count = bytes.len().min(self.0).min(2);
            self.0 -= count;
            if count == 0 {
                Err(ErrorKind::BrokenPipe.into())
            } else {
                Ok(count)
            }
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn it_says_how_much_went_out_and_is_closed_after_an_error() {
        let mut output = Output::new(Full(5));
        let first = output.write(b"abc".to_vec()).await;
        assert_eq!((first.bytes, first.error.is_none()), (3, true));
        let second = output.write(b"def".to_vec()).await;
        assert_eq!((second.bytes, second.error.is_some()), (2, true));
        let third = output.write(b"g".to_vec()).await;
        assert_eq!((third.bytes, third.error.is_some()), (0, true));
    }
}

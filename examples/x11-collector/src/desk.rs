//! The X server: that something was moved, pressed or typed, and in which application.
//!
//! Raw events of the X input extension (version 2) come once each, to every listener, whatever window has the focus. They
//! carry which key and which button, too. That part is never read.

use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xinput::{ConnectionExt as _, Device, EventMask, KeyEventFlags, XIEventMask};
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, Window};
use x11rb::rust_connection::RustConnection;

use crate::Failure;
use crate::kind::Kind;

/// Longest way from the focused window up to one that says which application it belongs to.
const MAX_DEPTH: usize = 16;
/// Longest name of an application, in bytes.
const MAX_APP: usize = 100;

/// A connection to the X server that DISPLAY names.
pub struct Desk {
    /// For those who draw.
    pub connection: RustConnection,
    /// The number of the screen.
    pub screen: usize,
    root: Window,
}

impl Desk {
    /// Connects.
    ///
    /// # Errors
    /// When there is no X server.
    pub fn open() -> Result<Self, Failure> {
        let (connection, screen) = RustConnection::connect(None)
            .map_err(|error| format!("cannot connect to the X server: {error}"))?;
        let root = connection.setup().roots[screen].root;
        Ok(Self {
            connection,
            screen,
            root,
        })
    }

    /// Asks for raw events.
    ///
    /// # Errors
    /// When the X server has no X input extension of version 2.
    pub fn listen(&self) -> Result<(), Failure> {
        let version = self.connection.xinput_xi_query_version(2, 2)?.reply();
        version.map_err(|error| format!("the X server has no XInput 2: {error}"))?;
        let mask =
            XIEventMask::RAW_MOTION | XIEventMask::RAW_BUTTON_PRESS | XIEventMask::RAW_KEY_PRESS;
        let masks = [EventMask {
            deviceid: Device::ALL_MASTER.into(),
            mask: vec![mask],
        }];
        self.connection
            .xinput_xi_select_events(self.root, &masks)?
            .check()?;
        Ok(())
    }

    /// Waits for the next event that is counted, and says of which kind it is.
    ///
    /// # Errors
    /// When the X server is gone.
    pub fn next(&self) -> Result<Kind, Failure> {
        loop {
            match self.connection.wait_for_event()? {
                Event::XinputRawMotion(_) => return Ok(Kind::Movement),
                Event::XinputRawButtonPress(_) => return Ok(Kind::Click),
                // A key that is held down was pressed once.
                Event::XinputRawKeyPress(event)
                    if !event.flags.contains(KeyEventFlags::KEY_REPEAT) =>
                {
                    return Ok(Kind::Key);
                }
                _ => {}
            }
        }
    }

    /// The application of the window that has the focus: the class in its `WM_CLASS`, in lower case. `None` where no
    /// window has the focus or none says so.
    ///
    /// # Errors
    /// When the X server is gone.
    pub fn focused_app(&self) -> Result<Option<String>, Failure> {
        let mut window = self.connection.get_input_focus()?.reply()?.focus;
        for _ in 0..MAX_DEPTH {
            // 0: none, 1: wherever the pointer is.
            if window <= 1 || window == self.root {
                return Ok(None);
            }
            if let Some(app) = self.class(window)? {
                return Ok(Some(app));
            }
            // The window may be gone by now.
            match self.connection.query_tree(window)?.reply() {
                Ok(tree) => window = tree.parent,
                Err(x11rb::errors::ReplyError::X11Error(_)) => return Ok(None),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(None)
    }

    fn class(&self, window: Window) -> Result<Option<String>, Failure> {
        let property = self.connection.get_property(
            false,
            window,
            AtomEnum::WM_CLASS,
            AtomEnum::STRING,
            0,
            256,
        )?;
        match property.reply() {
            Ok(reply) => Ok(app(&reply.value)),
            Err(x11rb::errors::ReplyError::X11Error(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// `WM_CLASS` holds the instance's and the class's name, each with a zero byte behind it (ICCCM, section 4.1.2.5).
fn app(property: &[u8]) -> Option<String> {
    let class = property.split(|byte| *byte == 0).nth(1)?;
    let name = std::str::from_utf8(class).ok()?.to_lowercase();
    let plain = !name.is_empty() && name.len() <= MAX_APP && !name.chars().any(char::is_control);
    plain.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_application_is_the_class_of_its_window() {
        assert_eq!(app(b"gedit\0Gedit\0").as_deref(), Some("gedit"));
        assert_eq!(app(b"Navigator\0Firefox\0").as_deref(), Some("firefox"));
        for none in [
            &b""[..],
            b"one",
            b"one\0",
            b"one\0\0",
            b"a\0b\nc\0",
            b"a\0\xff\0",
        ] {
            assert_eq!(app(none), None);
        }
    }
}

//! The line at the top of the screen that says what is being counted, and for which programme; or that it is off.
//!
//! It is always there, above all other windows. While it cannot be seen, nothing is counted. Where no window can be made,
//! the line goes to the terminal, each time that it changes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use x11rb::COPY_DEPTH_FROM_PARENT;
use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    ChangeGCAux, ChangeWindowAttributesAux, ConfigureWindowAux, ConnectionExt as _, CreateGCAux,
    CreateWindowAux, EventMask, Gcontext, StackMode, Visibility, Window, WindowClass,
};
use x11rb::wrapper::ConnectionExt as _;

use crate::Failure;
use crate::consent::Consent;
use crate::desk::Desk;
use crate::kind::Kind;

const HEIGHT: u16 = 22;
const BASELINE: i16 = 15;
const MARGIN: i16 = 8;
/// Time between two looks.
const LOOK: Duration = Duration::from_millis(50);
/// Red, green and blue from 0 to 255.
const ON: [u8; 3] = [0x9a, 0x34, 0x12];
const OFF: [u8; 3] = [0x37, 0x41, 0x51];
const INK: [u8; 3] = [0xff, 0xff, 0xff];

/// Whether the line can be seen.
#[derive(Default)]
pub struct Indicator(AtomicBool);

impl Indicator {
    /// Whether it can be seen now.
    pub fn is_shown(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// It cannot be seen any more.
    pub fn hide(&self) {
        self.0.store(false, Ordering::Release);
    }

    fn show(&self) {
        self.0.store(true, Ordering::Release);
    }
}

/// What the line says.
#[derive(PartialEq, Eq)]
struct Line {
    on: bool,
    text: String,
}

impl Line {
    fn now(consent: &Consent, program: &str, app: Option<&str>) -> Self {
        let counted = app.map(|app| {
            let allowed = Kind::ALL
                .into_iter()
                .filter(|kind| consent.allows(*kind, app));
            (app, allowed.map(Kind::words).collect::<Vec<_>>())
        });
        match counted.filter(|(_, kinds)| !kinds.is_empty()) {
            Some((app, kinds)) => Self {
                on: true,
                text: format!(
                    "Sayso: On. Counting {} in {app} for the programme {program}.",
                    kinds.join(", ")
                ),
            },
            None => Self {
                on: false,
                text: format!("Sayso: Off. Nothing is counted for the programme {program}."),
            },
        }
    }
}

/// Shows the line until the X server is gone.
///
/// # Errors
/// When it is.
pub fn run(indicator: &Indicator, consent: &Consent, program: &str) -> Result<(), Failure> {
    let desk = Desk::open()?;
    let strip = Strip::open(&desk);
    if let Err(error) = &strip {
        eprintln!("x11-collector: no window for the indicator ({error}): it is shown here.");
        indicator.show();
    }
    let mut shown: Option<Line> = None;
    // Never sent to: a wait that is no sleep of the whole thread's business.
    let (_never, tick) = channel::<()>();
    loop {
        let line = Line::now(consent, program, desk.focused_app()?.as_deref());
        let changed = shown.as_ref() != Some(&line);
        match &strip {
            Ok(strip) => strip.keep(indicator, &line, changed)?,
            Err(_) if changed => eprintln!("{}", line.text),
            Err(_) => {}
        }
        shown = Some(line);
        if !waited(&tick) {
            return Ok(());
        }
    }
}

fn waited(tick: &Receiver<()>) -> bool {
    tick.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout)
}

/// The window.
struct Strip<'a> {
    desk: &'a Desk,
    window: Window,
    ink: Gcontext,
    pixels: [u32; 2],
}

impl<'a> Strip<'a> {
    fn open(desk: &'a Desk) -> Result<Self, Failure> {
        let connection = &desk.connection;
        let screen = &connection.setup().roots[desk.screen];
        let pixel = |[red, green, blue]: [u8; 3]| -> Result<u32, Failure> {
            let wide = |part: u8| u16::from(part) * 257;
            let colours = screen.default_colormap;
            let colour = connection.alloc_color(colours, wide(red), wide(green), wide(blue))?;
            Ok(colour.reply()?.pixel)
        };
        let pixels = [pixel(OFF)?, pixel(ON)?];
        let window = connection.generate_id()?;
        let looks = CreateWindowAux::new()
            .override_redirect(1)
            .background_pixel(pixels[0])
            .event_mask(
                EventMask::EXPOSURE | EventMask::VISIBILITY_CHANGE | EventMask::STRUCTURE_NOTIFY,
            );
        let width = screen.width_in_pixels;
        connection
            .create_window(
                COPY_DEPTH_FROM_PARENT,
                window,
                screen.root,
                0,
                0,
                width,
                HEIGHT,
                0,
                WindowClass::INPUT_OUTPUT,
                screen.root_visual,
                &looks,
            )?
            .check()?;
        let font = connection.generate_id()?;
        connection.open_font(font, b"fixed")?.check()?;
        let ink = connection.generate_id()?;
        let pen = CreateGCAux::new().font(font).foreground(pixel(INK)?);
        connection.create_gc(ink, window, &pen)?.check()?;
        connection.map_window(window)?.check()?;
        Ok(Self {
            desk,
            window,
            ink,
            pixels,
        })
    }

    /// Sees to it that the line is there, on top, and says what is.
    fn keep(&self, indicator: &Indicator, line: &Line, changed: bool) -> Result<(), Failure> {
        let connection = &self.desk.connection;
        let mut draw = changed;
        while let Some(event) = connection.poll_for_event()? {
            match event {
                Event::Expose(_) => draw = true,
                Event::VisibilityNotify(event) if event.state == Visibility::UNOBSCURED => {
                    indicator.show();
                }
                Event::VisibilityNotify(_) => {
                    indicator.hide();
                    let top = ConfigureWindowAux::new().stack_mode(StackMode::ABOVE);
                    connection.configure_window(self.window, &top)?;
                }
                Event::UnmapNotify(_) => {
                    indicator.hide();
                    connection.map_window(self.window)?;
                }
                Event::DestroyNotify(_) => {
                    indicator.hide();
                    return Err("somebody closed the indicator".into());
                }
                _ => {}
            }
        }
        if draw {
            self.draw(line)?;
        }
        connection.flush()?;
        Ok(())
    }

    fn draw(&self, line: &Line) -> Result<(), Failure> {
        let connection = &self.desk.connection;
        let paper = self.pixels[usize::from(line.on)];
        let looks = ChangeWindowAttributesAux::new().background_pixel(paper);
        connection.change_window_attributes(self.window, &looks)?;
        connection.change_gc(self.ink, &ChangeGCAux::new().background(paper))?;
        connection.clear_area(false, self.window, 0, 0, 0, 0)?;
        // The server's own font knows Latin-1, and takes at most 255 characters.
        let text: Vec<u8> = line
            .text
            .chars()
            .map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?'))
            .take(255)
            .collect();
        connection.image_text8(self.window, self.ink, MARGIN, BASELINE, &text)?;
        // Also the way in which others read what a window is.
        connection.change_property8(
            x11rb::protocol::xproto::PropMode::REPLACE,
            self.window,
            x11rb::protocol::xproto::AtomEnum::WM_NAME,
            x11rb::protocol::xproto::AtomEnum::STRING,
            &text,
        )?;
        Ok(())
    }
}

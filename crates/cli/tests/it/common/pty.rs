//! A terminal for the binary, as wide as a test wants it.

use std::{
    fs::File,
    io::{Read, Write},
    os::fd::OwnedFd,
    process::{Command, Stdio},
};

use rustix::{
    fs::{Mode, OFlags, open},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{Winsize, tcsetwinsize},
};

/// What a command left on a terminal.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) code: i32,
    /// Stdout and stderr as they came, with what was typed.
    pub(crate) text: String,
}

impl Shown {
    /// The lines without control sequences.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.text.lines().map(plain).collect()
    }
}

/// Runs a command on a terminal of so many columns, on which somebody types this.
pub(crate) fn run(mut command: Command, columns: u16, typed: &str) -> Shown {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap();
    let slave: OwnedFd = open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
    let size = Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&slave, size).unwrap();
    let end = || Stdio::from(slave.try_clone().unwrap());
    command.stdin(end()).stdout(end()).stderr(end()).env("TERM", "xterm").env("USER", "ada");
    let mut child = command.spawn().unwrap();
    drop((command, slave));
    let mut master = File::from(master);
    master.write_all(typed.as_bytes()).unwrap();
    let (mut text, mut some) = (Vec::new(), [0; 4096]);
    // The last end of the terminal that closes ends the reading with an error.
    while let Ok(read) = master.read(&mut some) {
        if read == 0 {
            break;
        }
        text.extend_from_slice(&some[..read]);
    }
    let code = child.wait().unwrap().code().expect("no signal ended it");
    Shown { code, text: String::from_utf8(text).unwrap() }
}

/// The text without control sequences.
fn plain(line: &str) -> String {
    let mut shown = String::new();
    let mut characters = line.chars();
    while let Some(one) = characters.next() {
        match one {
            '\u{1b}' => {
                characters.find(|end| end.is_ascii_alphabetic());
            }
            '\r' => {}
            one => shown.push(one),
        }
    }
    shown
}

//! A terminal for the binary, as wide as a test wants it.

use std::{
    fs::File,
    io::{Read, Write},
    num::NonZero,
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

/// The two ends of a terminal.
fn terminal(rows: u16, columns: u16) -> (OwnedFd, OwnedFd) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap();
    let slave: OwnedFd = open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
    let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&slave, size).unwrap();
    (master, slave)
}

/// Runs a command on a terminal of so many columns, on which somebody types this.
pub(crate) fn run(mut command: Command, columns: u16, typed: &str) -> Shown {
    let (master, slave) = terminal(24, columns);
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

/// What was on the screen at one moment.
#[derive(Debug)]
pub(crate) struct Screen {
    pub(crate) lines: Vec<String>,
    /// The lines that were longer than the terminal is wide.
    pub(crate) too_wide: Vec<String>,
}

impl Screen {
    fn of(screen: &vt100::Screen) -> Self {
        let (_, columns) = screen.size();
        let lines: Vec<String> =
            screen.rows(0, columns.get()).map(|line| line.trim_end().to_owned()).collect();
        // Bars fill whole lines, and go on in the next one without an end of line.
        let bar = lines.iter().position(|line| line.contains(['█', '░'])).unwrap_or(lines.len());
        let wrapped = (0_u16..).zip(&lines).take(bar).filter(|(row, _)| screen.row_wrapped(*row));
        let too_wide = wrapped.map(|(_, line)| line.clone()).collect();
        let used = lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
        Self { lines: lines[..used].to_vec(), too_wide }
    }

    /// All of it, each line with its end.
    pub(crate) fn text(&self) -> String {
        self.lines.iter().map(|line| format!("{line}\n")).collect()
    }
}

/// A command on a terminal that somebody watched.
#[derive(Debug)]
pub(crate) struct Watched {
    pub(crate) code: i32,
    /// The screen each time that somebody typed, and at the end.
    pub(crate) screens: Vec<Screen>,
}

/// Runs a command on a terminal of so many columns. Each text is typed once the screen shows all that
/// stands before it; Ctrl-C is `\u{3}`.
pub(crate) fn watch(command: &Command, columns: u16, typed: &[(Vec<String>, String)]) -> Watched {
    // So that the screen shows all of it.
    const ROWS: u16 = 200;
    let (master, slave) = terminal(ROWS, columns);
    let end = || Stdio::from(slave.try_clone().unwrap());
    // Ctrl-C reaches only those whose terminal it is.
    let mut own = Command::new("setsid");
    own.args(["--ctty", "--wait"]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => own.env(name, value),
            None => own.env_remove(name),
        };
    }
    own.current_dir(command.get_current_dir().unwrap_or(std::path::Path::new(".")));
    own.stdin(end()).stdout(end()).stderr(end()).env("TERM", "xterm").env("USER", "ada");
    let mut child = own.spawn().expect("setsid of util-linux runs the command");
    drop((own, slave));
    let mut parser =
        vt100::Parser::new(NonZero::new(ROWS).unwrap(), NonZero::new(columns).unwrap(), 0);
    let (mut screens, mut typed, mut some) = (Vec::new(), typed.iter().peekable(), [0; 4096]);
    let mut master = File::from(master);
    while let Ok(read) = master.read(&mut some) {
        if read == 0 {
            break;
        }
        parser.process(&some[..read]);
        let shown = parser.screen().contents();
        if let Some((_, text)) =
            typed.next_if(|(seen, _)| seen.iter().all(|seen| shown.contains(seen)))
        {
            screens.push(Screen::of(parser.screen()));
            master.write_all(text.as_bytes()).unwrap();
        }
    }
    let left: Vec<_> = typed.collect();
    let screen = Screen::of(parser.screen());
    assert!(left.is_empty(), "the screen never showed {left:?}: {}", screen.text());
    screens.push(screen);
    Watched { code: child.wait().unwrap().code().expect("no signal ended it"), screens }
}

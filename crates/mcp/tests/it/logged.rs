//! What the server logs, whole.

use std::{
    io,
    sync::{Mutex, OnceLock},
};

use tracing_subscriber::fmt::MakeWriter;

/// Everything that was logged by any test of this program.
#[derive(Debug, Default)]
pub(crate) struct Log(Mutex<Vec<u8>>);

impl Log {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl io::Write for &Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for &'static Log {
    type Writer = &'static Log;

    fn make_writer(&'a self) -> Self::Writer {
        self
    }
}

/// Begins to keep what is logged.
pub(crate) fn logged() -> &'static Log {
    static LOG: OnceLock<Log> = OnceLock::new();
    static BEGUN: OnceLock<()> = OnceLock::new();
    let log: &'static Log = LOG.get_or_init(Log::default);
    BEGUN.get_or_init(|| {
        let level = tracing_subscriber::filter::LevelFilter::TRACE;
        let subscriber = tracing_subscriber::fmt().with_max_level(level).with_writer(log).finish();
        tracing::subscriber::set_global_default(subscriber).unwrap();
    });
    log
}

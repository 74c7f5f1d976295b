//! Counts what is read, and hands it on.

use std::sync::Arc;

use switchboard_core::ListedNumber;

use crate::{
    cell::Cells,
    refused::{Reason, Refused, count},
};

/// A number of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The number.
    pub number: ListedNumber,
    /// False if the list says that the number is not listed, as washed lists do.
    pub listed: bool,
}

/// Where the numbers of a file go.
pub(crate) struct Sink<'a> {
    take: &'a mut dyn FnMut(Entry),
    /// The current file of an archive.
    pub(crate) member: Option<Arc<str>>,
    pub(crate) cells: Cells,
    pub(crate) taken: u64,
    pub(crate) not_listed: u64,
    pub(crate) refused: Vec<Refused>,
    /// The area codes that the file states: bit `code` of +1.
    area_codes: Vec<bool>,
}

impl<'a> Sink<'a> {
    pub(crate) fn new(cells: Cells, take: &'a mut dyn FnMut(Entry)) -> Self {
        Self {
            take,
            member: None,
            cells,
            taken: 0,
            not_listed: 0,
            refused: Vec::new(),
            area_codes: vec![false; 1000],
        }
    }

    /// Takes the number that is in this cell, or refuses it.
    pub(crate) fn cell(&mut self, line: u64, cell: &str, listed: bool) {
        match self.cells.read(cell) {
            Ok(number) => self.number(number, listed),
            Err(reason) => self.refuse(line, reason),
        }
    }

    pub(crate) fn number(&mut self, number: ListedNumber, listed: bool) {
        *(if listed { &mut self.taken } else { &mut self.not_listed }) += 1;
        (self.take)(Entry { number, listed });
    }

    pub(crate) fn refuse(&mut self, line: u64, reason: Reason) {
        count(&mut self.refused, reason, self.member.as_ref(), line);
    }

    /// The file states that it has the numbers of this area code.
    pub(crate) fn states(&mut self, area_code: &[u8]) {
        let code = area_code.iter().fold(0, |code, digit| code * 10 + usize::from(digit - b'0'));
        if let Some(stated) = self.area_codes.get_mut(code) {
            *stated = true;
        }
    }

    /// The area codes that were stated, with their calling code.
    pub(crate) fn stated(&self) -> Vec<String> {
        let stated = self.area_codes.iter().enumerate().filter(|(_, stated)| **stated);
        stated.map(|(code, _)| format!("1{code:03}")).collect()
    }
}

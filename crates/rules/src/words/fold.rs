//! Brings text into the one form in which patterns are written and names are compared.

/// The text in lower case and without accents: words with one space between them, `,` where a
/// speaker pauses, and `.` where a sentence ends. `A.I.` is `ai`, and apostrophes and hyphens are
/// spaces: `L'IA de l'hôtel – bonjour !` is `l ia de l hotel, bonjour.`
pub(super) fn fold(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut folded = Folded::default();
    for (at, c) in chars.iter().copied().enumerate() {
        let next = chars.get(at + 1).copied();
        match c {
            '.' if folded.in_initials() && next.is_some_and(char::is_alphabetic) => {}
            '.' if folded.after_digit() && next.is_some_and(|c| c.is_ascii_digit()) => {
                folded.space();
            }
            '.' if ends_abbreviation(&chars[at + 1..]) => folded.space(),
            '.' | '!' | '?' | '…' | '\n' | ';' | '。' => folded.mark('.'),
            ',' | ':' | '–' | '—' | '(' | ')' => folded.mark(','),
            '-' if next.is_some_and(char::is_whitespace) && folded.after_space => folded.mark(','),
            c if is_combining(c) => {}
            c if c.is_alphanumeric() => folded.letter(c),
            _ => folded.space(),
        }
    }
    folded.text
}

/// A period ends no sentence where the same one goes on in lower case.
fn ends_abbreviation(rest: &[char]) -> bool {
    let next = rest.iter().find(|c| **c != ' ');
    next.is_some_and(|c| *c == ',' || c.is_lowercase())
}

const fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

#[derive(Default)]
struct Folded {
    text: String,
    /// The last character of the original was no letter, digit or mark.
    after_space: bool,
}

impl Folded {
    fn letter(&mut self, c: char) {
        if !self.text.is_empty() && (self.after_space || self.text.ends_with(['.', ','])) {
            self.text.push(' ');
        }
        self.after_space = false;
        for c in c.to_lowercase().filter(|c| !is_combining(*c)) {
            match plain(c) {
                Some(letters) => self.text.push_str(letters),
                None => self.text.push(c),
            }
        }
    }

    const fn space(&mut self) {
        self.after_space = true;
    }

    /// The stronger of two marks in a row remains.
    fn mark(&mut self, mark: char) {
        self.after_space = true;
        match self.text.chars().last() {
            None | Some('.') => {}
            Some(',') => {
                if mark == '.' {
                    self.text.pop();
                    self.text.push('.');
                }
            }
            Some(_) => self.text.push(mark),
        }
    }

    /// The last word is a single letter: a period after it joins it with the next one.
    fn in_initials(&self) -> bool {
        let last = self.text.rsplit(' ').next().unwrap_or_default();
        !self.after_space && last.chars().count() == 1 && last.chars().all(char::is_alphabetic)
    }

    fn after_digit(&self) -> bool {
        !self.after_space && self.text.ends_with(|c: char| c.is_ascii_digit())
    }
}

/// The plain letters of an accented one.
const fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => "a",
        'æ' => "ae",
        'ç' => "c",
        'è' | 'é' | 'ê' | 'ë' => "e",
        'ì' | 'í' | 'î' | 'ï' => "i",
        'ñ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => "o",
        'œ' => "oe",
        'ß' => "ss",
        'ù' | 'ú' | 'û' | 'ü' => "u",
        'ý' | 'ÿ' => "y",
        _ => return None,
    })
}

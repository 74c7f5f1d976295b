//! Finds a name in what was written or said.

use super::fold::fold;

/// Forms of companies that nobody says.
const FORMS: [&str; 26] = [
    "inc", "llc", "llp", "ltd", "limited", "corp", "plc", "co", "gmbh", "ag", "kg", "ug", "mbh",
    "se", "sa", "sl", "slu", "sas", "sarl", "srl", "spa", "lda", "ltda", "bv", "nv", "ohg",
];

/// Articles that merge with other words, or that are left out: `del Restaurante Luna`.
const ARTICLES: [&str; 15] =
    ["the", "el", "la", "los", "las", "le", "les", "l", "il", "lo", "i", "o", "os", "as", "das"];

/// How sure a name must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sure {
    /// Word for word, as in what somebody wrote.
    Written,
    /// Nearly, as in a transcript: a machine that listened may have spelt it otherwise.
    Heard,
}

/// True if the name is in the folded text.
pub(super) fn holds(folded: &str, name: &str, sure: Sure) -> bool {
    let text = plain(folded);
    let name = plain(&fold(name));
    let name = spoken(&name);
    if name.is_empty() {
        return false;
    }
    if format!(" {text} ").contains(&format!(" {name} ")) {
        return true;
    }
    sure == Sure::Heard && sounds_like(&text, name)
}

/// Without marks.
fn plain(folded: &str) -> String {
    folded.replace([',', '.'], "")
}

/// Without the article at its beginning and the form of the company at its end.
fn spoken(name: &str) -> &str {
    let article = name.split_once(' ').filter(|(first, _)| ARTICLES.contains(first));
    let mut rest = article.map_or(name, |(_, rest)| rest);
    while let Some((before, last)) = rest.rsplit_once(' ')
        && FORMS.contains(&last)
    {
        rest = before;
    }
    rest
}

/// True if some words together are nearly the name: one letter in five may differ.
fn sounds_like(text: &str, name: &str) -> bool {
    let letters: String = name.split(' ').collect();
    let length = letters.chars().count();
    let most = length / 5;
    let words: Vec<&str> = text.split(' ').collect();
    (0..words.len()).any(|from| {
        let mut window = String::new();
        words[from..].iter().any(|word| {
            window.push_str(word);
            let heard = window.chars().count();
            heard.abs_diff(length) <= most && strsim::levenshtein(&window, &letters) <= most
        })
    })
}

//! Characters that are not displayed: terminal control characters, layout controls and invisible
//! characters.

/// True for invisible Unicode format characters: direction marks, joiners, zero-width spaces, tags,
/// and also line and paragraph separators. Visible format characters, such as the Arabic number
/// sign, do not count.
///
/// ```
/// use switchboard_core::text::is_invisible;
///
/// assert!(is_invisible('\u{202e}') && !is_invisible('é'));
/// ```
pub const fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Returns what to print for a character: itself, a picture such as `␛` for a control character, or
/// `None` for an invisible one.
///
/// Tabs and line feeds are treated like other control characters. Code that prints several lines
/// has to handle them first.
pub fn visible(character: char) -> Option<char> {
    match character {
        _ if is_invisible(character) => None,
        '\u{7f}' => Some('\u{2421}'),
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(character)),
        '\u{80}'..='\u{9f}' => Some('\u{fffd}'),
        _ => Some(character),
    }
}

//! As much of JSON as a line of ours has: one object, without objects in it.

use std::borrow::Cow;

/// A value of the object.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value<'a> {
    /// A text as it stands, with its escapes: see [`unescaped`].
    Text(&'a str),
    /// A number; finite.
    Number(f64),
    /// What stands between the brackets of a list of numbers.
    List(&'a str),
    /// `true`, `false` or `null`.
    Word,
}

/// Reads an object and hands each of its members to `member`; nothing when it is none.
pub(super) fn read<'a>(text: &'a str, mut member: impl FnMut(&'a str, Value<'a>)) -> Option<()> {
    let mut cursor = Cursor {
        rest: text.as_bytes(),
        text,
    };
    cursor.take(b'{')?;
    if cursor.take(b'}').is_none() {
        loop {
            let name = cursor.string()?;
            cursor.take(b':')?;
            member(name, cursor.value()?);
            if cursor.take(b',').is_none() {
                break;
            }
        }
        cursor.take(b'}')?;
    }
    cursor.skip_space();
    cursor.rest.is_empty().then_some(())
}

/// Reads the numbers of a list.
pub(super) fn numbers(list: &str) -> impl Iterator<Item = Option<f64>> {
    list.split(',').map(|number| {
        let number: f64 = number.trim().parse().ok()?;
        number.is_finite().then_some(number)
    })
}

/// Returns what a text means; nothing when an escape is none.
pub(super) fn unescaped(text: &str) -> Option<Cow<'_, str>> {
    let Some(first) = text.find('\\') else {
        return Some(Cow::Borrowed(text));
    };
    let (before, mut rest) = text.split_at(first);
    let mut plain = before.to_owned();
    while let Some(escape) = rest.strip_prefix('\\') {
        let (character, behind) = escaped(escape)?;
        plain.push(character);
        let next = behind.find('\\').unwrap_or(behind.len());
        plain.push_str(&behind[..next]);
        rest = &behind[next..];
    }
    Some(Cow::Owned(plain))
}

/// Reads what stands behind a backslash, and returns what is left.
fn escaped(text: &str) -> Option<(char, &str)> {
    let character = match text.bytes().next()? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{C}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unicode(&text[1..]),
        _ => return None,
    };
    Some((character, &text[1..]))
}

fn unicode(text: &str) -> Option<(char, &str)> {
    let unit = |text: &str| u32::from_str_radix(text.get(..4)?, 16).ok();
    let first = unit(text)?;
    if !(0xD800..0xDC00).contains(&first) {
        return Some((char::from_u32(first)?, &text[4..]));
    }
    let second = text[4..].strip_prefix("\\u")?;
    let low = unit(second).filter(|low| (0xDC00..0xE000).contains(low))?;
    let code = 0x1_0000 + ((first - 0xD800) << 10) + (low - 0xDC00);
    Some((char::from_u32(code)?, &second[4..]))
}

struct Cursor<'a> {
    text: &'a str,
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    fn skip_space(&mut self) {
        while let [b' ' | b'\t' | b'\r', rest @ ..] = self.rest {
            self.rest = rest;
        }
    }

    /// Takes a character, if it comes next.
    fn take(&mut self, byte: u8) -> Option<()> {
        self.skip_space();
        self.rest = self.rest.strip_prefix(&[byte])?;
        Some(())
    }

    fn value(&mut self) -> Option<Value<'a>> {
        self.skip_space();
        match self.rest.first()? {
            b'"' => self.string().map(Value::Text),
            b'[' => self.list().map(Value::List),
            b'-' | b'0'..=b'9' => {
                let number = self.while_any(|byte| {
                    byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E')
                });
                let number: f64 = number.parse().ok()?;
                number.is_finite().then_some(Value::Number(number))
            }
            _ => {
                let word = self.while_any(|byte| byte.is_ascii_lowercase());
                matches!(word, "true" | "false" | "null").then_some(Value::Word)
            }
        }
    }

    fn string(&mut self) -> Option<&'a str> {
        self.take(b'"')?;
        let begin = self.position();
        loop {
            match self.rest {
                [b'"', rest @ ..] => {
                    let text = &self.text[begin..self.position()];
                    self.rest = rest;
                    return Some(text);
                }
                [b'\\', _, rest @ ..] => self.rest = rest,
                [byte, rest @ ..] if *byte >= b' ' => self.rest = rest,
                _ => return None,
            }
        }
    }

    fn list(&mut self) -> Option<&'a str> {
        self.take(b'[')?;
        let list = self.while_any(|byte| byte != b']');
        self.take(b']')?;
        Some(list)
    }

    fn while_any(&mut self, fits: impl Fn(u8) -> bool) -> &'a str {
        let begin = self.position();
        let end = self.rest.iter().position(|byte| !fits(*byte));
        self.rest = &self.rest[end.unwrap_or(self.rest.len())..];
        &self.text[begin..self.position()]
    }

    fn position(&self) -> usize {
        self.text.len() - self.rest.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(text: &str) -> Option<String> {
        let mut all = Vec::new();
        read(text, |name, value| all.push(format!("{name}={value:?};")))?;
        Some(all.concat())
    }

    #[test]
    fn an_object_is_read_member_by_member() {
        assert_eq!(members("{}").as_deref(), Some(""));
        assert_eq!(
            members(r#" { "a" : "x\"y" , "b":-1.5e1,"c":[1, 2],"d":null,"e":[] } "#).as_deref(),
            Some(r#"a=Text("x\\\"y");b=Number(-15.0);c=List("1, 2");d=Word;e=List("");"#)
        );
    }

    #[test]
    fn what_is_no_flat_object_is_none() {
        for text in [
            "",
            "{",
            "{}x",
            "[]",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "{\"a\":{}}",
            "{\"a\":1 \"b\":2}",
            "{\"a\":nul}",
            "{\"a\":1e999}",
            "{\"a\":-}",
            "{\"a\":\"x",
            "null",
            "{\"a\":[1}",
            "{\"a\":\"\u{1}\"}",
            "{\"a\":\"x\\\"}",
            "{\"a\":+1}",
        ] {
            assert_eq!(members(text), None, "{text:?}");
        }
    }

    #[test]
    fn escapes_mean_what_they_mean() {
        let plain = |text| unescaped(text).map(Cow::into_owned);
        assert_eq!(plain("SpO2 low").as_deref(), Some("SpO2 low"));
        assert_eq!(
            plain(r#"a\"b\\c\/d\nA\u00e9\ud83d\ude00!"#).as_deref(),
            Some("a\"b\\c/d\nA\u{e9}\u{1f600}!")
        );
        for text in [
            r"\x",
            "\\",
            r"\u00",
            r"\ud83d",
            r"\ud83dx",
            r"\ud83d\u0041",
            r"\udc00",
            "\\u0\u{e9}1",
        ] {
            assert_eq!(plain(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_list_has_numbers_and_nothing_else() {
        let list = |text| numbers(text).collect::<Option<Vec<f64>>>();
        assert_eq!(list("1, -2.5,3e2"), Some(vec![1.0, -2.5, 300.0]));
        for text in ["", "1,", "x", "1 2", "inf", "\"1\""] {
            assert_eq!(list(text), None, "{text:?}");
        }
    }
}

//! Near misses of names.

/// Shorter texts are part of too much.
const PART_MIN: usize = 3;

/// Returns `; did you mean nonin?`, or nothing when no name is near, or more than one as near.
pub(crate) fn did_you_mean<'n>(text: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    nearest(text, &names).map_or_else(String::new, |name| format!("; did you mean {name}?"))
}

/// Says that there is nothing of that name, what there is, and what was meant.
pub(crate) fn no_such<'n>(
    text: &str,
    what: &str,
    there_are: impl IntoIterator<Item = &'n str>,
) -> String {
    let there_are: Vec<&str> = there_are.into_iter().collect();
    let meant = did_you_mean(text, there_are.iter().copied());
    let there_are = there_are.join(", ");
    format!("{text:?} is no {what}; there are: {there_are}{meant}")
}

/// Returns the name that was meant: the one with a letter wrong, one in four at most; or the one
/// that the text is a part of.
fn nearest<'n>(text: &str, names: &[&'n str]) -> Option<&'n str> {
    let text = folded(text);
    let far = match text.len() {
        0..PART_MIN => return None,
        length => (length / 4).max(1),
    };
    let distances = names.iter().map(|name| distance(&text, &folded(name)));
    let distances: Vec<usize> = distances.collect();
    let least = distances.iter().min().copied()?;
    if least <= far {
        let near = names.iter().zip(&distances);
        return only(near.filter(|(_, distance)| **distance == least)).map(|(name, _)| *name);
    }
    let whole = |name: &&&str| {
        let name = folded(name);
        name.windows(text.len()).any(|part| part == text)
    };
    only(names.iter().filter(whole)).copied()
}

/// Returns what there is if there is one of it.
fn only<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    let first = items.next();
    if items.next().is_some() { None } else { first }
}

/// Returns the letters and digits, without case.
fn folded(text: &str) -> Vec<char> {
    let letters = text.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// Returns how many letters are wrong, missing, too many or changed places with their neighbours
/// (optimal string alignment).
fn distance(from: &[char], to: &[char]) -> usize {
    let mut rows: Vec<Vec<usize>> = vec![(0..=to.len()).collect()];
    for (i, a) in from.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in to.iter().enumerate() {
            let other = usize::from(a != b);
            let mut least = (rows[i][j] + other).min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == to[j - 1] && from[i - 1] == *b {
                least = least.min(rows[i - 1][j - 1] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[from.len()][to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRIVERS: [&str; 3] = ["ge-v100", "nonin", "capnostream20"];

    #[test]
    fn a_name_with_a_letter_wrong_is_known() {
        for (text, meant) in [
            ("nonim", "nonin"),
            ("Nonin", "nonin"),
            ("noinn", "nonin"),
            ("GE_V100", "ge-v100"),
            ("v100", "ge-v100"),
            ("capnostream", "capnostream20"),
            ("capnostraem20", "capnostream20"),
        ] {
            let told = did_you_mean(text, DRIVERS);
            assert_eq!(told, format!("; did you mean {meant}?"), "{text}");
        }
    }

    #[test]
    fn a_name_that_is_far_from_all_is_not_guessed() {
        for text in ["", "n", "no", "masimo", "philips", "\u{df}\u{df}\u{df}"] {
            assert_eq!(did_you_mean(text, DRIVERS), "", "{text}");
        }
        // As near to one as to the other.
        assert_eq!(did_you_mean("room-3", ["room-1", "room-2"]), "");
    }

    #[test]
    fn the_distance_counts_each_slip_once() {
        let distance = |a: &str, b: &str| distance(&folded(a), &folded(b));
        assert_eq!(distance("nurse", "nurse"), 0);
        assert_eq!(distance("nures", "nurse"), 1);
        assert_eq!(distance("nurs", "nurse"), 1);
        assert_eq!(distance("nursee", "nurse"), 1);
        assert_eq!(distance("", "nurse"), 5);
        assert_eq!(distance("doctor", "nurse"), 6);
    }
}

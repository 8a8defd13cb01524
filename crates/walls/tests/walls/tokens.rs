//! Reading Rust's tokens: attributes, items, paths, calls.

use proc_macro2::{Delimiter, Group, TokenTree};

use crate::source::{Call, Named};

/// What stands in the brackets of the outer attribute that `tokens` start with.
pub(crate) fn attribute(tokens: &[TokenTree]) -> Option<&Group> {
    match tokens {
        [hash, TokenTree::Group(group), ..] if is_sign(hash, '#') => brackets(group),
        _ => None,
    }
}

/// What stands in the brackets of the inner attribute that `tokens` start with.
pub(crate) fn inner_attribute(tokens: &[TokenTree]) -> Option<&Group> {
    match tokens {
        [hash, bang, TokenTree::Group(group), ..] if is_sign(hash, '#') && is_sign(bang, '!') => {
            brackets(group)
        }
        _ => None,
    }
}

fn brackets(group: &Group) -> Option<&Group> {
    (group.delimiter() == Delimiter::Bracket).then_some(group)
}

/// `test`, `cfg(test)`, `cfg(all(…, test, …))`.
pub(crate) fn is_for_tests(attribute: &Group) -> bool {
    match inside(attribute).as_slice() {
        [only] => is_word(only, "test"),
        [cfg, TokenTree::Group(when)] if is_word(cfg, "cfg") => match inside(when).as_slice() {
            [only] => is_word(only, "test"),
            [all, TokenTree::Group(parts)] => {
                is_word(all, "all") && inside(parts).iter().any(|part| is_word(part, "test"))
            }
            _ => false,
        },
        _ => false,
    }
}

/// One past the item (or field) whose first attribute is at `start`.
pub(crate) fn item_end(tokens: &[TokenTree], start: usize) -> usize {
    const ITEMS: [&str; 14] = [
        "mod", "fn", "use", "impl", "struct", "enum", "const", "static", "type", "trait", "pub",
        "unsafe", "async", "extern",
    ];
    let mut at = start;
    while attribute(&tokens[at..]).is_some() {
        at += 2;
    }
    let is_item = tokens
        .get(at)
        .is_some_and(|token| ITEMS.iter().any(|word| is_word(token, word)));
    while let Some(token) = tokens.get(at) {
        at += 1;
        let ends = match token {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            token => is_sign(token, ';') || (is_sign(token, ',') && !is_item),
        };
        if ends {
            break;
        }
    }
    at
}

/// Every path: two segments or more, and everything that `use` brings in.
pub(crate) fn paths(tokens: &[TokenTree], found: &mut Vec<Named>) {
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token {
            // Not `+ use<'a>`, which names no path.
            TokenTree::Ident(word)
                if word == "use" && !tokens.get(at + 1).is_some_and(|t| is_sign(t, '<')) =>
            {
                let length = tokens[at..].iter().position(|token| is_sign(token, ';'));
                let end = length.map_or(tokens.len(), |length| at + length);
                use_tree(&tokens[at + 1..end], &[], found);
                at = end;
            }
            TokenTree::Ident(first) => {
                let line = first.span().start().line;
                let mut segments = vec![first.to_string()];
                while let [a, b, TokenTree::Ident(next), ..] = &tokens[at + 1..]
                    && is_sign(a, ':')
                    && is_sign(b, ':')
                {
                    segments.push(next.to_string());
                    at += 3;
                }
                if segments.len() > 1 {
                    found.push(Named { line, segments });
                }
            }
            TokenTree::Group(group) => paths(&inside(group), found),
            _ => {}
        }
        at += 1;
    }
}

fn use_tree(tree: &[TokenTree], prefix: &[String], found: &mut Vec<Named>) {
    for branch in tree.split(|token| is_sign(token, ',')) {
        let mut segments = prefix.to_vec();
        let (mut line, mut branches) = (None, None);
        for token in branch {
            match token {
                TokenTree::Ident(word) if word == "as" => break,
                TokenTree::Ident(word) => {
                    segments.push(word.to_string());
                    line = Some(word.span().start().line);
                }
                TokenTree::Group(group) => branches = Some(inside(group)),
                _ => {}
            }
        }
        match (branches, line) {
            (Some(inner), _) => use_tree(&inner, &segments, found),
            (None, Some(line)) => found.push(Named { line, segments }),
            (None, None) => {}
        }
    }
}

/// Every method call.
pub(crate) fn calls(tokens: &[TokenTree], found: &mut Vec<Call>) {
    for window in tokens.windows(3) {
        if let [dot, TokenTree::Ident(method), TokenTree::Group(given)] = window
            && is_sign(dot, '.')
            && given.delimiter() == Delimiter::Parenthesis
        {
            let line = method.span().start().line;
            let given = inside(given);
            let arguments = given
                .split(|token| is_sign(token, ','))
                .filter(|argument| !argument.is_empty())
                .count();
            found.push(Call {
                line,
                method: method.to_string(),
                arguments,
            });
        }
    }
    groups(tokens, |inner| calls(inner, found));
}

/// Every macro call.
pub(crate) fn macros(tokens: &[TokenTree], found: &mut Vec<(usize, String)>) {
    for window in tokens.windows(3) {
        if let [TokenTree::Ident(name), bang, TokenTree::Group(_)] = window
            && is_sign(bang, '!')
        {
            found.push((name.span().start().line, name.to_string()));
        }
    }
    groups(tokens, |inner| macros(inner, found));
}

/// Every identifier.
pub(crate) fn identifiers(tokens: &[TokenTree], found: &mut Vec<(usize, String)>) {
    for token in tokens {
        match token {
            TokenTree::Ident(name) => found.push((name.span().start().line, name.to_string())),
            TokenTree::Group(group) => identifiers(&inside(group), found),
            _ => {}
        }
    }
}

/// Every text, as it is written between its quotes.
pub(crate) fn texts(tokens: &[TokenTree], found: &mut Vec<(usize, String)>) {
    for token in tokens {
        match token {
            TokenTree::Literal(literal) => {
                let written = literal.to_string();
                let quoted = written.trim_start_matches(['r', 'b', '#']);
                let text = quoted.trim_end_matches('#').strip_prefix('"');
                if let Some(text) = text.and_then(|text| text.strip_suffix('"')) {
                    found.push((literal.span().start().line, text.to_owned()));
                }
            }
            TokenTree::Group(group) => texts(&inside(group), found),
            _ => {}
        }
    }
}

/// Every word that is used: identifiers and the words of texts, apart from what `use` brings in and comments say.
pub(crate) fn words(tokens: &[TokenTree], found: &mut Vec<String>) {
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let comment = |group: &Group| inside(group).first().is_some_and(|t| is_word(t, "doc"));
        if attribute(&tokens[at..]).is_some_and(comment) {
            at += 2;
            continue;
        }
        if inner_attribute(&tokens[at..]).is_some_and(comment) {
            at += 3;
            continue;
        }
        match token {
            TokenTree::Ident(word)
                if word == "use" && !tokens.get(at + 1).is_some_and(|t| is_sign(t, '<')) =>
            {
                let length = tokens[at..].iter().position(|token| is_sign(token, ';'));
                at = length.map_or(tokens.len(), |length| at + length);
            }
            TokenTree::Ident(word) => found.push(word.to_string()),
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
                found.extend(words.filter(|word| !word.is_empty()).map(str::to_owned));
            }
            TokenTree::Group(group) => words(&inside(group), found),
            _ => {}
        }
        at += 1;
    }
}

fn groups(tokens: &[TokenTree], mut each: impl FnMut(&[TokenTree])) {
    for token in tokens {
        if let TokenTree::Group(group) = token {
            each(&inside(group));
        }
    }
}

/// The tokens between a group's brackets.
pub(crate) fn inside(group: &Group) -> Vec<TokenTree> {
    group.stream().into_iter().collect()
}

/// Whether the token is this punctuation mark.
pub(crate) fn is_sign(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(mark) if mark.as_char() == sign)
}

/// Whether the token is this word.
pub(crate) fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(name) if name == word)
}

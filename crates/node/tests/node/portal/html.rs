//! Reads tables and links out of a page, as a person would: texts, without the markup.

/// One thing after the other.
enum Piece<'a> {
    Tag(&'a str),
    Text(&'a str),
}

fn pieces(mut html: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    while let Some(start) = html.find('<') {
        pieces.push(Piece::Text(&html[..start]));
        let end = start + html[start..].find('>').unwrap();
        pieces.push(Piece::Tag(&html[start + 1..end]));
        html = &html[end + 1..];
    }
    pieces.push(Piece::Text(html));
    pieces
}

/// Texts of the elements with one of these names, such as `td`, in their order.
pub(crate) fn texts(html: &str, names: &[&str]) -> Vec<String> {
    let mut texts = Vec::new();
    let mut open: Option<(String, String)> = None;
    for piece in pieces(html) {
        match (piece, &mut open) {
            (Piece::Tag(tag), None) => {
                let name = tag.split_whitespace().next().unwrap_or_default();
                if names.contains(&name) {
                    open = Some((name.to_owned(), String::new()));
                }
            }
            (Piece::Tag(tag), Some((name, text))) if tag == format!("/{name}") => {
                texts.push(unescaped(
                    &text.split_whitespace().collect::<Vec<_>>().join(" "),
                ));
                open = None;
            }
            (Piece::Tag(_), Some((_, text))) => text.push(' '),
            (Piece::Text(more), Some((_, text))) => text.push_str(more),
            (Piece::Text(_), None) => {}
        }
    }
    texts
}

/// The rows of the table with this caption, below its head: the texts of their cells that aren't empty.
pub(crate) fn table(html: &str, caption: &str) -> Vec<Vec<String>> {
    let of = |table: &&str| {
        texts(table, &["caption"])
            .first()
            .is_some_and(|one| one == caption)
    };
    let found = html.split("<table").skip(1).find(of);
    let table = found.unwrap_or_else(|| panic!("no table `{caption}`"));
    let table = table.split("</table>").next().unwrap();
    let rows = table
        .split("<tr")
        .skip(1)
        .map(|row| texts(row, &["th", "td"]));
    let rows = rows.map(|row| row.into_iter().filter(|cell| !cell.is_empty()).collect());
    rows.skip(usize::from(table.contains("<thead"))).collect()
}

/// The addresses that a page links to.
pub(crate) fn links(html: &str) -> Vec<String> {
    let links = html.split(" href=\"").skip(1);
    links
        .map(|link| unescaped(link.split('"').next().unwrap()))
        .collect()
}

/// Of the ways to write a character, those that the templates use.
pub(crate) fn unescaped(text: &str) -> String {
    let pairs = [
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ];
    pairs
        .iter()
        .fold(text.to_owned(), |text, (written, meant)| {
            text.replace(written, meant)
        })
}

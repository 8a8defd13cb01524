//! Writing HTML: whatever comes from a contract is escaped.

use std::fmt::Write;

/// A page being written.
#[derive(Default)]
pub(super) struct Page {
    out: String,
}

/// Text that can stand in an element or an attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

impl Page {
    /// Markup of our own.
    pub(super) fn raw(&mut self, markup: &str) -> &mut Self {
        self.out.push_str(markup);
        self
    }

    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.out.push_str(&escaped(text));
        self
    }

    pub(super) fn element(&mut self, tag: &str, text: &str) -> &mut Self {
        self.write(format_args!("<{tag}>{}</{tag}>\n", escaped(text)))
    }

    pub(super) fn classed(&mut self, tag: &str, class: &str, text: &str) -> &mut Self {
        self.write(format_args!(
            "<{tag} class=\"{class}\">{}</{tag}>\n",
            escaped(text)
        ))
    }

    pub(super) fn term(&mut self, term: &str, text: &str) -> &mut Self {
        let (term, text) = (escaped(term), escaped(text));
        self.write(format_args!("<div><dt>{term}</dt><dd>{text}</dd></div>\n"))
    }

    pub(super) fn term_code(&mut self, term: &str, text: &str) -> &mut Self {
        let (term, text) = (escaped(term), escaped(text));
        self.write(format_args!(
            "<div><dt>{term}</dt><dd><code>{text}</code></dd></div>\n"
        ))
    }

    /// The law that something rests on, when it is said.
    pub(super) fn law(&mut self, law: Option<&str>) -> &mut Self {
        match law {
            Some(law) => self.classed("p", "law", law),
            None => self,
        }
    }

    /// What the author says beside the text.
    pub(super) fn notes<'n>(&mut self, notes: impl Iterator<Item = &'n str>) {
        let notes: Vec<&str> = notes.filter(|note| !note.is_empty()).collect();
        if !notes.is_empty() {
            self.classed("p", "note", &notes.join(" "));
        }
    }

    /// Links to parts of the page, by the kind of part and its name.
    pub(super) fn links<'n>(&mut self, parts: impl Iterator<Item = (&'n str, &'n str)>) {
        for (i, (part, name)) in parts.enumerate() {
            let comma = if i > 0 { ", " } else { "" };
            let name = escaped(name);
            self.write(format_args!("{comma}<a href=\"#{part}-{name}\">{name}</a>"));
        }
    }

    pub(super) fn write(&mut self, text: std::fmt::Arguments<'_>) -> &mut Self {
        // Writing into a text can't fail.
        let _ = self.out.write_fmt(text);
        self
    }

    pub(super) fn finish(self) -> String {
        self.out
    }
}

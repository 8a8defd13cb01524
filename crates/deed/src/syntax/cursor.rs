//! A place in a run of tokens, with the few questions that every part of the grammar asks.

use crate::limits::NESTING_MAX;
use crate::near::did_you_mean;

use super::ast::{Name, Text};
use super::token::{Problem, Span, Tok, Token};
use super::words;

pub(crate) struct Cursor<'t> {
    tokens: &'t [Token<'t>],
    pos: usize,
    depth: usize,
    end: Token<'t>,
}

impl<'t> Cursor<'t> {
    pub(crate) fn new(tokens: &'t [Token<'t>]) -> Self {
        let at = tokens.last().map_or(0, |t| t.span.end);
        let start = tokens.last().map_or(0, |t| t.span.start);
        // A caret needs something to point at: the last token when nothing follows it.
        let end = Token {
            tok: Tok::End,
            span: Span::new(start.min(at), at),
        };
        Self {
            tokens,
            pos: 0,
            depth: 0,
            end,
        }
    }

    pub(crate) fn peek(&self) -> Tok<'t> {
        self.token(0).tok
    }

    pub(crate) fn token(&self, ahead: usize) -> Token<'t> {
        let token = self.tokens.get(self.pos + ahead);
        token.copied().unwrap_or(self.end)
    }

    pub(crate) fn span(&self) -> Span {
        self.token(0).span
    }

    pub(crate) fn advance(&mut self) -> Token<'t> {
        let token = self.token(0);
        self.pos += 1;
        token
    }

    /// The place of the token just taken.
    pub(crate) fn before(&self) -> Span {
        let before = self.pos.checked_sub(1).and_then(|i| self.tokens.get(i));
        before.unwrap_or(&self.end).span
    }

    /// Whether the token just taken is this mark.
    pub(crate) fn after_mark(&self, mark: &str) -> bool {
        let before = self.pos.checked_sub(1).and_then(|i| self.tokens.get(i));
        before.is_some_and(|t| matches!(t.tok, Tok::Punct(m) if m == mark))
    }

    pub(crate) fn at_end(&self) -> bool {
        self.peek() == Tok::End
    }

    pub(crate) fn at_mark(&self, mark: &str) -> bool {
        matches!(self.peek(), Tok::Punct(m) if m == mark)
    }

    pub(crate) fn at_word(&self, word: &str) -> bool {
        self.word_ahead(0, word)
    }

    pub(crate) fn word_ahead(&self, ahead: usize, word: &str) -> bool {
        matches!(self.token(ahead).tok, Tok::Name(name) if name == word)
    }

    /// How many line breaks stand here.
    fn breaks(&self) -> usize {
        let ahead = (0..).take_while(|i| self.token(*i).tok == Tok::Break);
        ahead.count()
    }

    pub(crate) fn skip_breaks(&mut self) {
        self.pos += self.breaks();
    }

    /// Skips line breaks when the clause goes on with `word` after them.
    pub(crate) fn eat_word(&mut self, word: &str) -> bool {
        let breaks = self.breaks();
        let found = self.word_ahead(breaks, word);
        if found {
            self.pos += breaks + 1;
        }
        found
    }

    pub(crate) fn eat_mark(&mut self, mark: &str) -> bool {
        let found = self.at_mark(mark);
        self.pos += usize::from(found);
        found
    }

    pub(crate) fn expect_word(&mut self, word: &str) -> Result<(), Problem> {
        if self.eat_word(word) {
            Ok(())
        } else {
            Err(self.expected(&format!("`{word}`")))
        }
    }

    pub(crate) fn expect_mark(&mut self, mark: &str) -> Result<(), Problem> {
        if self.eat_mark(mark) {
            Ok(())
        } else {
            Err(self.expected(&format!("`{mark}`")))
        }
    }

    /// "Expected this, found that", with the near miss when a word was meant.
    pub(crate) fn expected(&self, what: &str) -> Problem {
        let found = self.peek().describe();
        let help = match self.peek() {
            Tok::Name(name) => did_you_mean(name, [what.trim_matches('`')]),
            _ => None,
        };
        // At the end of a line, what is missing is missing there, and not in the next line.
        let span = match self.peek() {
            Tok::Break => self.before(),
            _ => self.span(),
        };
        Problem::new(
            span,
            format!("expected {what}, found {found}"),
            format!("expected {what}"),
        )
        .help(help)
    }

    /// One of several words, or a problem that suggests the nearest.
    pub(crate) fn unknown_word(&self, what: &str, words: &[&str]) -> Problem {
        let found = self.peek().describe();
        let help = match self.peek() {
            Tok::Name(name) => {
                let firsts = words.iter().map(|w| w.split(' ').next().unwrap_or(w));
                did_you_mean(name, firsts)
            }
            _ => None,
        };
        let listed = format!("here stand {}", words.join(", "));
        Problem::new(
            self.span(),
            format!("{found} does not begin {what}"),
            "not understood",
        )
        .help(help.or(Some(listed)))
    }

    pub(crate) fn name(&mut self, what: &str) -> Result<Name, Problem> {
        match self.peek() {
            Tok::Name(name) => {
                let span = self.advance().span;
                let text = name.to_owned();
                Ok(Name { text, span })
            }
            _ => Err(self.expected(what)),
        }
    }

    /// A name, or one of another contract: `cash.Cash`.
    pub(crate) fn qualified(&mut self, what: &str) -> Result<Name, Problem> {
        let mut name = self.name(what)?;
        if self.at_mark(".") && matches!(self.token(1).tok, Tok::Name(_)) {
            self.advance();
            let inner = self.name(what)?;
            name.text = format!("{}.{}", name.text, inner.text);
            name.span = name.span.to(inner.span);
        }
        Ok(name)
    }

    /// A name that the contract introduces: not a word of the language.
    pub(crate) fn new_name(&mut self, what: &str) -> Result<Name, Problem> {
        let name = self.name(what)?;
        if words::find(&name.text).is_some_and(|word| word.reserved) {
            let message = format!(
                "`{}` is a word of the language and can't be a name",
                name.text
            );
            return Err(Problem::new(name.span, message, "choose another name"));
        }
        Ok(name)
    }

    /// One or more texts, joined by spaces.
    pub(crate) fn text(&mut self, what: &str) -> Result<Text, Problem> {
        let mut text: Option<String> = None;
        let mut span = self.span();
        loop {
            let breaks = self.breaks();
            let Tok::Text(part) = self.token(breaks).tok else {
                break;
            };
            match &mut text {
                Some(text) => text.extend([" ", part]),
                None => text = Some(part.to_owned()),
            }
            span = span.to(self.token(breaks).span);
            self.pos += breaks + 1;
        }
        match text {
            Some(text) => Ok(Text { text, span }),
            None => Err(self.expected(what)),
        }
    }

    /// `law "..."`, when it stands here.
    pub(crate) fn law(&mut self) -> Result<Option<String>, Problem> {
        if self.eat_word("law") {
            let law = self.text("the law in quotes")?;
            if law.text.trim().is_empty() {
                return Err(Problem::new(law.span, "a law has a name", "no words"));
            }
            return Ok(Some(law.text));
        }
        Ok(None)
    }

    pub(crate) fn int(&mut self, what: &str) -> Result<i64, Problem> {
        match self.peek() {
            Tok::Int(value) => {
                self.pos += 1;
                Ok(value)
            }
            _ => Err(self.expected(what)),
        }
    }

    /// `policies for name` and `scenarios for name`: a text about this contract.
    pub(crate) fn about(&mut self, word: &str, contract: &str) -> Result<(), Problem> {
        self.expect_word(word)?;
        self.expect_word("for")?;
        let name = self.name("the contract's name")?;
        self.finish()?;
        if name.text == contract {
            return Ok(());
        }
        let message = format!("the contract is {contract}, not {}", name.text);
        Err(Problem::new(name.span, message, "another contract"))
    }

    /// Comma-separated items; a line may end after a comma.
    pub(crate) fn list<T>(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<T, Problem>,
    ) -> Result<Vec<T>, Problem> {
        let mut items = vec![item(self)?];
        while self.eat_mark(",") {
            self.skip_breaks();
            items.push(item(self)?);
        }
        Ok(items)
    }

    pub(crate) fn finish(&mut self) -> Result<(), Problem> {
        let breaks = self.breaks();
        if self.token(breaks).tok == Tok::End {
            return Ok(());
        }
        self.pos += breaks;
        let problem = self.expected("the end of the clause");
        if breaks > 0 {
            let help = "a line further in than the one above continues it";
            return Err(problem.help(help.to_owned()));
        }
        Err(problem)
    }

    /// Runs `inner` one level deeper, up to the limit.
    pub(crate) fn deeper<T>(
        &mut self,
        inner: impl FnOnce(&mut Self) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        if self.depth >= NESTING_MAX {
            let message = format!("an expression is nested at most {NESTING_MAX} levels deep");
            return Err(Problem::new(self.span(), message, "too deep"));
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }
}

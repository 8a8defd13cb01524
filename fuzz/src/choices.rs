//! Choices out of bytes.

/// Bytes that are used up by choices; nothing but noughts afterwards.
pub struct Bytes<'b>(pub &'b [u8]);

impl Bytes<'_> {
    /// A number below the end.
    pub fn below(&mut self, end: usize) -> usize {
        let mut number = 0;
        let mut reach = 1;
        while reach < end {
            let Some((first, rest)) = self.0.split_first() else {
                break;
            };
            self.0 = rest;
            number = number * 256 + usize::from(*first);
            reach *= 256;
        }
        number % end.max(1)
    }

    /// One of a choice that is not empty.
    pub fn one_of<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        &all[self.below(all.len())]
    }
}

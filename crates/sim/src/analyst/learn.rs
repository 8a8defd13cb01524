//! What the analyst learns where the truth is told, and what it answers where it isn't.

use std::collections::BTreeMap;

use ledger::Digest;
use ledger::validity::Home;

use super::evidence::Evidence;
use super::question::{Candidate, FACETS, Facets, Puzzle, Question};
use super::recipe::{Lore, Pair, Recipe, find};
use super::strings::{Role, Strings};

/// How many pairs stand behind a guess before any was seen.
const DOUBT: f64 = 20.0;
/// By how many standard deviations something in the bytes must differ to be taken for more than chance.
const PROVEN: f64 = 4.0;

/// What the analyst makes of differences in the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Belief {
    /// It goes by those that are hardly chance.
    Proven,
    /// It goes by all of them, and so by chance too.
    All,
}

impl Belief {
    fn deviations(self) -> f64 {
        match self {
            Self::Proven => PROVEN,
            Self::All => 0.0,
        }
    }
}

/// Something seen of a token and a candidate: what, and how it looks.
type Sign = (usize, [u8; 3]);

/// Where signs of each sort begin.
const DISTANCE: usize = 10;
const ORDER: usize = 20;
const RECIPES: usize = 100;

/// How often something was seen of true pairs and of all.
#[derive(Default)]
struct Counts(BTreeMap<Sign, (f64, f64)>);

impl Counts {
    fn add(&mut self, seen: Sign, is_true: bool) {
        let (of_true, of_all) = self.0.entry(seen).or_default();
        *of_true += f64::from(u8::from(is_true));
        *of_all += 1.0;
    }

    /// By how much a true pair is likelier when this is seen, as a logarithm; `overall` is the share of true pairs.
    fn weight(&self, seen: Sign, overall: f64, believed: f64) -> f64 {
        let (of_true, of_all) = self.0.get(&seen).copied().unwrap_or_default();
        let expected = of_all * overall;
        if (of_true - expected).abs() < believed * expected.sqrt() {
            return 0.0;
        }
        ((of_true + DOUBT * overall) / (of_all + DOUBT) / overall).ln()
    }
}

/// What was learnt about one question.
pub struct Learnt {
    question: Question,
    home: Option<Home>,
    recipes: Vec<Recipe>,
    overall: f64,
    plain: Counts,
    bytes: Counts,
    /// How much each facet counts: with all of them in full, age would count twice.
    shares: [f64; FACETS],
}

impl Learnt {
    /// Learns from worlds whose truth is told.
    #[must_use]
    pub fn from(question: Question, lore: &Lore, known: &[Evidence]) -> Self {
        let told: Vec<(&Evidence, Puzzle)> = known
            .iter()
            .flat_map(|evidence| {
                let puzzles = question.puzzles(evidence).into_iter();
                puzzles.map(move |puzzle| (evidence, puzzle))
            })
            .collect();
        let mut learnt = Self {
            question,
            home: known.first().map(|evidence| evidence.home),
            recipes: find(lore, &told),
            overall: 0.0,
            plain: Counts::default(),
            bytes: Counts::default(),
            shares: [1.0 / FACETS as f64; FACETS],
        };
        let mut pairs = 0.0;
        for (_, puzzle) in &told {
            let signs = learnt.signs(puzzle);
            for (at, (candidate, signs)) in puzzle.candidates.iter().zip(signs).enumerate() {
                let is_true = at == puzzle.answer;
                pairs += 1.0;
                for sign in facets(&candidate.facets) {
                    learnt.plain.add(sign, is_true);
                }
                for sign in signs {
                    learnt.bytes.add(sign, is_true);
                }
            }
        }
        learnt.overall = told.len() as f64 / f64::max(pairs, 1.0);
        learnt.share(&told);
        learnt
    }

    /// Ways found in which one byte string follows from others, across a token and its transaction.
    #[must_use]
    pub fn recipes(&self) -> Vec<String> {
        self.recipes.iter().map(Recipe::to_string).collect()
    }

    /// For each token of a world, without the bytes and with them: one if the likeliest transaction is the true one, its share
    /// if several are equally likely, nothing otherwise.
    pub(super) fn answers(&self, evidence: &Evidence, belief: Belief) -> Vec<(f64, f64)> {
        let puzzles = self.question.puzzles(evidence);
        puzzles
            .iter()
            .map(|puzzle| self.answer(puzzle, belief))
            .collect()
    }

    fn answer(&self, puzzle: &Puzzle, belief: Belief) -> (f64, f64) {
        let candidates = puzzle.candidates.iter();
        let plain = candidates.map(|candidate| self.plain_weight(&self.facet_weights(candidate)));
        let plain: Vec<f64> = plain.collect();
        let all: Vec<f64> = plain
            .iter()
            .zip(self.signs(puzzle))
            .map(|(plain, signs)| {
                let signs = signs.into_iter();
                let weights =
                    signs.map(|sign| self.bytes.weight(sign, self.overall, belief.deviations()));
                plain + weights.sum::<f64>()
            })
            .collect();
        (hit(&plain, puzzle.answer), hit(&all, puzzle.answer))
    }

    fn facet_weights(&self, candidate: &Candidate) -> [f64; FACETS] {
        let mut weights = [0.0; FACETS];
        for (weight, sign) in weights.iter_mut().zip(facets(&candidate.facets)) {
            *weight = self.plain.weight(sign, self.overall, 0.0);
        }
        weights
    }

    fn plain_weight(&self, weights: &[f64; FACETS]) -> f64 {
        let shares = self.shares.iter().zip(weights);
        shares.map(|(share, weight)| share * weight).sum()
    }

    /// Finds the shares under which the truth is likeliest (a conditional logit, by steepest ascent).
    fn share(&mut self, told: &[(&Evidence, Puzzle)]) {
        const STEPS: usize = 40;
        const STEP: f64 = 0.4;
        type Weighed = Vec<[f64; FACETS]>;
        let weighed: Vec<(Weighed, usize)> = told
            .iter()
            .map(|(_, puzzle)| {
                let candidates = puzzle.candidates.iter();
                let weights = candidates.map(|candidate| self.facet_weights(candidate));
                (weights.collect(), puzzle.answer)
            })
            .collect();
        for _ in 0..STEPS {
            let mut ascent = [0.0; FACETS];
            for (weights, answer) in &weighed {
                let odds: Vec<f64> = weights
                    .iter()
                    .map(|one| self.plain_weight(one).exp())
                    .collect();
                let sum: f64 = odds.iter().sum();
                for (at, (one, odds)) in weights.iter().zip(odds).enumerate() {
                    let missing = f64::from(u8::from(at == *answer)) - odds / sum;
                    for (ascent, weight) in ascent.iter_mut().zip(one) {
                        *ascent += missing * weight / weighed.len() as f64;
                    }
                }
            }
            for (share, ascent) in self.shares.iter_mut().zip(ascent) {
                *share += STEP * ascent;
            }
        }
    }

    /// What the bytes show of each candidate: least distance, order, and each recipe.
    fn signs(&self, puzzle: &Puzzle) -> Vec<Vec<Sign>> {
        let candidates = puzzle.candidates.iter();
        let mut signs: Vec<Vec<Sign>> = candidates
            .map(|candidate| likeness(&puzzle.shown, candidate))
            .collect();
        let Some(home) = self.home.filter(|_| !self.recipes.is_empty()) else {
            return signs;
        };
        let pairs: Vec<Pair> = puzzle
            .candidates
            .iter()
            .map(|candidate| Pair::new(&home, &puzzle.shown, &candidate.shown))
            .collect();
        for (which, recipe) in (RECIPES..).zip(&self.recipes) {
            // Whether it holds here for the first time may matter.
            let mut earlier = 0;
            for (pair, signs) in pairs.iter().zip(&mut signs) {
                let holds = u8::from(recipe.holds(pair));
                signs.push((which, [holds, holds * earlier, 0]));
                earlier |= holds;
            }
        }
        signs
    }
}

fn facets(facets: &Facets) -> impl Iterator<Item = Sign> {
    (0..).zip(facets.iter().copied())
}

/// Whether the likeliest is the answer.
fn hit(weights: &[f64], answer: usize) -> f64 {
    let best = weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let likeliest = |weight: &f64| best - weight < 1e-9;
    if !weights.get(answer).is_some_and(likeliest) {
        return 0.0;
    }
    1.0 / weights.iter().filter(|weight| likeliest(weight)).count() as f64
}

/// The least number of bits by which strings of token and candidate differ, and how near they would lie if sorted.
fn likeness(shown: &Strings, candidate: &Candidate) -> Vec<Sign> {
    let own = |role: &Role| matches!(role, Role::Token | Role::Rho | Role::ControlKey);
    let own: Vec<&Digest> = shown
        .iter()
        .filter_map(|(role, digest)| own(role).then_some(digest))
        .collect();
    let others = candidate.shown.iter().map(|(_, digest)| digest);
    let distance = others
        .flat_map(|b| own.iter().map(move |a| bits_between(a, b)))
        .min()
        .unwrap_or(256);
    let mut signs = vec![(DISTANCE, [(distance / 4) as u8, 0, 0])];
    let id = candidate.shown.iter().find(|(role, _)| *role == Role::Id);
    if let Some((_, id)) = id {
        let nearness = |a: &&Digest| [apart(a, id), 0, 0];
        signs.extend((ORDER..).zip(own.iter().map(nearness)));
    }
    signs
}

/// In how many bits two strings differ.
fn bits_between(a: &Digest, b: &Digest) -> u32 {
    let words = a.0.as_chunks::<8>().0.iter().zip(b.0.as_chunks::<8>().0);
    let word = |bytes: &[u8; 8]| u64::from_ne_bytes(*bytes);
    words.map(|(a, b)| (word(a) ^ word(b)).count_ones()).sum()
}

/// How far apart two strings lie in their order: a power of two, of 65,536 steps in all.
fn apart(a: &Digest, b: &Digest) -> u8 {
    let start = |digest: &Digest| i32::from(digest.0[0]) * 256 + i32::from(digest.0[1]);
    let steps = (start(a) - start(b)).unsigned_abs();
    (u32::BITS - steps.leading_zeros()) as u8
}

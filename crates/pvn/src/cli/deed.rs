//! The command line of `pvn deed`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct Deed {
    #[command(subcommand)]
    pub(crate) what: DeedWhat,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DeedWhat {
    /// Check contracts, policies and scenarios: every error with its place, and what is hardly meant.
    Check(DeedCheck),
    /// Run the scenarios beside a contract, and name the rules, exceptions and policies that none of them shows.
    Test(DeedTest),
    /// Lay contracts, policies and scenarios out in the one true format.
    Fmt(DeedFmt),
    /// Say why a transaction is accepted or refused: rules, figures, law, who signs, what comes of it and who sees that.
    Explain(DeedExplain),
    /// Show a contract as a page to print: in words, with a drawing, for those who judge it.
    Render(DeedRender),
    /// Serve an editor, on standard input and output, in the Language Server Protocol.
    #[command(after_help = "\
An editor starts it by itself and gets errors and warnings while one types, what a name is, where it is declared, what can
be written, and the one true format. How to set editors up: editors/README.md.

  vim.lsp.start({ name = 'deed', cmd = { 'pvn', 'deed', 'lsp' } })     -- in Neovim")]
    Lsp,
}

/// Texts that stand elsewhere than beside the contract.
#[derive(Debug, Args)]
pub(crate) struct DeedWith {
    /// Another text that is needed: a contract that this one uses or replaces. May be given several times.
    #[arg(long = "with", value_name = "FILE")]
    pub(crate) with: Vec<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
A contract with errors is refused. One with warnings is a contract: names that nothing uses, rules that never refuse, or
always do, or that an earlier rule makes idle, facts that are controlled and can't be used up, and personal data
(`about`) that is public without a law.

The policies (*.policies) and scenarios (*.scenario) of a contract, beside it or in scenarios/, are checked with it; so
are the contracts that it names by hash, when their texts stand beside it or are given with --with.

  pvn deed check services/*/*.deed
  pvn deed check --deny-warnings drafts/licence.deed
  pvn deed check --json drafts/early_help.policies
  pvn deed check purchase.deed --with ../cash/cash.deed")]
pub(crate) struct DeedCheck {
    /// Contracts, policies or scenarios.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) with: DeedWith,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// End with 1 when there are warnings.
    #[arg(long)]
    pub(crate) deny_warnings: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Ends with 1 when a case fails, when an action, an exception or a policy is never shown, or a rule or a part of it never
refuses.

  pvn deed test docs/deed/examples/cash.deed
  pvn deed test early_help.deed drafts/new.scenario")]
pub(crate) struct DeedTest {
    /// The contract; its policies are those beside it.
    pub(crate) contract: PathBuf,
    /// Scenario files; those beside the contract and in `scenarios/` there when left out.
    pub(crate) scenarios: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) with: DeedWith,
}

#[derive(Debug, Args)]
#[command(after_help = "\
The policies beside the contract are shown with it, and what becomes of its scenarios.
The page stands alone: one file, no script, nothing loaded from elsewhere, for screens by day and by night, and for paper.

  pvn deed render contract.deed --out contract.html")]
pub(crate) struct DeedRender {
    /// The contract.
    pub(crate) contract: PathBuf,
    #[command(flatten)]
    pub(crate) with: DeedWith,
    /// The file to write; standard output when left out.
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Lines keep their words, their comments and single blank lines between them; indentation, spaces and columns follow one
form, whoever wrote them. A file with errors is left as it is, and the errors are shown.

A contract is known by the hash of its exact text: FORMATTING A CONTRACT THAT IS IN USE MAKES IT ANOTHER CONTRACT, with
another identifier, though it means the same. Format before a contract is published.

  pvn deed fmt drafts/licence.deed
  pvn deed fmt --check services/*/*.deed")]
pub(crate) struct DeedFmt {
    /// Contracts, policies or scenarios.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Change nothing: name the files that stand in another format, and end with 1 if there are any.
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Of a scenario, each case is explained: the transaction, or what a policy is asked, and every change of it. Ends with 0
whether a case is accepted or refused: both are explained. A single call is explained as far as the
contract goes; whether the payer holds the money is then not known.

  pvn deed explain cash.deed --scenario scenarios/moves.scenario
  pvn deed explain cash.deed --scenario \"ann pays ben\" --json
  pvn deed explain cash.deed --action Move --on 2026-06-24 \\
      --arg payer=GB-ann --arg payee=GB-ben --arg amount=3.00 --arg issuer=GB-BOE")]
pub(crate) struct DeedExplain {
    /// The contract.
    pub(crate) contract: PathBuf,
    #[command(flatten)]
    pub(crate) with: DeedWith,
    /// A scenario file, or the beginning of the name of scenarios beside the contract.
    #[arg(long, conflicts_with = "action", required_unless_present = "action")]
    pub(crate) scenario: Option<String>,
    /// One call: the action's name.
    #[arg(long, requires = "on")]
    pub(crate) action: Option<String>,
    /// The day on which the call takes effect, such as 2026-06-24 or "24 June 2026".
    #[arg(long, value_parser = day)]
    pub(crate) on: Option<jiff::civil::Date>,
    /// An argument of the call; may be given several times.
    #[arg(long = "arg", value_name = "NAME=VALUE")]
    pub(crate) args: Vec<String>,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

fn day(text: &str) -> Result<jiff::civil::Date, String> {
    deed::read_date(text)
        .ok_or_else(|| "it is no date such as 2026-06-24 or \"24 June 2026\"".to_owned())
}

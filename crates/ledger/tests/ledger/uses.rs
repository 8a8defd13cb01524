//! A contract that uses another: reads its facts, and is paid in its money alone.

use deed::{Contract, Given, Value};
use jiff::civil::date;
use ledger::control::Control;
use ledger::fact::{DueRef, Fact, FactRef};
use ledger::tearoff::Audience;
use ledger::transaction::ViewHeader;
use ledger::trust::ContractBook;
use ledger::validity::Standing;
use ledger::view::{Command, Input, View};
use ledger::{ContractId, Token};

use crate::payment::{Draft, coin, found, input, parties};
use crate::support::{COINS, Net, args, noise, one_time, party, pounds, text};

const MARKET: &str = include_str!("../fixtures/market.deed");

struct Market {
    net: Net,
    market: ContractId,
    play: ContractId,
}

/// The town with its market, and play money that has the same shape as its coins.
fn market() -> Market {
    let mut net = Net::with("registrar", "notary", "signing key");
    let coins = net.coins.to_string();
    let given = [Given {
        sha256: &coins,
        contract: net.contract(),
    }];
    let market =
        Contract::load_with(&MARKET.replace(&"0".repeat(64), &coins), &given).expect("loads");
    let play = COINS.replace("contract coins", "contract play");
    let play = net.book.insert(Contract::load(&play).expect("loads"));
    let market = net.book.insert(market);
    Market { net, market, play }
}

fn licence(net: &Net, holder: &str, trade: &str) -> Input {
    Input {
        at: FactRef {
            transaction: ledger::TransactionId(noise("creation of the licence")),
            view: 0,
            output: 0,
        },
        fact: Fact {
            contract: net.coins,
            kind: net.contract().kind("Licence").expect("a kind"),
            fields: vec![Value::Party(party(holder)), text(trade), Value::Int(2030)],
            salt: noise("salt of the licence"),
            control: Control::key(one_time(holder, "licence").public()),
            due: None,
            holder: None,
        },
    }
}

/// Alice, with her licence, takes stall 7 for £5 out of £8.
fn purchase(at: &Market) -> Draft {
    let contract = at.net.book.get(&at.market).expect("accepted");
    let given = [
        ("buyer", Value::Party(party("ALICE"))),
        ("number", Value::Int(7)),
        ("price", pounds(5)),
    ];
    let (action, args) = args(contract, "Buy", &given);
    let stall = Fact {
        contract: at.market,
        kind: contract.kind("Stall").expect("a kind"),
        fields: vec![Value::Int(7), Value::Party(party("ALICE"))],
        salt: noise("salt of the stall"),
        control: Control::key(one_time("ALICE", "stall").public()),
        due: None,
        holder: None,
    };
    let buy = View {
        ordinal: 0,
        salt: noise("salt of view 0"),
        contract: at.market,
        command: Command::Action(action, args),
        consumed: Vec::new(),
        referenced: vec![licence(&at.net, "ALICE", "stalls")],
        created: vec![stall],
    };
    let mut paid = coin(&at.net, "TOWN-BANK", 5, "the town's five");
    paid.due = Some(DueRef {
        view: 0,
        position: 0,
    });
    let change = coin(&at.net, "ALICE", 3, "alice's change");
    let coins = vec![input(&at.net, "ALICE", 8, "eight pounds")];
    let mut money = crate::payment::moving(&at.net, coins, vec![paid, change]);
    money.ordinal = 1;
    Draft {
        views: vec![buy, money],
        vouchers: Vec::new(),
        signers: vec![party("ALICE"), party("TOWN-BANK")],
    }
}

fn verdict(at: &Market, tweak: impl Fn(&Market, &mut Draft)) -> String {
    let honest = purchase(at);
    let audiences: Vec<Audience> = honest.audiences(&at.net);
    let mut draft = honest;
    tweak(at, &mut draft);
    let transaction = draft.head(&at.net, &audiences);
    let seen = transaction.tear_off(&audiences, &parties(&["TOWN-BANK"]), &[]);
    found(&at.net, &seen, Standing::Party)
        .map_or_else(|e| e.code().to_owned(), |_| "valid".to_owned())
}

#[test]
fn a_stall_is_paid_for_in_the_money_that_its_contract_uses() {
    type Attack = (&'static str, fn(&Market, &mut Draft), &'static str);
    let attacks: [Attack; 11] = [
        ("the honest purchase", |_, _| {}, "valid"),
        (
            "paid in play money of the same shape",
            |at, d| {
                d.views[1].contract = at.play;
                d.views[1].consumed[0].fact.contract = at.play;
                for fact in &mut d.views[1].created {
                    fact.contract = at.play;
                }
            },
            "due_discharged_exactly_once",
        ),
        (
            "paid as if the money were the market's own",
            |at, d| d.views[1].contract = at.market,
            "does_not_follow_from_contract",
        ),
        (
            "a pound short",
            |_, d| {
                d.views[1].created[0].fields[0] = pounds(4);
                d.views[1].created[1].fields[0] = pounds(4);
            },
            "due_paid_in_full",
        ),
        (
            "paid to the buyer herself",
            |_, d| d.views[1].created[0].fields[1] = Value::Party(party("ALICE")),
            "due_reaches_its_payee",
        ),
        (
            "not paid",
            |_, d| {
                d.views.pop();
            },
            "due_discharged_exactly_once",
        ),
        (
            "with somebody else's licence",
            |at, d| d.views[0].referenced[0] = licence(&at.net, "BOB", "stalls"),
            "the_buyer_has_the_licence",
        ),
        (
            "with a licence for something else",
            |at, d| d.views[0].referenced[0] = licence(&at.net, "ALICE", "begging"),
            "the_licence_is_for_stalls",
        ),
        (
            "with a licence of a contract that looks the same",
            |at, d| d.views[0].referenced[0].fact.contract = at.play,
            "does_not_follow_from_contract",
        ),
        (
            "with a coin shown as a licence",
            |at, d| d.views[0].referenced[0] = input(&at.net, "ALICE", 8, "another"),
            "facts_fit_the_action",
        ),
        (
            "using the licence up",
            |_, d| {
                let licence = d.views[0].referenced.remove(0);
                d.views[0].consumed.push(licence);
            },
            "does_not_follow_from_contract",
        ),
    ];
    let at = market();
    for (what, tweak, expected) in attacks {
        assert_eq!(verdict(&at, tweak), expected, "{what}");
    }
}

/// The notary checks that a reference is unused; it can do so only with the token that stands in the header.
#[test]
fn a_reference_stands_in_the_header_under_its_own_token() {
    type Attack = (&'static str, fn(&mut ViewHeader), &'static str);
    let attacks: [Attack; 6] = [
        ("the honest purchase", |_| {}, "valid"),
        (
            "the reference left out, so that a revoked licence serves",
            |h| h.referenced.clear(),
            "header_commits_otherwise",
        ),
        (
            "a current fact's token in the place of the licence's",
            |h| h.referenced[0] = Token(noise("a current fact")),
            "header_commits_otherwise",
        ),
        (
            "referred to twice",
            |h| h.referenced.push(h.referenced[0]),
            "token_twice",
        ),
        (
            "used up, though the contract only looks at it",
            |h| h.consumed.append(&mut h.referenced),
            "header_commits_otherwise",
        ),
        (
            "claimed as a business key, which needs no authority",
            |h| h.keys.append(&mut h.referenced),
            "header_commits_otherwise",
        ),
    ];
    let at = market();
    let draft = purchase(&at);
    for (what, tweak, expected) in attacks {
        let mut seen = draft.seen(&at.net, &["TOWN-BANK"]);
        tweak(&mut seen.header.views[0]);
        let verdict = found(&at.net, &seen, Standing::Party)
            .map_or_else(|e| e.code().to_owned(), |_| "valid".to_owned());
        assert_eq!(verdict, expected, "{what}");
    }
}

#[test]
fn an_address_of_a_fact_has_one_text() {
    let at = licence(&market().net, "ALICE", "stalls").at;
    let text = at.to_string();
    assert_eq!(text.parse(), Ok(at));
    let wrong = [
        text.to_uppercase(),
        format!("{text}-0"),
        format!("{text}0"),
        text.replace("-0-0", "-00-0"),
        text.replace("-0-0", "-+0-0"),
        text[1..].to_owned(),
        String::new(),
        "é".repeat(200),
    ];
    for text in wrong {
        assert!(text.parse::<FactRef>().is_err(), "{text}");
    }
}

#[test]
fn the_contract_that_is_used_is_the_one_of_that_hash() {
    let at = market();
    let contract = at.net.book.get(&at.market).expect("accepted");
    let mut draft = purchase(&at);
    let Command::Action(action, args) = &draft.views[0].command else {
        panic!("an action");
    };
    let read = ledger::validity::as_read(&at.market, contract, &draft.views[0].referenced[0].fact);
    let outcome = contract
        .apply(&deed::Call {
            action: *action,
            args,
            effective: date(2026, 11, 20),
            consumed: &[],
            referenced: &[read.expect("used")],
        })
        .expect("valid");
    let owed = ledger::validity::Owed::of(&at.market, contract, outcome.dues[0].clone());
    let coin = at.net.contract().kind("Coin").expect("a kind");
    let owed = owed.expect("of coins");
    assert_eq!((owed.contract, owed.due.money), (at.net.coins, coin));
    draft.views[0].referenced[0].fact.contract = at.play;
    let read = ledger::validity::as_read(&at.market, contract, &draft.views[0].referenced[0].fact);
    assert_eq!(read, None);
}

#[test]
fn contracts_are_read_whatever_their_order() {
    let at = market();
    let market_text = at.net.book.get(&at.market).expect("accepted").source();
    let texts = [market_text.to_owned(), COINS.to_owned()];
    let swapped = [COINS.to_owned(), market_text.to_owned()];
    for texts in [&texts, &swapped] {
        let mut book = ContractBook::default();
        assert!(book.read(texts).is_ok());
        let ids: Vec<ContractId> = book.iter().map(|(id, _)| *id).collect();
        assert!(ids.contains(&at.market) && ids.contains(&at.net.coins));
    }
    let refused = |texts: &[String]| {
        let mut book = ContractBook::default();
        let (place, error) = book.read(texts).expect_err("refused");
        (place, error.diagnostics()[0].message.clone())
    };
    let alone = "the text of coins with this hash is not given".to_owned();
    assert_eq!(refused(&texts[..1]), (0, alone));
    // The broken text is named, not the one that needs it.
    let broken = [
        market_text.replace("coins.Coin", "coins.Con"),
        COINS.to_owned(),
    ];
    assert_eq!(refused(&broken).0, 0);
    let broken = "contract coins version 1\n".to_owned();
    let needs_it = market_text.replace(
        &at.net.coins.to_string(),
        &ContractId::of_text(&broken).to_string(),
    );
    assert_eq!(refused(&[needs_it, broken]).0, 1);
}

/// A contract's facts are of kinds that it declares; those that it uses are facts of another.
#[test]
fn a_proof_of_a_kind_that_its_contract_only_uses_is_refused() {
    let at = market();
    let mut trust = at.net.trust.clone();
    trust.contracts = at.net.book.clone();
    let draft = crate::payment::payment(&at.net);
    let step = |contract, kind| {
        let mut bundle = crate::payment::bundle(&at.net, &draft, 1, 0, &["TOWN-BANK"], |_| true);
        let mut fact = draft.views[1].created[0].clone();
        (fact.contract, fact.kind) = (contract, kind);
        bundle.fact = fact.open(|_| true);
        bundle
            .verify(&trust)
            .map_or_else(|e| e.code(), |_| "proven")
    };
    let market = at.net.book.get(&at.market).expect("accepted");
    let coin = market.kinds().iter().position(|kind| kind.money.is_some());
    let coin = u16::try_from(coin.expect("its money")).expect("a kind");
    assert_eq!(step(at.net.coins, 0), "proven");
    assert_eq!(step(at.market, coin), "fact");
}

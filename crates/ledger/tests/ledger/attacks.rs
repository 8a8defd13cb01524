//! One valid payment, one tweak, the check that refuses it: what drafters may try, in domain words.

use deed::Value;
use ledger::control::{Control, Recovery, Shape};
use ledger::fact::DueRef;
use ledger::limits::{FACTS_PER_VIEW_MAX, OBSERVERS_MAX, TOKENS_MAX, VIEWS_MAX, WINDOW_MS_MAX};
use ledger::signature::{PublicKey, Suite};
use ledger::tearoff::{SeenView, TearOff};
use ledger::transaction::{Header, Transaction};
use ledger::validity::{Standing, check_header};
use ledger::view::{Command, View};
use ledger::{Digest, Lineage, NetworkId, Token};

use crate::payment::{Draft, coin, found, gift, input, parties, payment, voucher};
use crate::support::{COINS, NOON_MS, Net, choice, net, noise, one_time, party, pounds, text};

/// What this viewer says to a draft whose views were tweaked before an honest header was made over them.
fn verdict(net: &Net, honest: &Draft, viewer: &str, tweak: impl Fn(&mut Draft)) -> String {
    let audiences = honest.audiences(net);
    let mut draft = honest.clone();
    tweak(&mut draft);
    let audience = |i: usize| audiences.get(i).cloned().unwrap_or_default();
    let audiences: Vec<_> = (0..draft.views.len()).map(audience).collect();
    let transaction = draft.head(net, &audiences);
    let seen = transaction.tear_off(&audiences, &parties(&[viewer]), &draft.vouchers);
    code(net, &seen, Standing::Party)
}

fn code(net: &Net, seen: &TearOff, standing: Standing) -> String {
    found(net, seen, standing).map_or_else(|e| e.code().to_owned(), |_| "valid".to_owned())
}

fn money(draft: &mut Draft) -> &mut View {
    &mut draft.views[1]
}

#[test]
fn a_drafter_that_cheats_is_refused_by_the_rule_that_it_breaks() {
    type Attack = (&'static str, fn(&mut Draft), &'static str);
    let attacks: [Attack; 27] = [
        ("the honest payment", |_| {}, "valid"),
        (
            "forged change",
            |d| money(d).created[1].fields[0] = pounds(4),
            "money_is_conserved",
        ),
        (
            "lost change",
            |d| drop(money(d).created.pop()),
            "money_is_conserved",
        ),
        (
            "money from nothing",
            |d| money(d).consumed.clear(),
            "money_is_conserved",
        ),
        (
            "change for a friend",
            |d| money(d).created[1].fields[1] = Value::Party(party("MALLORY")),
            "change_returns_to_the_payer",
        ),
        (
            "paid a pound short",
            |d| {
                money(d).created[0].fields[0] = pounds(4);
                money(d).created[1].fields[0] = pounds(4);
            },
            "due_paid_in_full",
        ),
        (
            "paid to somebody else",
            |d| money(d).created[0].fields[1] = Value::Party(party("CAROL")),
            "due_reaches_its_payee",
        ),
        (
            "paid in spent coins",
            |d| money(d).created[0].fields[2] = choice("spent"),
            "due_paid_in_kind",
        ),
        (
            "spent coins made good again",
            |d| money(d).consumed[0].fact.fields[2] = choice("spent"),
            "money_is_conserved",
        ),
        (
            "not paid at all",
            |d| money(d).created[0].due = None,
            "change_returns_to_the_payer",
        ),
        (
            "the change said to pay as well",
            |d| money(d).created[1].due = money(d).created[0].due,
            "due_discharged_exactly_once",
        ),
        (
            "pays a due that there is not",
            |d| {
                money(d).created[0].due = Some(DueRef {
                    view: 0,
                    position: 1,
                });
            },
            "due_discharged_exactly_once",
        ),
        (
            "pays a due of another view",
            |d| {
                money(d).created[0].due = Some(DueRef {
                    view: 1,
                    position: 0,
                });
            },
            "due_discharged_exactly_once",
        ),
        (
            "with somebody else's money",
            |d| money(d).consumed[0].fact.fields[1] = Value::Party(party("CAROL")),
            "one_payer_per_money_view",
        ),
        (
            "a receipt over another amount",
            |d| d.views[0].created[0].fields[3] = pounds(500),
            "does_not_follow_from_contract",
        ),
        (
            "no receipt",
            |d| d.views[0].created.clear(),
            "does_not_follow_from_contract",
        ),
        (
            "a coin beside the receipt",
            |d| {
                let extra = coin(net(), "MALLORY", 9, "extra");
                d.views[0].created.push(extra);
            },
            "does_not_follow_from_contract",
        ),
        (
            "a receipt that claims to be paid",
            |d| {
                d.views[0].created[0].due = Some(DueRef {
                    view: 0,
                    position: 0,
                });
            },
            "does_not_follow_from_contract",
        ),
        (
            "a receipt that somebody can use up",
            |d| {
                d.views[0].created[0].control = Control::key(one_time("ALICE", "x").public());
            },
            "does_not_follow_from_contract",
        ),
        (
            "a coin that nobody can use up",
            |d| money(d).created[0].control = Control::nobody(),
            "does_not_follow_from_contract",
        ),
        (
            "a coin with a second key",
            |d| {
                let keys = ["bob", "mallory"].map(|k| one_time(k, k).public());
                money(d).created[0].control = Control {
                    shape: Shape::All(keys.to_vec()),
                    recovery: None,
                };
            },
            "does_not_follow_from_contract",
        ),
        (
            "a coin with a way back for somebody else",
            |d| {
                money(d).created[0].control.recovery = Some(Recovery {
                    key: one_time("MALLORY", "mallory").public(),
                    after_ms: 0,
                });
            },
            "does_not_follow_from_contract",
        ),
        (
            "a coin of a contract that nobody knows",
            |d| money(d).consumed[0].fact.contract.0 = noise("unknown"),
            "does_not_follow_from_contract",
        ),
        (
            "under a contract that nobody knows",
            |d| d.views[0].contract.0 = noise("unknown"),
            "contract_not_accepted",
        ),
        (
            "the views exchanged",
            |d| d.views.swap(0, 1),
            "view_out_of_place",
        ),
        (
            "the money moved twice",
            |d| {
                let mut again = money(d).clone();
                again.ordinal = 2;
                again.consumed[0] = input(net(), "ALICE", 8, "another eight pounds");
                d.views.push(again);
            },
            "does_not_follow_from_contract",
        ),
        (
            "an action that there is not",
            |d| {
                if let Command::Action(index, _) = &mut d.views[0].command {
                    *index = 99;
                }
            },
            "action_is_of_the_contract",
        ),
    ];
    for (what, tweak, expected) in attacks {
        // The third view of the last but one attack must be seen too: it is shown whole to whoever sees the second.
        let honest = payment(net());
        let audiences = honest.audiences(net());
        let mut draft = honest.clone();
        tweak(&mut draft);
        let audience = |i: usize| audiences[i.min(1)].clone();
        let audiences: Vec<_> = (0..draft.views.len()).map(audience).collect();
        let known = draft
            .views
            .iter()
            .all(|v| net().book.get(&v.contract).is_some());
        let transaction = if known {
            draft.head(net(), &audiences)
        } else {
            let mut header = honest.head(net(), &audiences).header;
            header.terms.views = draft.views.len() as u32;
            Transaction {
                header,
                views: draft.views.clone(),
            }
        };
        let seen = transaction.tear_off(&audiences, &parties(&["TOWN-BANK"]), &draft.vouchers);
        assert_eq!(code(net(), &seen, Standing::Party), expected, "{what}");
    }
}

#[test]
fn a_payee_sees_through_what_concerns_it_without_seeing_the_rest() {
    type Attack = (&'static str, fn(&mut Draft), &'static str);
    let attacks: [Attack; 6] = [
        ("the honest payment", |_| {}, "valid"),
        (
            "forged change, which it does not see",
            |d| money(d).created[1].fields[0] = pounds(400),
            "valid",
        ),
        (
            "paid a pound short",
            |d| money(d).created[0].fields[0] = pounds(4),
            "due_discharged_exactly_once",
        ),
        (
            "paid in spent coins",
            |d| money(d).created[0].fields[2] = choice("spent"),
            "due_discharged_exactly_once",
        ),
        (
            "not paid",
            |d| money(d).created[0].due = None,
            "due_discharged_exactly_once",
        ),
        (
            "a receipt in another name",
            |d| d.views[0].created[0].fields[1] = text("Somebody else"),
            "does_not_follow_from_contract",
        ),
    ];
    for (what, tweak, expected) in attacks {
        assert_eq!(
            verdict(net(), &payment(net()), "BOB", tweak),
            expected,
            "{what}"
        );
    }
}

/// Play money has the same shape as the town's, and all accept its contract for their games.
#[test]
fn play_money_pays_no_debt() {
    let play = COINS
        .replace("contract coins", "contract play")
        .replace("\"TOWN-BANK\"", "\"MALLORY\"");
    let mut net = Net::with("registrar", "notary", "signing key");
    let play = net.book.insert(deed::Contract::load(&play).expect("loads"));
    let to_play = |draft: &mut Draft| {
        draft.views[1].contract = play;
        draft.views[1].consumed[0].fact.contract = play;
        for fact in &mut draft.views[1].created {
            fact.contract = play;
        }
    };
    let honest = payment(&net);
    assert_eq!(verdict(&net, &honest, "BOB", |_| {}), "valid");
    assert_eq!(
        verdict(&net, &honest, "BOB", to_play),
        "due_discharged_exactly_once"
    );
    assert_eq!(
        verdict(&net, &honest, "TOWN-BANK", to_play),
        "due_discharged_exactly_once"
    );
}

/// Whoever has a proof of these can show it.
#[test]
fn a_key_to_show_a_fact_stands_only_where_somebody_shows_it() {
    let honest = gift(net());
    for (view, viewer) in [(0, "TOWN-BANK"), (1, "TOWN-BANK"), (1, "BOB")] {
        let held = |draft: &mut Draft| {
            let key = one_time("MALLORY", "hers").public().0.to_vec();
            draft.views[view].created[0].holder = PublicKey::new(Suite::ED25519, key).ok();
        };
        assert_eq!(
            verdict(net(), &honest, viewer, held),
            "does_not_follow_from_contract",
            "view {view} to {viewer}"
        );
    }
}

/// Who is shown a coin alone learns nothing of what it was made from: somebody must have vouched who does not hold it.
#[test]
fn money_that_nobody_else_vouches_for_is_no_money() {
    let scrip = COINS.replace("contract coins", "contract scrip");
    let scrip = scrip.replacen("  attested by bank\n", "", 1);
    let mut net = Net::with("registrar", "notary", "signing key");
    let scrip = deed::Contract::load(&scrip).expect("loads");
    let scrip = net.book.insert(scrip);
    let mut honest = payment(&net);
    for view in &mut honest.views {
        view.contract = scrip;
        let consumed = view.consumed.iter_mut().map(|input| &mut input.fact);
        let facts = consumed.chain(&mut view.created);
        facts.for_each(|fact| fact.contract = scrip);
    }
    assert_eq!(verdict(&net, &honest, "BOB", |_| {}), "nobody_vouches");
    // Whoever sees all of it sees that nothing is forged.
    assert_eq!(verdict(&net, &honest, "ALICE", |_| {}), "valid");
}

#[test]
fn a_hijacked_controller_is_noticed() {
    let honest = gift(net());
    let hijack = |draft: &mut Draft| {
        draft.views[1].created[0].control = Control::key(one_time("MALLORY", "hers").public());
    };
    for viewer in ["TOWN-BANK", "BOB"] {
        assert_eq!(verdict(net(), &honest, viewer, |_| {}), "valid");
        assert_eq!(
            verdict(net(), &honest, viewer, hijack),
            "controller_not_vouched_for"
        );
        let foreign = |d: &mut Draft| {
            hijack(d);
            let mut hers = voucher(net(), "MALLORY", "hers", 0);
            hers.voucher.party = party("BOB");
            d.vouchers[0] = hers;
        };
        assert_eq!(
            verdict(net(), &honest, viewer, foreign),
            "controller_not_vouched_for"
        );
    }
    // Without any voucher Bob's own signature is asked for, and he knows his keys.
    let without = |d: &mut Draft| {
        hijack(d);
        d.vouchers.remove(0);
    };
    let mut draft = honest.clone();
    without(&mut draft);
    let seen = draft.head(net(), &honest.audiences(net())).tear_off(
        &honest.audiences(net()),
        &parties(&["TOWN-BANK"]),
        &draft.vouchers,
    );
    let checked = found(net(), &seen, Standing::Party).expect("valid, once Bob has signed");
    assert!(checked.signatories().contains(&party("BOB")));
}

#[test]
fn a_header_that_commits_something_else_is_refused() {
    type Attack = (&'static str, fn(&mut Header), &'static str);
    let attacks: [Attack; 13] = [
        ("the honest header", |_| {}, "valid"),
        (
            "another coin's token",
            |h| h.views[1].consumed[0] = Token(noise("another coin")),
            "header_commits_otherwise",
        ),
        (
            "no token",
            |h| h.views[1].consumed.clear(),
            "header_commits_otherwise",
        ),
        (
            "a reference that the view lacks",
            |h| h.views[1].referenced.push(Token(noise("x"))),
            "header_commits_otherwise",
        ),
        (
            "the public part left out",
            |h| h.views[0].public = None,
            "header_commits_otherwise",
        ),
        (
            "another public part",
            |h| h.views[0].public = Some(noise("x")),
            "header_commits_otherwise",
        ),
        (
            "a public part where nothing is public",
            |h| h.views[1].public = Some(noise("x")),
            "header_commits_otherwise",
        ),
        (
            "the observer forgotten",
            |h| h.views[0].envelopes.clear(),
            "header_commits_otherwise",
        ),
        (
            "an envelope with something else in it",
            |h| h.views[1].envelopes[0] = noise("x"),
            "header_commits_otherwise",
        ),
        (
            "an observer too many",
            |h| h.views[1].envelopes.push(noise("x")),
            "header_commits_otherwise",
        ),
        ("a view too few", |h| drop(h.views.pop()), "limit_exceeded"),
        ("views miscounted", |h| h.terms.views = 3, "limit_exceeded"),
        (
            "views swapped in the header",
            |h| h.views.swap(0, 1),
            "header_commits_otherwise",
        ),
    ];
    let draft = payment(net());
    for (what, tweak, expected) in attacks {
        let mut seen = draft.seen(net(), &["TOWN-BANK"]);
        tweak(&mut seen.header);
        assert_eq!(code(net(), &seen, Standing::Party), expected, "{what}");
    }
}

fn tokens(count: usize) -> Vec<Token> {
    (0..count)
        .map(|i| Token(noise(&format!("token {i}"))))
        .collect()
}

#[test]
fn a_header_belongs_somewhere_and_has_limits() {
    type Attack = (&'static str, fn(&mut Header), &'static str);
    let attacks: [Attack; 18] = [
        ("the honest header", |_| {}, "valid"),
        (
            "another format",
            |h| h.terms.format = 1,
            "other_network_notary_or_format",
        ),
        (
            "another network",
            |h| h.terms.network = NetworkId(noise("x")),
            "other_network_notary_or_format",
        ),
        (
            "another notary",
            |h| h.terms.notary = Lineage(noise("x")),
            "other_network_notary_or_format",
        ),
        (
            "a window that ends before it begins",
            |h| h.terms.window.until_ms = h.terms.window.from_ms - 1,
            "window_not_allowed",
        ),
        (
            "the longest window",
            |h| h.terms.window.until_ms = h.terms.window.from_ms + WINDOW_MS_MAX,
            "valid",
        ),
        (
            "a window a millisecond longer",
            |h| h.terms.window.until_ms = h.terms.window.from_ms + WINDOW_MS_MAX + 1,
            "window_not_allowed",
        ),
        (
            "a window since 1970",
            |h| h.terms.window.from_ms = 0,
            "window_not_allowed",
        ),
        (
            "yesterday's date",
            |h| h.terms.effective = jiff::civil::date(2026, 11, 19),
            "window_not_allowed",
        ),
        (
            "tomorrow's date",
            |h| h.terms.effective = jiff::civil::date(2026, 11, 21),
            "window_not_allowed",
        ),
        ("no views", |h| h.views.clear(), "limit_exceeded"),
        (
            "too many views",
            |h| {
                h.views = vec![h.views[0].clone(); VIEWS_MAX + 1];
                h.terms.views = h.views.len() as u32;
            },
            "limit_exceeded",
        ),
        (
            "nothing used up",
            |h| {
                h.cancel.clear();
                h.views[0].keys.clear();
                h.views[1].consumed.clear();
            },
            "limit_exceeded",
        ),
        (
            "as many tokens as allowed",
            |h| h.cancel = tokens(TOKENS_MAX - 2),
            "valid",
        ),
        (
            "a token too many",
            |h| h.cancel = tokens(TOKENS_MAX - 1),
            "limit_exceeded",
        ),
        (
            "one token twice",
            |h| h.cancel.push(h.cancel[0]),
            "token_twice",
        ),
        (
            "a token consumed and referred to",
            |h| {
                let token = h.views[1].consumed[0];
                h.views[0].referenced.push(token);
            },
            "token_twice",
        ),
        (
            "too many observers",
            |h| h.views[0].envelopes = vec![Digest::default(); OBSERVERS_MAX + 1],
            "limit_exceeded",
        ),
    ];
    let header = payment(net()).transaction(net()).header;
    for (what, tweak, expected) in attacks {
        let mut header = header.clone();
        tweak(&mut header);
        let found = check_header(&header, &net().home);
        let code = found.map_or_else(|e| e.code().to_owned(), |()| "valid".to_owned());
        assert_eq!(code, expected, "{what}");
    }
}

#[test]
fn a_view_of_too_many_facts_is_refused() {
    for (what, count, expected) in [
        (
            "as many as allowed",
            FACTS_PER_VIEW_MAX - 1,
            "money_is_conserved",
        ),
        ("one more", FACTS_PER_VIEW_MAX, "limit_exceeded"),
    ] {
        let found = verdict(net(), &payment(net()), "TOWN-BANK", |d| {
            let change = coin(net(), "ALICE", 1, "a penny more");
            money(d).created.resize(count, change);
            let two = coin(net(), "ALICE", 1, "another");
            money(d).created.push(two);
        });
        assert_eq!(found, expected, "{what}");
    }
}

#[test]
fn an_observer_that_sees_only_the_money_still_counts_it() {
    let net = net();
    let draft = payment(net);
    let hide = |transaction: &Transaction| TearOff {
        header: transaction.header.clone(),
        views: vec![
            SeenView::Hidden(transaction.views[0].root()),
            SeenView::Whole(transaction.views[1].clone()),
        ],
        vouchers: Vec::new(),
    };
    let honest = hide(&draft.transaction(net));
    assert_eq!(code(net, &honest, Standing::Observer), "valid");
    // It relies on those who vouch for the money, not on every receiver's word for its own key.
    let checked = found(net, &honest, Standing::Observer).expect("valid");
    assert_eq!(checked.signatories(), parties(&["TOWN-BANK"]));
    assert_eq!(
        code(net, &honest, Standing::Party),
        "due_discharged_exactly_once"
    );

    let audiences = draft.audiences(net);
    let mut forged = draft.clone();
    forged.views[1].created[1].fields[0] = pounds(4);
    let forged = hide(&forged.head(net, &audiences));
    assert_eq!(code(net, &forged, Standing::Observer), "money_is_conserved");
}

#[test]
fn the_moment_of_the_tests_is_what_they_say() {
    let day = i32::try_from(NOON_MS / 86_400_000).expect("a day");
    let date = ledger::codec::date::from_days(day);
    assert_eq!(date, Some(jiff::civil::date(2026, 11, 20)));
}

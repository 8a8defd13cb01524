//! The page of a contract: whole, escaped, without script and without anything from elsewhere.

use deed::render;

use deed::policy::Policies;

use crate::fixtures::{BUDGET, EARLY_HELP, HELP_POLICIES, LAND, SAFEGUARDING, load};

#[test]
fn a_page_says_everything_that_a_contract_declares() {
    let page = render(&load(LAND), &[], &[], Some("the-hash"));
    insta::assert_snapshot!(page.split("</style>").last().unwrap());
}

#[test]
fn a_page_loads_nothing_and_runs_nothing() {
    for source in [BUDGET, LAND, SAFEGUARDING] {
        let page = render(&load(source), &[], &[], None);
        for banned in [
            "<script",
            "javascript:",
            "http://",
            "https://",
            " src=",
            "@import",
            "url(h",
            "onload",
        ] {
            assert!(!page.contains(banned), "{banned}");
        }
        let opened = page.matches("<article").count();
        assert_eq!(opened, page.matches("</article>").count());
    }
}

#[test]
fn what_a_contract_says_can_not_become_markup() {
    let source = LAND.replace(
        "Who owns which land.",
        "<script>alert(1)</script> & 'quotes' <img>",
    );
    let page = render(&load(&source), &[], &[], None);
    assert!(
        page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#39;quotes&#39; &lt;img&gt;")
    );
    assert!(!page.contains("<script"));
}

#[test]
fn policies_are_shown_with_the_contract() {
    let contract = load(EARLY_HELP);
    let policies = Policies::load(&contract, HELP_POLICIES).unwrap_or_else(|e| panic!("{e}"));
    let page = render(&contract, &[policies], &[], None);
    let section = page.split("<section id=\"policies\">").nth(1).unwrap();
    insta::assert_snapshot!(section.split("</section>").next().unwrap());
}

fn pages() -> Vec<String> {
    let contract = load(EARLY_HELP);
    let policies = Policies::load(&contract, HELP_POLICIES).unwrap_or_else(|e| panic!("{e}"));
    let mut pages = vec![render(&contract, &[policies], &[], Some("the-hash"))];
    pages.extend([BUDGET, LAND, SAFEGUARDING].map(|source| render(&load(source), &[], &[], None)));
    pages
}

#[test]
fn headings_tables_and_links_are_in_order_for_those_who_listen() {
    for page in pages() {
        assert!(page.starts_with("<!doctype html>\n<html lang=\"en\">"));
        assert_eq!(page.matches("<h1>").count(), 1);
        // A heading goes at most one level deeper than the one before it.
        let levels = page
            .split("<h")
            .skip(1)
            .filter_map(|rest| rest[..1].parse::<u8>().ok());
        let levels: Vec<u8> = levels.collect();
        assert!(
            levels.windows(2).all(|pair| pair[1] <= pair[0] + 1),
            "{levels:?}"
        );
        // Every table says what its columns and its rows are.
        for table in page.split("<table>").skip(1) {
            let table = table.split("</table>").next().unwrap();
            let rows = table.matches("<tr>").count() - 1;
            assert_eq!(table.matches("<th scope=\"row\">").count(), rows, "{table}");
            assert!(table.contains("<th scope=\"col\">"), "{table}");
        }
        // Every link leads somewhere, and no two places have one name.
        let places = page
            .split(" id=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next());
        let mut places: Vec<&str> = places.collect();
        for link in page.split("href=\"#").skip(1) {
            let place = link.split('"').next().unwrap();
            assert!(places.contains(&place), "{place}");
        }
        let all = places.len();
        places.sort_unstable();
        places.dedup();
        assert_eq!(places.len(), all);
        // The drawing has a name and is told in words.
        assert!(
            page.contains("role=\"img\" aria-labelledby=\"drawn\" aria-describedby=\"described\"")
        );
    }
}

/// Relative luminance of `#rgb` or `#rrggbb` (WCAG 2.2).
fn luminance(colour: &str) -> f64 {
    let digits: Vec<u32> = colour
        .chars()
        .skip(1)
        .map(|c| c.to_digit(16).unwrap())
        .collect();
    let parts: Vec<u32> = match digits.len() {
        3 => digits.iter().map(|d| d * 17).collect(),
        _ => digits
            .chunks(2)
            .map(|pair| pair[0] * 16 + pair[1])
            .collect(),
    };
    let linear = |part: &u32| {
        let part = f64::from(*part) / 255.0;
        if part <= 0.040_45 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    };
    let weights = [0.2126, 0.7152, 0.0722];
    parts
        .iter()
        .map(linear)
        .zip(weights)
        .map(|(part, weight)| part * weight)
        .sum()
}

#[test]
fn every_colour_of_words_stands_out_from_the_paper() {
    let page = render(&load(LAND), &[], &[], None);
    let mut sheets = 0;
    for sheet in page.split(":root{").skip(1) {
        let sheet = sheet.split('}').next().unwrap();
        let colour = |name: &str| {
            let rules = sheet.split(';').filter_map(|rule| rule.split_once(':'));
            let found = rules.filter(|(n, _)| *n == name).map(|(_, value)| value);
            found.map(str::to_owned).next()
        };
        // The dark sheet keeps what it does not change; it changes all of these.
        let papers = ["--paper", "--card"].map(|name| colour(name).unwrap());
        for ink in ["--ink", "--soft", "--accent", "--money", "--law", "--use"] {
            for paper in &papers {
                let (a, b) = (luminance(&colour(ink).unwrap()), luminance(paper));
                let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
                assert!(
                    contrast >= 4.5,
                    "{ink} on {paper} in sheet {sheets}: {contrast:.2}"
                );
            }
        }
        sheets += 1;
    }
    assert_eq!(sheets, 3, "by day, by night, on paper");
}

#[test]
fn who_shows_a_fact_and_as_what_is_said_with_its_powers() {
    let titles = LAND.replace(
        "  charges:    list",
        "  ends: date or none\n  charges:    list",
    );
    let source = titles.replace(
        "  attested by registrar\n",
        "  attested by registrar\n  shown by proprietor\n  credential \"https://titles.example/v1\" until ends\n",
    );
    let before = render(&load(&titles), &[], &[], None);
    let page = render(&load(&source), &[], &[], None);
    let added: Vec<&str> = page
        .lines()
        .filter(|line| line.contains("<dt>") && !before.contains(line))
        .collect();
    assert_eq!(
        added,
        [
            "<div><dt>Shown by</dt><dd>its proprietor, who alone can show a proof of it</dd></div>",
            "<div><dt>Taken elsewhere as</dt><dd>a credential of the type https://titles.example/v1, until its ends, if there is one</dd></div>"
        ]
    );
}

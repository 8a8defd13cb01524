//! The page of a contract: whole, escaped, without script and without anything from elsewhere.

use deed::render;

use crate::fixtures::{BUDGET, LAND, SAFEGUARDING, load};

#[test]
fn a_page_says_everything_that_a_contract_declares() {
    let page = render(&load(LAND), &[], Some("the-hash"));
    insta::assert_snapshot!(page.split("</style>").last().unwrap());
}

#[test]
fn a_page_loads_nothing_and_runs_nothing() {
    for source in [BUDGET, LAND, SAFEGUARDING] {
        let page = render(&load(source), &[], None);
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
    let page = render(&load(&source), &[], None);
    assert!(
        page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#39;quotes&#39; &lt;img&gt;")
    );
    assert!(!page.contains("<script"));
}

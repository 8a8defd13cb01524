//! Actions and facts at a glance, drawn.

use std::collections::BTreeSet;

use crate::contract::Contract;
use crate::schema::Action;

use super::html::{Page, escaped};

const ROW: usize = 46;
const BOX_HEIGHT: usize = 32;
const ACTION_X: usize = 8;
const ACTION_WIDTH: usize = 230;
const FACT_X: usize = 590;
const FACT_WIDTH: usize = 230;
const WIDTH: usize = 830;
const TOP: usize = 30;
const LEGEND: usize = 46;

/// How an action touches a kind of fact, with the class of the line and its words.
const TOUCHES: [(&str, &str); 4] = [
    ("makes", "makes"),
    ("moves", "moves or issues money"),
    ("uses", "uses up"),
    ("reads", "reads"),
];

fn touches(action: &Action) -> Vec<(u16, &'static str)> {
    let mut out = BTreeSet::new();
    out.extend(action.creates.iter().map(|k| (*k, "makes")));
    out.extend(action.moves.iter().map(|k| (*k, "moves")));
    out.extend(action.consumes.iter().map(|i| (i.kind, "uses")));
    out.extend(action.references.iter().map(|i| (i.kind, "reads")));
    out.into_iter().collect()
}

/// The middle of a box, when `count` boxes share a height of `rows` rows.
fn middle(index: usize, count: usize, rows: usize) -> usize {
    TOP + (2 * index + 1) * rows * ROW / (2 * count.max(1))
}

pub(super) fn section(page: &mut Page, contract: &Contract) {
    let (actions, kinds) = (contract.actions(), contract.kinds());
    let rows = actions.len().max(kinds.len()).max(1);
    let height = TOP + rows * ROW + LEGEND;
    page.raw("<section id=\"diagram\">\n");
    page.element("h2", "At a glance");
    page.write(format_args!("<figure>\n<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-labelledby=\"drawn\" aria-describedby=\"described\">\n"));
    let title = format!("Actions and facts of {}", contract.name());
    page.write(format_args!(
        "<title id=\"drawn\">{}</title>\n<desc id=\"described\">{}</desc>\n",
        escaped(&title),
        escaped(&described(contract))
    ));
    arrowheads(page);
    page.write(format_args!("<text class=\"small\" x=\"{ACTION_X}\" y=\"16\">ACTIONS</text><text class=\"small\" x=\"{FACT_X}\" y=\"16\">FACTS</text>\n"));
    for (i, action) in actions.iter().enumerate() {
        for (kind, class) in touches(action) {
            let from = middle(i, actions.len(), rows);
            let to = middle(usize::from(kind), kinds.len(), rows);
            edge(page, from, to, class);
        }
    }
    for (i, action) in actions.iter().enumerate() {
        node(
            page,
            ACTION_X,
            ACTION_WIDTH,
            middle(i, actions.len(), rows),
            "box",
            3,
            &action.name,
        );
    }
    for (i, kind) in kinds.iter().enumerate() {
        let class = if kind.money.is_some() {
            "box cash"
        } else {
            "box"
        };
        node(
            page,
            FACT_X,
            FACT_WIDTH,
            middle(i, kinds.len(), rows),
            class,
            14,
            &match kind.money {
                Some(_) => format!("{} (money)", kind.name),
                None => kind.name.clone(),
            },
        );
    }
    legend(page, contract, TOP + rows * ROW + 24);
    page.raw("</svg>\n");
    page.element(
        "figcaption",
        "An arrow to a fact makes it or moves it; an arrow from a fact uses it up or reads it.",
    );
    page.raw("</figure>\n</section>\n");
}

fn arrowheads(page: &mut Page) {
    page.raw("<defs>");
    for (class, color) in [
        ("makes", "--ink"),
        ("moves", "--money"),
        ("uses", "--use"),
        ("reads", "--soft"),
    ] {
        page.write(format_args!("<marker id=\"to-{class}\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto-start-reverse\" markerUnits=\"userSpaceOnUse\"><polygon points=\"0,0 8,4 0,8\" style=\"fill:var({color})\"/></marker>"));
    }
    page.raw("</defs>\n");
}

fn edge(page: &mut Page, from: usize, to: usize, class: &str) {
    let (start, end) = (ACTION_X + ACTION_WIDTH + 2, FACT_X - 2);
    let (near, far) = (start + 150, end - 150);
    let marker = match class {
        "uses" | "reads" => "marker-start",
        _ => "marker-end",
    };
    // Lines of different kinds between the same boxes stay apart, at both ends.
    let apart = match class {
        "moves" => 5,
        "uses" => 10,
        "reads" => 15,
        _ => 0,
    };
    let (from, to) = (from + apart - 5, to + apart - 5);
    page.write(format_args!("<path class=\"{class}\" {marker}=\"url(#to-{class})\" d=\"M{start},{from} C{near},{from} {far},{to} {end},{to}\"/>\n"));
}

fn node(
    page: &mut Page,
    x: usize,
    width: usize,
    middle: usize,
    class: &str,
    round: usize,
    name: &str,
) {
    let (top, text, baseline) = (middle - BOX_HEIGHT / 2, x + width / 2, middle + 5);
    page.write(format_args!("<rect class=\"{class}\" x=\"{x}\" y=\"{top}\" width=\"{width}\" height=\"{BOX_HEIGHT}\" rx=\"{round}\"/><text x=\"{text}\" y=\"{baseline}\" text-anchor=\"middle\">{}</text>\n", escaped(name)));
}

/// What the lines that are drawn mean.
fn legend(page: &mut Page, contract: &Contract, y: usize) {
    let drawn: BTreeSet<&str> = contract
        .actions()
        .iter()
        .flat_map(touches)
        .map(|(_, class)| class)
        .collect();
    let known = TOUCHES.iter().filter(|(class, _)| drawn.contains(class));
    for (i, (class, words)) in known.enumerate() {
        let x = ACTION_X + i * 200;
        let (end, text, baseline) = (x + 34, x + 42, y + 4);
        page.write(format_args!("<path class=\"{class}\" d=\"M{x},{y} H{end}\"/><text class=\"small\" x=\"{text}\" y=\"{baseline}\">{words}</text>\n"));
    }
}

/// The drawing in words, for whoever can't see it.
fn described(contract: &Contract) -> String {
    let sentences = contract.actions().iter().map(|action| {
        let parts = touches(action).into_iter().map(|(kind, class)| {
            let words = TOUCHES
                .iter()
                .find(|(c, _)| *c == class)
                .map_or("", |(_, w)| w);
            format!("{words} {}", contract.kinds()[usize::from(kind)].name)
        });
        let parts: Vec<String> = parts.collect();
        match parts.as_slice() {
            [] => format!("{} touches no fact.", action.name),
            some => format!("{} {}.", action.name, some.join(", ")),
        }
    });
    sentences.collect::<Vec<_>>().join(" ")
}

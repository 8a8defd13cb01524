//! The series as a picture: bytes and microseconds over predecessors, each beside what is asked for.

use std::fmt::Write as _;

use super::making::Measured;
use super::{BYTES_GOAL, MICROS_GOAL};

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 300.0;
const TOP: f64 = 56.0;
const BOTTOM: f64 = 240.0;
const PANEL: f64 = 300.0;
/// Left edges of the two panels.
const LEFT: [f64; 2] = [56.0, 436.0];

struct Panel<'a> {
    left: f64,
    title: &'a str,
    limit: f64,
    values: Vec<(u64, f64)>,
}

pub(super) fn of(series: &[(u64, Measured)]) -> String {
    let bytes = series.iter().map(|(n, m)| (*n, m.bytes as f64));
    let micros = series.iter().map(|(n, m)| (*n, m.micros));
    let panels = [
        Panel {
            left: LEFT[0],
            title: "Bytes of a proof, without the fact's own fields",
            limit: BYTES_GOAL as f64,
            values: bytes.collect(),
        },
        Panel {
            left: LEFT[1],
            title: "Microseconds to verify it, one core",
            limit: MICROS_GOAL,
            values: micros.collect(),
        },
    ];
    let mut svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-family="Helvetica, Arial, sans-serif" font-size="12" fill="#0b0c0c">
<title>A proof costs the same whatever its fact's history</title>
<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>
"##
    );
    for panel in &panels {
        draw(&mut svg, panel);
    }
    svg.push_str("</svg>\n");
    svg
}

fn draw(svg: &mut String, panel: &Panel<'_>) {
    let Panel { left, title, .. } = panel;
    let right = left + PANEL;
    let x = |n: u64| left + 20.0 + (PANEL - 60.0) * (n as f64).log10() / 5.0;
    let y = |value: f64| BOTTOM - (BOTTOM - TOP) * value / (panel.limit * 1.1);
    // Writing into a text can't fail.
    let mut line = |text: String| _ = writeln!(svg, "{text}");
    line(format!(
        r#"<text x="{left}" y="30" font-size="14" font-weight="bold">{title}</text>"#
    ));
    line(format!(
        r##"<path d="M{left} {TOP}V{BOTTOM}H{right}" fill="none" stroke="#505a5f"/>"##
    ));
    let limit = y(panel.limit);
    line(format!(
        r##"<path d="M{left} {limit:.1}H{right}" stroke="#d4351c" stroke-dasharray="6 4"/><text x="{right}" y="{:.1}" text-anchor="end" fill="#d4351c">at most {}</text>"##,
        limit - 6.0,
        grouped(panel.limit)
    ));
    line(format!(
        r#"<text x="{}" y="{BOTTOM}" text-anchor="end">0</text>"#,
        left - 6.0
    ));
    let points = panel.values.iter();
    let points: Vec<String> = points
        .map(|(n, value)| format!("{:.1},{:.1}", x(*n), y(*value)))
        .collect();
    line(format!(
        r##"<polyline points="{}" fill="none" stroke="#1d70b8" stroke-width="2"/>"##,
        points.join(" ")
    ));
    for (n, value) in &panel.values {
        let (x, y) = (x(*n), y(*value));
        line(format!(
            r##"<circle cx="{x:.1}" cy="{y:.1}" r="4" fill="#1d70b8"/><text x="{x:.1}" y="{:.1}" text-anchor="middle">{}</text><text x="{x:.1}" y="{}" text-anchor="middle">{}</text>"##,
            y - 10.0,
            grouped(*value),
            BOTTOM + 18.0,
            grouped(*n as f64)
        ));
    }
    line(format!(
        r#"<text x="{}" y="{}" text-anchor="middle">predecessors</text>"#,
        left + PANEL / 2.0,
        BOTTOM + 40.0
    ));
}

/// `100,000` for 100000.0.
fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    match digits.split_at_checked(digits.len().saturating_sub(3)) {
        Some((thousands, rest)) if !thousands.is_empty() => format!("{thousands},{rest}"),
        _ => digits,
    }
}

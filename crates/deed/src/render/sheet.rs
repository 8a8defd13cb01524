//! How the page looks: on a screen, by day and by night, and on paper.

pub(super) const SHEET: &str = "
:root{--ink:#17202a;--soft:#56616d;--line:#d5dbe1;--paper:#fff;--card:#f6f8fa;--accent:#1d4f91;--money:#176b3a;--law:#6b4e16;--use:#a3341f;color-scheme:light dark}
@media (prefers-color-scheme:dark){:root{--ink:#e6ebf0;--soft:#a3afbb;--line:#3a4550;--paper:#12181e;--card:#1a222a;--accent:#8ab8f2;--money:#7fd09f;--law:#dfbf7c;--use:#f2a08f}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 Georgia,'Times New Roman',serif}
main,footer{max-width:62rem;margin:0 auto;padding:0 1.5rem}
main{padding-top:2.5rem}
h1,h2,h3,h4,th,dt,nav,.kicker,.tag,svg,figcaption{font-family:system-ui,'Segoe UI',Helvetica,Arial,sans-serif}
h1{font-size:2.3rem;line-height:1.15;margin:0}
h2{font-size:1.5rem;margin:3rem 0 .75rem;padding-bottom:.35rem;border-bottom:2px solid var(--ink)}
h3{font-size:1.2rem;margin:0}
h4{font-size:.82rem;letter-spacing:.05em;text-transform:uppercase;color:var(--soft);margin:1.2rem 0 .35rem}
p{margin:.4rem 0}
a{color:var(--accent)}
.kicker{margin:0;color:var(--soft);font-size:.9rem;letter-spacing:.05em;text-transform:uppercase}
.lead{font-size:1.25rem;margin:.5rem 0 1rem;max-width:44rem}
.note{color:var(--soft)}
.law{color:var(--law);font-size:.95rem;margin:.15rem 0}
.law::before{content:'\u{a7} ';font-weight:700}
.tag{display:inline-block;font-size:.75rem;font-weight:600;border:1px solid currentColor;border-radius:1rem;padding:0 .55rem;margin-left:.5rem;vertical-align:.15em}
.tag.money{color:var(--money)}
dl{margin:.5rem 0 0}
.facts{margin:1rem 0}
.facts div,.who div{display:grid;grid-template-columns:13rem 1fr;gap:1rem;padding:.3rem 0;border-top:1px solid var(--line)}
dt{color:var(--soft);font-size:.9rem}
dd{margin:0;overflow-wrap:anywhere}
nav{background:var(--card);border-radius:.5rem;padding:.6rem 1rem;font-size:.93rem}
nav ul{margin:0;padding-left:1.1rem}
article{border:1px solid var(--line);border-radius:.6rem;padding:1.1rem 1.3rem;margin:1rem 0;break-inside:auto}
table{border-collapse:collapse;width:100%;font-size:.95rem}
th{text-align:left;font-size:.8rem;color:var(--soft);font-weight:600}
tbody th{font:inherit;color:inherit;font-family:Georgia,'Times New Roman',serif}
th,td{padding:.3rem .8rem .3rem 0;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
tr{break-inside:avoid}
tbody th code{white-space:nowrap}
code,pre{font-family:ui-monospace,'SFMono-Regular',Menlo,Consolas,monospace;font-size:.86em}
pre{background:var(--card);padding:.7rem 1rem;border-radius:.4rem;overflow:auto;white-space:pre-wrap}
ol.rules{padding-left:1.4rem;margin:.3rem 0}
ol.rules li{margin:.45rem 0;break-inside:avoid}
ol.rules code,ul.plain code{display:block;white-space:pre-wrap;overflow-wrap:anywhere}
ol.rules code{color:var(--soft)}
ol.rules .note{margin:.8rem 0 .2rem}
ul.plain{list-style:none;margin:.2rem 0;padding:0}
ul.plain li{margin:.3rem 0}
ul.exceptions{margin-left:1.4rem}
tr.change th{padding-left:1.4rem;font-weight:400}
figure{margin:0;overflow-x:auto}
figcaption{font-size:.85rem;color:var(--soft);margin-top:.4rem}
svg{width:100%;height:auto;max-width:58rem;font-size:13px}
svg text{fill:var(--ink)}
svg .box{fill:var(--card);stroke:var(--ink);stroke-width:1.2}
svg .cash{stroke:var(--money);stroke-width:2}
svg .small{fill:var(--soft);font-size:11px}
svg path{fill:none;stroke:var(--ink);stroke-width:1.3}
svg .moves{stroke:var(--money);stroke-width:2}
svg .uses{stroke:var(--use);stroke-dasharray:6 3}
svg .reads{stroke:var(--soft);stroke-dasharray:2 3}
footer{color:var(--soft);font-size:.9rem;border-top:1px solid var(--line);margin-top:3rem;padding-bottom:2rem}
@media (max-width:40rem){main,footer{padding:0 1rem}article{padding:.9rem}svg{min-width:36rem}.facts div,.who div{grid-template-columns:1fr;gap:0}}
@media print{:root{--ink:#000;--soft:#444;--line:#bbb;--paper:#fff;--card:#fff;--accent:#000;--money:#1b5e20;--law:#4e3b0f;--use:#8a1f0f}html{font-size:10.5pt}body{font-size:1rem}main,footer{max-width:none;padding:0}nav{display:none}article{border-width:0 0 0 2pt;border-radius:0}h2,h3,h4{break-after:avoid}a{text-decoration:none}@page{margin:18mm}}
";

/** The look of a page: print on white by day, light on slate by night. No font, image or script comes from elsewhere. */
export const STYLE = `
:root{color-scheme:light dark;--paper:#fff;--ink:#171b22;--faint:#5b6470;--rule:#d8dde4;--wash:#f4f6f8;--mid:#0a58a8;--gap:rgb(10 88 168/.14);--fundamental:#6d7681;--low:#b3261e;--heat:179 38 30;--good:#1c6b3c;--bad:#b3261e;--warn:#8a5a00;--link:#0a58a8;
--v0:#2166ac;--v1:#d6604d;--v2:#3a8f5c;--v3:#b8860b;--v4:#7b4ea3;--v5:#1b8a94;--v6:#9c5a3c;--v7:#5f6b7a}
@media (prefers-color-scheme:dark){:root{--paper:#12161c;--ink:#e6e9ee;--faint:#9aa4b0;--rule:#2c343f;--wash:#1a2029;--mid:#7cb7f5;--gap:rgb(124 183 245/.18);--fundamental:#96a0ac;--low:#ff8a80;--heat:255 120 100;--good:#7fd39b;--bad:#ff8a80;--warn:#f0c060;--link:#8cc0f7;
--v0:#6aa9ea;--v1:#f08a75;--v2:#6cc491;--v3:#e0b64a;--v4:#b18be0;--v5:#56c2cc;--v6:#d0987a;--v7:#9aa7b8}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1080px;margin:0 auto;padding:28px 24px 64px}
a{color:var(--link)}
header{border-bottom:2px solid var(--ink);padding-bottom:14px}
.kicker{font-size:12px;letter-spacing:.09em;text-transform:uppercase;color:var(--faint);display:flex;flex-wrap:wrap;gap:4px 16px;justify-content:space-between}
h1{font-size:26px;line-height:1.2;margin:10px 0 8px;letter-spacing:-.01em;overflow-wrap:anywhere}
.answer{font-size:17px;line-height:1.5;margin:0;max-width:72ch;overflow-wrap:anywhere}
.status{border:1px solid var(--bad);border-left-width:6px;color:var(--bad);padding:8px 12px;margin:0 0 16px;font-weight:600}
.trouble{border-left:4px solid var(--warn);padding:4px 0 4px 12px;margin:14px 0 0;max-width:80ch;overflow-wrap:anywhere}
h2{font-size:17px;margin:34px 0 4px;padding-top:10px;border-top:1px solid var(--rule)}
h3{font-size:14px;margin:20px 0 4px}
p{margin:6px 0;max-width:80ch}
.faint{color:var(--faint)}
.span{stroke:var(--v0);stroke-width:2;fill:none}
.half{stroke:var(--v0);stroke-width:7;opacity:.55;fill:none}
.happened{fill:var(--low)}
.strip{display:block}
.note{font-size:13px;color:var(--faint);margin:0 0 10px}
.kpis{display:grid;grid-template-columns:repeat(6,1fr);margin:0;border-bottom:1px solid var(--rule)}
.kpis div{padding:12px 12px 12px 0}
.kpis dt{font-size:12px;color:var(--faint)}
.kpis dd{margin:0;font-size:21px;font-weight:600;letter-spacing:-.01em;white-space:nowrap}
.scroll{overflow-x:auto;margin:8px 0;max-width:100%;background:linear-gradient(90deg,var(--paper) 30%,transparent) left/36px 100% no-repeat local,linear-gradient(270deg,var(--paper) 30%,transparent) right/36px 100% no-repeat local,linear-gradient(90deg,rgb(128 128 128/.45),transparent) left/12px 100% no-repeat,linear-gradient(270deg,rgb(128 128 128/.45),transparent) right/12px 100% no-repeat}
table{border-collapse:collapse;font-size:13.5px;min-width:100%}
th,td{padding:4px 10px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--rule)}
th:first-child,td:first-child{text-align:left;padding-left:0}
th{font-weight:500;color:var(--faint);vertical-align:bottom}
thead th{white-space:normal}
th a,dt a,h2 a{color:inherit;text-decoration:underline;text-decoration-color:var(--rule);text-underline-offset:3px}
th a:hover,dt a:hover{text-decoration-color:currentColor}
tbody th{color:var(--ink);vertical-align:middle}
tr.venue th,tr.venue td{font-weight:600;border-top:1px solid var(--faint)}
tr.asset th{padding-left:16px;font-weight:400;color:var(--faint)}
tr.all th,tr.all td{font-weight:700;border-top:2px solid var(--ink)}
@media (min-width:761px){.dense table{font-size:12px}.dense th,.dense td{padding:4px 5px}.dense th:first-child{padding-left:0;min-width:88px;max-width:120px;white-space:normal;overflow-wrap:anywhere}.dense tbody td{overflow-wrap:anywhere}}
td.zero{color:var(--faint)}
td.left,th.left{text-align:left}
td.parts{white-space:normal;text-align:left;min-width:140px;max-width:220px;overflow-wrap:anywhere}
td.wrap{white-space:normal;text-align:left;min-width:220px;overflow-wrap:anywhere}
td.heat{background:rgb(var(--heat)/calc(var(--w)*.55))}
td.heat small{display:block;color:inherit;opacity:.75;font-size:11.5px}
.panels{display:grid;grid-template-columns:repeat(auto-fill,minmax(300px,1fr));gap:14px 20px;margin:10px 0}
figure{margin:0;min-width:0}
figcaption{font-size:13px;display:flex;flex-wrap:wrap;gap:2px 8px}
figcaption b,.legend b{overflow-wrap:anywhere}
svg.chart{display:block;width:100%;height:auto}
svg text{font:11px system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif;fill:var(--faint)}
.grid{stroke:var(--rule);stroke-width:1}.axis{stroke:var(--faint);stroke-width:1}
.mid{fill:none;stroke:var(--mid);stroke-width:1.8;stroke-linejoin:round}
.fundamental{fill:none;stroke:var(--fundamental);stroke-width:1.4;stroke-dasharray:4 3}
.gap{fill:var(--gap);stroke:none}.low{fill:var(--low)}
.v0{fill:var(--v0)}.v1{fill:var(--v1)}.v2{fill:var(--v2)}.v3{fill:var(--v3)}.v4{fill:var(--v4)}.v5{fill:var(--v5)}.v6{fill:var(--v6)}.v7{fill:var(--v7)}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:4px 18px;margin:8px 0;padding:0;font-size:13px}
.legend svg{width:22px;height:11px;margin-right:6px;vertical-align:-1px}
.slim{display:none!important}
.chain{list-style:none;margin:4px 0 14px;padding:0;font-size:13.5px;max-width:88ch}
.chain li{display:flex;gap:10px;border-left:2px solid var(--rule);padding:3px 0 3px 12px;overflow-wrap:anywhere}
.chain li:first-child{border-left-color:var(--low)}.chain li:first-child .what{font-weight:600}
.chain small{display:block;font-weight:400}.chain .when{color:var(--faint);flex:0 0 5.5em}
.way{list-style:none;display:flex;flex-wrap:wrap;gap:8px 6px;margin:8px 0;padding:0;font-size:13px}
.way li{display:flex;align-items:center;gap:6px}
.way li:not(:last-child)::after{content:"→";color:var(--faint)}
.way span{border:1px solid var(--rule);border-radius:4px;padding:3px 8px;background:var(--wash)}
.way small{display:block;color:var(--faint);font-size:11.5px}
.badge{display:inline-block;border:1px solid currentColor;border-radius:3px;padding:0 6px;font-size:12px;white-space:nowrap}
.observed{color:var(--good)}.inferred{color:var(--warn)}.synthetic{color:var(--faint)}
dl.facts{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px;margin:6px 0;font-size:13.5px}
dl.facts dt{color:var(--faint)}dl.facts dd{margin:0;overflow-wrap:anywhere}
code{font:12.5px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.broken{color:var(--bad)}
.glossary dt{font-weight:600;margin-top:10px;font-size:13.5px}.glossary dd{margin:0;font-size:13.5px;max-width:88ch}
.glossary dt:target,.glossary dt:target+dd{background:var(--wash);box-shadow:0 0 0 6px var(--wash)}
footer{margin-top:36px;border-top:2px solid var(--ink);padding-top:10px;font-size:12.5px;color:var(--faint)}
@media (max-width:760px){main{padding:18px 14px 48px}h1{font-size:21px}.answer{font-size:16px}.kpis{grid-template-columns:repeat(2,1fr)}.kpis dd{font-size:18px}.wide{display:none!important}.slim{display:block!important}dl.facts{grid-template-columns:1fr}dl.facts dd{margin-bottom:6px}td.parts{white-space:normal;text-align:left;min-width:140px;max-width:220px;overflow-wrap:anywhere}
td.wrap{min-width:180px}}
@media print{body{font-size:11px}main{max-width:none;padding:0}h2{break-after:avoid}figure,tr{break-inside:avoid}.scroll{overflow:visible}table{font-size:10px}th,td{padding:2px 5px}a{color:inherit}.panels{grid-template-columns:repeat(3,1fr)}}
`

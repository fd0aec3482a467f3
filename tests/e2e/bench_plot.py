#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""`socle bench plot` from outside, on reports made from a committed one by known changes: files, geometry, marks, escaping. TAP.

  bench_plot.py SOCLE SOURCE_ROOT [--browser]

--browser: instead, the page is laid out at 1200 and 400 pixels by chromium, where there is one (support/browser.py).
"""
import copy
import html.parser
import json
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

SOCLE, ROOT = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))
import browser  # noqa: E402
import tap  # noqa: E402
from tap import report  # noqa: E402

SVG = "{http://www.w3.org/2000/svg}"
CHARTS = {"latency.svg": "Latency distribution", "stages.svg": "Stages", "roofline.svg": "Roofline", "scaling.svg": "Scaling",
          "devices.svg": "Scaling over devices",
          "energy.svg": "Energy and latency", "clock.svg": "Clock over time", "pace.svg": "Pace over time"}
STAGES = {"execute": 1.0, "trace": 2.0, "commitment": 8.0, "bus-argument": 4.0, "constraints": 3.0, "opening": 2.0}


def socle(*args):
    return subprocess.run([SOCLE, "bench", *args], capture_output=True, text=True)


def exits(code, name, *args, says=""):
    ran = socle(*args)
    report(ran.returncode == code and says in ran.stderr, name, f"exit code {ran.returncode}, not {code}: {' '.join(args)}\n{ran.stderr}")
    return ran


def changed(base, change):
    d = copy.deepcopy(base)
    change(d)
    return d


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as f:
        return f.read()


class Folder:
    def __init__(self, path):
        self.path, self.n = path, 0

    def put(self, d, name=None):
        self.n += 1
        path = os.path.join(self.path, name or f"r{self.n}.json")
        with open(path, "w") as f:
            f.write(d if isinstance(d, str) else json.dumps(d))
        return path

    def new(self):
        self.n += 1
        return os.path.join(self.path, f"out{self.n}")

    def draw(self, *reports):
        """The folder that plot makes of reports, or of their files."""
        out = self.new()
        ran = socle("plot", *[r if isinstance(r, str) else self.put(r) for r in reports], "-o", out)
        if ran.returncode != 0:
            report(False, "plot draws", ran.stderr)
        return out


def shapes(folder, name, tag, css=None):
    """The elements of a picture with a tag, and a class."""
    root = ET.fromstring(read(folder, name))
    return [e for e in root.iter(SVG + tag) if css is None or css in e.get("class", "").split()]


def texts(folder, name):
    return ["".join(e.itertext()) for e in ET.fromstring(read(folder, name)).iter(SVG + "text")]


def points(path):
    return [(float(x), float(y)) for x, y in re.findall(r"[ML]([-\d.]+) ([-\d.]+)", path)]


class Page(html.parser.HTMLParser):
    """Tags and attributes of a page; a fault where elements are not nested."""
    def __init__(self, text):
        super().__init__()
        self.tags, self.attrs, self.open, self.faults, self.text = set(), [], [], [], []
        self.feed(text)
        self.close()
        self.faults += [f"{t} is not closed" for t in self.open]

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attrs += attrs
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.add(tag)
        self.attrs += attrs

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"{tag} ends where another is open")

    def handle_data(self, data):
        self.text.append(data)


def refusals(folder, base):
    good = folder.put(base)
    out = folder.new()
    exits(2, "plot wants a folder", "plot", good, says="from 1 to 8 reports and a folder")
    exits(2, "plot wants a report", "plot", "-o", out, says="from 1 to 8 reports")
    exits(2, "more than eight reports are refused", "plot", *[good] * 9, "-o", out)
    exits(2, "a report that is not there is an error", "plot", os.path.join(folder.path, "none"), "-o", out)
    exits(9, "what is no JSON is refused, by name", "plot", good, folder.put("{", "broken.json"), "-o", out, says="broken.json: no JSON")

    def at(path, value):
        def change(d):
            for step in path[:-1]:
                d = d[step]
            d[path[-1]] = value
        return change
    for path, value in [(("schema_version",), 2), (("schema",), "x"), (("conditions", "moments"), 1), (("conditions", "moments", 3, "at_s"), 1e-3),
                        (("conditions", "moments", 0, "pace_s"), -1), (("conditions", "moments", 0, "clock_mhz"), "3000"), (("limits",), {}),
                        (("limits", 0, "median"), 1e300), (("limits", 0, "theoretical"), 1), (("limits", 0, "theoretical"), {"value": -1}),
                        (("limits", 0, "theoretical"), {}), (("limits", 0, "name"), "x" * 40),
                        (("limits",), [{"name": "x", "median": 1}] * 33),
                        (("results", 0, "joules"), 1e16), (("results", 0, "stages"), [1]),
                        (("results", 0, "stages"), {"a": [1, 2]}), (("results", 0, "stages"), {"a": -1}),
                        (("results", 0, "stages"), {"x" * 30: 1}), (("results", 0, "stages"), {str(i): 1 for i in range(9)}),
                        (("results", 0, "what"), 1), (("results", 0, "runs_ns"), [0])]:
        exits(9, f"{'.'.join(map(str, path))} = {str(value)[:40]} is refused", "plot", folder.put(changed(base, at(path, value))), "-o", out)
    report(not os.path.exists(out), "nothing was written for them")
    exits(2, "a folder that cannot be made is an error", "plot", good, "-o", os.path.join(good, "x"))
    exits(2, "and so is a file in its place", "plot", good, "-o", good)
    report(json.loads(read(good)) == base, "which stays as it was")


def one_report(folder, base):
    out = folder.new()
    path = folder.put(base)
    text = exits(0, "one report is drawn", "plot", path, "-o", out).stdout
    d = json.loads(socle("plot", path, "-o", out, "--json").stdout)
    drawn = {c["file"] for c in d["charts"] if c["file"]}
    page = read(out, "index.html")
    missing = [c for c in d["charts"] if c["left_out"]]
    report(drawn == {"latency.svg", "roofline.svg", "pace.svg"} and set(os.listdir(out)) == drawn | {"index.html"} and len(missing) == 5 and
           d["schema"] == "socle.bench.plot" and d["page"] == "index.html", "with the charts that it has figures for", d)
    report(all(f"{c['title']}: {c['left_out']}" in page and f"left out: {c['left_out']}" in text for c in missing) and "Charts left out" in page,
           "the others are said to be left out", text)
    report(all(x not in page for x in ("SIMULATED", "PoCL", "NOT VALID", "IN DOUBT")), "nothing is said against it that does not hold")


def geometry(folder, base):
    """Known figures at known places."""
    def one(runs, **more):
        def change(d):
            d["results"] = [d["results"][2]]
            d["results"][0].update({"runs_ns": runs, "least_ns": [r // 2 for r in runs], **more})
        return changed(base, change)
    runs = [10 ** 6 * k for k in (10, 20, 30, 40, 50)]
    slow, fast = one(runs, stages=STAGES), one([r // 2 for r in runs], joules=3.5)
    fast["devices"][0]["threads"] = 2 * slow["devices"][0]["threads"]
    out = folder.draw(slow, fast)
    boxes = [(float(r.get("x")), float(r.get("width"))) for r in shapes(out, "latency.svg", "rect", "b")]
    dots = [float(c.get("cx")) for c in shapes(out, "latency.svg", "circle")]
    # On a logarithmic axis the quarters 20 and 40 are as far apart in both, and halving moves the box by that width.
    report(len(boxes) == 2 and len(dots) == 10 and abs(boxes[0][1] - boxes[1][1]) < 0.3 and abs(boxes[0][0] - boxes[1][0] - boxes[0][1]) < 0.3 and
           boxes[0][0] + boxes[0][1] > dots[2] > boxes[0][0] and dots[:5] == sorted(dots[:5]), "boxes and dots of latency are where the runs are", (boxes, dots))
    rects = shapes(out, "stages.svg", "rect")
    bars = [float(r.get("width")) for r in rects if r.get("height") == "18"]
    report(len(bars) == 6 and all(abs((w + 1) / (bars[0] + 1) - s) < 0.1 for w, s in zip(bars, STAGES.values())), "stages are as long as their times", bars)
    said = texts(out, "stages.svg")
    report(all(s in said for s in STAGES), "and are named", said)
    report(f"{fast['devices'][0]['threads']} threads: 2.00" in texts(out, "scaling.svg"), "twice the speed on twice the threads", texts(out, "scaling.svg"))
    other = changed(slow, lambda d: d["results"][0].update({"op": "other", "stages": {f"s{i}": 1.0 for i in range(8)}}))
    drawn = folder.draw(slow, other)
    report("stages.svg" not in os.listdir(drawn) and "stages.svg" in os.listdir(folder.draw(other)) and "draw the suites apart" in read(drawn, "index.html"),
           "reports with more stages than there are colours are drawn without them")
    three, mixed = changed(fast, lambda d: d["devices"].extend([d["devices"][0]] * 2)), changed(fast, lambda d: d["devices"].append(d["devices"][0] | {"name": "x"}))
    for d in (three, mixed):
        d["results"][0]["runs_ns"] = [r // 4 for r in runs]
    several = folder.draw(slow, fast, three, mixed)
    report("3 devices: 2.00" in texts(several, "devices.svg") and not any("4 devices" in t or "2 devices" in t for t in texts(several, "devices.svg")) and
           f"3 x {base['devices'][0]['name']}" in read(several, "index.html"), "and on three devices of one kind, not on others", texts(several, "devices.svg"))
    roof = points(next(p.get("d") for p in shapes(out, "roofline.svg", "path", "l") if "L" in p.get("d")))
    marks = [tuple(map(float, re.findall(r"[-\d.]+", m.get("transform"))[:2])) for m in shapes(out, "roofline.svg", "path", "f")]
    ticks = {t.text: float(t.get("y")) for t in shapes(out, "roofline.svg", "text", "q") if t.get("text-anchor") == "end"}
    half = (ticks["0.5"] - ticks["1"]) if {"0.5", "1"} <= set(ticks) else 0
    (x0, y0), (x1, y1) = roof

    def above(x):
        return y1 if x > x1 else y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    inside = [m for m in marks if m[0] >= x0]
    report(len(inside) == 2 and half > 0 and all(abs(y - above(x) - half) < 1 for x, y in inside), "half of the limit is half as high as the roof",
           (marks, roof, ticks))
    # The same report with theoretical limits: a dash for each case, as far above the roof as they are above the measured ones.
    dashes = [p for i in range(2) for p in shapes(out, "roofline.svg", "path", f"s{i}") if p.get("d").endswith("h14")]
    report(not dashes and "theoretical" in read(out, "index.html"), "reports without theoretical limits have no dashes",
           [d.get("d") for d in dashes])

    def theory(over, memory, faster):
        """Theoretical limits so many times the measured ones; the memory is faster than it was, so that it binds no more."""
        def change(d):
            for x in d["limits"]:
                is_memory = x["name"] == "memory"
                x["median"] *= faster if is_memory else 1
                known = memory if is_memory else over
                x["theoretical"] = {"value": known and known * x["median"], "unit": "units/s", "basis": "b", "formula": "f", "inputs": []}
        return change
    # The case of `slow` has half of its limit, the memory's unless that is faster: a dash is one octave above the roof, two above the case.
    for over, memory, faster, there in ((4, 2, 1, True), (2, 4, 100, True), (2, None, 100, True), (2, None, 1, False),
                                        (None, 2, 100, False), (None, None, 1, False)):
        name = f"theoretical limits: {over} times the work's, {memory} times the memory's, memory {faster} times as fast"
        drawn = folder.draw(changed(slow, theory(over, memory, faster)))
        marks = [re.findall(r"[-\d.]+", m.get("transform"))[:2] for m in shapes(drawn, "roofline.svg", "path", "f")]
        mark = max(([float(v) for v in m] for m in marks), key=lambda m: m[1])
        dashes = [re.findall(r"^M([\d.]+) ([\d.]+)h14$", p.get("d")) for p in shapes(drawn, "roofline.svg", "path", "s0")]
        dashes = [(float(x) + 7, float(y)) for found in dashes for x, y in found]
        ticks = {t.text: float(t.get("y")) for t in shapes(drawn, "roofline.svg", "text", "q") if t.get("text-anchor") == "end"}
        two = 2 * (ticks["0.5"] - ticks["1"])
        good = all(abs(x - mark[0]) < 0.2 and abs(mark[1] - y - two) < 1 for x, y in dashes)
        report(len(dashes) == there and good, name, (mark, dashes, ticks))
        page = read(drawn, "index.html")
        report(all(f"<td>{100 / k:.0f} %</td>" in page for k in (over, memory) if k), "and the page has them in a table")
    report(len([m for m in shapes(out, "energy.svg", "path", "s1")]) == 2 and not shapes(out, "energy.svg", "path", "s0"),
           "only the report with an energy sensor is in its chart")

    def moments(d):
        m = d["conditions"]["moments"][0]
        d["conditions"]["moments"] = [m | {"at_s": i / 2, "clock_mhz": 2000 if i == 1234 else None if 400 <= i < 500 else 3000 + i % 2} for i in range(3000)]
    out = folder.draw(changed(base, moments))
    line = max((p.get("d") for p in shapes(out, "clock.svg", "path", "s0")), key=len)
    down = max(points(line), key=lambda p: p[1])
    report(len(points(line)) < 500 and line.count("M") == 2 and [p for p in points(line) if p[1] > 150] == [down] and len(read(out, "clock.svg")) < 20000,
           "of 3000 moments the one dip is drawn, and the gap is one", line[:300])


def drawn_of(base):
    """Four reports that have something for every chart; the third is simulated, PoCL and not valid, the last of three devices."""
    def full(d):
        for r in d["results"]:
            r["joules"] = 5e-9 * r["units"]
        for r in d["results"][:3]:
            r["stages"] = STAGES
        for i, m in enumerate(d["conditions"]["moments"]):
            m["clock_mhz"] = 2900 + 7 * (i % 11)
        for i, x in enumerate(d["limits"]):
            x["theoretical"] = {"value": (1.2 + i / 4) * x["median"], "unit": "units/s", "basis": "b", "formula": "f", "inputs": []}

    def twice(d):
        full(d)
        d["devices"][0]["threads"] *= 2
        for r in d["results"]:
            r["runs_ns"] = [x * 4 // 7 for x in r["runs_ns"]]
            r["stages"] = {k: v / 2 for k, v in STAGES.items()}

    def marked(d):
        twice(d)
        d["devices"][0].update({"name": "pthread-AMD EPYC (PoCL)", "simulated": True})
        d["validity"]["valid"] = False
        for m in d["conditions"]["moments"]:
            m["clock_mhz"] = m["joules"] = None
        for r in d["results"]:
            r["joules"] = None
            r["runs_ns"] = [x * 9 // 7 for x in r["runs_ns"]]
    def several(d):
        full(d)
        d["devices"] *= 3
        for r in d["results"]:
            r["runs_ns"] = [x * 2 // 5 for x in r["runs_ns"]]
    return changed(base, full), changed(base, twice), changed(base, marked), changed(base, several)


def put_all(folder, base):
    return [folder.put(d, name) for d, name in zip(drawn_of(base), ("first.json", "second.json", "third.json", "fourth.json"))]


def marks(folder, base):
    paths = put_all(folder, base)
    out = folder.draw(*paths)
    report(set(os.listdir(out)) == set(CHARTS) | {"index.html"}, "every chart is drawn", os.listdir(out))
    remarks = {n: [w for w in ("SIMULATED", "PoCL (OpenCL on the CPU), no GPU", "NOT VALID") if any(w in t for t in texts(out, n))] for n in CHARTS}
    third = {n: "third.json" in texts(out, n) for n in CHARTS}
    report(all(len(r) == (3 if third[n] else 0) for n, r in remarks.items()) and third == {n: n not in ("energy.svg", "clock.svg", "scaling.svg", "devices.svg") for n in CHARTS},
           "simulated, PoCL and invalid runs are marked on each chart in which they are", (remarks, third))
    page = Page(read(out, "index.html"))
    said = "".join(page.text)
    report(not page.faults and all(w in said for w in ("SIMULATED, PoCL", "NOT VALID", "FIGURES IN DOUBT", "median_ns does not follow")), "and on the page", page.faults)
    again = folder.draw(*paths)
    report(all(read(out, n) == read(again, n) for n in os.listdir(out)), "the same reports give the same bytes")
    for name, title in CHARTS.items():
        text = read(out, name)
        root = ET.fromstring(text)
        report(root.get("role") == "img" and root.get("aria-label") == title and len(root.find(SVG + "desc").text) > 20 and title in texts(out, name) and
               not re.search(r"<script|<image|<use|href|url\(|@import|javascript|on\w+=", text) and text.count("http") == 1,
               f"{name} has a title and a description and needs nothing else", text[:300])
    report(page.tags & {"script", "link", "img", "iframe", "object", "use", "image"} == set() and
           not [x for x in page.attrs if x[0] in ("href", "src") or x[0].startswith("on") or "url(" in (x[1] or "")] and
           ("content", "default-src 'none'; style-src 'unsafe-inline'") in page.attrs, "the page has no script and nothing from elsewhere")
    report("prefers-color-scheme:dark" in read(out, "index.html") and "prefers-color-scheme:dark" in read(out, "latency.svg"), "there are dark colours")
    contrasts(read(out, "latency.svg"))


def luminance(colour):
    c = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    return sum(w * (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4) for w, x in zip((0.2126, 0.7152, 0.0722), c))


def contrasts(text):
    for part, name in zip(text.split("@media (prefers-color-scheme:dark)"), ("light", "dark")):
        colour = dict(re.findall(r"\.(\w+|on,\.paper)\{fill:(#[0-9a-f]{6})", part))
        paper = luminance(colour["on,.paper"])
        ratio = {k: (max(luminance(v), paper) + 0.05) / (min(luminance(v), paper) + 0.05) for k, v in colour.items() if k != "on,.paper"}
        low = [k for k, v in ratio.items() if v < (3 if k[0] == "s" else 4.5)]
        report(len(ratio) == 11 and not low, f"{name} colours stand out from the paper: lines and marks by 3, text by 4.5", ratio)


def hostile(folder, base):
    evil = "<script>alert(1)</script>\"'&\u0001\ufffe\u202e"

    def change(d):
        d["devices"][0]["name"] = evil
        d["devices"][0]["kernels"] = "<b>\"'>"
        r = d["results"][2]
        r["op"], r["shape"], r["binds"], r["what"] = "<i>&\"'", "]]><svg onload=x>", "<u>", "<q>"
        r["stages"] = {"<s onclick=1>": 1, "&lt;": 2}
        skip = d["results"][3]
        d["results"][3] = {k: skip[k] for k in ("what", "units", "memory_bytes")} | {"op": "<em>", "shape": "<a>", "outcome": "skipped", "why": "x"}
    out = folder.draw(folder.put(changed(base, change), "<h1>&'\"\udcff.json"))
    page = Page(read(out, "index.html"))
    known = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "code", "ol", "ul", "li", "p", "div", "strong", "figure", "table", "thead", "tbody",
             "tr", "th", "td", "svg", "desc", "g", "path", "rect", "circle", "text"}
    report(page.tags <= known and not page.faults and not [x for x in page.attrs if x[0].startswith("on")], "names from reports are text, never markup",
           (page.tags - known, page.faults))
    said = "".join(page.text)
    report("<script>alert(1)</script>\"'&\ufffd\ufffd\ufffd" in said and "<h1>&'\"\ufffd.json" in said and "]]><svg onload=x>" in said,
           "and are all there", said[:600])
    for name in os.listdir(out):
        if name.endswith(".svg"):
            root = ET.fromstring(read(out, name))
            report({e.tag for e in root.iter()} <= {SVG + t for t in known}, f"{name} is well-formed XML with hostile names")


def large(folder, base):
    def change(d):
        r = d["results"][2]
        runs = [10 ** 6 + 997 * i for i in range(1000)]
        d["results"] = [copy.deepcopy(r) | {"op": f"op{i}", "shape": "x" * 39, "runs_ns": runs, "least_ns": runs} for i in range(90)]
    out = folder.draw(*[folder.put(changed(base, change))] * 4)
    report(os.path.getsize(os.path.join(out, "index.html")) < 1 << 20 and "further results are left out" in read(out, "index.html") and
           len(shapes(out, "latency.svg", "rect", "b")) == 4 * 48, "of many cases and runs the page stays small and says what is left out")


def wrong(folder, base):
    def change(d):
        d["results"][1].update({"outcome": "wrong", "digest": "11" * 32})
    out = folder.draw(changed(base, change))
    page = "".join(Page(read(out, "index.html")).text)
    report("the result was wrong" in page and "FIGURES IN DOUBT" in page and
           len(shapes(out, "latency.svg", "rect", "b")) == len(base["results"]) - 1, "a wrong result is told and not drawn")


def main():
    with open(os.path.join(ROOT, "bench", "results", "2026-11-28-kernels-xeon-2c.json")) as f:
        base = json.load(f)
    # The suite may have gone on since: as if it were of today, with the cases that are still there.
    listed = json.loads(subprocess.run([SOCLE, "bench", "list", "--json"], capture_output=True, text=True, check=True).stdout)
    names = {(c["op"], c["shape"]) for c in listed["cases"]}
    base["workload"]["suite_version"] = listed["suite_version"]
    base["results"] = [r for r in base["results"] if (r["op"], r["shape"]) in names and r["outcome"] == "good"][:14]
    with tempfile.TemporaryDirectory() as path:
        folder = Folder(path)
        if sys.argv[3:] == ["--browser"]:
            browser.look(report, os.path.join(folder.draw(*put_all(folder, base)), "index.html"), len(CHARTS))
            return tap.done()
        refusals(folder, base)
        one_report(folder, base)
        geometry(folder, base)
        marks(folder, base)
        hostile(folder, base)
        large(folder, base)
        wrong(folder, base)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())

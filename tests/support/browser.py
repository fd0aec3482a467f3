# SPDX-License-Identifier: MIT OR Apache-2.0
"""A page of `socle bench plot` as chromium lays it out, without a window: what overflows, what covers what, which colours are there.

Files in the folder named by SOCLE_SCREENSHOTS are for people to look at.
"""
import html
import os
import re
import shutil
import struct
import subprocess
import tempfile
import zlib

COMMANDS = ("chromium", "chromium-headless-shell", "headless_shell")
WIDTHS = (1200, 400)
HEIGHT = 3500 # pixels of it that are photographed

# Put at the end of a copy of the page, which is shown in a frame of the width wanted (a window of chromium has at least 500 pixels): what it
# measures becomes attributes of the outer document, which --dump-dom tells.
FRAME = """<!DOCTYPE html><meta charset="utf-8"><style>body{margin:0}iframe{display:block;border:0}</style>
<iframe style="width:%dpx;height:%dpx" srcdoc="%s"></iframe>"""
MEASURE = """<script>
const faults = [], root = document.documentElement, svgs = [...document.querySelectorAll('svg')].filter(s => s.getClientRects().length);
if (root.scrollWidth > root.clientWidth) faults.push('the page is ' + root.scrollWidth + ' wide');
for (const s of svgs) {
  const box = s.getBoundingClientRect(), name = s.getAttribute('aria-label');
  const all = [...s.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect(), t.classList.contains('on')]);
  all.forEach(([text, r], i) => {
    if (r.left < box.left - 1 || r.right > box.right + 1 || r.top < box.top - 1 || r.bottom > box.bottom + 1) faults.push(name + ': cut off: ' + text);
    if (r.height < 11) faults.push(name + ': small: ' + text);
    for (const [other, q] of all.slice(0, i))
      if (r.left < q.right - 1 && q.left < r.right - 1 && r.top < q.bottom - 4 && q.top < r.bottom - 4) faults.push(name + ': ' + text + ' covers ' + other);
  });
}
const out = parent.document.documentElement;
out.setAttribute('data-width', root.clientWidth);
out.setAttribute('data-height', Math.ceil(document.body.getBoundingClientRect().bottom));
out.setAttribute('data-shown', svgs.length);
out.setAttribute('data-faults', faults.join('; '));
</script>"""


def run(command, folder, page, width, height):
    shot, outer = os.path.join(folder, f"{width}.png"), os.path.join(folder, "outer.html")
    with open(outer, "w", encoding="utf-8") as f:
        f.write(FRAME % (width, height, html.escape(page)))
    ran = subprocess.run([command, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1",
                          "--disable-dev-shm-usage", "--blink-settings=preferredColorScheme=1", f"--user-data-dir={folder}/profile",
                          "--virtual-time-budget=1000", f"--window-size={max(width, 500)},{height}", f"--screenshot={shot}", "--dump-dom", "file://" + outer],
                         capture_output=True, text=True, timeout=120)
    said = dict(re.findall(r'data-(\w+)="([^"]*)"', (ran.stdout.split(">", 2) + ["", ""])[1]))
    return shot, said, ran.stderr


def rows(path):
    """Width and rows of a PNG of 8-bit RGB, as chromium writes them."""
    with open(path, "rb") as f:
        png = f.read()
    width, height, depth, kind = struct.unpack(">IIBB", png[16:26])
    step = {2: 3, 6: 4}[kind]
    if depth != 8:
        raise ValueError("not 8 bits")
    at, packed = 8, b""
    while at < len(png):
        size, = struct.unpack(">I", png[at:at + 4])
        packed += png[at + 8:at + 8 + size] if png[at + 4:at + 8] == b"IDAT" else b""
        at += 12 + size
    raw, line, above = zlib.decompress(packed), 1 + step * width, bytes(step * width)
    for k in range(height):
        above = unfilter(raw[k * line], raw[k * line + 1:(k + 1) * line], above, step)
        yield above if step == 3 else bytes(b for i, b in enumerate(above) if i % 4 != 3)


def paeth(a, b, c):
    pa, pb, pc = abs(b - c), abs(a - c), abs(a + b - 2 * c)
    return a if pa <= pb and pa <= pc else b if pb <= pc else c


def unfilter(kind, row, above, step):
    if kind == 0 or (kind == 2 and not any(row)):
        return row if kind == 0 else above
    if kind == 2:
        return bytes((x + b) & 255 for x, b in zip(row, above))
    out, corner = bytearray(step), bytes(step)
    above = corner + above
    for i, x in enumerate(row):
        a, b, c = out[i], above[i + step], above[i]
        out.append((x + (a if kind == 1 else (a + b) // 2 if kind == 3 else paeth(a, b, c))) & 255)
    return bytes(out[step:])


def colours_of(page):
    """name -> RGB of the series, on white."""
    light = page.split("@media (prefers-color-scheme:dark)")[0]
    return {k: bytes.fromhex(v) for k, v in re.findall(r"\.(s\d)\{fill:#([0-9a-f]{6})", light)}


def look(report, page, n_charts):
    """Lay the page out at each width; report(good, name, why) for each thing that is to hold."""
    command = next(filter(None, map(shutil.which, COMMANDS)), None)
    if command is None:
        report(True, "the page in a browser # SKIP no chromium (tools/setup installs it)")
        return
    with open(page, encoding="utf-8") as f:
        text = f.read()
    # Reports have three series, stages six.
    wanted = {k: v for k, v in colours_of(text).items() if k < "s6"}
    with tempfile.TemporaryDirectory() as folder:
        measured = re.sub(r"<meta http-equiv[^>]*>", "", text).replace("</body>", MEASURE + "</body>")
        for width in WIDTHS:
            shot, said, errors = run(command, folder, measured, width, HEIGHT)
            report(said.get("width") == str(width) and said.get("shown") == str(n_charts), f"{width} pixels: every chart is shown once", (said, errors[-800:]))
            report(said.get("faults") == "", f"{width} pixels: nothing overflows, is cut off, covers another or is too small", said.get("faults"))
            seen, plain = set(), 0
            for row in rows(shot) if os.path.exists(shot) else []:
                if row != row[:3] * (len(row) // 3):
                    plain += 1
                    seen |= {k for k, v in wanted.items() if k not in seen and any(row.find(v, i) == i for i in hits(row, v))}
            report(plain > 1000 and seen == set(wanted), f"{width} pixels: not blank, and every series has its colour", (plain, set(wanted) - seen))
            keep = os.environ.get("SOCLE_SCREENSHOTS")
            if keep and os.path.exists(shot):
                shutil.copy(shot, keep)


def hits(row, colour):
    """Where a colour stands at a pixel's beginning."""
    at = row.find(colour)
    while at >= 0:
        if at % 3 == 0:
            yield at
        at = row.find(colour, at + 1)

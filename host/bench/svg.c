/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Writing SVG. Contracts: svg.h.
 *
 * Colours have a contrast of at least 3 to the paper, light and dark (a test computes it).
 */
#include "host/bench/svg.h"

#include "host/sys/mem.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Room for @p len bytes more; NULL: there is none. */
static char *room_for(struct sc_svg *s, size_t len)
{
    if (!s->failed && len > s->max - s->len) {
        const size_t max = 2 * (s->len + len) + 4096;
        char *const p = sc_grow(s->text, max, 1);
        if (p == NULL) {
            sc_svg_fini(s);
            s->failed = true;
            return NULL;
        }
        s->text = p;
        s->max = max;
    }
    return s->failed ? NULL : s->text + s->len;
}

static void put_bytes(struct sc_svg *s, const char *bytes, size_t len)
{
    char *const at = len > 0 ? room_for(s, len) : NULL;
    if (at != NULL) {
        memcpy(at, bytes, len);
        s->len += len;
    }
}

void sc_svg_fini(struct sc_svg *s)
{
    sc_free(s->text);
    memset(s, 0, sizeof *s);
}

void sc_svg_put(struct sc_svg *s, const char *format, ...)
{
    va_list list, again;
    va_start(list, format);
    va_copy(again, list);
    const int n = vsnprintf(NULL, 0, format, list);
    char *const at = n > 0 ? room_for(s, (size_t)n + 1) : NULL;
    if (at != NULL) {
        (void)vsnprintf(at, (size_t)n + 1, format, again);
        s->len += (size_t)n;
    }
    va_end(again);
    va_end(list);
}

void sc_svg_append(struct sc_svg *s, const struct sc_svg *more)
{
    put_bytes(s, more->text, more->len);
    s->failed = s->failed || more->failed;
}

/* Length of the UTF-8 sequence at t when it is a character that XML may have; 0 otherwise. */
static size_t character(const unsigned char *t)
{
    if (t[0] < 0x80) {
        return t[0] >= 0x20 && t[0] != 0x7f;
    }
    const size_t n = t[0] >= 0xc2 && t[0] < 0xe0 ? 2 : (t[0] & 0xf0u) == 0xe0 ? 3 : t[0] >= 0xf0 && t[0] < 0xf5 ? 4 : 0;
    uint32_t code = n == 0 ? 0 : t[0] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((t[i] & 0xc0u) != 0x80) {
            return 0;
        }
        code = code << 6 | (t[i] & 0x3fu);
    }
    const bool overlong = code < (n == 2 ? 0x80u : n == 3 ? 0x800u : 0x10000u), no_character = (code & 0xfffeu) == 0xfffe;
    /* Controls of C1, surrogates, and what would turn the direction of the text that follows. */
    const bool turns = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
    return overlong || no_character || code < 0xa0 || (code >= 0xd800 && code < 0xe000) || code > 0x10ffff || turns ? 0 : n;
}

void sc_svg_say(struct sc_svg *s, const char *text, size_t most)
{
    const unsigned char *t = (const unsigned char *)text;
    for (size_t k = 0; *t != '\0'; k++) {
        const size_t n = character(t);
        const char *const escape = n == 0       ? "\xef\xbf\xbd"
                                   : *t == '<'  ? "&lt;"
                                   : *t == '>'  ? "&gt;"
                                   : *t == '&'  ? "&amp;"
                                   : *t == '"'  ? "&quot;"
                                   : *t == '\'' ? "&#39;"
                                                : NULL;
        const size_t step = n == 0 ? 1 : n;
        if (most > 0 && k + 1 == most && t[step] != '\0') {
            put_bytes(s, "\xe2\x80\xa6", 3);
            return;
        }
        put_bytes(s, escape != NULL ? escape : (const char *)t, escape != NULL ? strlen(escape) : n);
        t += step;
    }
}

/* Of each series on white and on near black. Found by a search for the largest least distance (CIE Lab, at least 32) between any two of a
 * column, as seen with all cones and without one of the three kinds. */
static const char *const colours[SC_SVG_SERIES][2] = {
    {"#2100ff", "#a69eff"}, {"#ba8800", "#ffa400"}, {"#015040", "#35a474"}, {"#82008d", "#bc0594"},
    {"#584e00", "#846600"}, {"#f033ff", "#962cff"}, {"#ff1a91", "#ffe996"}, {"#000027", "#71ffff"}};
static const char *const dashes[SC_SVG_SERIES] = {"none", "7 3", "2 3", "9 3 2 3", "12 4", "4 4", "9 3 2 3 2 3", "1 4"};

static void put_colours(struct sc_svg *s, size_t dark)
{
    static const struct {
        const char *css, *colour[2];
    } own[] = {{".t{fill", {"#1b1f24", "#e8eaed"}},  {".q{fill", {"#4b535c", "#b4bac2"}},   {".w{fill", {"#a40e26", "#ff9a94"}},
               {".g{stroke", {"#dfe3e8", "#343a41"}}, {".l{stroke", {"#4b535c", "#b4bac2"}}, {".on,.paper{fill", {"#ffffff", "#14171a"}},
               {"svg text.halo{stroke-width:4px;stroke", {"#ffffff", "#14171a"}}};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        sc_svg_put(s, "%s:%s}\n", own[i].css, own[i].colour[dark]);
    }
    for (unsigned i = 0; i < SC_SVG_SERIES; i++) {
        sc_svg_put(s, ".s%u{fill:%s;stroke:%s}\n", i, colours[i][dark], colours[i][dark]);
    }
}

void sc_svg_style(struct sc_svg *s)
{
    sc_svg_put(s, "svg text{font:13px system-ui,-apple-system,\"Segoe UI\",\"DejaVu Sans\",sans-serif;stroke:none}\n"
                  "svg text.h{font-size:18px;font-weight:600}\nsvg text.on{font-size:11px;font-weight:600}\n.halo{paint-order:stroke}\n");
    put_colours(s, 0);
    sc_svg_put(s, "@media (prefers-color-scheme:dark){\n");
    put_colours(s, 1);
    sc_svg_put(s, "}\n.o{fill:none;stroke-width:2}\n.f{stroke:none}\n.b{fill-opacity:.25;stroke-width:1.5}\n.i{stroke-width:1.2}\n");
    for (unsigned i = 0; i < SC_SVG_SERIES; i++) {
        sc_svg_put(s, ".d%u{stroke-dasharray:%s}\n", i, dashes[i]);
    }
}

void sc_svg_label(struct sc_svg *s, double x, double y, const char *anchor, const char *css, double width, const char *text)
{
    const double letters = width / SC_SVG_LETTER;
    sc_svg_put(s, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" class=\"%s\">", x, y, anchor, css);
    sc_svg_say(s, text, letters < 2 ? 2 : (size_t)letters);
    sc_svg_put(s, "</text>\n");
}

void sc_svg_mark(struct sc_svg *s, unsigned series, bool plain, double x, double y, double r)
{
    static const char *const shapes[SC_SVG_SERIES] = {
        "M-1 0a1 1 0 1 0 2 0a1 1 0 1 0-2 0Z",
        "M-.9-.9h1.8v1.8h-1.8Z",
        "M0-1.2L1.2.9H-1.2Z",
        "M0-1.3L1.3 0L0 1.3L-1.3 0Z",
        "M0 1.2L1.2-.9H-1.2Z",
        "M-1.1 0a1.1 1.1 0 1 0 2.2 0a1.1 1.1 0 1 0-2.2 0ZM-.5 0a.5.5 0 1 1 1 0a.5.5 0 1 1-1 0Z",
        "M-1.1-1.1L1.1-1.1L-1.1 1.1L1.1 1.1Z",
        "M-.4-1.2h.8v.8h.8v.8h-.8v.8h-.8v-.8h-.8v-.8h.8Z"};
    char own[16];
    (void)snprintf(own, sizeof own, "s%u f", series);
    sc_svg_put(s, "<path class=\"%s\" transform=\"translate(%.1f %.1f) scale(%.1f)\" d=\"%s\"/>\n", plain ? "t f" : own, x, y, r, shapes[series]);
}

/* The least of 1, 2, 5, 10, 20, .. times a power of ten that is not below v > 0. */
static double nice(double v)
{
    const double power = pow(10, floor(log10(v)));
    return v <= power ? power : v <= 2 * power ? 2 * power : v <= 5 * power ? 5 * power : 10 * power;
}

static void even_ticks(struct sc_axis *a, size_t most)
{
    const double step = nice((a->high - a->low) / (double)(most - 1));
    for (double k = ceil(a->low / step - 1e-9); k * step <= a->high * (1 + 1e-9) && a->n < most; k++) {
        a->tick[a->n++] = k * step + 0.0; /* no minus zero */
    }
}

/* 1, 2, 5 times powers of ten when they are not too many; else 1 and 3 times; else powers alone, or every other one. */
static void decade_ticks(struct sc_axis *a, size_t most)
{
    static const double parts[][3] = {{1, 2, 5}, {1, 3, 0}, {1, 0, 0}};
    const double decades = log10(a->high / a->low);
    const size_t which = 3 * decades + 1 <= (double)most ? 0 : 2 * decades + 1 <= (double)most ? 1 : 2;
    const double step = decades + 1 <= (double)most ? 1 : ceil((decades + 1) / (double)most);
    for (double e = floor(log10(a->low)); pow(10, e) <= a->high; e += step) {
        for (size_t i = 0; i < 3; i++) {
            const double v = parts[which][i] * pow(10, e);
            if (v >= a->low && v <= a->high && a->n < most) {
                a->tick[a->n++] = v;
            }
        }
    }
}

void sc_axis_fit(struct sc_axis *a, double low, double high, bool log, size_t most)
{
    *a = (struct sc_axis){.log = log};
    if (log) {
        const double room = high / low < 1.2 ? 1.1 : pow(high / low, 0.05); /* free space at both ends */
        a->low = low / room;
        a->high = high * room;
        if (a->high / a->low < 8) {
            even_ticks(a, most);
        } else {
            decade_ticks(a, most);
        }
        return;
    }
    const double span = high > low ? high - low : high > 0 ? high / 2 : 1;
    const double step = nice(span / (double)(most - 2));
    a->low = fmax(0, fmin(low, floor(low / step) * step)); /* a product may be rounded past its value */
    a->high = fmax(high, ceil(high / step) * step);
    a->high = a->high > a->low ? a->high : a->low + step;
    even_ticks(a, most);
}

double sc_axis_at(const struct sc_axis *a, double value)
{
    const double part = a->log ? log(fmax(value, a->low) / a->low) / log(a->high / a->low) : (value - a->low) / (a->high - a->low);
    return part < 0 ? 0 : part > 1 ? 1 : part;
}

/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Text of SVG and HTML in a growing buffer: escaping, axes, marks of series. Same calls in, same bytes out.
 * Colours and dashes are classes (sc_svg_style), so that a picture follows the reader's light or dark colours.
 */
#ifndef SC_BENCH_SVG_H
#define SC_BENCH_SVG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SC_SVG_SERIES 8u /* that eyes can tell apart: colour, shape of mark and dash differ */
#define SC_SVG_TICKS 12u
#define SC_SVG_LETTER 7.0 /* pixels that a letter takes, on the safe side of common sans-serif faces at 13 pixels */

/** All zero: empty. When memory fails, the text is given back and what is put later is dropped. */
struct sc_svg {
    char *text; /* of sc_alloc, no final zero */
    size_t len, max;
    bool failed;
};
void sc_svg_fini(struct sc_svg *s);

/** Text of our own: nothing in it is escaped. */
__attribute__((format(printf, 2, 3))) void sc_svg_put(struct sc_svg *s, const char *format, ...);
void sc_svg_append(struct sc_svg *s, const struct sc_svg *more);
/** Text of strangers, for elements and quoted attributes: markup is escaped, bytes that no XML may have become U+FFFD, and what is longer
 * than @p most characters (0: any length) ends in an ellipsis. */
void sc_svg_say(struct sc_svg *s, const char *text, size_t most);

/** The style sheet of pictures, without its element. */
void sc_svg_style(struct sc_svg *s);
/** A word or sentence at a place; @p anchor: start, middle or end. It is cut to what @p width pixels hold. */
void sc_svg_label(struct sc_svg *s, double x, double y, const char *anchor, const char *css, double width, const char *text);
/** The mark of a series, 0 <= series < SC_SVG_SERIES, @p r pixels from its middle to its edge. plain: in the colour of text, where colours mean
 * something else. */
void sc_svg_mark(struct sc_svg *s, unsigned series, bool plain, double x, double y, double r);

/** An axis from low to high, with the values that get a line. */
struct sc_axis {
    double low, high;
    bool log;
    size_t n;
    double tick[SC_SVG_TICKS];
};
/** An axis that holds low <= high, both finite and not negative, on a logarithmic one positive; with 2 to @p most ticks.
 * most: 5 to SC_SVG_TICKS, on a logarithmic axis at least 6. A logarithmic axis of less than a percent may have one tick. */
void sc_axis_fit(struct sc_axis *a, double low, double high, bool log, size_t most);
/** Where a value is, 0 at the low end and 1 at the high one; what lies outside is held at the end. */
double sc_axis_at(const struct sc_axis *a, double value);

#endif

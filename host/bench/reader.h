/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Inside host/bench: reading the JSON of a report, where the first fault stays.
 */
#ifndef SC_BENCH_READER_H
#define SC_BENCH_READER_H

#include "host/bench/report.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct reader {
    char *why; /* SC_REPORT_WHY bytes */
    socle_status st;
};

__attribute__((format(printf, 3, 4))) static inline void fault(struct reader *r, socle_status st, const char *format, ...)
{
    va_list args;
    if (r->st != SOCLE_OK) {
        return;
    }
    r->st = st;
    va_start(args, format);
    (void)vsnprintf(r->why, SC_REPORT_WHY, format, args);
    va_end(args);
}

static inline const json_t *member(struct reader *r, const json_t *o, const char *key, json_type type)
{
    const json_t *const v = json_object_get(o, key);
    if (v == NULL || json_typeof(v) != type) {
        fault(r, SOCLE_E_FORMAT, "%s is missing or of another type", key);
        return NULL;
    }
    return v;
}

/** A text of less than @p size bytes, none of them zero. */
static inline void text_of(struct reader *r, char *out, size_t size, const json_t *o, const char *key)
{
    const json_t *const v = member(r, o, key, JSON_STRING);
    out[0] = '\0';
    if (v != NULL && (json_string_length(v) >= size || strlen(json_string_value(v)) != json_string_length(v))) {
        fault(r, SOCLE_E_FORMAT, "%s is too long", key);
    } else if (v != NULL) {
        (void)snprintf(out, size, "%s", json_string_value(v));
    }
}

#endif

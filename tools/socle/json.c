/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * JSON text in a growing buffer.
 */
#include "tools/socle/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void put(struct json *j, const char *text, size_t len)
{
    if (j->len + len > j->cap) {
        const size_t cap = 2 * (j->len + len) + 256;
        char *const p = j->failed ? NULL : realloc(j->text, cap);
        if (p == NULL) {
            j->failed = true;
            return;
        }
        j->text = p;
        j->cap = cap;
    }
    memcpy(j->text + j->len, text, len);
    j->len += len;
}

/* Length of the well-formed UTF-8 sequence at s, 0 when there is none. */
static size_t utf8_length(const unsigned char *s)
{
    size_t n = 0;
    if (s[0] >= 0xc2 && s[0] < 0xe0) {
        n = 2;
    } else if ((s[0] & 0xf0u) == 0xe0) {
        n = 3;
    } else if (s[0] >= 0xf0 && s[0] < 0xf5) {
        n = 4;
    }
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0u) != 0x80) {
            return 0;
        }
    }
    const bool overlong = (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xf0 && s[1] < 0x90);
    const bool outside = (s[0] == 0xed && s[1] >= 0xa0) || (s[0] == 0xf4 && s[1] >= 0x90);
    return overlong || outside ? 0 : n;
}

static void quoted(struct json *j, const char *value)
{
    const unsigned char *s = (const unsigned char *)value;
    put(j, "\"", 1);
    while (*s != '\0') {
        char escape[8];
        const size_t n = *s < 0x80 ? 1 : utf8_length(s);
        if (n == 0) {
            put(j, "\\ufffd", 6);
        } else if (*s < 0x20 || *s == 0x7f) {
            put(j, escape, (size_t)snprintf(escape, sizeof escape, "\\u%04x", *s));
        } else if (*s == '"' || *s == '\\') {
            put(j, "\\", 1);
            put(j, (const char *)s, 1);
        } else {
            put(j, (const char *)s, n);
        }
        s += n == 0 ? 1 : n;
    }
    put(j, "\"", 1);
}

static void member(struct json *j, const char *key)
{
    if (j->need_comma) {
        put(j, ", ", 2);
    }
    j->need_comma = true;
    if (key != NULL) {
        quoted(j, key);
        put(j, ": ", 2);
    }
}

static void open_with(struct json *j, const char *key, const char *bracket)
{
    member(j, key);
    put(j, bracket, 1);
    j->need_comma = false;
}

static void close_with(struct json *j, const char *bracket)
{
    put(j, bracket, 1);
    j->need_comma = true;
}

void json_begin(struct json *j)
{
    memset(j, 0, sizeof *j);
    put(j, "{", 1);
}

void json_end(struct json *j)
{
    close_with(j, "}");
}

void json_object(struct json *j, const char *key)
{
    open_with(j, key, "{");
}

void json_list(struct json *j, const char *key)
{
    open_with(j, key, "[");
}

void json_list_end(struct json *j)
{
    close_with(j, "]");
}

void json_string(struct json *j, const char *key, const char *value)
{
    member(j, key);
    quoted(j, value);
}

void json_uint(struct json *j, const char *key, uint64_t value)
{
    char text[24];
    member(j, key);
    put(j, text, (size_t)snprintf(text, sizeof text, "%llu", (unsigned long long)value));
}

void json_real(struct json *j, const char *key, double value)
{
    char text[40];
    if (!isfinite(value)) {
        json_null(j, key);
        return;
    }
    member(j, key);
    put(j, text, (size_t)snprintf(text, sizeof text, "%.6g", value));
}

void json_null(struct json *j, const char *key)
{
    member(j, key);
    put(j, "null", 4);
}

void json_bool(struct json *j, const char *key, bool value)
{
    member(j, key);
    put(j, value ? "true" : "false", value ? 4 : 5);
}

void json_hex(struct json *j, const char *key, const uint8_t *bytes, size_t len)
{
    char digits[3];
    member(j, key);
    put(j, "\"", 1);
    for (size_t i = 0; i < len; i++) {
        (void)snprintf(digits, sizeof digits, "%02x", bytes[i]);
        put(j, digits, 2);
    }
    put(j, "\"", 1);
}

void json_line_end(struct json *j)
{
    put(j, "\n", 1);
}

void json_drop(struct json *j)
{
    free(j->text);
    memset(j, 0, sizeof *j);
}

bool json_print(struct json *j, FILE *out)
{
    json_line_end(j);
    const bool good = !j->failed && fwrite(j->text, 1, j->len, out) == j->len && fflush(out) == 0;
    json_drop(j);
    return good;
}

/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Results of a command: named values, collected once and printed either as text lines or as one JSON object.
 * Owns its buffer. A writer of our own: fifty lines, no parser, no tree, one dependency less.
 */
#ifndef SOCLE_CLI_JSON_H
#define SOCLE_CLI_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct json {
    char *text;
    size_t len, cap;
    bool failed;     /* no memory */
    bool need_comma; /* before the next member */
};

void json_begin(struct json *j); /* { */
void json_end(struct json *j);   /* } */
void json_object(struct json *j, const char *key);
void json_list(struct json *j, const char *key);
void json_list_end(struct json *j);
void json_string(struct json *j, const char *key, const char *value);
void json_uint(struct json *j, const char *key, uint64_t value);
void json_real(struct json *j, const char *key, double value); /* six digits; null when it is not finite */
void json_null(struct json *j, const char *key);
void json_bool(struct json *j, const char *key, bool value);
void json_hex(struct json *j, const char *key, const uint8_t *bytes, size_t len);
/** The line end, for text that goes elsewhere than json_print; and what gives it back then. */
void json_line_end(struct json *j);
void json_drop(struct json *j);
/** Print with a line end, and free. False when memory or the stream failed. */
bool json_print(struct json *j, FILE *out);

#endif

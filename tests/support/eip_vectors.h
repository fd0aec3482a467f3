/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Vectors of the precompile EIPs: a JSON list of objects with "Input", "Name" and "Expected" or "ExpectedError", hex without prefix.
 */
#ifndef SC_TESTS_EIP_VECTORS_H
#define SC_TESTS_EIP_VECTORS_H

#include <criterion/criterion.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct eip_vector {
    char name[256];
    uint8_t *input;
    size_t input_len;
    bool fails;
    uint8_t expected[512];
    size_t expected_len;
};

static size_t eip_hex(uint8_t *out, const char *text, size_t n_digits)
{
    for (size_t i = 0; i < n_digits / 2; i++) {
        unsigned v;
        cr_assert(sscanf(text + 2 * i, "%2x", &v) == 1);
        out[i] = (uint8_t)v;
    }
    return n_digits / 2;
}

/* The string of a key inside [from, to); NULL when there is none. */
static const char *eip_field(const char *from, const char *to, const char *key, size_t *len)
{
    char quoted[32];
    (void)snprintf(quoted, sizeof quoted, "\"%s\"", key);
    const char *p = strstr(from, quoted);
    if (p == NULL || p >= to) {
        return NULL;
    }
    p = strchr(p + strlen(quoted), '"') + 1;
    *len = (size_t)(strchr(p, '"') - p);
    return p;
}

/* A whole file with a zero after it, NULL when there is no such file; the caller frees it. */
static char *eip_text(const char *folder, const char *file)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s", folder, file);
    FILE *const f = fopen(path, "rb");
    if (f == NULL) {
        return NULL;
    }
    (void)fseek(f, 0, SEEK_END);
    const long size = ftell(f);
    rewind(f);
    char *const text = malloc((size_t)size + 1);
    cr_assert(text != NULL && fread(text, 1, (size_t)size, f) == (size_t)size);
    text[size] = 0;
    (void)fclose(f);
    return text;
}

/* Call @p each with every vector of the file; returns how many there were, -1 when there is no such file. */
static int eip_vectors(const char *folder, const char *file, void (*each)(const struct eip_vector *, void *), void *arg)
{
    char *const text = eip_text(folder, file);
    if (text == NULL) {
        return -1;
    }
    int n = 0;
    for (const char *p = strchr(text, '{'); p != NULL; p = strchr(p, '{')) {
        const char *const end = strchr(p, '}');
        struct eip_vector v = {.fails = true};
        size_t len = 0;
        const char *s = eip_field(p, end, "Name", &len);
        cr_assert(s != NULL && len < sizeof v.name);
        memcpy(v.name, s, len);
        s = eip_field(p, end, "Input", &len);
        cr_assert(s != NULL);
        v.input = malloc(len / 2 + 1);
        v.input_len = eip_hex(v.input, s, len);
        s = eip_field(p, end, "Expected", &len);
        if (s != NULL) {
            cr_assert(len / 2 <= sizeof v.expected);
            v.expected_len = eip_hex(v.expected, s, len);
            v.fails = false;
        }
        each(&v, arg);
        free(v.input);
        n++;
        p = end;
    }
    free(text);
    return n;
}

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Commands that only tell: inspect, devices, version.
 */
#include "tools/socle/cli.h"

#include <string.h>

#define MAX_FILE ((size_t)1 << 33)

static void hex_text(char *out, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        (void)snprintf(out + 2 * i, 3, "%02x", bytes[i]);
    }
}

static void json_info(struct json *j, const struct socle_info *info)
{
    static const char *const kinds[] = {[SOCLE_KIND_PROOF] = "proof", [SOCLE_KIND_KEY] = "key", [SOCLE_KIND_ELF] = "elf", [SOCLE_KIND_SET] = "set"};
    json_string(j, "kind", kinds[info->kind]);
    switch (info->kind) {
    case SOCLE_KIND_KEY:
        json_uint(j, "version", info->version);
        json_hex(j, "key", info->key, sizeof info->key);
        break;
    case SOCLE_KIND_ELF:
        json_uint(j, "entry", info->entry);
        json_uint(j, "segments", info->n_segments);
        json_uint(j, "image_words", info->n_words);
        break;
    case SOCLE_KIND_SET:
    case SOCLE_KIND_PROOF:
        json_uint(j, "version", info->version);
        json_string(j, "profile", info->profile);
        json_hex(j, "key", info->key, sizeof info->key);
        json_hex(j, "image_root", info->image_root, sizeof info->image_root);
        json_uint(j, "image_log_rows", info->image_log_rows);
        json_uint(j, "entry", info->entry);
        json_uint(j, "cycles", info->cycles);
        if (info->kind == SOCLE_KIND_SET) {
            json_uint(j, "segments", info->n_segments);
        }
        json_uint(j, "output_bytes", info->output_len);
        json_uint(j, "cells", info->cells);
        if (info->kind == SOCLE_KIND_PROOF) {
            json_uint(j, "log_cells", info->log_cells);
        }
        json_uint(j, "bus_terms", info->bus_terms);
        json_list(j, "tables");
        for (unsigned i = 0; i < info->n_tables; i++) {
            json_object(j, NULL);
            json_string(j, "name", info->tables[i].name);
            json_uint(j, "rows", info->tables[i].rows);
            json_uint(j, "cells", info->tables[i].cells);
            json_uint(j, "bus_terms", info->tables[i].bus_terms);
            json_end(j);
        }
        json_list_end(j);
        break;
    }
}

static void say_claim(const struct socle_info *info, const char *key, const char *root)
{
    (void)printf("%-12s %s\n%-12s %s\n%-12s %s, 2^%u words\n%-12s 0x%llx\n", "profile", info->profile, "key", key, "image", root,
                 info->image_log_rows, "entry", (unsigned long long)info->entry);
    (void)printf("%-12s %llu\n%-12s %llu bytes\n", "cycles", (unsigned long long)info->cycles, "output",
                 (unsigned long long)info->output_len);
}

static void say_tables_of(const struct socle_info *info)
{
    for (unsigned i = 0; i < info->n_tables; i++) {
        (void)printf("  %-10s %12llu rows\n", info->tables[i].name, (unsigned long long)info->tables[i].rows);
    }
}

static void say_info(const struct socle_info *info)
{
    char key[65] = "", root[65] = "";
    hex_text(key, info->key, sizeof info->key);
    hex_text(root, info->image_root, sizeof info->image_root);
    switch (info->kind) {
    case SOCLE_KIND_KEY:
        (void)printf("key file, version %u\n%-12s %s\n", info->version, "key", key);
        break;
    case SOCLE_KIND_ELF:
        (void)printf("RISC-V program\n%-12s 0x%llx\n%-12s %llu\n%-12s %llu\n", "entry", (unsigned long long)info->entry, "segments",
                     (unsigned long long)info->n_segments, "image words", (unsigned long long)info->n_words);
        break;
    case SOCLE_KIND_SET:
        (void)printf("set of proofs, version %u; what follows is its claim, `socle verify` checks it\n", info->version);
        say_claim(info, key, root);
        (void)printf("%-12s %llu\n", "segments", (unsigned long long)info->n_segments);
        say_tables_of(info);
        break;
    case SOCLE_KIND_PROOF:
        (void)printf("proof file, version %u; what follows is its claim, `socle verify` checks it\n", info->version);
        say_claim(info, key, root);
        (void)printf("%-12s %llu, size class 2^%u\n%-12s %llu\n", "cells", (unsigned long long)info->cells, info->log_cells, "bus terms",
                     (unsigned long long)info->bus_terms);
        say_tables_of(info);
        break;
    }
}

enum exit_code run_inspect(struct args *a)
{
    socle_status st = SOCLE_OK;
    enum exit_code code = EXIT_GOOD;
    uint8_t *bytes = NULL;
    size_t len = 0;
    struct socle_info info = {0};
    TRY(socle_file_read(a->ctx, &bytes, &len, a->operand[0], MAX_FILE));
    TRY(socle_inspect(a->ctx, &info, bytes, len));
    if (given(a, OPT_JSON)) {
        struct json j;
        result_begin(&j, a);
        json_string(&j, "file", a->operand[0]);
        json_uint(&j, "bytes", len);
        json_info(&j, &info);
        code = result_print(&j, a);
    } else {
        say_info(&info);
        (void)printf("%-12s %zu\n", "file bytes", len);
    }
out:
    if (st != SOCLE_OK) {
        code = fails(a, st);
    }
    socle_free(a->ctx, bytes);
    return code;
}

static void say_device(const struct socle_device *d)
{
    (void)printf("%-12s %s%s\n", d->id, d->name, d->is_processor ? " (the processor in the guise of a device, for tests)" : "");
    if (d->isa != NULL) {
        (void)printf("%-12s %s\n%-12s %u\n", "  kernels", d->isa, "  threads", d->threads);
    } else {
        (void)printf("%-12s %s, driver %s\n%-12s %u\n", "  platform", d->platform, d->driver, "  units", d->units);
    }
    if (d->cores != 0) {
        (void)printf("%-12s %u cores, %u packages, %u NUMA nodes\n", "  topology", d->cores, d->packages, d->numa_nodes);
    }
    (void)printf("%-12s %.1f GiB\n", "  memory", (double)d->memory / 1073741824.0);
}

static void json_device(struct json *j, const struct socle_device *d)
{
    json_object(j, NULL);
    json_string(j, "id", d->id);
    json_string(j, "kind", d->kind);
    json_string(j, "name", d->name);
    if (d->isa != NULL) {
        json_string(j, "kernels", d->isa);
        json_uint(j, "threads", d->threads);
        json_uint(j, "cores", d->cores);
        json_uint(j, "packages", d->packages);
        json_uint(j, "numa_nodes", d->numa_nodes);
    } else {
        json_string(j, "platform", d->platform);
        json_string(j, "driver", d->driver);
        json_uint(j, "units", d->units);
        json_bool(j, "is_processor", d->is_processor);
    }
    json_uint(j, "memory_bytes", d->memory);
    json_end(j);
}

enum exit_code run_devices(struct args *a)
{
    struct socle_device d[SOCLE_MAX_LISTED_DEVICES];
    const size_t all = socle_devices(a->ctx, d, SOCLE_MAX_LISTED_DEVICES), n = all < SOCLE_MAX_LISTED_DEVICES ? all : SOCLE_MAX_LISTED_DEVICES;
    struct json j;
    if (!given(a, OPT_JSON)) {
        for (size_t i = 0; i < n; i++) {
            say_device(&d[i]);
        }
        return EXIT_GOOD;
    }
    result_begin(&j, a);
    json_list(&j, "devices");
    for (size_t i = 0; i < n; i++) {
        json_device(&j, &d[i]);
    }
    json_list_end(&j);
    return result_print(&j, a);
}

enum { MAX_FINDINGS = 128 };

enum exit_code run_doctor(struct args *a)
{
    static const char *const words[] = {[SOCLE_HEALTH_GOOD] = "good", [SOCLE_HEALTH_SLOW] = "slow", [SOCLE_HEALTH_BAD] = "bad"};
    struct socle_finding found[MAX_FINDINGS];
    const size_t all = socle_doctor(a->ctx, found, MAX_FINDINGS), n = all < MAX_FINDINGS ? all : MAX_FINDINGS;
    struct json j;
    if (!given(a, OPT_JSON)) {
        for (size_t i = 0; i < n; i++) {
            (void)printf("%-5s %-12s %s\n", words[found[i].health], found[i].topic, found[i].text);
        }
        return EXIT_GOOD;
    }
    result_begin(&j, a);
    json_list(&j, "findings");
    for (size_t i = 0; i < n; i++) {
        json_object(&j, NULL);
        json_string(&j, "topic", found[i].topic);
        json_string(&j, "health", words[found[i].health]);
        json_string(&j, "text", found[i].text);
        json_end(&j);
    }
    json_list_end(&j);
    return result_print(&j, a);
}

enum exit_code run_version(struct args *a)
{
    if (!given(a, OPT_JSON)) {
        (void)printf("socle %s\n", socle_version());
        say_profiles();
        return EXIT_GOOD;
    }
    struct json j;
    result_begin(&j, a);
    json_string(&j, "version", socle_version());
    json_profiles(&j);
    return result_print(&j, a);
}

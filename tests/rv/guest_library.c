/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A guest that tests the guest library from inside: start-up, memory functions at all alignments,
 * input, output, destructors. Its exit code is the number of the first check that failed. Run with
 * the input "hello". Output: "ctor;hello;main;" then 300 bytes 0, 1, .. mod 256 in pieces, then
 * "atexit2;atexit1;dtor;".
 */
#include "guest/include/zkvm_io.h"

void *memcpy(void *restrict dst, const void *restrict src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *left, const void *right, size_t n);
int atexit(void (*f)(void));
extern char _heap_start[], _heap_end[];

enum { SIZE = 160 };

static uint8_t a[SIZE], b[SIZE], model[SIZE];
static uint64_t zeroed[100];
static uint32_t initialised = 0x12345678;

static void text(const char *s)
{
    size_t n = 0;
    while (s[n] != '\0') {
        n++;
    }
    write_output((const uint8_t *)s, n);
}

__attribute__((constructor)) static void ctor(void)
{
    text("ctor;");
}

__attribute__((destructor)) static void dtor(void)
{
    text("dtor;");
}

static void first(void)
{
    text("atexit1;");
}

static void second(void)
{
    text("atexit2;");
}

static int same(const uint8_t *x, const uint8_t *y)
{
    volatile int equal = 1;
    for (size_t i = 0; i < SIZE; i++) {
        equal &= x[i] == y[i];
    }
    return equal;
}

static void fill(void)
{
    for (size_t i = 0; i < SIZE; i++) {
        a[i] = (uint8_t)(7 * i + 3);
        b[i] = model[i] = (uint8_t)(11 * i + 5);
    }
}

static int copy_is_right(size_t to, size_t from, size_t n)
{
    fill();
    for (size_t i = 0; i < n; i++) {
        model[to + i] = a[from + i];
    }
    return memcpy(b + to, a + from, n) == b + to && same(b, model);
}

static int move_is_right(size_t to, size_t from, size_t n)
{
    uint8_t kept[SIZE];
    fill();
    for (size_t i = 0; i < SIZE; i++) {
        kept[i] = model[i];
    }
    for (size_t i = 0; i < n; i++) {
        model[to + i] = kept[from + i];
    }
    return memmove(b + to, b + from, n) == b + to && same(b, model);
}

static int set_is_right(size_t to, size_t n)
{
    fill();
    for (size_t i = 0; i < n; i++) {
        model[to + i] = 0xe7;
    }
    return memset(b + to, 0x3e7, n) == b + to && same(b, model);
}

static int compare_is_right(size_t x, size_t y, size_t n)
{
    for (size_t i = 0; i < SIZE; i++) {
        a[i] = b[i] = 0;
    }
    for (size_t i = 0; i < n; i++) {
        a[x + i] = b[y + i] = (uint8_t)(200 + i);
    }
    if (memcmp(a + x, b + y, n) != 0) {
        return 0;
    }
    for (size_t i = 0; i < n; i += 3) {
        a[x + i] ^= 0x80;
        if ((memcmp(a + x, b + y, n) < 0) != (a[x + i] < b[y + i]) ||
            (memcmp(b + y, a + x, n) < 0) == (memcmp(a + x, b + y, n) < 0)) {
            return 0;
        }
        a[x + i] ^= 0x80;
    }
    return 1;
}

static int memory(void)
{
    static const size_t sizes[] = {0, 1, 2, 7, 8, 9, 15, 31, 32, 33, 63, 71};
    for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
        for (size_t x = 0; x < 9; x += k % 2 + 1) {
            for (size_t y = 0; y < 9; y++) {
                const size_t n = sizes[k];
                if (!copy_is_right(x, y, n) || !move_is_right(x, y, n) ||
                    !move_is_right(x + 20, y + 16, n) || !move_is_right(x, y + 30, n)) {
                    return 10;
                }
                if (!compare_is_right(x, y, n)) {
                    return 11;
                }
            }
            if (!set_is_right(x, sizes[k])) {
                return 12;
            }
        }
    }
    return 0;
}

static int start(void)
{
    uintptr_t sp;
    __asm__("mv %0, sp" : "=r"(sp));
    for (size_t i = 0; i < 100; i++) {
        if (zeroed[i] != 0) {
            return 1;
        }
    }
    if (*(volatile uint32_t *)&initialised != 0x12345678) {
        return 2;
    }
    return sp % 16 != 0 ? 3 : _heap_end - _heap_start < 1 << 30 ? 4 : 0;
}

int main(void)
{
    const uint8_t *in = NULL, *again = NULL;
    uint8_t bytes[300];
    size_t size = 0, size2 = 0;
    int code = start();
    code = code != 0 ? code : memory();
    read_input(&in, &size);
    read_input(&again, &size2);
    if (in != again || size != size2) {
        return 5;
    }
    write_output(in, size);
    write_output(NULL, 0);
    text(";main;");
    for (size_t i = 0; i < 300; i++) {
        bytes[i] = (uint8_t)i;
    }
    for (size_t at = 0, n = 0; at < 300; at += n) {
        n = 1 + at % 23;
        n = n < 300 - at ? n : 300 - at;
        write_output(bytes + at, n);
    }
    static const char message[] = "log\n";
    write_log((const uint8_t *)message, 4);
    return code != 0 ? code : atexit(first) != 0 || atexit(second) != 0 ? 6 : 0;
}

/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Functions to run at the end: atexit, and what C++ destructors register. Linked only into programs
 * that use it. Owns a list of fixed length.
 */
#include "guest/lib/guest.h"

#define MOST 256u

int atexit(void (*f)(void));
int __cxa_atexit(void (*f)(void *), void *arg, void *dso);
void guest_run_atexit(void);
_Noreturn void exit(int code);

/* C++ objects pass it to say which module they belong to; there is one. */
void *__dso_handle;

static struct {
    void (*plain)(void);
    void (*with_arg)(void *);
    void *arg;
} list[MOST];
static size_t n_list;

int atexit(void (*f)(void))
{
    if (n_list == MOST) {
        return -1;
    }
    list[n_list++].plain = f;
    return 0;
}

int __cxa_atexit(void (*f)(void *), void *arg, void *dso)
{
    (void)dso;
    if (n_list == MOST) {
        return -1;
    }
    list[n_list].with_arg = f;
    list[n_list++].arg = arg;
    return 0;
}

void guest_run_atexit(void)
{
    while (n_list > 0) {
        n_list--;
        if (list[n_list].plain != NULL) {
            list[n_list].plain();
        } else {
            list[n_list].with_arg(list[n_list].arg);
        }
    }
}

_Noreturn void exit(int code)
{
    guest_finish();
    guest_exit((uint64_t)(int64_t)code);
}

/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What is told of devices: which were chosen and why, and how they did.
 */
#include "tools/socle/cli.h"

#include <string.h>

void say_choice(const struct args *a, const struct socle_device_choice *c, const struct socle_device_choice *before)
{
    if (c->is_auto && !a->quiet && (before == NULL || strcmp(c->why, before->why) != 0)) {
        (void)fprintf(stderr, "socle %s: device: %s (%s)\n", a->command->name, c->devices, c->why);
    }
}

void json_choice(struct json *j, const struct socle_device_choice *c)
{
    json_object(j, "device_choice");
    json_string(j, "devices", c->devices);
    json_string(j, "why", c->why);
    json_bool(j, "is_auto", c->is_auto);
    json_end(j);
}

static void json_device_use(struct json *j, const char *name, const struct socle_device_use *d)
{
    json_object(j, name);
    json_string(j, "id", d->id);
    json_string(j, "name", d->name);
    json_bool(j, "is_processor", d->is_processor);
    json_bool(j, "compared", d->compared);
    json_uint(j, "proofs", d->proofs);
    json_uint(j, "commitments", d->commitments);
    json_uint(j, "bus_arguments", d->bus_arguments);
    json_uint(j, "sumchecks", d->sumchecks);
    json_uint(j, "openings", d->openings);
    json_uint(j, "sums", d->sums);
    json_uint(j, "quotients", d->quotients);
    json_uint(j, "failures", d->failures);
    json_bool(j, "given_up", d->given_up);
    json_string(j, "failure", d->failure);
    json_end(j);
}

void json_device_uses(struct json *j, const struct socle_device_use *first, const struct socle_device_use *more, unsigned n_more)
{
    json_device_use(j, "device", first);
    json_list(j, "devices");
    json_device_use(j, NULL, first);
    for (unsigned k = 0; k < n_more; k++) {
        json_device_use(j, NULL, &more[k]);
    }
    json_list_end(j);
}

void say_device_use(const struct socle_device_use *d, const char *made)
{
    if (strcmp(d->id, "cpu") == 0) {
        (void)printf("%-12s cpu%s%s\n", "device", made[0] != '\0' ? ": " : "", made);
        return;
    }
    (void)printf("%-12s %s, %s%s: %s%s\n", "device", d->id, d->name, d->is_processor ? " (the processor)" : "", made,
                 d->compared ? ", the CPU's the same" : "");
    if (d->failures != 0) {
        (void)printf("%-12s %u failures, their work was done by the CPU%s; the last: %s\n", "", d->failures,
                     d->given_up ? ", the device was given up" : "", d->failure);
    }
}

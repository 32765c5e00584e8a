/* Runs passes: verification, printing and time after each. */
#include "ir/pass.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "support/mem.h"

#define PASS(id, function, classes, needs, keeps, help) bool function(struct net *n, struct diag *diag);
#include "ir/passes.def"
#undef PASS

/* The name is that of the function, without pass_. */
const struct pass passes[PASS_COUNT] = {
#define PASS(id, function, classes, needs, keeps, help) \
    {&#function[sizeof "pass_" - 1], classes, needs, keeps, help, function},
#include "ir/passes.def"
#undef PASS
};

bool pass_find(const char *name, enum pass_id *id)
{
    for (size_t i = 0; i < PASS_COUNT; i++) {
        if (strcmp(passes[i].name, name) == 0) {
            *id = (enum pass_id)i;
            return true;
        }
    }
    return false;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

bool pass_run(struct net *n, enum pass_id id, const struct pass_options *o, struct diag *diag)
{
    const struct pass *p = &passes[id];
    double start = now();
    bool ok = p->run(n, diag);
    double seconds = now() - start;
    ok = net_verify(n, diag) && ok;
    if (o && o->out && o->time) {
        fprintf(o->out, "%-24s %10.6f s  %zu species, %zu reactions\n", p->name, seconds, n->species.n,
                n->reaction.n);
    }
    if (o && o->out && o->dump_after &&
        (strcmp(o->dump_after, "all") == 0 || strcmp(o->dump_after, p->name) == 0)) {
        fprintf(o->out, "; after %s\n", p->name);
        net_print(o->out, n, o->sources);
    }
    return ok;
}

static bool unknown_pass(const char *name, struct diag *diag)
{
    const char *names[PASS_COUNT];
    for (size_t i = 0; i < PASS_COUNT; i++) {
        names[i] = passes[i].name;
    }
    diag_report(diag, DIAG_E0707, (struct span){0}, "there is no pass '%s'", name);
    const char *near = diag_nearest(name, names, PASS_COUNT);
    if (near) {
        diag_help(diag, "did you mean %s?", near);
    }
    return false;
}

bool pass_run_list(struct net *n, const char *list, const struct pass_options *o, struct diag *diag)
{
    bool ok = true;
    while (ok && *list) {
        size_t length = strcspn(list, ",");
        const char *start = list;
        list += length + (list[length] == ',');
        while (length > 0 && *start == ' ') {
            start++;
            length--;
        }
        while (length > 0 && start[length - 1] == ' ') {
            length--;
        }
        if (length == 0) {
            continue;
        }
        char *name = mem_alloc(length + 1);
        memcpy(name, start, length);
        name[length] = '\0';
        enum pass_id id;
        ok = pass_find(name, &id) ? pass_run(n, id, o, diag) : unknown_pass(name, diag);
        free(name);
    }
    return ok;
}

/* The tables of kernels, and the choice among the kernels of a slot. */
#include <stdio.h>
#include <string.h>

#include "rt_run.h"

const struct crnl_slot_info crnl_slot_info[CRNL_SLOT_COUNT] = {
#define SLOT(id, name, needs, unit) {name, unit, needs},
#include "crnl_kernel.def"
};

const struct crnl_kernel_info crnl_kernel_info[CRNL_KERNEL_COUNT] = {
#define KERNEL(slot, id, made, name, rule, help) {name, help, CRNL_SLOT_##slot},
#include "crnl_kernel.def"
};

int crnl_kernel_named(const char *name, uint32_t needs)
{
    for (int i = 0; i < CRNL_KERNEL_COUNT; i++) {
        const struct crnl_kernel_info *k = &crnl_kernel_info[i];
        if (crnl_slot_info[k->slot].needs & needs && strcmp(k->name, name) == 0) {
            return i;
        }
    }
    return -1;
}

void crnl_kernel_choose(struct crnl_kernel_choice *c, const struct crnl_kernel *const *kernel, size_t n,
                        const struct crnl_model *m, const char *const *refusal, const struct crnl_amounts *at)
{
    *c = (struct crnl_kernel_choice){.slot = crnl_kernel_info[kernel[0]->id].slot};
    for (size_t i = 0; i < n; i++) {
        enum crnl_kernel_id id = kernel[i]->id;
        c->refusal[id] = refusal[id];
        if (!c->refusal[id]) {
            c->cost[id] = kernel[i]->cost(m, at);
            c->kernel = !c->kernel || c->cost[id] < c->cost[c->kernel->id] ? kernel[i] : c->kernel;
        }
    }
}

void crnl_kernel_tell(const struct crnl_kernel_choice *c, const struct crnl_kernel *first, char *text,
                      size_t size)
{
    int n = snprintf(text, size, "%s %.3g ns %s", crnl_kernel_info[first->id].name, c->cost[first->id],
                     crnl_slot_info[c->slot].unit);
    for (int i = 0; i < CRNL_KERNEL_COUNT && n > 0 && (size_t)n < size; i++) {
        const struct crnl_kernel_info *k = &crnl_kernel_info[i];
        if (k->slot == c->slot && i != (int)first->id) {
            n += c->refusal[i] ? snprintf(text + n, size - (size_t)n, "; not %s: %s", k->name, c->refusal[i])
                               : snprintf(text + n, size - (size_t)n, "; %s %.3g", k->name, c->cost[i]);
        }
    }
}

/* Reports that the requested kernel does not apply, and why, and lists the others. */
static void fail_refused(const struct rt_job *job, const struct crnl_kernel_choice *c, int64_t asked,
                         struct rt_error *e)
{
    const char *comma = "";
    rt_fail(e, CRNL_BAD_ARGUMENT, "the kernel `%s` does not take `%s`: %s", crnl_kernel_info[asked].name,
            job->m->name, c->refusal[asked]);
    for (int i = 0; i < CRNL_KERNEL_COUNT; i++) {
        if (crnl_kernel_info[i].slot == c->slot && c->refusal[i] && i != asked) {
            rt_putf(&e->text, "\n  note: nor does `%s`: %s", crnl_kernel_info[i].name, c->refusal[i]);
        }
    }
    rt_put(&e->text, "\n  help: there are ");
    for (int i = 0; i < CRNL_KERNEL_COUNT; i++) {
        if (crnl_kernel_info[i].slot == c->slot && !c->refusal[i]) {
            rt_putf(&e->text, "%s%s", comma, crnl_kernel_info[i].name);
            comma = ", ";
        }
    }
    rt_putf(&e->text, "; without `kernel` it is %s", crnl_kernel_info[c->kernel->id].name);
}

const struct crnl_kernel *rt_kernel_for(const struct rt_job *job, const struct crnl_kernel *const *kernel,
                                        size_t n, const struct crnl_amounts *at, struct crnl_kernel_choice *c,
                                        struct rt_error *e)
{
    int64_t asked = job->option[CRNL_OPTION_KERNEL].integer;
    const struct crnl_kernel *chosen = NULL;
    const struct crnl_model *m = job->m;
    const char *refusal[CRNL_KERNEL_COUNT] = {NULL};
    for (size_t i = 0; i < n; i++) {
        enum crnl_kernel_id id = kernel[i]->id;
        refusal[id] = m->kernel_refusal ? m->kernel_refusal[id] : NULL;
        refusal[id] = refusal[id] ? refusal[id] : kernel[i]->why_not(m);
        chosen = (int64_t)id == asked ? kernel[i] : chosen;
    }
    crnl_kernel_choose(c, kernel, n, m, refusal, at);
    if (chosen && c->refusal[asked]) {
        if (job->is_kernel_named) {
            fail_refused(job, c, asked, e);
        }
        chosen = NULL;
    }
    return chosen || e->status ? chosen : c->kernel;
}

void rt_put_kernel(struct rt_buffer *notes, const struct rt_job *job, const struct crnl_kernel_choice *choice,
                   const struct crnl_kernel *kernel)
{
    char text[500];
    if (job->verbose) {
        crnl_kernel_tell(choice, kernel, text, sizeof text);
        rt_putf(notes, "note: `%s` by the kernel %s\n", job->m->name, text);
    }
}

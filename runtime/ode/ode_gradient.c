/* The derivative of a deterministic run: it is repeated, noting its course, and then gone through
 * backwards. */
#include "rt_adjoint.h"

static int refuse(const struct rt_job *job, const char *what, struct rt_error *e)
{
    return rt_fail(e, CRNL_NO_RUN,
                   "the run of `%s` has no derivative in this version: %s are not followed back",
                   job->m->name, what);
}

static int go_back(struct adjoint *a, struct rt_ode *o, struct rt_error *e)
{
    struct runge_kutta table;
    a->code = o->code;
    a->c = o->course;
    a->way = a->job->spec->method->backwards;
    a->table = a->way->table && a->way->table(o, &table) ? &table : NULL;
    return o->course->refusal ? refuse(a->job, o->course->refusal, e) : adjoint_run(a, e);
}

int rt_ode_backwards(const struct rt_job *of, const struct rt_cotangents *c, int64_t row, int64_t n_rows,
                     struct rt_partial *to, struct rt_error *e)
{
    struct rt_job job = *of;
    const struct crnl_method *method = job.spec->method;
    struct course course = {.is_dense = !method->backwards->table};
    struct rt_recorder r;
    job.has_rows = job.verbose = false;
    job.is_row = true; /* it reports no progress */
    job.n_columns = job.n_trace = 0;
    rt_recorder_init(&r, &job, 0);
    struct rt_ode *o = rt_workspace(&job, &r.error);
    if (!r.error.status) {
        o->course = &course;
        o->events.note = course_note_change;
        o->events.note_env = o;
        method->run(o, &r);
        course.phase = o->events.phase;
    }
    if (r.error.status) {
        rt_fail(e, r.error.status, "%s", r.error.text.data);
    } else {
        struct adjoint a = {.job = &job,
                            .m = job.m,
                            .recorder = &r,
                            .cotangents = c,
                            .row = row,
                            .n_rows = n_rows,
                            .n = job.m->n_species,
                            .to = to};
        go_back(&a, o, e);
    }
    if (o) {
        o->course = NULL;
    }
    rt_workspace_done(&job, o);
    rt_recorder_free(&r);
    course_free(&course);
    return e->status;
}

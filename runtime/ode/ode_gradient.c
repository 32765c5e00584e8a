/* The derivative of a deterministic run. Its course is followed backwards; it was recorded by the run, or is
 * recorded by repeating the run. */
#include <stdlib.h>

#include "rt_adjoint.h"

static int refuse(const struct rt_job *job, const char *what, struct rt_error *e)
{
    return rt_fail(e, CRNL_NO_RUN,
                   "the run of `%s` has no derivative in this version: %s are not followed back",
                   job->m->name, what);
}

static int go_back(const struct rt_job *job, const struct course *course, const struct rt_cotangents *c,
                   int64_t row, int64_t n_rows, struct rt_partial *to, struct rt_error *e)
{
    struct adjoint a = {.job = job,
                        .m = job->m,
                        .cotangents = c,
                        .row = row,
                        .n_rows = n_rows,
                        .n = job->m->n_species,
                        .code = course->code,
                        .c = course,
                        .way = job->spec->method->backwards,
                        .table = course->has_table ? &course->table : NULL,
                        .to = to};
    return course->refusal ? refuse(job, course->refusal, e) : adjoint_run(&a, e);
}

/* Repeats the run to record its course, without any other output. */
static int repeat(const struct rt_job *of, struct course *course, struct rt_error *e)
{
    struct rt_job job = *of;
    struct rt_recorder r;
    job.has_rows = job.verbose = false;
    job.is_row = true; /* a row reports no progress */
    job.n_columns = job.n_trace = 0;
    job.course = course;
    rt_recorder_init(&r, &job, 0);
    struct rt_ode *o = rt_workspace(&job, &r.error);
    if (!r.error.status) {
        job.spec->method->run(o, &r);
    }
    if (r.error.status) {
        rt_fail(e, r.error.status, "%s", r.error.text.data);
    }
    rt_workspace_done(&job, o);
    rt_recorder_free(&r);
    return e->status;
}

struct course *rt_ode_course(const struct rt_job *job, int64_t n_rows, bool sure)
{
    if (!job->spec->method->backwards->table && !sure) {
        return NULL; /* recording takes as long as the run */
    }
    struct course *c = rt_alloc(1, sizeof *c);
    c->most = COURSE_MOST / (size_t)(n_rows > 0 ? n_rows : 1);
    c->gives_up = n_rows > 1 || !job->spec->method->backwards->table;
    return c;
}

void rt_ode_course_free(struct course *c)
{
    course_free(c);
    free(c);
}

int rt_ode_backwards(const struct rt_job *job, const struct rt_cotangents *c, int64_t row, int64_t n_rows,
                     struct rt_partial *to, struct rt_error *e)
{
    struct course own = {.most = COURSE_MOST};
    const struct course *course = job->course && job->course->is_whole ? job->course : &own;
    if (course != &own || !repeat(job, &own, e)) {
        go_back(job, course, c, row, n_rows, to, e);
    }
    course_free(&own);
    return e->status;
}

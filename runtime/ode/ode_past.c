/* Networks that read past values: the driver of ODE runs keeps their history here. */
#include <string.h>

#include "rt_history.h"
#include "rt_ode.h"

double rt_ode_past_bound(struct rt_ode *o, double t_stop)
{
    return o->history ? rt_history_bound(o->history, o->t, o->x, t_stop, o->t_horizon - o->job->t0) : t_stop;
}

static void state_at(void *ode, double t, double *x)
{
    rt_ode_state(ode, t, x);
}

int rt_ode_past_add(struct rt_ode *o, double end, struct rt_error *e)
{
    return o->history ? rt_history_add(o->history, o->t_before, end, state_at, o, e) : CRNL_OK;
}

bool rt_ode_past_open(struct rt_ode *o, bool *jumps)
{
    *jumps = false;
    bool comes_back = o->history && rt_history_open(o->history, o->t, jumps);
    if (o->history) {
        rt_history_forget_bad(o->history);
    }
    rt_ode_past_fill(o, o->t, o->x);
    return comes_back;
}

int rt_ode_past_check(const struct rt_ode *o, struct rt_error *e)
{
    return o->history ? rt_history_check(o->history, e) : CRNL_OK;
}

void rt_ode_past_fill(struct rt_ode *o, double t, double *x)
{
    if (o->history) {
        rt_history_fill(o->history, t, x);
    }
}

const double *rt_ode_past_see(const struct rt_ode *o, double t, const double *x)
{
    return o->history ? rt_history_see(o->history, t, x) : x;
}

const double *rt_ode_past_unlagged(const struct rt_ode *o, double *x)
{
    if (!o->history) {
        return NULL;
    }
    memcpy(x, o->x, (size_t)o->n * sizeof *x);
    rt_history_unlagged(o->history, o->t, x);
    return x;
}

void rt_ode_past_break(struct rt_ode *o)
{
    if (o->history) {
        rt_history_break(o->history, o->t, o->x);
        rt_ode_past_fill(o, o->t, o->x);
    }
}

int rt_ode_past_begin(struct rt_ode *o, struct rt_error *e)
{
    int status = o->history ? rt_history_begin(o->history, o->job, e) : CRNL_OK;
    if (o->history && !status) {
        rt_ode_past_fill(o, o->t, o->x);
    }
    return status;
}

void rt_ode_past_end(const struct rt_ode *o, struct rt_recorder *r)
{
    if (o->history && o->job->runs == 1 && !r->error.status) {
        r->past = rt_history_keep(o->history, o->t);
    }
}

bool rt_ode_past_rests(struct rt_ode *o)
{
    return !o->history || rt_history_is_flat(o->history, o->t, o->x, rt_real(o->job, CRNL_OPTION_RTOL));
}

/* Where the runs of a job go: whether they are meant for a graphics processor, and whether one is at hand. */
#include "runtime/crnl_gpu.h"
#include "runtime/crnl_lockstep.h"
#include "runtime/gpu/rt_gpu.h"
#include "rt_ctx.h"
#include "rt_run.h"

void rt_gpu_share(struct rt_job *job, int threads)
{
    int64_t most = job->gpu_lanes / threads, n = (job->runs + threads - 1) / threads;
    n = n < most ? n : most;
    job->gpu_lanes = (int)((n + GPU_THREADS - 1) / GPU_THREADS * GPU_THREADS);
}

/* What cannot go to the processor, as a reason; NULL: nothing. */
static const char *why_not(const struct rt_job *job)
{
    const struct crnl_run_spec *spec = job->spec;
    bool asks = spec->until >= 0 && (spec->until_reads_time || !crnl_lockstep_asks(job->m, spec->until));
    return job->m->gpu_refusal                            ? job->m->gpu_refusal
           : asks                                         ? "a condition of `until` that has no code for it"
           : job->has_rows && !(job->every > 0)           ? "a row for each reaction, without `every`"
           : job->option[CRNL_OPTION_KERNEL].integer >= 0 ? "a kernel is named, for the processor's cores"
                                                          : NULL;
}

int rt_gpu_decide(struct rt_job *job, struct rt_error *e)
{
    const char *why = why_not(job);
    if (why) {
        return rt_fail(e, CRNL_BAD_ARGUMENT,
                       "`%s` cannot run on a graphics processor: %s\n  help: leave `gpu = true` out",
                       job->m->name, why);
    }
    if (job->runs == 1) {
        return rt_fail(
            e, CRNL_BAD_ARGUMENT,
            "`gpu = true` is for many runs, of which each has a thread of its own\n"
            "  help: say how many, as `ssa(runs = 100000, gpu = true)`, or leave `gpu = true` out");
    }
    job->is_for_gpu = true;
    job->option[CRNL_OPTION_KERNEL].integer = CRNL_KERNEL_SSA_UNROLLED;
    if (rt_gpu_is_here(&why)) {
        job->gpu_lanes = rt_gpu_threads();
    } else {
        rt_warn_at(job->ctx, job->spec->line,
                   "no graphics processor: %s\n  note: the runs go on without it, with the same results",
                   why);
    }
    return CRNL_OK;
}

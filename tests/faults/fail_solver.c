/* A library for LD_PRELOAD that lets the solvers of linear equations fail, which hardly any input does: FAIL_CALL is
 * `memory` (KLU has none for its factors), `singular` (its matrix has no pivot), `pivots` (the old pivots do not do
 * any more) or `step` (CVODE cannot solve a step); FAIL_AT counts from 1, FAIL_TIMES calls fail. The file FAIL_TOLD
 * is made when it happened. */
#define _GNU_SOURCE 1
#include <dlfcn.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#if __has_include(<suitesparse/klu.h>)
#include <suitesparse/klu.h>
#else
#include <klu.h>
#endif

enum { CONVERGENCE_FAILED = -4 }; /* CV_CONV_FAILURE */

static bool fails(const char *name)
{
    static long count; /* of one thread */
    const char *call = getenv("FAIL_CALL"), *at = getenv("FAIL_AT"), *times = getenv("FAIL_TIMES");
    if (!call || strcmp(name, call) != 0) {
        return false;
    }
    long n = ++count - (at ? strtol(at, NULL, 10) : 1);
    bool now = n >= 0 && n < (times ? strtol(times, NULL, 10) : 1);
    const char *told = now ? getenv("FAIL_TOLD") : NULL;
    if (told) {
        close(open(told, O_WRONLY | O_CREAT, 0666));
    }
    return now;
}

#define NEXT(type, name) ((type)dlsym(RTLD_NEXT, name))

klu_numeric *klu_factor(int column[], int row[], double value[], klu_symbolic *symbolic, klu_common *common)
{
    typedef klu_numeric *(*function)(int[], int[], double[], klu_symbolic *, klu_common *);
    int status = fails("memory") ? KLU_OUT_OF_MEMORY : fails("singular") ? KLU_SINGULAR : KLU_OK;
    if (status == KLU_OK) {
        return NEXT(function, "klu_factor")(column, row, value, symbolic, common);
    }
    common->status = status;
    return NULL;
}

int klu_refactor(int column[], int row[], double value[], klu_symbolic *symbolic, klu_numeric *numeric,
                 klu_common *common)
{
    typedef int (*function)(int[], int[], double[], klu_symbolic *, klu_numeric *, klu_common *);
    int done = NEXT(function, "klu_refactor")(column, row, value, symbolic, numeric, common);
    if (fails("pivots")) {
        common->status = KLU_SINGULAR;
        return 0;
    }
    return done;
}

int CVode(void *memory, double end, void *state, double *reached, int task)
{
    typedef int (*function)(void *, double, void *, double *, int);
    return fails("step") ? CONVERGENCE_FAILED : NEXT(function, "CVode")(memory, end, state, reached, task);
}

/* The waiting time under a hazard that changes with time. */
#include <float.h>
#include <math.h>

#include "runtime/crnl_num.h"

static const double tolerance = 1e-10;  /* of a panel's integral: an error in probability */
static const double longest = 0.5;      /* panel, of the time waited */
static const double shortest = 0x1p-48; /* panel, of the time: a jump is inside */
static const double first = 0.25;       /* panel, of the time that the hazard at the start would take ... */
static const double blind = 0x1p-10;    /* ... and without one, of the time or of 1 */

static double gauss(double (*hazard)(void *env, double t), void *env, double t, double h)
{
    static const double node[2] = {0.53846931010568311, 0.90617984593866396};
    static const double weight[3] = {0.56888888888888889, 0.47862867049936647, 0.23692688505618908};
    double half = h / 2, middle = t + half, sum = weight[0] * hazard(env, middle);
    for (int i = 0; i < 2; i++) {
        sum += weight[i + 1] * (hazard(env, middle - half * node[i]) + hazard(env, middle + half * node[i]));
    }
    return half * sum;
}

/* Where in the panel the integral is `due`: Newton's method, kept inside a bracket. */
static double solve(const struct crnl_wait *w, double (*hazard)(void *env, double t), void *env, double whole)
{
    double lo = 0, hi = w->h, u = w->h * (w->due / whole);
    for (int i = 0; i < 100; i++) {
        double miss = gauss(hazard, env, w->t, u / 2) + gauss(hazard, env, w->t + u / 2, u / 2) - w->due;
        if (miss > 0) {
            hi = u;
        } else {
            lo = u;
        }
        double next = u - miss / hazard(env, w->t + u);
        next = next > lo && next < hi ? next : lo + (hi - lo) / 2;
        if (w->t + next == w->t + u) {
            break;
        }
        u = next;
    }
    return w->t + u;
}

void crnl_wait_begin(struct crnl_wait *w, double t, double due)
{
    *w = (struct crnl_wait){t, t, 0, due > 0 ? due : DBL_MIN};
}

static double first_panel(const struct crnl_wait *w, double (*hazard)(void *env, double t), void *env)
{
    double now = hazard(env, w->t), most = fmax(1, fabs(w->t)), h = first * w->due / now;
    return now > 0 && h < most ? fmax(h, shortest * most) : blind * most;
}

double crnl_wait_on(struct crnl_wait *w, double (*hazard)(void *env, double t), void *env, double end)
{
    w->h = w->h > 0 ? w->h : first_panel(w, hazard, env);
    while (w->t <= end && w->t < INFINITY) {
        double whole = gauss(hazard, env, w->t, w->h);
        double parts = gauss(hazard, env, w->t, w->h / 2) + gauss(hazard, env, w->t + w->h / 2, w->h / 2);
        if (parts != parts || whole != whole) {
            return NAN;
        }
        if (fabs(whole - parts) > tolerance && w->h > shortest * fabs(w->t)) {
            w->h /= 2;
            continue;
        }
        if (parts >= w->due) {
            double t = solve(w, hazard, env, parts);
            w->due = 0;
            return t;
        }
        w->due -= parts;
        w->t += w->h;
        w->h = fmin(2 * w->h, fmax(longest * (w->t - w->start), shortest * fabs(w->t)));
    }
    return INFINITY;
}

/* Waiting times for a hazard that changes with time. */
#include <float.h>
#include <math.h>

#include "runtime/crnl_num.h"

static const double tolerance = 1e-10;  /* of a panel's integral, as an error in probability */
static const double longest = 0.5;      /* longest panel, relative to the time waited */
static const double shortest = 0x1p-48; /* shortest panel, relative to the time: a jump is inside */
/* relative to a panel's integral: how well its values at the ends must agree with it */
static const double rough = 0.1;
/* first panel, relative to the time in which the hazard at the start would reach the variate ... */
static const double first = 0.25;
static const double blind = 0x1p-10; /* ... and if that hazard is 0, relative to the time, or to 1 */

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

/* The time in the panel at which the integral is `due`, by Newton's method within a bracket. */
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
    w->start = w->t = t;
    w->h = 0;
    w->due = due > 0 ? due : DBL_MIN;
}

static double first_panel(const struct crnl_wait *w, double (*hazard)(void *env, double t), void *env)
{
    double now = hazard(env, w->t), most = fmax(1, fabs(w->t)), h = first * w->due / now;
    return now > 0 && h < most ? fmax(h, shortest * most) : blind * most;
}

void crnl_wait_turn(struct crnl_wait *w, double t, double turn)
{
    w->turned = t;
    w->turn = turn;
    w->h = 0;
}

/* Whether a panel next to a turn is narrow enough to see the hazard there: Simpson's rule, whose nodes
 * include the ends, must roughly agree. */
static bool sees_ends(const struct crnl_wait *w, double (*hazard)(void *env, double t), void *env,
                      double whole)
{
    double end = w->t + w->h, middle = w->t + w->h / 2;
    if (w->t != w->turned && end != w->turn) {
        return true;
    }
    double sum =
        hazard(env, crnl_time_after(w->t)) + 4 * hazard(env, middle) + hazard(env, crnl_time_before(end));
    return fabs(w->h / 6 * sum - whole) <= rough * whole + tolerance;
}

double crnl_wait_on(struct crnl_wait *w, double (*hazard)(void *env, double t), void *env, double end)
{
    double turn = w->turn > 0 ? w->turn : INFINITY;
    w->h = w->h > 0 ? w->h : first_panel(w, hazard, env);
    while (w->t <= end && w->t < turn) {
        w->h = fmin(w->h, turn - w->t);
        double whole = gauss(hazard, env, w->t, w->h);
        double parts = gauss(hazard, env, w->t, w->h / 2) + gauss(hazard, env, w->t + w->h / 2, w->h / 2);
        if (parts != parts || whole != whole) {
            return NAN;
        }
        bool good = fabs(whole - parts) <= tolerance && sees_ends(w, hazard, env, parts);
        if (!good && w->h > shortest * fabs(w->t)) {
            w->h /= 2;
            continue;
        }
        if (parts >= w->due) {
            double t = solve(w, hazard, env, parts);
            w->due = 0;
            return t;
        }
        w->due -= parts;
        w->t = w->h < turn - w->t ? w->t + w->h : turn;
        w->h = fmin(2 * w->h, fmax(longest * (w->t - w->start), shortest * fabs(w->t)));
    }
    return INFINITY;
}

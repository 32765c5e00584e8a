/* Backpropagation for Boltzmann machines whose connections go one way: from visible units without incoming
 * connections, the inputs, through hidden units to visible units at the ends of connections, the targets
 * (Rumelhart, Hinton, Williams 1986). Each unit is represented by its mean, given the means of the units
 * before it:
 *
 *   p_i = (1 + A) / (2 + A + B) with conditional = taylor (paper 000, eq. 22), A the sum of positive terms
 *         of the field theta_i + sum of w_ij p_j, -B that of the negative ones; otherwise
 *         1 / (1 + exp(-field))
 *   loss = -log of the probability of a row's targets, each by its own mean; or, if exactly one is on, -log
 *          of its share: its odds p / (1 - p), to the power `beta`, over the sum of all; averaged over
 *          targets and rows
 *
 * In the chemistry units flip all the time, and a unit sees the units before it through rates, which depend
 * on the fractions of time that these are on. A weight of 0 counts as positive. Steps are those of ADAM
 * (Kingma, Ba 2015). Sums are in the order of the rows, so results do not depend on threads. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_backpropagation.h"
#include "rt_boltzmann.h"
#include "runtime/crnl_csr.h"

enum option { EPOCHS, LR, FINAL, BATCH, DECAY, INIT, TARGETS, BETA, CONDITIONAL, KEEP, N_OPTIONS };
enum { KEEP_BEST, KEEP_LAST };
/* in the order of enum rt_conditional */
static const char *const conditionals[] = {"logistic", "taylor", NULL};
static const char *const targets[] = {"each", "one", NULL};
static const char *const keeps[] = {"best", "last", NULL};
static const struct crnl_learn_option options[N_OPTIONS] = {
    [EPOCHS] = {.name = "epochs", .value = 30, .least = 1, .most = 1e9, .whole = 1},
    [LR] = {.name = "lr", .value = 0.01, .least = 1e-12, .most = 1000},
    [FINAL] = {.name = "final", .value = 0, .least = 1e-12, .most = 1000},
    [BATCH] = {.name = "batch", .value = 100, .least = 1, .most = 1 << 20, .whole = 1},
    [DECAY] = {.name = "decay", .value = 0, .least = 0, .most = 1000},
    [INIT] = {.name = "init", .value = 0.3, .least = 0, .most = 100},
    [TARGETS] = {.name = "targets", .word = targets, .most = 1},
    [BETA] = {.name = "beta", .value = 1, .least = 1e-3, .most = 1000},
    [CONDITIONAL] = {.name = "conditional", .word = conditionals, .most = 1},
    [KEEP] = {.name = "keep", .word = keeps, .most = 1},
};
enum { LOSS, ACCURACY };

/* ---- The graph ---- */

static void list_edges(struct bp_trainer *t)
{
    const struct crnl_neural *m = t->l->m;
    t->ptr = rt_alloc((size_t)t->n + 2, sizeof *t->ptr);
    t->from = rt_alloc((size_t)m->n_edges, sizeof *t->from);
    t->edge = rt_alloc((size_t)m->n_edges, sizeof *t->edge);
    for (int32_t e = 0; e < m->n_edges; e++) {
        csr_count(t->ptr, m->edge[2 * e]);
    }
    csr_open(t->ptr, t->n);
    for (int32_t e = 0; e < m->n_edges; e++) {
        int32_t at = csr_place(t->ptr, m->edge[2 * e]);
        t->from[at] = m->edge[2 * e + 1];
        t->edge[at] = e;
    }
}

/* Finds an order in which each unit comes after its predecessors; returns false if there is a cycle. */
static bool find_order(struct bp_trainer *t)
{
    bool *placed = rt_alloc((size_t)t->n, sizeof *placed), more = true;
    int32_t n_placed = 0;
    t->order = rt_alloc((size_t)t->n, sizeof *t->order);
    while (more) {
        more = false;
        for (int32_t i = 0; i < t->n; i++) {
            bool ready = !placed[i];
            for (int32_t k = t->ptr[i]; k < t->ptr[i + 1]; k++) {
                ready = ready && placed[t->from[k]];
            }
            if (ready) {
                placed[i] = more = true;
                n_placed++;
                if (t->ptr[i + 1] > t->ptr[i] || i >= t->n_visible) {
                    t->order[t->n_order++] = i;
                }
            }
        }
    }
    free(placed);
    return n_placed == t->n;
}

static int check_graph(struct bp_trainer *t)
{
    struct rt_learning *l = t->l;
    if (!find_order(t)) {
        return crnl_fail(
            l->ctx, CRNL_BAD_ARGUMENT, l->line,
            "connections of `%s` go in a circle\n"
            "  help: from what is given over hidden units to what is asked for: connect v -> h, h -> label;",
            l->m->name);
    }
    for (int32_t i = 0; i < t->n_visible; i++) {
        t->is_target[i] = t->ptr[i + 1] > t->ptr[i];
        t->n_targets += t->is_target[i];
    }
    return t->n_targets > 0
               ? CRNL_OK
               : crnl_fail(l->ctx, CRNL_BAD_ARGUMENT, l->line,
                           "no connection of `%s` goes to a visible unit: there is nothing to learn",
                           l->m->name);
}

/* ---- Steps ---- */

static void step_adam(struct bp_trainer *t, int32_t n)
{
    const double beta1 = 0.9, beta2 = 0.999;
    t->steps++;
    double rate = t->rate * sqrt(1 - pow(beta2, (double)t->steps)) / (1 - pow(beta1, (double)t->steps));
    for (int32_t k = 0; k < t->n_params; k++) {
        double g = t->slope[k] / n / t->n_targets;
        t->m[k] += (1 - beta1) * (g - t->m[k]);
        t->q[k] += (1 - beta2) * (g * g - t->q[k]);
        double fall = k < bp_edges(t) ? t->rate * t->l->option[DECAY] * (double)t->p[k] : 0;
        t->p[k] -= (float)(rate * t->m[k] / (sqrt(t->q[k]) + 1e-8) + fall);
    }
}

static bool is_finite(const struct bp_trainer *t)
{
    bool finite = true;
    for (int32_t k = 0; k < t->n_params; k++) {
        finite = finite && fabsf(t->p[k]) < 1e15f;
    }
    return finite;
}

/* ---- The rule ---- */

/* Starts from weights with standard deviation init / sqrt(number of incoming connections), or from those of
 * the model. */
static void start(struct bp_trainer *t)
{
    const struct rt_learning *l = t->l;
    const struct crnl_neural *m = l->m;
    struct crnl_rng rng;
    crnl_rng_seed(&rng, l->seed, l->statement, l->count, 0, CRNL_DRAW_EXPRESSION);
    for (int32_t e = 0; e < m->n_edges; e++) {
        int32_t i = m->edge[2 * e], j = m->edge[2 * e + 1];
        double drawn = l->option[INIT] * crnl_rng_normal(&rng) / sqrt(t->ptr[i + 1] - t->ptr[i]);
        t->p[e] = (float)(l->start ? l->start[m->array[0].first + i * t->n + j] : drawn);
    }
    for (int32_t i = 0; i < t->n; i++) {
        t->p[m->n_edges + i] = (float)(l->start ? l->start[m->array[1].first + i] : 0);
    }
}

static void allocate(struct bp_trainer *t)
{
    size_t n = (size_t)t->n, params = (size_t)t->n_params;
    struct bp_lanes **const lanes[] = {&t->mean, &t->up, &t->down, &t->back, &t->target, &t->share};
    double **const numbers[] = {&t->slope, &t->m, &t->q};
    for (int i = 0; i < 6; i++) {
        *lanes[i] = rt_alloc(n, sizeof **lanes[i]);
    }
    for (int i = 0; i < 3; i++) {
        *numbers[i] = rt_alloc(params, sizeof **numbers[i]);
    }
    t->p = rt_alloc(params, sizeof *t->p);
    t->is_target = rt_alloc(n, sizeof *t->is_target);
    t->row = rt_alloc((size_t)t->l->train.n, sizeof *t->row);
    for (int32_t i = 0; i < t->l->train.n; i++) {
        t->row[i] = i;
    }
}

static int begin(struct rt_learning *l)
{
    struct bp_trainer *t = l->rule = rt_alloc(1, sizeof *t);
    t->l = l;
    t->n = l->m->array[1].size;
    t->n_visible = l->m->n_visible;
    t->n_params = l->m->n_edges + t->n;
    t->taylor = l->option[CONDITIONAL] == RT_TAYLOR;
    t->rate = l->option[LR];
    t->one = l->option[TARGETS] != 0;
    t->beta = l->option[BETA];
    t->best_loss = t->best_accuracy = NAN;
    allocate(t);
    list_edges(t);
    l->epochs = (int32_t)l->option[EPOCHS];
    int status = check_graph(t);
    if (!status) {
        start(t);
    }
    if (!status && l->option[BETA] != 1 && !t->one) {
        status = crnl_fail(l->ctx, CRNL_BAD_ARGUMENT, l->line,
                           "`beta` is the power of the shares that targets have, of which one is on\n"
                           "  help: targets = one, or leave out `beta`");
    }
    return status;
}

static int check_rows(struct rt_learning *l, const struct rt_learn_rows *r)
{
    for (int32_t i = 0; i < r->n; i++) {
        for (int32_t f = 0; f < r->n_fields; f++) {
            const double *v = rt_learn_field(r, f, i);
            for (int32_t k = 0; k < r->width[f]; k++) {
                if (!(v[k] >= 0 && v[k] <= 1)) {
                    return crnl_fail(l->ctx, CRNL_DATA, l->line,
                                     "%s %d of row %d is %.15g, and the mean of a unit is from 0 to 1",
                                     l->spec->name[f], k, i, v[k]);
                }
            }
        }
    }
    return CRNL_OK;
}

/* Checks that each row has exactly one target that is on. */
static int check_targets(const struct bp_trainer *t, const struct rt_learn_rows *r)
{
    for (int32_t i = 0; t->one && i < r->n; i++) {
        double sum = 0;
        int32_t unit = 0;
        for (int32_t f = 0; f < r->n_fields; f++) {
            for (int32_t k = 0; k < r->width[f]; k++, unit++) {
                sum += t->is_target[unit] ? rt_learn_field(r, f, i)[k] : 0;
            }
        }
        if (!(fabs(sum - 1) < 1e-9)) {
            return crnl_fail(t->l->ctx, CRNL_DATA, t->l->line,
                             "the targets of row %d sum to %.15g, and not to 1\n"
                             "  help: leave out `targets = one` where several may be on, or none",
                             i, sum);
        }
    }
    return CRNL_OK;
}

static int rows(struct rt_learning *l)
{
    const struct rt_learn_rows *const part[] = {&l->train, &l->validation};
    int status = CRNL_OK;
    for (int i = 0; i < 2 && !status; i++) {
        status = check_rows(l, part[i]);
        status = status ? status : check_targets(l->rule, part[i]);
    }
    return status;
}

static void shuffle(struct bp_trainer *t)
{
    const struct rt_learning *l = t->l;
    struct crnl_rng rng;
    crnl_rng_seed(&rng, l->seed, l->statement, l->count, (uint64_t)l->epoch, CRNL_DRAW_SHUFFLE);
    for (int32_t i = 0; i + 1 < l->train.n; i++) { /* the Fisher-Yates shuffle */
        int32_t j = i + (int32_t)crnl_rng_below(&rng, (uint64_t)(l->train.n - i)), v = t->row[i];
        t->row[i] = t->row[j];
        t->row[j] = v;
    }
}

/* Evaluates the validation rows, in their order. */
static void validate(struct bp_trainer *t, double *loss, double *accuracy)
{
    const struct rt_learn_rows *r = &t->l->validation;
    int32_t *row = rt_alloc((size_t)r->n, sizeof *row), right = 0;
    for (int32_t i = 0; i < r->n; i++) {
        row[i] = i;
    }
    *loss = bp_rows(t, r, row, r->n, false, &right) / r->n;
    *accuracy = (double)right / r->n;
    free(row);
}

static bool is_kept(struct bp_trainer *t, double loss, double accuracy)
{
    bool better = !(accuracy < t->best_accuracy) && (accuracy != t->best_accuracy || loss < t->best_loss);
    if (better || t->l->option[KEEP] == KEEP_LAST) {
        t->best_accuracy = accuracy;
        t->best_loss = loss;
        return true;
    }
    return false;
}

static int step(struct rt_learning *l, bool *keep)
{
    struct bp_trainer *t = l->rule;
    const double *o = l->option;
    int32_t batch = o[BATCH] < l->train.n ? (int32_t)o[BATCH] : l->train.n, right = 0;
    double loss = 0;
    shuffle(t);
    for (int32_t first = 0; first < l->train.n; first += batch) {
        int32_t n = l->train.n - first < batch ? l->train.n - first : batch;
        if (!rt_learn_goes_on(l, first)) {
            return CRNL_CANCELLED;
        }
        memset(t->slope, 0, (size_t)t->n_params * sizeof *t->slope);
        loss += bp_rows(t, &l->train, t->row + first, n, true, &right);
        step_adam(t, n);
        if (!is_finite(t)) {
            return crnl_fail(l->ctx, CRNL_BAD_ARGUMENT, l->line,
                             "the weights of `%s` grow without bound in epoch %d\n  help: lower `lr`",
                             l->m->name, l->epoch + 1);
        }
    }
    l->measured[LOSS] = loss / l->train.n;
    validate(t, &l->kept[LOSS], &l->kept[ACCURACY]);
    l->measured[ACCURACY] = l->kept[ACCURACY];
    *keep = is_kept(t, l->kept[LOSS], l->kept[ACCURACY]);
    t->rate *= o[FINAL] > 0 ? pow(o[FINAL] / o[LR], 1 / o[EPOCHS]) : 1;
    return CRNL_OK;
}

static void values(const struct rt_learning *l, double *value)
{
    const struct bp_trainer *t = l->rule;
    const struct crnl_neural *m = l->m;
    memset(value, 0, (size_t)m->n_values * sizeof *value);
    for (int32_t e = 0; e < m->n_edges; e++) {
        value[m->array[0].first + m->edge[2 * e] * t->n + m->edge[2 * e + 1]] = (double)t->p[e];
    }
    for (int32_t i = 0; i < t->n; i++) {
        value[m->array[1].first + i] = (double)t->p[m->n_edges + i];
    }
}

static void state(struct rt_learning *l, struct rt_state *s)
{
    struct bp_trainer *t = l->rule;
    size_t params = (size_t)t->n_params;
    rt_state_piece(s, t->p, params * sizeof *t->p);
    rt_state_piece(s, t->m, params * sizeof *t->m);
    rt_state_piece(s, t->q, params * sizeof *t->q);
    rt_state_piece(s, &t->steps, sizeof t->steps);
    rt_state_piece(s, &t->rate, sizeof t->rate);
    rt_state_piece(s, &t->best_loss, sizeof t->best_loss);
    rt_state_piece(s, &t->best_accuracy, sizeof t->best_accuracy);
    rt_state_rows(s, t->row, l->train.n);
}

static void end(struct rt_learning *l)
{
    struct bp_trainer *t = l->rule;
    if (!t) {
        return;
    }
    void *const part[] = {t->order, t->ptr,  t->from, t->edge, t->is_target, t->p,      t->slope, t->m,
                          t->q,     t->mean, t->up,   t->down, t->back,      t->target, t->share, t->row};
    for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
        free(part[i]);
    }
    free(t);
}

static const struct rt_learn_rule rule = {begin, rows, step, values, state, end};
const struct crnl_learner crnl_learn_backpropagation = {
    "backpropagation", &crnl_neural_boltzmann, N_OPTIONS, options, {"loss", "accuracy"}, 1, 1, &rule};

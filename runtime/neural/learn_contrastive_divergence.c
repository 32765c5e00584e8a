/* Contrastive divergence for Boltzmann machines of any graph (Hinton 2002; persistent chains: Tieleman 2008):
 *
 *   dw_ij = lr (d_ij - decay w_ij) + momentum (last dw_ij),   dtheta_i likewise with d_i, without decay
 *
 * Here d_ij is <x_i x_j> with the visible units as in the rows minus <x_i x_j> of the chains, and d_i is the
 * same for x_i. Hidden units are drawn given the visible ones. A chain makes `steps` sweeps of Gibbs sampling
 * over all units, starting from the rows of the batch, or from its state after the batch before
 * (`persistent`). Means after so few steps are not those of the model: learning is biased towards weights
 * whose chains mix well. With `exact` both means are computed by enumeration, so that each step decreases the
 * divergence between the law of the rows and that of the model; `steps` and `persistent` are then ignored.
 * With `conditional = taylor` units are drawn by the conditional of the machine's Taylor network, and the
 * weights are learned for that.
 *
 * With `given` that many of the first visible units are given and not learned: chains begin at the rows, keep
 * these units, and draw the others. This maximises the probability of the other units given these
 * (Larochelle, Bengio 2008).
 *
 * `centered` uses x_i - mu_i instead of x_i, where mu_i lies between the means of rows and chains. The
 * machines are the same, in coordinates in which weights and biases interact less, and the same optimum is
 * reached in fewer steps (Cho, Raiko, Ilin 2011; Montavon, Mueller 2012):
 *
 *   c_ij = d_ij - mu_i d_j - mu_j d_i,   c_i = d_i - sum of mu_j c_ij   replace d_ij and d_i
 *
 * States are sampled in blocks, each with a random stream of its own, and means are counts, so results do not
 * depend on threads. The loss is -log P(x_i given all other units), averaged over visible units and rows, or
 * with `exact` the divergence itself, in nats. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rt_boltzmann.h"
#include "rt_learn.h"
#include "runtime/rt_workers.h"

enum option {
    STEPS,
    PERSISTENT,
    EPOCHS,
    LR,
    FINAL,
    BATCH,
    MOMENTUM,
    DECAY,
    INIT,
    EXACT,
    CENTERED,
    CONDITIONAL,
    GIVEN,
    N_OPTIONS
};
/* in the order of enum rt_conditional */
static const char *const conditionals[] = {"logistic", "taylor", NULL};
static const struct crnl_learn_option options[N_OPTIONS] = {
    [STEPS] = {.name = "steps", .value = 1, .least = 1, .most = 1e6, .whole = 1},
    [PERSISTENT] = {.name = "persistent", .truth = 1, .most = 1, .whole = 1},
    [EPOCHS] = {.name = "epochs", .value = 30, .least = 1, .most = 1e9, .whole = 1},
    [LR] = {.name = "lr", .value = 0.01, .least = 1e-12, .most = 1000},
    [FINAL] = {.name = "final", .value = 0, .least = 1e-12, .most = 1000},
    [BATCH] = {.name = "batch", .value = 100, .least = 1, .most = 1 << 20, .whole = 1},
    [MOMENTUM] = {.name = "momentum", .value = 0, .least = 0, .most = 0.999999},
    [DECAY] = {.name = "decay", .value = 0, .least = 0, .most = 1000},
    [INIT] = {.name = "init", .value = 0.01, .least = 0, .most = 100},
    [EXACT] = {.name = "exact", .truth = 1, .most = 1, .whole = 1},
    [CENTERED] = {.name = "centered", .value = 1, .truth = 1, .most = 1, .whole = 1},
    [CONDITIONAL] = {.name = "conditional", .word = conditionals, .most = 1},
    [GIVEN] = {.name = "given", .value = 0, .least = 0, .most = 1e9, .whole = 1},
};
enum { LOSS };

/* Lanes of a batch: states with the visible units as in the rows, and chains; below, their bits, for
 * counting. */
struct block {
    int lanes, used;
    float *row, *chain; /* [n][lanes] */
    double surprise;
};

struct trainer {
    struct rt_learning *l;
    struct rt_boltzmann *g;
    struct rt_workers *workers;
    double *w, *theta, *w_step, *theta_step; /* [n_edges], [n] parameters; last steps, for momentum */
    double *pair, *single;                   /* [n_edges], [n] differences of the means */
    double *center, *mean; /* [n] mu; for the batch: halfway between the means of rows and chains */
    bool has_center;
    double rate;
    int32_t given; /* number of visible units that are given */
    int32_t batch, n_blocks, *order;
    struct block *block;
    bool have_chains;
    uint32_t *bits[2];  /* [n][n_blocks] bits of rows, and of chains */
    int32_t first, n;   /* of the present batch */
    double *data, *law; /* exact: [2^n_visible], [2^n] */
};

/* ---- Sampling ---- */

static bool is_on(const struct rt_learn_rows *r, int32_t row, int32_t unit)
{
    int32_t f = 0;
    while (unit >= r->width[f]) {
        unit -= r->width[f++];
    }
    return rt_learn_field(r, f, row)[unit] != 0;
}

static void take_rows(struct trainer *t, struct block *b, int32_t first)
{
    const struct rt_learn_rows *r = &t->l->train;
    int32_t unit = 0;
    for (int32_t f = 0; f < r->n_fields; unit += r->width[f++]) {
        for (int c = 0; c < b->lanes; c++) { /* unused lanes repeat the last row */
            int32_t i = first + (c < b->used ? c : b->used - 1);
            const double *from = rt_learn_field(r, f, t->order[i]);
            for (int32_t k = 0; k < r->width[f]; k++) {
                b->row[(unit + k) * b->lanes + c] = from[k] != 0;
            }
        }
    }
}

static void draw_hidden(struct trainer *t, struct block *b, struct crnl_rng *rng)
{
    const struct rt_boltzmann *g = t->g;
    int sweeps = g->joins_hidden ? (int)t->l->option[STEPS] : 1;
    for (int32_t i = g->n_visible; i < g->n; i++) { /* the start must not depend on other rows */
        for (int c = 0; c < b->lanes; c++) {
            b->row[i * b->lanes + c] = (float)(crnl_rng_next(rng) >> 63);
        }
    }
    for (int k = 0; k < sweeps; k++) {
        rt_boltzmann_sweep(g, b->row, b->lanes, g->n_visible, g->n, rng);
    }
}

static void pack(const struct trainer *t, const struct block *b, const float *x, uint32_t *bits, int64_t at)
{
    for (int32_t i = 0; i < t->g->n; i++) {
        uint32_t word = 0;
        for (int c = 0; c < b->used; c++) {
            word |= (uint32_t)(x[i * b->lanes + c] != 0) << c;
        }
        bits[i * t->n_blocks + at] = word;
    }
}

/* Samples block i of the batch: hidden units of the rows, and its chains. */
static void sample(void *env, int64_t i)
{
    struct trainer *t = env;
    struct block *b = &t->block[i];
    const struct rt_learning *l = t->l;
    struct crnl_rng rng;
    int64_t first = i * RT_LANES;
    b->used = t->n - first < RT_LANES ? (int)(t->n - first) : RT_LANES;
    b->surprise = 0;
    uint64_t number = ((uint64_t)l->epoch << 32 | (uint64_t)(t->first / t->batch)) << 16 | (uint64_t)i;
    crnl_rng_seed(&rng, l->seed, l->statement, l->count, number, CRNL_DRAW_SSA);
    if (b->used > 0) {
        take_rows(t, b, t->first + (int32_t)first);
        draw_hidden(t, b, &rng);
        b->surprise = rt_boltzmann_surprise(t->g, b->row, b->lanes, b->used, t->given, t->g->n_visible);
    }
    if (!t->have_chains && b->used > 0) {
        memcpy(b->chain, b->row, (size_t)t->g->n * (size_t)b->lanes * sizeof *b->chain);
    }
    for (int k = 0; k < (int)l->option[STEPS]; k++) {
        rt_boltzmann_sweep(t->g, b->chain, b->lanes, t->given, t->g->n, &rng);
    }
    pack(t, b, b->row, t->bits[0], i);
    pack(t, b, b->chain, t->bits[1], i);
}

static int count_ones(uint32_t v)
{
    v -= v >> 1 & 0x55555555;
    v = (v & 0x33333333) + (v >> 2 & 0x33333333);
    v = (v + (v >> 4)) & 0x0f0f0f0f;
    return (int)(v * 0x01010101u >> 24);
}

static int count_both(const struct trainer *t, int which, int32_t i, int32_t j)
{
    const uint32_t *a = t->bits[which] + (size_t)i * (size_t)t->n_blocks,
                   *b = t->bits[which] + (size_t)j * (size_t)t->n_blocks;
    int n = 0;
    for (int32_t k = 0; k < t->n_blocks; k++) {
        n += count_ones(a[k] & b[k]);
    }
    return n;
}

static double sampled_gradient(struct trainer *t)
{
    const struct rt_boltzmann *g = t->g;
    double surprise = 0;
    t->have_chains = t->have_chains && t->l->option[PERSISTENT] != 0;
    rt_workers_run(t->workers, t->n_blocks, sample, t);
    t->have_chains = true;
    for (int32_t e = 0; e < g->n_edges; e++) {
        int difference = count_both(t, 0, g->from[e], g->to[e]) - count_both(t, 1, g->from[e], g->to[e]);
        t->pair[e] = (double)difference / t->n;
    }
    for (int32_t i = 0; i < g->n; i++) {
        t->single[i] = (double)(count_both(t, 0, i, i) - count_both(t, 1, i, i)) / t->n;
    }
    for (int32_t k = 0; k < t->n_blocks; k++) {
        surprise += t->block[k].surprise;
    }
    if (t->l->option[CENTERED] != 0) {
        for (int32_t i = 0; i < g->n; i++) {
            t->mean[i] = (double)(count_both(t, 0, i, i) + count_both(t, 1, i, i)) / (2.0 * t->n);
        }
    }
    return surprise / (g->n_visible - t->given);
}

/* ---- By enumeration ---- */

/* Finds the law of rows first .. first + n in the present order. */
static void find_law(struct trainer *t, int32_t first, int32_t n)
{
    int32_t visible = t->g->n_visible;
    memset(t->data, 0, sizeof(double) << visible);
    for (int32_t k = first; k < first + n; k++) {
        size_t state = 0;
        for (int32_t i = 0; i < visible; i++) {
            state = state << 1 | is_on(&t->l->train, t->order[k], i);
        }
        t->data[state] += 1.0 / n;
    }
}

static double divergence(struct trainer *t, double *value, double *pair, double *single, double *mean)
{
    rt_boltzmann_to(t->g, t->l->m, t->w, t->theta, value);
    return rt_boltzmann_gradient(t->g, t->l->m, value, t->data, t->law, pair, single, mean);
}

static void exact_gradient(struct trainer *t, double *value)
{
    find_law(t, t->first, t->n);
    divergence(t, value, t->pair, t->single, t->mean);
    for (int32_t i = 0; i < t->g->n; i++) {
        t->mean[i] += t->single[i] / 2;
    }
}

/* ---- The rule ---- */

static void set_chains(struct trainer *t)
{
    t->n_blocks = (t->batch + RT_LANES - 1) / RT_LANES;
    t->block = rt_alloc((size_t)t->n_blocks, sizeof *t->block);
    for (int32_t k = 0; k < t->n_blocks; k++) {
        struct block *b = &t->block[k];
        b->lanes = t->batch - k * RT_LANES > RT_FEW_LANES ? RT_LANES : RT_FEW_LANES;
        b->row = rt_alloc((size_t)t->g->n * (size_t)b->lanes, sizeof *b->row);
        b->chain = rt_alloc((size_t)t->g->n * (size_t)b->lanes, sizeof *b->chain);
    }
    for (int i = 0; i < 2; i++) {
        t->bits[i] = rt_alloc((size_t)t->g->n * (size_t)t->n_blocks, sizeof *t->bits[i]);
    }
    t->workers = rt_workers_create(rt_threads(t->l->ctx) < t->n_blocks ? rt_threads(t->l->ctx) : t->n_blocks);
}

/* Starts from small random weights, and from biases with which each visible unit alone would be on as often
 * as in the rows (Hinton 2012). */
static void start(struct trainer *t)
{
    const struct rt_learning *l = t->l;
    struct crnl_rng rng;
    crnl_rng_seed(&rng, l->seed, l->statement, l->count, 0, CRNL_DRAW_EXPRESSION);
    if (l->start) {
        rt_boltzmann_from(t->g, l->m, l->start, t->w, t->theta);
        return;
    }
    for (int32_t e = 0; e < t->g->n_edges; e++) {
        t->w[e] = l->option[INIT] * crnl_rng_normal(&rng);
    }
    for (int32_t i = 0; i < t->g->n_visible; i++) {
        double on = 0.5;
        for (int32_t k = 0; k < l->train.n; k++) {
            on += is_on(&l->train, k, i);
        }
        on /= l->train.n + 1;
        t->theta[i] = log(on / (1 - on));
    }
}

static int begin(struct rt_learning *l)
{
    bool exact = l->option[EXACT] != 0;
    if (exact && l->m->array[1].size > CRNL_NEURAL_MAX_UNITS) {
        return crnl_fail(l->ctx, CRNL_BAD_ARGUMENT, l->line,
                         "`%s` has %d units: 2^%d states are too many for `exact`\n"
                         "  help: it is for %d units at most; leave it out, and the means are sampled",
                         l->m->name, l->m->array[1].size, l->m->array[1].size, CRNL_NEURAL_MAX_UNITS);
    }
    if (exact && l->option[CONDITIONAL] != RT_LOGISTIC) {
        return crnl_fail(l->ctx, CRNL_BAD_ARGUMENT, l->line,
                         "`exact` takes the law of the machine, not of its network\n"
                         "  help: leave out `exact`, or `conditional = taylor`");
    }
    if (l->option[GIVEN] > 0 && (exact || l->option[PERSISTENT] != 0)) {
        return crnl_fail(l->ctx, CRNL_BAD_ARGUMENT, l->line,
                         "chains in which units are `given` begin at the rows, and are no enumeration\n"
                         "  help: leave out `%s`, or `given`",
                         exact ? "exact" : "persistent");
    }
    struct trainer *t = l->rule = rt_alloc(1, sizeof *t);
    t->l = l;
    t->g = rt_boltzmann_create(l->m);
    if (l->option[GIVEN] >= t->g->n_visible) {
        return crnl_fail(l->ctx, CRNL_BAD_ARGUMENT, l->line,
                         "`%s` has %d visible units: when %.0f are `given`, there is nothing to learn",
                         l->m->name, t->g->n_visible, l->option[GIVEN]);
    }
    t->given = (int32_t)l->option[GIVEN];
    t->g->conditional = (enum rt_conditional)l->option[CONDITIONAL];
    t->batch = l->option[BATCH] < l->train.n ? (int32_t)l->option[BATCH] : l->train.n;
    t->rate = l->option[LR];
    double **const of_edges[] = {&t->w, &t->w_step, &t->pair};
    double **const of_units[] = {&t->theta, &t->theta_step, &t->single, &t->center, &t->mean};
    for (int i = 0; i < 3; i++) {
        *of_edges[i] = rt_alloc((size_t)t->g->n_edges, sizeof(double));
    }
    for (int i = 0; i < 5; i++) {
        *of_units[i] = rt_alloc((size_t)t->g->n, sizeof(double));
    }
    t->order = rt_alloc((size_t)l->train.n, sizeof *t->order);
    for (int32_t i = 0; i < l->train.n; i++) {
        t->order[i] = i;
    }
    if (exact) {
        t->data = rt_alloc((size_t)1 << t->g->n_visible, sizeof *t->data);
        t->law = rt_alloc((size_t)1 << t->g->n, sizeof *t->law);
    } else {
        set_chains(t);
    }
    l->epochs = (int32_t)l->option[EPOCHS];
    return CRNL_OK;
}

static int check_rows(struct rt_learning *l, const struct rt_learn_rows *r)
{
    for (int32_t i = 0; i < r->n; i++) {
        for (int32_t f = 0; f < r->n_fields; f++) {
            const double *v = rt_learn_field(r, f, i);
            for (int32_t k = 0; k < r->width[f]; k++) {
                if (v[k] != 0 && v[k] != 1) {
                    return crnl_fail(l->ctx, CRNL_DATA, l->line,
                                     "%s %d of row %d is %.15g, and a unit is 0 or 1\n"
                                     "  help: values between are probabilities: %s = bernoulli(...)",
                                     l->spec->name[f], k, i, v[k], l->spec->name[f]);
                }
            }
        }
    }
    return CRNL_OK;
}

static int rows(struct rt_learning *l)
{
    struct trainer *t = l->rule;
    int status = check_rows(l, &l->train);
    if (!status && l->epoch == 0) {
        start(t);
    }
    return status;
}

static void shuffle(struct trainer *t)
{
    struct crnl_rng rng;
    const struct rt_learning *l = t->l;
    crnl_rng_seed(&rng, l->seed, l->statement, l->count, (uint64_t)l->epoch, CRNL_DRAW_SHUFFLE);
    for (int32_t i = 0; i + 1 < l->train.n; i++) { /* the Fisher-Yates shuffle */
        int32_t j = i + (int32_t)crnl_rng_below(&rng, (uint64_t)(l->train.n - i)), v = t->order[i];
        t->order[i] = t->order[j];
        t->order[j] = v;
    }
}

/* Moves mu towards the means between those of rows and chains of this batch; earlier batches count less and
 * less. */
static void move_center(struct trainer *t, const double *mean)
{
    const double keeps = t->has_center ? 0.9 : 0;
    for (int32_t i = 0; i < t->g->n; i++) {
        t->center[i] = keeps * t->center[i] + (1 - keeps) * mean[i];
    }
    t->has_center = true;
}

static void center_gradient(struct trainer *t)
{
    const struct rt_boltzmann *g = t->g;
    for (int32_t e = 0; e < g->n_edges; e++) {
        int32_t i = g->from[e], j = g->to[e];
        t->pair[e] -= t->center[i] * t->single[j] + t->center[j] * t->single[i];
    }
    for (int32_t e = 0; e < g->n_edges; e++) {
        int32_t i = g->from[e], j = g->to[e];
        t->single[i] -= t->center[j] * t->pair[e];
        t->single[j] -= t->center[i] * t->pair[e];
    }
}

static void move(const struct trainer *t, double *v, double *step, const double *gradient, int32_t n,
                 double decay)
{
    double momentum = t->l->option[MOMENTUM];
    for (int32_t i = 0; i < n; i++) {
        step[i] = momentum * step[i] + t->rate * (gradient[i] - decay * v[i]);
        v[i] += step[i];
    }
}

static bool is_finite(const double *v, int32_t n)
{
    bool finite = true;
    for (int32_t i = 0; i < n; i++) {
        finite = finite && fabs(v[i]) < 1e30;
    }
    return finite;
}

static int diverged(const struct rt_learning *l)
{
    return crnl_fail(l->ctx, CRNL_BAD_ARGUMENT, l->line,
                     "the weights of `%s` grow without bound in epoch %d\n  help: lower `lr` or `momentum`",
                     l->m->name, l->epoch + 1);
}

static int step(struct rt_learning *l, bool *keep)
{
    struct trainer *t = l->rule;
    const double *o = l->option;
    bool exact = o[EXACT] != 0;
    double loss = 0, *value = exact ? rt_alloc((size_t)l->m->n_values, sizeof *value) : NULL;
    int status = CRNL_OK;
    shuffle(t);
    for (t->first = 0; t->first < l->train.n && !status; t->first += t->batch) {
        t->n = l->train.n - t->first < t->batch ? l->train.n - t->first : t->batch;
        if (!rt_learn_goes_on(l, t->first)) {
            status = CRNL_CANCELLED;
            break;
        }
        rt_boltzmann_set(t->g, t->w, t->theta);
        if (exact) {
            exact_gradient(t, value);
        } else {
            loss += sampled_gradient(t);
        }
        if (o[CENTERED] != 0) {
            move_center(t, t->mean);
            center_gradient(t);
        }
        move(t, t->w, t->w_step, t->pair, t->g->n_edges, o[DECAY]);
        move(t, t->theta, t->theta_step, t->single, t->g->n, 0);
        if (!is_finite(t->w, t->g->n_edges) || !is_finite(t->theta, t->g->n)) {
            status = diverged(l);
        }
    }
    if (exact && !status) {
        find_law(t, 0, l->train.n);
        loss = divergence(t, value, NULL, NULL, NULL) * l->train.n;
    }
    free(value);
    l->measured[LOSS] = l->kept[LOSS] = loss / l->train.n;
    t->rate *= o[FINAL] > 0 ? pow(o[FINAL] / o[LR], 1 / o[EPOCHS]) : 1;
    *keep = true;
    return status;
}

static void values(const struct rt_learning *l, double *value)
{
    const struct trainer *t = l->rule;
    rt_boltzmann_to(t->g, l->m, t->w, t->theta, value);
}

static void state(struct rt_learning *l, struct rt_state *s)
{
    struct trainer *t = l->rule;
    double *const of_edges[] = {t->w, t->w_step}, *const of_units[] = {t->theta, t->theta_step};
    for (int i = 0; i < 2; i++) {
        rt_state_piece(s, of_edges[i], (size_t)t->g->n_edges * sizeof(double));
        rt_state_piece(s, of_units[i], (size_t)t->g->n * sizeof(double));
    }
    rt_state_rows(s, t->order, l->train.n);
    rt_state_piece(s, &t->rate, sizeof t->rate);
    rt_state_truths(s, &t->have_chains, 1);
    rt_state_piece(s, t->center, (size_t)t->g->n * sizeof *t->center);
    rt_state_truths(s, &t->has_center, 1);
    for (int32_t k = 0; k < t->n_blocks; k++) {
        rt_state_piece(s, t->block[k].chain, (size_t)t->g->n * (size_t)t->block[k].lanes * sizeof(float));
    }
}

static void end(struct rt_learning *l)
{
    struct trainer *t = l->rule;
    if (!t) {
        return;
    }
    for (int32_t k = 0; k < t->n_blocks; k++) {
        free(t->block[k].row);
        free(t->block[k].chain);
    }
    void *const part[] = {t->block,      t->bits[0], t->bits[1], t->w,    t->theta, t->w_step, t->pair,
                          t->theta_step, t->single,  t->order,   t->data, t->law,   t->center, t->mean};
    for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
        free(part[i]);
    }
    rt_workers_destroy(t->workers);
    rt_boltzmann_destroy(t->g);
    free(t);
}

static const struct rt_learn_rule rule = {begin, rows, step, values, state, end};
const struct crnl_learner crnl_learn_contrastive_divergence = {
    "contrastive_divergence", &crnl_neural_boltzmann, N_OPTIONS, options, {"loss"}, 0, 1, &rule};

/* Boltzmann machines during learning: their graph, Gibbs sampling of many states in parallel, means by
 * enumeration. */
#ifndef RT_BOLTZMANN_H
#define RT_BOLTZMANN_H

#include "rt_neural.h"
#include "runtime/crnl_num.h"

/* The distribution of a unit, given all others. */
enum rt_conditional {
    RT_LOGISTIC, /* that of the machine: P(on) = 1 / (1 + exp(-field)), field = theta_i + sum of w_ij x_j */
    RT_TAYLOR    /* that of its Taylor network (paper 000, eq. 22): (1 + A) / (2 + A + B), where A is the sum
                    of the positive terms of the field, and -B that of the negative ones */
};
/* The connected pairs of units, in two forms: as a list, and as the neighbours of each unit with their
 * weights, in ascending order. */
struct rt_boltzmann {
    enum rt_conditional conditional;
    int32_t n, n_visible, n_edges;
    int32_t *from, *to; /* [n_edges] from < to */
    int32_t *place[2];  /* [n_edges] index of the edge among the neighbours of `from`, and of `to` */
    int32_t *ptr;       /* [n + 2], as of crnl_csr.h */
    int32_t *neighbour; /* [2 n_edges] */
    float *w, *theta;   /* [2 n_edges], [n] */
    bool joins_hidden;  /* two hidden units are connected: given the visible ones they are not independent */
};
struct rt_boltzmann *rt_boltzmann_create(const struct crnl_neural *m);
void rt_boltzmann_destroy(struct rt_boltzmann *g); /* may be NULL */
/* Sets the parameters for sampling: w[n_edges], theta[n]. */
void rt_boltzmann_set(struct rt_boltzmann *g, const double *w, const double *theta);
/* Convert between the parameters of the model, w[n, n] and theta[n], and those of the edges. */
void rt_boltzmann_from(const struct rt_boltzmann *g, const struct crnl_neural *m, const double *value,
                       double *w, double *theta);
void rt_boltzmann_to(const struct rt_boltzmann *g, const struct crnl_neural *m, const double *w,
                     const double *theta, double *value);

/* States are sampled in blocks x[n][lanes] of 0 and 1, with a state in each lane. */
enum { RT_LANES = 32, RT_FEW_LANES = 16 }; /* number of lanes that a block may have */
/* Draws units first .. last in order, each given all others, in single precision. */
void rt_boltzmann_sweep(const struct rt_boltzmann *g, float *x, int lanes, int32_t first, int32_t last,
                        struct crnl_rng *rng);
/* The sum of -log P(x_i given all others) over units first .. last and the first `n` lanes. */
double rt_boltzmann_surprise(const struct rt_boltzmann *g, const float *x, int lanes, int n, int32_t first,
                             int32_t last);

/* For at most CRNL_NEURAL_MAX_UNITS units: the probabilities of all states, law[2^n], where the first unit
 * varies slowest. */
void rt_boltzmann_law(const struct crnl_neural *m, const double *value, double *law);
/* For such a model. data[2^n_visible]: probabilities of visible states, where the first unit varies slowest.
 * pair[n_edges] and single[n] get the descent direction of KL(data | model): <x_i x_j> with the visible
 * units as in the data, minus that of the model (Ackley, Hinton, Sejnowski 1985). mean[n] gets <x_i> of the
 * model. Arrays may be NULL. Returns the divergence, in nats. `law`: room for 2^n. */
double rt_boltzmann_gradient(const struct rt_boltzmann *g, const struct crnl_neural *m, const double *value,
                             const double *data, double *law, double *pair, double *single, double *mean);

#endif

/* Internals of the rule binary_connect: learn_binary_connect.c has its options, epochs and result,
 * binary_connect_step.c the values and steps of a batch. */
#ifndef RT_BINARY_CONNECT_H
#define RT_BINARY_CONNECT_H

#include "rt_learn.h"
#include "runtime/rt_blas.h"

enum bc_option {
    BC_LOSS,
    BC_OPTIMIZER,
    BC_LR,
    BC_FINAL,
    BC_DECAY,
    BC_BETA1,
    BC_BETA2,
    BC_EPOCHS,
    BC_BATCH,
    BC_DROPOUT,
    BC_DROPOUT_INPUT,
    BC_KEEP,
    BC_GAIN,
    BC_N_OPTIONS
};

struct bc_layer {
    int32_t inputs, units, size;  /* size: number of weights */
    float a;                      /* factor of the sums */
    float rate;                   /* factor of the learning rate of w: 1 / sqrt(1.5 / (inputs + units)) */
    float *w, *s, *b;             /* real weights, rounded weights, biases */
    float *m_w, *v_w, *m_b, *v_b; /* ADAM's moments */
    float *grad;                  /* gradient by s, then by b: [size + units] */
    float *out, *delta;           /* [batch, units]: values, then derivatives of the loss by the sums */
    float *mask;                  /* [batch, units]: 0, or 1 / (1 - dropout) */
};

struct bc_trainer {
    struct rt_learning *l;
    struct rt_blas blas;
    const double *option;
    int32_t n_layers, batch, outputs;
    struct bc_layer layer[CRNL_NEURAL_MAX_LAYERS];
    float *x;       /* [batch, inputs] */
    int32_t *label; /* [batch] */
    int32_t *order; /* order of the training rows */
    struct crnl_rng drop;
    double beta1_power, beta2_power;
    double rate; /* learning rate of the next epoch */
    double best_loss, best_accuracy;
};

enum { BC_INPUT, BC_LABEL }; /* fields of a row */

/* Computes the rounded weights of a layer from its real ones. */
void rt_bc_round(const struct crnl_neural *m, const struct bc_layer *y);
/* Copies rows order[first..first + n) of r into the batch; order = NULL: rows first .. first + n. */
void rt_bc_take_rows(struct bc_trainer *t, const struct rt_learn_rows *r, const int32_t *order, int32_t first,
                     int32_t n);
/* Adds the loss, and the number of right answers, over the first n rows of the batch. */
void rt_bc_evaluate(struct bc_trainer *t, int32_t n, double *loss, int32_t *right);
/* Takes a step of ADAM along the gradient of the batch's n rows; adds its loss. */
void rt_bc_train(struct bc_trainer *t, int32_t n, double rate, double *loss);

#endif

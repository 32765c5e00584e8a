/* Models written by hand: species and reactions one by one, then a struct crnl_model. Rate constants and initial
 * amounts are parameters k0, k1, ... and x0, x1, ...; parameters come in that order. For tests only: sizes are
 * checked by assert, memory lives until model_free. */
#ifndef TESTS_MODEL_BUILDER_H
#define TESTS_MODEL_BUILDER_H

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/crnl_rt.h"

struct model_builder {
    struct crnl_model m;
    int32_t n_lhs, n_net;
    char **species_name;
    uint8_t *kind;
    double *amount, *k;
    int32_t *lhs_ptr, *lhs_species, *net_ptr, *net_species, *law;
    double *lhs_count, *net_delta;
    char **param_name;
    struct crnl_tape_code *code[3];
    double *value;
    struct crnl_elem *elem;
    struct crnl_symbol *symbol;
};

static inline void *builder_more(void *data, int32_t n, size_t size)
{
    void *p = realloc(data, (size_t)(n + 1) * size);
    assert(p);
    return p;
}

static inline char *builder_name(const char *prefix, int32_t i)
{
    char text[32];
    snprintf(text, sizeof text, "%s%d", prefix, (int)i);
    char *copy = builder_more(NULL, (int32_t)strlen(text), 1);
    strcpy(copy, text);
    return copy;
}

static inline int32_t model_species(struct model_builder *b, const char *name, double amount)
{
    int32_t s = b->m.n_species++;
    b->species_name = builder_more(b->species_name, s, sizeof *b->species_name);
    b->kind = builder_more(b->kind, s, sizeof *b->kind);
    b->amount = builder_more(b->amount, s, sizeof *b->amount);
    b->species_name[s] = builder_more(NULL, (int32_t)strlen(name), 1);
    strcpy(b->species_name[s], name);
    b->kind[s] = CRNL_DISCRETE;
    b->amount[s] = amount;
    return s;
}

static inline int32_t model_find(const struct model_builder *b, const char *name, size_t n)
{
    for (int32_t s = 0; s < b->m.n_species; s++) {
        if (strlen(b->species_name[s]) == n && strncmp(b->species_name[s], name, n) == 0) {
            return s;
        }
    }
    assert(!"no such species");
    return -1;
}

static inline void builder_net(struct model_builder *b, int32_t s, double delta)
{
    int32_t from = b->net_ptr[b->m.n_reactions];
    if (b->kind[s] == CRNL_CONSTANT) {
        return;
    }
    for (int32_t e = from; e < b->n_net; e++) {
        if (b->net_species[e] == s) {
            b->net_delta[e] += delta;
            return;
        }
    }
    b->net_species = builder_more(b->net_species, b->n_net, sizeof *b->net_species);
    b->net_delta = builder_more(b->net_delta, b->n_net, sizeof *b->net_delta);
    b->net_species[b->n_net] = s;
    b->net_delta[b->n_net++] = delta;
}

static inline void builder_lhs(struct model_builder *b, int32_t s, double count)
{
    for (int32_t e = b->lhs_ptr[b->m.n_reactions]; e < b->n_lhs; e++) {
        if (b->lhs_species[e] == s) {
            b->lhs_count[e] += count;
            return;
        }
    }
    b->lhs_species = builder_more(b->lhs_species, b->n_lhs, sizeof *b->lhs_species);
    b->lhs_count = builder_more(b->lhs_count, b->n_lhs, sizeof *b->lhs_count);
    b->lhs_species[b->n_lhs] = s;
    b->lhs_count[b->n_lhs++] = count;
}

/* 'A + 2 B -> C', '0 -> A'; single blanks. law: expression or -1. The number of the reaction. */
static inline int32_t model_reaction(struct model_builder *b, const char *text, double k, int32_t law)
{
    int32_t j = b->m.n_reactions;
    if (j == 0) {
        b->lhs_ptr = calloc(1, sizeof *b->lhs_ptr);
        b->net_ptr = calloc(1, sizeof *b->net_ptr);
    }
    bool product = false;
    double count = 1;
    for (const char *p = text; *p;) {
        size_t n = strcspn(p, " ");
        if (strncmp(p, "->", n) == 0) {
            product = true;
            count = 1;
        } else if (*p >= '0' && *p <= '9') {
            count = atof(p);
        } else if (*p != '+') {
            int32_t s = model_find(b, p, n);
            if (!product) {
                builder_lhs(b, s, count);
            }
            builder_net(b, s, product ? count : -count);
            count = 1;
        }
        p += n;
        p += strspn(p, " ");
    }
    int32_t kept = b->net_ptr[j];
    for (int32_t e = b->net_ptr[j]; e < b->n_net; e++) {
        if (b->net_delta[e] != 0) {
            b->net_species[kept] = b->net_species[e];
            b->net_delta[kept++] = b->net_delta[e];
        }
    }
    b->n_net = kept;
    b->m.n_reactions++;
    b->lhs_ptr = builder_more(b->lhs_ptr, j + 1, sizeof *b->lhs_ptr);
    b->net_ptr = builder_more(b->net_ptr, j + 1, sizeof *b->net_ptr);
    b->k = builder_more(b->k, j, sizeof *b->k);
    b->law = builder_more(b->law, j, sizeof *b->law);
    b->lhs_ptr[j + 1] = b->n_lhs;
    b->net_ptr[j + 1] = b->n_net;
    b->k[j] = k;
    b->law[j] = law;
    return j;
}

/* What model_finish has made. */
static inline void builder_undo(struct model_builder *b)
{
    for (int32_t i = 0; i < b->m.n_params; i++) {
        free(b->param_name[i]);
    }
    void *const memory[] = {b->param_name, b->code[0], b->code[1], b->code[2], b->value, b->elem, b->symbol};
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++) {
        free(memory[i]);
    }
    b->m.n_params = 0;
}

/* Fills b->m; its further fields (expr, statistics, traces, ...) are the test's. Symbols: all species, then
 * all parameters. May be called again after more species and reactions. */
static inline struct crnl_model *model_finish(struct model_builder *b, const char *name)
{
    struct crnl_model *m = &b->m;
    builder_undo(b);
    int32_t n_params = m->n_reactions + m->n_species, n_symbols = m->n_species + n_params;
    m->abi = CRNL_ABI;
    m->name = name;
    m->file = "test.crnl";
    m->n_params = n_params;
    m->n_symbols = m->n_elems = n_symbols;
    b->param_name = calloc((size_t)n_params, sizeof *b->param_name);
    b->value = calloc((size_t)n_params, sizeof *b->value);
    b->elem = calloc((size_t)n_symbols, sizeof *b->elem);
    b->symbol = calloc((size_t)n_symbols, sizeof *b->symbol);
    for (int i = 0; i < 3; i++) {
        b->code[i] = calloc(2 * (size_t)n_params, sizeof *b->code[i]);
    }
    for (int32_t i = 0; i < n_params; i++) {
        bool rate = i < m->n_reactions;
        int32_t slot = rate ? i : i - m->n_reactions;
        b->param_name[i] = builder_name(rate ? "k" : "x", slot);
        b->value[i] = rate ? b->k[slot] : b->amount[slot];
        b->code[0][2 * i] = (struct crnl_tape_code){CRNL_TAPE_CONST, 0, i, 0};
        b->code[0][2 * i + 1] = (struct crnl_tape_code){CRNL_TAPE_OUT, i, 0, 0};
        b->code[rate ? 2 : 1][2 * slot] = (struct crnl_tape_code){CRNL_TAPE_PARAM, 0, i, 0};
        b->code[rate ? 2 : 1][2 * slot + 1] = (struct crnl_tape_code){CRNL_TAPE_OUT, slot, 0, 0};
    }
    for (int32_t i = 0; i < n_symbols; i++) {
        bool species = i < m->n_species;
        int32_t slot = species ? i : i - m->n_species;
        b->elem[i] = (struct crnl_elem){species ? CRNL_ELEM_SPECIES : CRNL_ELEM_PARAM, slot, 0};
        b->symbol[i] = (struct crnl_symbol){species ? b->species_name[slot] : b->param_name[slot],
                                            b->elem[i].kind,
                                            0,
                                            0,
                                            NULL,
                                            1,
                                            i,
                                            NULL,
                                            NULL};
    }
    m->species_name = (const char *const *)b->species_name;
    m->param_name = (const char *const *)b->param_name;
    m->species_kind = b->kind;
    m->symbol = b->symbol;
    m->elem = b->elem;
    m->lhs_ptr = b->lhs_ptr;
    m->lhs_species = b->lhs_species;
    m->lhs_count = b->lhs_count;
    m->net_ptr = b->net_ptr;
    m->net_species = b->net_species;
    m->net_delta = b->net_delta;
    m->law = b->law;
    m->defaults = (struct crnl_tape){2 * n_params, n_params, 1, b->code[0], b->value};
    m->init = (struct crnl_tape){2 * m->n_species, 0, 1, b->code[1], b->value};
    m->rate = (struct crnl_tape){2 * m->n_reactions, 0, 1, b->code[2], b->value};
    return m;
}

static inline void model_free(struct model_builder *b)
{
    for (int32_t i = 0; i < b->m.n_species; i++) {
        free(b->species_name[i]);
    }
    builder_undo(b);
    void *const memory[] = {b->species_name, b->kind,        b->amount,   b->k,
                            b->lhs_ptr,      b->lhs_species, b->net_ptr,  b->net_species,
                            b->law,          b->lhs_count,   b->net_delta};
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++) {
        free(memory[i]);
    }
    *b = (struct model_builder){0};
}

/* Random mass action network: `order` up to 3 where `cubic`, products that keep amounts bounded by a decay of each species. */
static inline void model_random(struct model_builder *b, struct crnl_rng *rng, int32_t n_species,
                                int32_t n_reactions, bool cubic)
{
    for (int32_t s = 0; s < n_species; s++) {
        char *name = builder_name("S", s);
        model_species(b, name, (double)(crnl_rng_next(rng) % 20));
        free(name);
    }
    for (int32_t j = 0; j < n_reactions; j++) {
        char text[128];
        int32_t order = (int32_t)(crnl_rng_next(rng) % (cubic ? 4 : 3)), n = 0;
        n += snprintf(text, sizeof text, order ? "" : "0");
        for (int32_t i = 0; i < order; i++) {
            n += snprintf(text + n, sizeof text - (size_t)n, "%sS%d", i ? " + " : "",
                          (int)(crnl_rng_next(rng) % (uint64_t)n_species));
        }
        n += snprintf(text + n, sizeof text - (size_t)n, " -> ");
        int32_t products = order ? (int32_t)(crnl_rng_next(rng) % (uint64_t)(order + 1)) : 1;
        n += snprintf(text + n, sizeof text - (size_t)n, products ? "" : "0");
        for (int32_t i = 0; i < products; i++) {
            n += snprintf(text + n, sizeof text - (size_t)n, "%sS%d", i ? " + " : "",
                          (int)(crnl_rng_next(rng) % (uint64_t)n_species));
        }
        static const double scale[4] = {1, 1, 0.1, 0.01};
        model_reaction(b, text, crnl_rng_uniform(rng) * scale[order], -1);
    }
}

/* The same of reactions that keep the number of molecules: as many products as reactants, up to three. */
static inline void model_random_exchange(struct model_builder *b, struct crnl_rng *rng, int32_t n_species,
                                         int32_t n_reactions)
{
    for (int32_t s = 0; s < n_species; s++) {
        char *name = builder_name("S", s);
        model_species(b, name, (double)(crnl_rng_next(rng) % 8));
        free(name);
    }
    for (int32_t j = 0; j < n_reactions; j++) {
        char text[128] = "";
        int32_t order = 1 + (int32_t)(crnl_rng_next(rng) % 3);
        for (int32_t i = 0; i < 2 * order; i++) {
            size_t n = strlen(text);
            snprintf(text + n, sizeof text - n, "%sS%d",
                     i == 0       ? ""
                     : i == order ? " -> "
                                  : " + ",
                     (int)(crnl_rng_next(rng) % (uint64_t)n_species));
        }
        static const double scale[4] = {1, 1, 0.1, 0.01};
        model_reaction(b, text, crnl_rng_uniform(rng) * scale[order], -1);
    }
}

#endif

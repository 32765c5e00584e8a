#include "ir/pass/refine.h"

#include <stdlib.h>

#include "support/mem.h"

void refinable_open(struct refinable *p, int32_t n)
{
    size_t room = (size_t)n + 1;
    *p = (struct refinable){.n_sets = 1};
    p->element = mem_zalloc(room, sizeof *p->element);
    p->set = mem_zalloc(room, sizeof *p->set);
    p->order = mem_alloc(room * sizeof *p->order);
    for (int32_t i = 0; i < n; i++) {
        p->order[i] = p->element[i].place = i;
    }
    p->set[0].end = n;
}

void refinable_close(struct refinable *p)
{
    free(p->element);
    free(p->set);
    free(p->order);
    vec_free(&p->touched);
    vec_free(&p->marked);
    vec_free(&p->bound);
    hash_index_free(&p->by_key);
}

static void put(struct refinable *p, int32_t place, int32_t element)
{
    p->order[place] = element;
    p->element[element].place = place;
}

bool refinable_add(struct refinable *p, int32_t element, struct residue key)
{
    struct refinable_element *e = &p->element[element];
    struct refinable_set *set = &p->set[e->set];
    if (e->set != 0 && set->end - set->first == 1) {
        return false;
    }
    int32_t place = e->place, marked = set->first + set->n_marked;
    e->key = residue_sum(e->key, key);
    if (place < marked) {
        return false;
    }
    if (set->n_marked++ == 0) {
        vec_push(&p->touched, e->set);
    }
    put(p, place, p->order[marked]);
    put(p, marked, element);
    return true;
}

/* Moves the marked elements of a set into p->marked, except those whose key is zero, and clears all keys. */
static void take_marked(struct refinable *p, struct refinable_set *set)
{
    p->marked.n = 0;
    for (int32_t i = set->first; i < set->first + set->n_marked; i++) {
        struct keyed x = {p->element[p->order[i]].key, p->order[i], 0};
        p->element[x.element].key = (struct residue){{0, 0}};
        if (!residue_is_zero(x.key)) {
            vec_push(&p->marked, x);
        }
    }
    set->n_marked = 0;
}

/* Numbers the different keys in the order in which they occur, so that neighbouring elements stay close
 * together. */
static void number_parts(struct refinable *p)
{
    hash_index_open(&p->by_key, p->marked.n);
    p->bound.n = 0;
    for (size_t i = 0; i < p->marked.n; i++) {
        struct keyed *x = &p->marked.data[i];
        uint64_t hash = residue_word(x->key);
        size_t turn = 0;
        int32_t first;
        while ((first = hash_index_next(&p->by_key, hash, &turn)) >= 0 &&
               !residue_equal(p->marked.data[first].key, x->key)) {
        }
        if (first < 0) {
            hash_index_add(&p->by_key, hash, (int32_t)i);
            x->part = (int32_t)p->bound.n;
            vec_push(&p->bound, 0);
        } else {
            x->part = p->marked.data[first].part;
        }
        p->bound.data[x->part]++;
    }
}

/* Puts the parts one after the other at the start of their set. */
static void order_parts(struct refinable *p, int32_t first)
{
    int32_t at = first;
    for (size_t i = 0; i < p->bound.n; i++) {
        int32_t size = p->bound.data[i];
        p->bound.data[i] = at;
        at += size;
    }
    vec_push(&p->bound, at);
    for (size_t i = 0; i < p->marked.n; i++) {
        const struct keyed *x = &p->marked.data[i];
        int32_t to = p->bound.data[x->part]++, from = p->element[x->element].place;
        put(p, from, p->order[to]);
        put(p, to, x->element);
    }
    for (size_t i = p->bound.n - 1; i > 0; i--) {
        p->bound.data[i] = p->bound.data[i - 1];
    }
    p->bound.data[0] = first;
}

static void new_set(struct refinable *p, int32_t parent, int32_t first, int32_t end)
{
    int32_t set = p->n_sets++;
    p->set[set] = (struct refinable_set){.first = first, .end = end, .parent = parent};
    for (int32_t i = first; i < end; i++) {
        p->element[p->order[i]].set = set;
    }
}

static void split_set(struct refinable *p, int32_t number)
{
    struct refinable_set *set = &p->set[number];
    take_marked(p, set);
    number_parts(p);
    order_parts(p, set->first);
    size_t n = p->bound.n - 1, kept = n; /* the part that keeps the number; n: the elements that were not
                                            marked */
    const int32_t *bound = p->bound.data;
    int32_t end = set->end, most = end - bound[n];
    for (size_t i = 0; i < n && number != 0; i++) {
        if (bound[i + 1] - bound[i] > most) {
            most = bound[i + 1] - bound[i];
            kept = i;
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (i != kept) {
            new_set(p, number, bound[i], bound[i + 1]);
        }
    }
    if (kept < n && bound[n] < end) {
        new_set(p, number, bound[n], end);
    }
    set->first = bound[kept];
    set->end = bound[kept] + most;
}

int32_t refinable_split(struct refinable *p)
{
    int32_t before = p->n_sets;
    for (size_t i = 0; i < p->touched.n; i++) {
        split_set(p, p->touched.data[i]);
    }
    p->touched.n = 0;
    return before;
}

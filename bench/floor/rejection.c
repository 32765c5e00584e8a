/* rejection LIST EVENTS
 * Rejection SSA (Thanh, Priami, Zunino 2014) as one would write it by hand, the floor of large networks:
 * amounts in intervals of 10 %, of no width below ten molecules; the bounds of propensities in sums of two
 * levels, which are incremented and added up anew every 2^20 events; waiting times by the ziggurat. LIST is
 * what list_of_net.awk makes. Prints the time that is reached. */
#include "common.h"

enum { MOST = 4, FRESH = 1 << 20 };

struct reaction {
    double k;
    int32_t taken[2], n_changes, changed[2 * MOST];
    int8_t delta[2 * MOST], pair;
};
static int32_t n_species, n_reactions, n_blocks, fan;
static struct reaction *reaction;
static double *x, *low, *high, *bound, *block, total;
static int32_t *reader_ptr, *reader;

static void *room(size_t n, size_t size)
{
    void *p = calloc(n + 1, size);
    if (!p) {
        exit(1);
    }
    return p;
}

static void change(struct reaction *r, int32_t s, int delta)
{
    int32_t i = 0;
    while (i < r->n_changes && r->changed[i] != s) {
        i++;
    }
    r->changed[i] = s;
    r->delta[i] = (int8_t)(r->delta[i] + delta);
    r->n_changes += i == r->n_changes;
}

static int32_t number(FILE *f)
{
    int v;
    if (fscanf(f, "%d", &v) != 1) {
        exit(1);
    }
    return v;
}

static void read_reaction(FILE *f, struct reaction *r)
{
    if (fscanf(f, "%lf", &r->k) != 1) {
        exit(1);
    }
    r->taken[0] = r->taken[1] = n_species; /* one molecule that is always there */
    for (int side = 0; side < 2; side++) {
        int32_t n = number(f);
        for (int32_t i = 0; i < n; i++) {
            int32_t s = number(f);
            change(r, s, side ? 1 : -1);
            if (!side) {
                r->taken[i & 1] = s;
            }
        }
    }
    r->pair = r->taken[0] == r->taken[1] && r->taken[0] < n_species;
    int32_t kept = 0;
    for (int32_t i = 0; i < r->n_changes; i++) {
        if (r->delta[i]) {
            r->changed[kept] = r->changed[i];
            r->delta[kept++] = r->delta[i];
        }
    }
    r->n_changes = kept;
}

static void read_list(const char *name)
{
    FILE *f = fopen(name, "r");
    if (!f) {
        perror(name);
        exit(1);
    }
    n_species = number(f);
    n_reactions = number(f);
    x = room((size_t)n_species, sizeof *x);
    low = room((size_t)n_species, sizeof *low);
    high = room((size_t)n_species, sizeof *high);
    reaction = room((size_t)n_reactions, sizeof *reaction);
    for (int32_t s = 0; s < n_species; s++) {
        if (fscanf(f, "%lf", &x[s]) != 1) {
            exit(1);
        }
    }
    x[n_species] = low[n_species] = high[n_species] = 1;
    for (int32_t j = 0; j < n_reactions; j++) {
        read_reaction(f, &reaction[j]);
    }
    fclose(f);
    reader_ptr = room((size_t)n_species + 2, sizeof *reader_ptr);
    reader = room(2 * (size_t)n_reactions, sizeof *reader);
    for (int pass = 0; pass < 2; pass++) {
        for (int32_t j = 0; j < n_reactions; j++) {
            for (int i = 0; i < 2 - reaction[j].pair; i++) {
                int32_t s = reaction[j].taken[i];
                if (s < n_species) {
                    if (pass) {
                        reader[reader_ptr[s + 1]++] = j;
                    } else {
                        reader_ptr[s + 2 < n_species + 2 ? s + 2 : s + 1]++;
                    }
                }
            }
        }
        for (int32_t s = 1; !pass && s <= n_species; s++) {
            reader_ptr[s + 1] += reader_ptr[s];
        }
    }
    fan = (int32_t)sqrt(n_reactions) + 1;
    n_blocks = n_reactions / fan + 1;
    bound = room((size_t)(n_blocks * fan), sizeof *bound);
    block = room((size_t)n_blocks, sizeof *block);
}

static void set_interval(int32_t s)
{
    double width = x[s] < 10 ? 0 : floor(x[s] / 10);
    low[s] = x[s] - width;
    high[s] = x[s] + width;
}

static double bound_of(const struct reaction *r)
{
    return r->k * high[r->taken[0]] * (high[r->taken[1]] - r->pair);
}

static void add_up(void)
{
    total = 0;
    for (int32_t b = 0; b < n_blocks; b++) {
        block[b] = 0;
        for (int32_t i = 0; i < fan; i++) {
            block[b] += bound[b * fan + i];
        }
        total += block[b];
    }
}

static int32_t pick(double r)
{
    int32_t b = 0;
    while (b < n_blocks - 1 && r > block[b]) {
        r -= block[b++];
    }
    int32_t j = b * fan, end = j + fan - 1;
    while (j < end && r > bound[j]) {
        r -= bound[j++];
    }
    return j;
}

static void renew(int32_t s)
{
    set_interval(s);
    for (int32_t i = reader_ptr[s]; i < reader_ptr[s + 1]; i++) {
        int32_t j = reader[i];
        double d = bound_of(&reaction[j]) - bound[j];
        bound[j] += d;
        block[j / fan] += d;
        total += d;
    }
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: rejection LIST EVENTS\n");
        return 1;
    }
    make_ziggurat();
    read_list(argv[1]);
    struct rng rng = seeded(1);
    double t = 0;
    for (int32_t s = 0; s < n_species; s++) {
        set_interval(s);
    }
    for (int32_t j = 0; j < n_reactions; j++) {
        bound[j] = bound_of(&reaction[j]);
    }
    int64_t n = atoll(argv[2]), trials = 0;
    for (int64_t done = 0; done < n && trials < 100 * n; trials++) {
        if (done % FRESH == 0) {
            add_up();
        }
        if (!(total > 0)) {
            break;
        }
        t += exponential(&rng) / total;
        int32_t j = pick(uniform(&rng) * total);
        const struct reaction *r = &reaction[j];
        double a = r->k * x[r->taken[0]] * (x[r->taken[1]] - r->pair);
        if (!(uniform(&rng) * bound[j] <= a) || a <= 0) {
            continue;
        }
        for (int i = 0; i < r->n_changes; i++) {
            x[r->changed[i]] += r->delta[i];
        }
        for (int i = 0; i < r->n_changes; i++) {
            int32_t s = r->changed[i];
            if (x[s] < low[s] || x[s] > high[s]) {
                renew(s);
            }
        }
        done++;
    }
    printf("%.9g\n", t);
    /* Sums drift: what is left of the total when nothing can fire is refused for ever. */
    return trials == 100 * n;
}

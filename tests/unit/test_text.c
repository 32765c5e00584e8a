/* Exports of random networks with odd names: every format writes or refuses, and says so. JSON is read by
 * Jansson, SBML by libsbml, which finds no error in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#ifdef HAVE_LIBSBML
#include <sbml/SBMLTypes.h>
#endif
#include <stdlib.h>
#include <string.h>

#include "codegen/text/text.h"
#include "ir_random.h"

enum { N_SPECIES = 5, N_SLOTS = 3, ROUNDS = 300 };

static const char *random_name(struct net *n)
{
    static const char *const odd[] = {
        "A",     "a",    "A[0]",        "A_0", "x.p", "time",       "Pi", "two words", "*)",    "line\nend",
        "\"q\"", "<b>&", "back\\slash", "_",   "9",   "m.S[2,3].p", "%",  "E",         "Fuel1", "`"};
    return intern_text(n->names, odd[draw(sizeof odd / sizeof odd[0])]);
}

static void add_species(struct net *n)
{
    for (int s = 0; s < N_SPECIES; s++) {
        const char *name = random_name(n);
        for (size_t i = 0; i < n->species.n; i++) {
            if (n->species.data[i].name == name) {
                name = arena_printf(n->arena, "%s%d", name, s);
            }
        }
        net_add_species(n, name, random_kind(),
                        draw(2) ? expr_real(n->ex, draw(9)) : 0, (struct span){0});
    }
}

static struct net *random_network(void)
{
    struct net *n = net_create("random");
    struct random_leaves leaves = {N_SPECIES, N_SLOTS, true};
    random_mild = true;
    net_add_param(n, random_name(n), shape_vector(N_SLOTS), expr_real(n->ex, 0.5), (struct span){0});
    int32_t guard = net_add_guard(n, random_name(n), true);
    add_species(n);
    for (uint32_t j = 1 + draw(8); j > 0; j--) {
        struct term side[2][2];
        for (int k = 0; k < 4; k++) {
            side[k / 2][k % 2] = (struct term){(species_id)draw(N_SPECIES), 1 + draw(2)};
        }
        bool law = draw(4) == 0;
        expr_id rate = law ? random_expr(n->ex, &leaves, TYPE_REAL, shape_scalar(), 3, NULL, 0)
                           : net_param_expr(n, (int32_t)draw(N_SLOTS));
        reaction_id id = net_add_reaction(n, side[0], draw(3), side[1], draw(3),
                                          law ? RATE_LAW : RATE_MASS_ACTION, rate, (struct span){0});
        n->reaction.data[id].guard = draw(6) ? 0 : guard;
        n->reaction.data[id].origin = draw(2) ? random_name(n) : NULL;
        n->reaction.data[id].label = draw(3) ? NULL : random_name(n);
    }
    for (uint32_t i = draw(3); i > 0; i--) {
        expr_id value = random_expr(n->ex, &leaves, TYPE_REAL, shape_scalar(), 2, NULL, 0);
        struct change change = {(species_id)draw(N_SPECIES), value};
        bool when = draw(2);
        expr_id at =
            when ? random_expr(n->ex, &leaves, TYPE_BOOL, shape_scalar(), 2, NULL, 0) : expr_real(n->ex, 3);
        net_add_event(n,
                      when      ? EVENT_WHEN
                      : draw(2) ? EVENT_AT
                                : EVENT_EVERY,
                      at, &change, 1, (struct span){0});
    }
    return n;
}

/* NULL: refused, with a diagnostic. */
static char *write(struct net *n, enum text_format_id id, bool stochastic)
{
    struct sources *sources = sources_create();
    struct diag *diag = diag_create(sources);
    struct text_options o = {.stochastic = stochastic};
    char *text;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    bool ok = text_write(f, n, id, &o, sources, diag);
    fclose(f);
    assert_int_equal(ok, diag_error_count(diag) == 0);
    if (!ok) {
        free(text);
        text = NULL;
    }
    diag_destroy(diag);
    sources_destroy(sources);
    return text;
}

static int check_json(const char *text)
{
    json_error_t error;
    json_t *j = json_loads(text, 0, &error);
    assert_non_null(j);
    assert_int_equal(json_array_size(json_object_get(j, "species")), N_SPECIES);
    json_decref(j);
    return 1;
}

#ifdef HAVE_LIBSBML
/* Read anew and checked whole, units too. */
static int check_sbml(const char *text)
{
    SBMLDocument_t *d = readSBMLFromString(text);
    SBMLDocument_checkConsistency(d);
    for (unsigned i = 0; i < SBMLDocument_getNumErrors(d); i++) {
        const XMLError_t *e = (const XMLError_t *)SBMLDocument_getError(d, i);
        assert_false(XMLError_isError(e) || XMLError_isFatal(e));
    }
    Model_t *m = SBMLDocument_getModel(d);
    assert_non_null(m);
    assert_int_equal(Model_getNumSpecies(m), N_SPECIES);
    SBMLDocument_free(d);
    return 1;
}
#else
static int check_sbml(const char *text)
{
    (void)text;
    return 0;
}
#endif

/* Without libsbml there is no SBML. */
static bool is_there(enum text_format_id id)
{
#ifdef HAVE_LIBSBML
    (void)id;
    return true;
#else
    return id != TEXT_SBML;
#endif
}

static void what_is_written_is_read(void **state)
{
    int n_json = 0, n_sbml = 0, n_written[TEXT_FORMAT_COUNT] = {0};
    (void)state;
    random_state = 17;
    for (int round = 0; round < ROUNDS; round++) {
        struct net *n = random_network();
        for (int id = 0; id < TEXT_FORMAT_COUNT; id++) {
            char *text = write(n, (enum text_format_id)id, round % 2);
            n_written[id] += text != NULL;
            n_json += text && id == TEXT_JSON ? check_json(text) : 0;
            n_sbml += text && id == TEXT_SBML ? check_sbml(text) : 0;
            free(text);
        }
        net_destroy(n);
    }
    random_mild = false;
    assert_in_range(n_json, ROUNDS / 2, ROUNDS);
    assert_in_range(n_sbml, is_there(TEXT_SBML) ? ROUNDS / 3 : 0, ROUNDS);
    for (int id = 0; id < TEXT_FORMAT_COUNT; id++) {
        assert_in_range(n_written[id], is_there((enum text_format_id)id) ? 1 : 0, ROUNDS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}

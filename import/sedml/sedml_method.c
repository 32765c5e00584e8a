/* Algorithms of simulations: their KiSAO terms, and the methods of runs that replace them. */
#include <stdlib.h>
#include <string.h>

#include "import/sedml/sedml_impl.h"

enum method { /* ORDER sedml_method */

              METHOD_ODE,
              METHOD_BDF,
              METHOD_ADAMS,
              METHOD_ERK,
              METHOD_RK4,
              METHOD_SSA,
              METHOD_TAU,
              METHOD_CLE,
              METHOD_HYBRID,
              METHOD_NONE
};

static const struct algorithm {
    int number;
    enum method method;
    bool is_near;
    const char *name;
} terms[] = {
#define KISAO(number, method, is_near, name) {number, METHOD_##method, is_near, name},
#include "import/sedml/kisao.def"
};

/* How methods are written after `by`, without options. */
static const char *const method_text[] = {"ode", /* ORDER sedml_method */
                                          "ode(solver = bdf",
                                          "ode(solver = adams",
                                          "ode(solver = erk",
                                          "ode(solver = rk4",
                                          "ssa",
                                          "tau",
                                          "cle",
                                          "hybrid(partition = 100"};

/* The number in KISAO:0000019 or KISAO_0000019, also at the end of a URL; -1: there is none. */
static int kisao_number(const char *id)
{
    const char *at = strstr(id, "KISAO");
    return at && strlen(at) == 13 && (at[5] == ':' || at[5] == '_') && strspn(at + 6, "0123456789") == 7
               ? atoi(at + 6)
               : -1;
}

static const struct algorithm *find_term(int number)
{
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
        if (terms[i].number == number) {
            return &terms[i];
        }
    }
    return NULL;
}

/* ---- parameters ---- */

enum { RTOL = 209, ATOL = 211, EPSILON = 228, MAX_STEP = 467, STEP = 483 };

struct settings {
    double rtol, atol, epsilon, max_step, step; /* 0: not given */
};

/* Parameters of how an algorithm works, without a counterpart in crnlc and without influence on results. */
static bool is_inner(int number)
{
    static const int known[] = {107, 219, 220, 415, 475, 476, 477, 478, 479, 480, 481, 482, 484,
                                485, 486, 487, 497, 538, 539, 540, 541, 542, 543, 559, 567, 570,
                                571, 583, 584, 594, 656, 665, 670, 671, 673, 674, 677, 678, 679,
                                681, 682, 683, 684, 332, 203, 204, 216, 249, 325, 328};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (known[i] == number) {
            return true;
        }
    }
    return false;
}

static void take_parameter(struct sedml *s, const xmlNode *p, struct settings *t)
{
    int number = kisao_number(sedml_text_of(p, "kisaoID"));
    bool good;
    double v = sedml_number(sedml_text_of(p, "value"), &good);
    double *to = number == RTOL       ? &t->rtol
                 : number == ATOL     ? &t->atol
                 : number == EPSILON  ? &t->epsilon
                 : number == MAX_STEP ? &t->max_step
                 : number == STEP     ? &t->step
                                      : NULL;
    if (!to && !is_inner(number)) {
        sedml_skip(s, p, "kisaoID", "this parameter of algorithms is not used: %s %s",
                   sedml_text_of(p, "kisaoID"), sedml_text_of(p, "name"));
    } else if (to && !(good && v >= 0)) {
        sedml_skip(s, p, "value", "this is no number that the parameter may have");
    } else if (to) {
        *to = v;
    }
}

static void take_parameters(struct sedml *s, const xmlNode *algorithm, struct settings *t)
{
    for (const xmlNode *p = sedml_list(algorithm, "listOfAlgorithmParameters"); p; p = sedml_next(p, NULL)) {
        if (sedml_is(p, "algorithmParameter")) {
            take_parameter(s, p, t);
        }
    }
}

/* ---- methods with options ---- */

/* Appends an option to `text`. */
static const char *with(struct sedml *s, const char *text, const char *option, double v)
{
    return arena_printf(s->arena, "%s%s%s = %s", text, strchr(text, '(') ? ", " : "(", option,
                        sedml_number_text(s, v));
}

static bool is_deterministic(enum method m)
{
    return m <= METHOD_RK4;
}

static void say_near(struct sedml *s, const xmlNode *algorithm, const struct algorithm *t)
{
    const char *text = method_text[t->method];
    diag_report(s->diag, DIAG_W0833, sedml_place_of(algorithm, "kisaoID"),
                "in place of the %s there is `%s%s`", t->name, text, strchr(text, '(') ? ")" : "");
}

const char *sedml_method(struct sedml *s, const xmlNode *simulation, double interval)
{
    static const struct algorithm unknown = {0, METHOD_ODE, true, "algorithm, which is not known,"};
    static const struct algorithm standard = {0, METHOD_ODE, false, "standard"};
    const xmlNode *algorithm = sedml_child(simulation, "algorithm");
    const struct algorithm *t =
        algorithm ? find_term(kisao_number(sedml_text_of(algorithm, "kisaoID"))) : &standard;
    struct settings given = {0};
    bool to_steady = sedml_is(simulation, "steadyState");
    t = t ? t : &unknown;
    if (t->method == METHOD_NONE) {
        return sedml_skip(s, algorithm, "kisaoID", "there is no method for the %s", t->name);
    }
    if (t->is_near && !to_steady) {
        say_near(s, algorithm, t);
    }
    take_parameters(s, algorithm, &given);
    enum method m = to_steady ? METHOD_ODE : t->method;
    const char *text = method_text[m];
    if (m == METHOD_RK4 || m == METHOD_CLE) {
        double step = given.step > 0 ? given.step : given.max_step > 0 ? given.max_step : interval;
        if (!(step > 0)) {
            text = method_text[METHOD_ODE];
        } else if (!(given.step > 0)) {
            diag_report(s->diag, DIAG_W0833, sedml_place(algorithm),
                        "without a step size (KISAO:0000483) steps are %g long", step);
        }
        return step > 0 ? arena_printf(s->arena, "%s)", with(s, text, "dt", step)) : text;
    }
    if ((is_deterministic(m) || m == METHOD_HYBRID) && given.rtol > 0 && given.rtol < 1) {
        text = with(s, text, "rtol", given.rtol);
    }
    if (is_deterministic(m) && given.atol > 0) {
        text = with(s, text, "atol", given.atol);
    }
    if (is_deterministic(m) && given.max_step > 0) {
        text = with(s, text, "max_step", given.max_step);
    }
    if (m == METHOD_TAU && given.epsilon > 0 && given.epsilon < 1) {
        text = with(s, text, "epsilon", given.epsilon);
    }
    return strchr(text, '(') ? arena_printf(s->arena, "%s)", text) : text;
}

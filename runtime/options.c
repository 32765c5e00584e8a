/* The command line of compiled programs; `crnlc run` parses its options with it too. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "crnl_word.h"
#include "rt_ctx.h"

enum option_kind { TEXT, REAL, POSITIVE, FRACTION, DURATION, COUNT, SEED, THREADS, SEEDS, SET, FLAG, HELP };

struct program_option {
    const char *name, *value, *help;
    enum option_kind kind;
    size_t offset; /* of the value in struct crnl_options */
    bool run_only; /* only for programs without an experiment */
};

#define AT(field) offsetof(struct crnl_options, field)
enum option_users { ALL, COMMANDS, NETWORK };
static const struct program_option option_list[] = {
#define PROGRAM_OPTION(name, argument, kind, member, who, help) \
    {name, argument, help, kind, AT(member), (who) == NETWORK},
#include "crnl_option.def"
#undef PROGRAM_OPTION
    {"help", NULL, "this text", HELP, 0, false},
};
enum { N_OPTIONS = sizeof option_list / sizeof *option_list };

static const struct program_option *find_option(const char *name, size_t length)
{
    for (int i = 0; i < N_OPTIONS; i++) {
        if (strlen(option_list[i].name) == length && strncmp(option_list[i].name, name, length) == 0) {
            return &option_list[i];
        }
    }
    return NULL;
}

/* What an option takes; NULL where its name says it. */
static const char *kind_in_words(enum option_kind kind)
{
    switch (kind) {
    case REAL: return "a number that is not negative";
    case POSITIVE: return "a positive number";
    case FRACTION: return "a number between 0 and 1";
    case DURATION: return "a time, in seconds or as 90s, 10min or 2h,";
    case SEED: return "a whole number from 0 on";
    case COUNT: return "a whole number from 1 on";
    case THREADS: return "a whole number from 1 to 1024";
    case SEEDS: return "a number of seeds from 1 on, or a list of them such as 3,7,9,";
    case SET: return "one word, such as k=2,";
    default: return NULL;
    }
}

static bool offered(const struct program_option *o, const struct crnl_program *program)
{
    return !o->run_only || !program || !program->experiment;
}

/* Index of the argument `--name` or `--name=...`; 0: there is none. */
static int place_of(int argc, char **argv, const char *name)
{
    size_t n = strlen(name);
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--", 2) == 0 && strncmp(argv[i] + 2, name, n) == 0 &&
            (argv[i][2 + n] == '=' || argv[i][2 + n] == '\0')) {
            return i;
        }
    }
    return 0;
}

/* What the command line gives to the option; NULL: nothing. */
static const char *given_to(int argc, char **argv, const char *name)
{
    int i = place_of(argc, argv, name);
    const char *behind = i > 0 ? argv[i] + 2 + strlen(name) : "";
    return *behind == '=' ? behind + 1 : i > 0 && i + 1 < argc ? argv[i + 1] : NULL;
}

static void add_clause(struct rt_buffer *clauses, const char *word, const char *value)
{
    rt_putf(clauses, "%s%s %s", clauses->n > 0 ? " " : "", word, value);
}

/* Options that say what is run, where an experiment does: which clauses of its run say the same. */
static void fail_experiment(int argc, char **argv, const char *experiment)
{
    const char *refused[N_OPTIONS];
    int n = 0;
    for (int i = 0; i < N_OPTIONS; i++) {
        if (option_list[i].run_only && place_of(argc, argv, option_list[i].name) > 0) {
            refused[n++] = option_list[i].name;
        }
    }
    crnl_say(stderr, "%s: ", argv[0]);
    for (int i = 0; i < n; i++) {
        crnl_say(stderr, "%s--%s", i == 0 ? "" : i + 1 < n ? ", " : " and ", refused[i]);
    }
    crnl_say(stderr, " %s for programs without an experiment; here `%s` says what is run\n",
             n > 1 ? "are" : "is", experiment);
    const char *until = given_to(argc, argv, "until"), *every = given_to(argc, argv, "every");
    const char *method = given_to(argc, argv, "method"), *runs = given_to(argc, argv, "runs");
    struct rt_buffer clauses = {0};
    if (until) {
        add_clause(&clauses, "for", until);
    }
    if (every) {
        add_clause(&clauses, "every", every);
    }
    if (method || runs) {
        const struct crnl_method_word *meant = method ? crnl_method_word_find(method) : NULL;
        add_clause(&clauses, "by", meant ? meant->method : method ? method : "ssa");
    }
    if (runs) {
        rt_putf(&clauses, "(runs = %s)", runs);
    }
    if (clauses.n > 0) {
        crnl_say(stderr, "  write `%s` behind the run\n", clauses.data);
    }
    rt_buffer_free(&clauses);
    for (int i = 0; i < n; i++) {
        static const char *const in_run[] = {"until", "every", "method", "runs"};
        bool told = false;
        for (size_t k = 0; k < sizeof in_run / sizeof *in_run; k++) {
            told |= strcmp(refused[i], in_run[k]) == 0;
        }
        const char *value = told ? NULL : given_to(argc, argv, refused[i]);
        if (value) {
            crnl_say(stderr, "  write `-> \"%s\"` at the end of its `%s`\n", value,
                     strcmp(refused[i], "plot") == 0 ? "plot" : "run");
        }
    }
}

static int fail_unknown(const char *program_name, const char *argument, size_t length,
                        const struct crnl_program *program)
{
    const char *known[N_OPTIONS];
    int n = 0;
    for (int i = 0; i < N_OPTIONS; i++) {
        if (offered(&option_list[i], program)) {
            known[n++] = option_list[i].name;
        }
    }
    char *word = rt_strdup(argument);
    word[length] = '\0';
    const char *name = word + strspn(word, "-"), *meant = crnl_option_meant(name), *near = NULL;
    for (int i = 0; i < n; i++) {
        bool own = strcmp(known[i], name) == 0; /* with one dash */
        near = own || (meant && strcmp(known[i], meant) == 0) ? known[i] : near;
    }
    near = near ? near : rt_nearest(name, known, n);
    crnl_say(stderr, "%s: there is no option %s", program_name, word);
    crnl_say(stderr, near ? "; did you mean --%s?\n" : "; --help lists them\n", near);
    free(word);
    return 2;
}

/* A word that is no option. */
static int fail_word(const char *program_name, const char *word, const struct crnl_program *program)
{
    size_t length = strcspn(word, "=");
    if (word[0] == '-' && word[1] && word[1] != '-') {
        return fail_unknown(program_name, word, length, program);
    }
    crnl_say(stderr, "%s: `%s` is not an option; ", program_name, word);
    if (word[0] != '-' && length > 0 && word[length] == '=') {
        crnl_say(stderr, "a parameter is given by --set %s\n", word);
    } else {
        crnl_say(stderr, "--help lists them\n");
    }
    return 2;
}

static bool read_real(const char *text, double *v)
{
    char *end;
    *v = strtod(text, &end);
    return end != text && !*end && *v == *v;
}

/* 10s, 1.5 h */
static bool has_unit(const char *text)
{
    char *end;
    (void)strtod(text, &end);
    size_t blanks = strspn(end, " "), letters = strspn(end + blanks, "abcdefghijklmnopqrstuvwxyz");
    return end != text && letters > 0 && !end[blanks + letters];
}

static bool read_count(const char *text, uint64_t most, uint64_t *v)
{
    char *end;
    errno = 0;
    *v = strtoull(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && !*end && errno == 0 && *v <= most;
}

static bool is_twice(const uint64_t *list, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        if (list[i] == list[n]) {
            return true;
        }
    }
    return false;
}

/* A number of seeds, or a list of seeds separated by commas. */
static bool read_seeds(const char *text, struct crnl_options *options)
{
    enum { MOST = 1000000, LONGEST = 1000 };
    uint64_t count, *list = NULL;
    free((void *)options->seed_list);
    options->seed_list = NULL;
    if (!strchr(text, ',')) {
        bool good = read_count(text, MOST, &count) && count > 0;
        options->n_seeds = good ? (int32_t)count : 0;
        return good;
    }
    int32_t n = 0;
    bool good = true;
    for (const char *at = text, *end; good && *at; at = *end ? end + 1 : end) {
        end = at + strcspn(at, ",");
        char *word = rt_copy(at, (size_t)(end - at) + 1, 1);
        word[end - at] = '\0';
        list = rt_resize(list, (size_t)n + 1, sizeof *list);
        good = n < LONGEST && read_count(word, UINT64_MAX, &list[n]) && !is_twice(list, n);
        n++;
        free(word);
    }
    options->seed_list = list;
    options->n_seeds = n;
    return good && n > 0;
}

static void add_set(struct crnl_options *options, const char *assignment)
{
    const char **list = rt_alloc((size_t)options->n_set + 1, sizeof *list);
    for (int32_t i = 0; i < options->n_set; i++) {
        list[i] = options->set[i];
    }
    list[options->n_set] = assignment;
    free((void *)options->set);
    options->set = list;
    options->n_set++;
}

/* "90", "90s", "1.5min" or "2h"; the result is in seconds. */
static bool read_duration(const char *text, double *v)
{
    static const struct {
        const char *name;
        double seconds;
    } unit[] = {{"", 1}, {"s", 1}, {"min", 60}, {"h", 3600}};
    char *end;
    double n = strtod(text, &end);
    for (size_t i = 0; end != text && i < sizeof unit / sizeof *unit; i++) {
        if (strcmp(end, unit[i].name) == 0) {
            *v = n * unit[i].seconds;
            return *v > 0 && *v < INFINITY;
        }
    }
    return false;
}

/* Returns false if the text is not a valid value. */
static bool store(const struct program_option *o, const char *text, struct crnl_options *options)
{
    char *field = (char *)options + o->offset;
    double real;
    uint64_t count;
    switch (o->kind) {
    case TEXT: *(const char **)(void *)field = text; return *text != '\0';
    case REAL:
    case POSITIVE:
    case FRACTION:
        if (!read_real(text, &real) || fabs(real) == INFINITY || real < 0 || (o->kind != REAL && real == 0) ||
            (o->kind == FRACTION && real >= 1)) {
            return false;
        }
        *(double *)(void *)field = real;
        return true;
    case DURATION: return read_duration(text, (double *)(void *)field);
    case COUNT:
    case THREADS:
        if (!read_count(text, o->kind == COUNT ? INT64_MAX : 1024, &count) || count == 0) {
            return false;
        }
        if (o->kind == COUNT) {
            *(int64_t *)(void *)field = (int64_t)count;
        } else {
            options->threads = (int32_t)count;
        }
        return true;
    case SEED: return read_count(text, UINT64_MAX, &options->seed);
    case SEEDS: return read_seeds(text, options);
    case SET: add_set(options, text); return strchr(text, '=') != NULL;
    case FLAG: *(int32_t *)(void *)field = 1; return true;
    case HELP: break;
    }
    return false;
}

/* Prints a parameter with its comment, whose lines are aligned. */
static void print_parameter(const char *name, double value, const char *unit, const char *doc)
{
    struct rt_buffer b = {0};
    rt_putf(&b, "%s = ", name);
    rt_put_number(&b, value);
    rt_putf(&b, "%s%s", unit ? " " : "", unit ? unit : "");
    printf("  %-26s ", b.data);
    for (; doc && *doc; doc++) {
        putchar(*doc);
        if (*doc == '\n') {
            printf("%29s", "");
        }
    }
    putchar('\n');
    rt_buffer_free(&b);
}

/* Writes "w[2, 3]" and the value of its first element. */
static void put_symbol(struct rt_buffer *b, const struct crnl_symbol *s)
{
    rt_put(b, s->name);
    for (int32_t i = 0; i < s->rank; i++) {
        rt_putf(b, "%s%d%s", i ? ", " : "[", s->dim[i], i + 1 == s->rank ? "]" : "");
    }
}

static void print_network_parameters(struct crnl_ctx *ctx, int32_t net)
{
    const struct crnl_model *m = ctx->net[net].m;
    for (int32_t i = 0; i < m->n_symbols; i++) {
        const struct crnl_symbol *s = &m->symbol[i];
        double v;
        bool own = s->kind == CRNL_ELEM_PARAM && s->size > 0 && !(s->flags & CRNL_SYMBOL_GLOBAL);
        if (!own || crnl_get(ctx, net, i, 0, 1, &v, 0)) {
            continue;
        }
        struct rt_buffer name = {0};
        if (ctx->program->n_nets > 1) {
            rt_putf(&name, "%s.", m->name);
        }
        put_symbol(&name, s);
        print_parameter(name.data, v, s->unit, s->doc);
        rt_buffer_free(&name);
    }
}

static void print_choice(int i, const char *dot, const char *name)
{
    printf("%s%s%s", i ? ", " : ": ", dot, name);
}

/* Prints what an option may name: the methods of the program, or the formats of files. */
static void print_choices(const struct program_option *o, const struct crnl_program *program)
{
    for (int i = 0; o->offset == AT(method) && program && program->method && program->method[i]; i++) {
        print_choice(i, "", rt_method_info(program->method[i])->name);
    }
    for (int i = 0; o->offset == AT(out) && i < CRNL_SINK_COUNT; i++) {
        print_choice(i, ".", crnl_sink_info[i].extension);
    }
    for (int i = 0, n = 0; o->offset == AT(kernel) && i < CRNL_KERNEL_COUNT; i++) {
        if (crnl_kernel_named(crnl_kernel_info[i].name, ~0u) == i) {
            print_choice(n++, "", crnl_kernel_info[i].name);
        }
    }
}

static void print_help(const char *program_name, const struct crnl_program *program)
{
    printf("usage: %s [options]\n", program_name);
    if (program && program->doc) {
        printf("\n%s\n", program->doc);
    }
    printf("\noptions:\n");
    for (int i = 0; i < N_OPTIONS; i++) {
        const struct program_option *o = &option_list[i];
        struct rt_buffer text = {0};
        rt_putf(&text, "--%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
        if (offered(o, program)) {
            printf("  %-26s %s", text.data, o->help);
            print_choices(o, program);
            printf("\n");
        }
        rt_buffer_free(&text);
    }
    if (!program) {
        return;
    }
    struct crnl_ctx *ctx = crnl_create(program, &(struct crnl_options){0});
    printf("\nparameters (--set NAME=VALUE) and their defaults:\n");
    for (int32_t i = 0; i < program->n_globals; i++) {
        const struct crnl_global *g = &program->global[i];
        print_parameter(g->name, g->value, g->unit, g->doc);
    }
    for (int32_t i = 0; i < program->n_nets; i++) {
        if (!program->net[i]->is_copy) {
            print_network_parameters(ctx, i);
        }
    }
    crnl_destroy(ctx);
}

void crnl_free_options(struct crnl_options *options)
{
    free((void *)options->set);
    free((void *)options->seed_list);
    options->set = NULL;
    options->seed_list = NULL;
}

int crnl_parse_options(int argc, char **argv, const struct crnl_program *program,
                       struct crnl_options *options)
{
    *options = (struct crnl_options){.until = NAN, .progress = -1};
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--", 2) != 0 || !argv[i][2]) {
            return fail_word(argv[0], argv[i], program);
        }
        const char *name = argv[i] + 2;
        size_t length = strcspn(name, "=");
        const struct program_option *o = find_option(name, length);
        if (!o) {
            return fail_unknown(argv[0], argv[i], length + 2, program);
        }
        if (o->kind == HELP) {
            print_help(argv[0], program);
            return 0;
        }
        if (!offered(o, program)) {
            fail_experiment(argc, argv, program->experiment);
            return 2;
        }
        const char *text = name[length] == '=' ? name + length + 1
                           : !o->value         ? ""
                           : i + 1 < argc      ? argv[++i]
                                               : NULL;
        if (!text || (!o->value && name[length] == '=') || !store(o, text, options)) {
            crnl_say(stderr, "%s: --%s takes %s%s%s%s%s\n", argv[0], o->name,
                     o->value ? "a value, --" : "no value", o->value ? o->name : "", o->value ? " " : "",
                     o->value ? o->value : "", o->kind == FRACTION ? ", between 0 and 1" : "");
            if (text && o->value && kind_in_words(o->kind)) {
                crnl_say(stderr, "  %s is needed, and `%s` is none%s\n", kind_in_words(o->kind), text,
                         o->kind != DURATION && has_unit(text) ? ": leave its unit out" : "");
            }
            return 2;
        }
    }
    if (options->n_seeds && options->check_tolerance) {
        crnl_say(stderr, "%s: --check-tolerance compares one seed: take --seed\n", argv[0]);
        return 2;
    }
    if ((options->checkpoint || options->resume) && (options->n_seeds || options->check_tolerance)) {
        crnl_say(stderr, "%s: --%s executes the program several times, and a checkpoint is of one\n", argv[0],
                 options->n_seeds ? "seeds" : "check-tolerance");
        return 2;
    }
    const char *other = options->n_seeds                         ? "seeds"
                        : options->check_tolerance               ? "check-tolerance"
                        : options->checkpoint || options->resume ? "checkpoint"
                                                                 : NULL;
    if (options->estimate && other) {
        crnl_say(stderr, "%s: --estimate runs a little of the program once, and has no use for --%s\n",
                 argv[0], other);
        return 2;
    }
    if (options->checkpoint_every > 0 && !options->checkpoint) {
        crnl_say(stderr, "%s: --checkpoint-every says how often --checkpoint FILE is written\n", argv[0]);
        return 2;
    }
    if (options->table && !options->n_seeds) {
        crnl_say(stderr, "%s: --table is for several seeds: add --seeds\n", argv[0]);
        return 2;
    }
    if (options->table && !crnl_ending_fits(options->table, "csv")) {
        crnl_say(stderr, "%s: --table %s: a table is written as .csv\n", argv[0], options->table);
        return 2;
    }
    if (options->n_seeds && !options->seed_list && options->seed > UINT64_MAX - (uint64_t)options->n_seeds) {
        crnl_say(stderr, "%s: there are no %d seeds from %llu on\n", argv[0], (int)options->n_seeds,
                 (unsigned long long)options->seed);
        return 2;
    }
    return -1;
}

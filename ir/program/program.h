/* What one compilation produces: the networks that the chosen experiment needs, and that experiment as
 * structured control flow over expressions. Owned by its arena. Expressions of statements are in
 * program->ex; conditions and observed quantities of a network are in that network's own pool
 * (net->observed). */
#ifndef IR_PROGRAM_H
#define IR_PROGRAM_H

#include "ir/lower/lower.h"
#include "ir/net/net.h"
#include "runtime/crnl_data.h"
#include "runtime/crnl_method.h"
#include "runtime/crnl_minimize.h"
#include "runtime/crnl_neural.h"
#include "runtime/crnl_plot.h"
#include "runtime/crnl_sink.h"

struct global { /* top-level `param`: --set k=2 */
    const char *name, *doc, *unit;
    double value;
    struct span span;
};

struct variable { /* let, const, loop variables, recorded names; static shape */
    const char *name;
    enum expr_type type;
    struct shape shape;
};

/* A statistic that the experiment asks of a network's runs. Elements are indices into net->observed. */
enum stat_kind {
#define STAT(kind, name) STAT_##kind,
#include "runtime/crnl_stat.def"
#undef STAT
};
enum { STAT_AXES = 2 }; /* quantities of a histogram at most */
struct stat_request {
    enum stat_kind kind;
    bool of_rows;             /* of each row of a run over rows; else of a run that has none */
    int32_t bound[STAT_AXES]; /* HISTOGRAM: the largest count of each quantity, -1: what there is (plots) */
    int32_t course, n_times;  /* n_times > 0: at the times of that course of the network, not at the end */
    VEC(int32_t) observed;
    VEC(const char *) name;
};

struct trace { /* kept over time for `plot net: ...`; index into net->observed */
    int32_t observed;
    const char *name;
};

struct net_use { /* a network of the program and what is asked of it */
    struct net *net;
    VEC(struct stat_request) stat;
    VEC(struct trace) trace;
    int32_t n_courses;
    bool is_copy;             /* of one that gives it its parameters, by `run NET as NAME` ... */
    int32_t copy_of;          /* ... of network copy_of - 1; 0: of none, as far as is known */
    bool reads_rows;          /* the program reads rows of traces: all of them are kept */
    bool has_gradient;        /* the derivative of its last run is asked for */
    const bool *flows;        /* by species, whether reactions change it; NULL: nobody has asked */
    uint32_t needs;           /* CRNL_NEEDS_... of the methods that run it */
    struct lowering lowering; /* how to read it if it was made from a model */
};

/* What EXPR_GRADIENT takes adjoints of: request number i of the network; its time at the end; symbol i at
 * the end, GRADIENT_SYMBOL - i. As crnl_cotangent has it. */
enum { GRADIENT_TIME = -1, GRADIENT_SYMBOL = -2 };

enum stmt_kind {
#define STMT(kind, text) STMT_##kind,
#include "ir/program/stmt.def"
#undef STMT
    STMT_KIND_COUNT
};

enum span_kind { /* ORDER crnl_span_kind */
                 SPAN_NONE,
                 SPAN_TIME,
                 SPAN_EVENTS,
                 SPAN_STEADY,
                 SPAN_LIMIT,
                 SPAN_CYCLES
};

enum bind_kind { BIND_WITH, BIND_SET, BIND_CLAMP, BIND_HOLD, BIND_TOLERANCE }; /* ORDER crnl_bind_kind */
struct bind {                                                                  /* with x = v; set net.x = v */
    int32_t net, symbol;
    int32_t first, count; /* elements of the symbol; `first` is used when n_index is 0 */
    int32_t n_index;      /* leading indices of the symbol, when one is known only when running (checked) */
    expr_id index[SHAPE_MAX_RANK];
    struct shape shape;  /* of the target */
    expr_id value;       /* real; scalar is broadcast, else `count` elements */
    enum bind_kind kind; /* of a run's; that of SET is not looked at */
    int32_t line;
};

/* What a run over rows goes through: a data set, an array, a range. A row is an element of each; the last
 * source varies fastest. */
struct run_source {
    const char *name;
    int32_t size;
    expr_id key; /* real scalar, of a row: what files show for the element */
};

/* Times at which a run keeps values: known before it begins. */
struct run_course {
    int32_t course; /* of the network */
    expr_id times;  /* real[n] */
};

struct run {
    int32_t net;
    VEC(struct run_course) course;
    VEC(struct run_source) source; /* none: a single run or ensemble */
    bool keeps_state;              /* rows: each goes on with a later `continue` */
    bool own_files;                /* rows: each has a file of its own, since `file` depends on it */
    bool needs_all;                /* rows: one that fails ends the program */
    bool resume;
    int32_t statement; /* number among all statements: key of random streams */
    enum crnl_method_kind method;
    enum span_kind span, after_kind;
    int32_t until;            /* index into net->observed, -1 none */
    enum crnl_sink_kind sink; /* of `file` */
    VEC(struct bind) bind;
    VEC(expr_id) capture; /* real scalars; CAPTURE k of the until condition */
    /* Scalars in program->ex, real but for `file` (text); 0 = not given. */
    expr_id after, duration, every, file;
    expr_id option[CRNL_OPTION_COUNT]; /* of the type that crnl_option_info says; 0 = not given */
};

struct learn_field { /* of a row */
    const char *name;
    int32_t width; /* numbers that it has */
};
typedef VEC(expr_id) option_list;
struct learn { /* learn MODEL from DATA by RULE(...), or from ... with input = ..., label = ... */
    int32_t neural;
    int32_t data; /* -1: the body makes the rows, by LEARN_ROW */
    bool redraws; /* anew before each epoch: they are random */
    VEC(struct learn_field) field;
    int32_t statement;
    int32_t n_records;                  /* what the learner measures: */
    int32_t record[CRNL_LEARN_RECORDS]; /* of each epoch */
    int32_t var[CRNL_LEARN_RECORDS];    /* real variables: of the parameters kept */
    const struct crnl_learner *learner;
    option_list option; /* real scalars in the order of the rule; n_layers of them where it is a list */
};

/* minimize over TARGETS by METHOD(...) { ... loss e; ... } */
struct minimize_target {
    int32_t net, symbol;  /* net -1: parameter `symbol` of the program */
    int32_t first, count; /* elements of the symbol */
    const char *name;     /* as written */
    expr_id lo, hi;       /* real[count]; 0: none */
    int32_t error;        /* variable real[count]: the standard error of each */
    int32_t profile;      /* variable real[count, points, 2], -1: none */
};
struct minimize {
    VEC(struct minimize_target) target;
    const struct crnl_minimizer *minimizer;
    option_list option; /* real scalars: CRNL_FIT_LOG of each target behind all others */
    int32_t statement, record;
    int32_t loss, share, losses; /* variables; `losses` real[starts], -1: not known when compiling how many */
    int32_t var_from, var_to;    /* variables of the block: each evaluation has its own */
    const char *no_gradient;     /* why the block does not compute it, or NULL */
    bool has_gradient;           /* each LOSS has the derivatives by all targets */
    bool gradient_given;         /* the program says how it is computed */
    bool sum_of_squares;         /* the loss is one, and nothing else */
};

/* What a picture is made of, in the order in which it is told to the runtime (crnl_plot_...): options of the
 * picture; then each panel with its options and its curves, each behind its own options. */
enum drawn_kind { DRAWN_OPTION, DRAWN_PANEL, DRAWN_CURVE };
struct drawn {
    enum drawn_kind kind;
    int32_t option, word;         /* OPTION: crnl_plot_option, crnl_plot_word or the kind of an axis */
    expr_id text;                 /* OPTION: 0 none */
    expr_id value, x, y;          /* real arrays, or scalars. OPTION: value, or 0. CURVE: as its kind needs */
    struct crnl_curve_spec curve; /* texts in the arena */
};

struct stmt {
    enum stmt_kind kind;
    struct span span;
    int32_t line;
    int32_t var; /* ASSIGN STORE FOR; RECORD SERIES: record number; SAVE LOAD: neural model; LEARN_ROW: 0 for
                         * training, 1 for validation */
    expr_id value;      /* ASSIGN STORE RECORD PRINT (text) ASSERT IF WHILE (condition) IMAGE (real[h, w]) */
    expr_id text;       /* ASSERT: message; PRINT, PLOT, IMAGE, SAVE, LOAD: file; 0 none */
    const char *source; /* ASSERT: the condition as written */
    VEC(expr_id)
    index;              /* STORE: leading indices of the target (checked); LEARN_ROW: real, its fields; LOSS:
                         * real[count], its derivatives by the targets */
    VEC(expr_id) term;  /* LOSS: real arrays, whose elements are squared and added up */
    expr_id from, to;   /* FOR: half-open integer range */
    int32_t net, trace; /* SERIES: the rows of that trace, of the network's last run; net -1: none */
    int32_t depth;      /* FOR, WHILE: loops around it */
    int32_t loop;       /* FOR, WHILE: number */
    struct block *body, *orelse;
    struct run *run;
    struct bind *bind; /* SET */
    struct learn *learn;
    struct minimize *minimize;
    VEC(struct drawn) drawn; /* PLOT */
};

struct block {
    VEC(struct stmt *) stmt;
};

struct program_place {       /* where statements begin that stand in a line, for messages when running */
    int line, shown, column; /* shown: that of the file that messages name, where this one was made of it */
    const char *excerpt;     /* the line and one that marks them; in the arena */
};

struct program {
    struct arena *arena;
    struct expr_pool *ex;
    const char *file;             /* as given by the user */
    const char *digest;           /* of all of it as text; NULL: nobody wants it */
    const char *experiment, *doc; /* NULL: a single network without experiment */
    VEC(struct net_use) net;
    VEC(struct global) global;
    VEC(struct crnl_data_spec) data; /* texts in the arena */
    VEC(struct crnl_neural) neural;  /* texts and arrays in the arena */
    VEC(struct program_place) place; /* of statements, by line, each once */
    VEC(struct variable) variable;
    VEC(const char *)
    record;               /* names; variable of the same name holds the last value; "": a series that
                               * only the program itself reads */
    int32_t n_statements; /* random statements and runs are numbered 0 .. n_statements */
    int32_t n_loops;
    bool keeps_going; /* after a run or a plot that fails, whose values are no numbers then */
    struct block *body;
};

struct program *program_create(void);
void program_destroy(struct program *p); /* and its networks */
/* Whether the condition of `until` may turn true with time alone. */
bool program_until_reads_time(const struct program *p, const struct run *r);
/* Its networks without those that are models themselves: how many; number i of them. */
size_t program_count_networks(const struct program *p);
struct net *program_network(const struct program *p, size_t i);
/* Forgets the experiment and what it asked of the networks; these, the data sets and the parameters stay. */
void program_reset(struct program *p);
void program_print(FILE *out, const struct program *p);
/* Flags the symbols that statements read and set (SYMBOL_IS_READ, SYMBOL_IS_SET). */
void program_mark_uses(struct program *p);
/* At most how many elements the statements of the experiment compute, without what its runs do; INFINITY:
 * that is known only when it runs. */
double program_work(const struct program *p);
/* How many numbers networks may stand for: parameters of the program, then those of its models in turn. */
int64_t program_numbers(const struct program *p);
int64_t program_table_number(const struct program *p, int32_t data); /* the first one of that table */
bool program_verify(const struct program *p, struct diag *diag);

#endif

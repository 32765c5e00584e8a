/* The result of a compilation: the networks that the chosen experiment needs, and the experiment as
 * structured control flow over expressions. The arena owns the parts. Expressions of statements are in
 * program->ex; conditions and observed quantities of a network are in the pool of that network
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

struct variable { /* let, const, a loop variable or a recorded name; its shape is static */
    const char *name;
    enum expr_type type;
    struct shape shape;
};

/* A statistic of the runs of a network that the experiment asks for. Its elements are indices into
 * net->observed. */
enum stat_kind {
#define STAT(kind, name) STAT_##kind,
#include "runtime/crnl_stat.def"
#undef STAT
};
enum { STAT_AXES = 2 }; /* largest number of quantities in a histogram */
struct stat_request {
    enum stat_kind kind;
    bool of_rows;             /* kept for each row of a run over rows; otherwise for runs that are not over
                                 rows */
    int32_t bound[STAT_AXES]; /* HISTOGRAM: the largest count of each quantity; -1: as large as counts get
                                 (plots) */
    int32_t course, n_times;  /* n_times > 0: taken at the times of that course of the network, not at the
                                 end */
    VEC(int32_t) observed;
    VEC(const char *) name;
};

struct trace { /* a quantity kept over time for `plot net: ...`; index into net->observed */
    int32_t observed;
    const char *name;
};

struct net_use { /* a network of the program, and what is asked of it */
    struct net *net;
    VEC(struct stat_request) stat;
    VEC(struct trace) trace;
    int32_t n_courses;
    bool is_copy;    /* `run NET as NAME` made it, as a copy that takes its parameters from the network */
    int32_t copy_of; /* 1 + number of the network whose copy it is; 0: it is no copy, or that is not known */
    bool reads_time; /* the program reads its time, or shows it */
    bool reads_rows; /* the program reads rows of traces, so all rows are kept */
    bool has_gradient;        /* the program asks for the derivative of the last run */
    const bool *flows;        /* by species: whether reactions change it; NULL: not computed */
    bool runs_many;           /* runs of it are ensembles, or go over rows */
    bool on_gpu;              /* some of these may be on a graphics processor */
    uint32_t needs;           /* CRNL_NEEDS_... flags of the methods that run it */
    struct lowering lowering; /* how to read the network if it was made from a model */
};

/* The results of which EXPR_GRADIENT takes adjoints: i >= 0 is request number i of the network;
 * GRADIENT_TIME is its time at the end; GRADIENT_SYMBOL - i is symbol i at the end. crnl_cotangent uses the
 * same numbers. */
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
    int32_t first, count; /* elements of the symbol; `first` is used if n_index is 0 */
    int32_t n_index;      /* number of leading indices of the symbol, if one is known only at run time
                             (checked) */
    expr_id index[SHAPE_MAX_RANK];
    struct shape shape;       /* shape of the target */
    expr_id value;            /* real; a scalar is broadcast, otherwise there are `count` elements */
    enum bind_kind kind;      /* kind of a bind of a run; that of SET is not used */
    int32_t line, index_line; /* the numbers of its place and of that of its indices */
};

/* A source of a run over rows: a data set, an array or a range. A row is a combination of an element of each
 * source; the last source varies fastest. */
struct run_source {
    const char *name;
    int32_t size;
    expr_id key; /* real scalar, for each row: what files show for the element */
};

/* The times at which a run keeps values; they are known before the run begins. */
struct run_course {
    int32_t course; /* index of the course in the network */
    expr_id times;  /* real[n] */
};

struct run {
    int32_t net;
    VEC(struct run_course) course;
    VEC(struct run_source) source; /* empty: a single run or ensemble */
    bool keeps_state;              /* over rows: a later `continue` goes on from each row */
    bool own_files;                /* over rows: each row has a file of its own, because `file` depends on the
                                      row */
    bool needs_all;                /* over rows: a row that fails ends the program */
    bool resume;
    int32_t statement; /* number among all statements, which is the key of random streams */
    enum crnl_method_kind method;
    enum span_kind span, after_kind;
    int32_t until;            /* index into net->observed; -1: none */
    enum crnl_sink_kind sink; /* format of `file` */
    VEC(struct bind) bind;
    VEC(expr_id) capture; /* real scalars: the values of CAPTURE k in the until condition */
    /* Scalars in program->ex, all real except `file` (text); 0: not given. */
    expr_id from, after, duration, every, file;
    expr_id option[CRNL_OPTION_COUNT]; /* of the type in crnl_option_info; 0: not given */
};

struct learn_field { /* a field of a row */
    const char *name;
    int32_t width; /* how many numbers it has */
};
typedef VEC(expr_id) option_list;
struct learn { /* `learn MODEL from DATA by RULE(...)`, or from ... with input = ..., label = ... */
    int32_t neural;
    int32_t data; /* -1: the body makes the rows, by LEARN_ROW statements */
    bool redraws; /* the rows are made anew before each epoch, because they are random */
    VEC(struct learn_field) field;
    int32_t statement;
    int32_t n_records;                  /* number of quantities that the learner measures: */
    int32_t record[CRNL_LEARN_RECORDS]; /* records of their values for each epoch */
    int32_t var[CRNL_LEARN_RECORDS];    /* real variables for their values at the parameters that are kept */
    const struct crnl_learner *learner;
    option_list option; /* real scalars in the order of the rule's options; n_layers of them for an option
                           that is a list */
};

/* `minimize over TARGETS by METHOD(...) { ... loss e; ... }` */
struct minimize_target {
    int32_t net, symbol;  /* net = -1: parameter `symbol` of the program */
    int32_t first, count; /* elements of the symbol */
    const char *name;     /* as written in the source */
    expr_id lo, hi;       /* bounds, real[count]; 0: none */
    int32_t error;        /* variable real[count] for the standard errors */
    int32_t profile;      /* variable real[count, points, 2] for the profiles; -1: none */
};
struct minimize {
    VEC(struct minimize_target) target;
    const struct crnl_minimizer *minimizer;
    option_list option; /* real scalars; the values of CRNL_FIT_LOG for each target come after all others */
    int32_t statement, record;
    int32_t loss, share, losses; /* variables; `losses` is real[starts], -1: the number of starts is not known
                                    at compile time */
    int32_t var_from, var_to;    /* variables of the block, of which each evaluation has its own */
    const char *no_gradient;     /* why the block does not compute the gradient, or NULL */
    bool has_gradient;           /* each LOSS has the derivatives with respect to all targets */
    bool gradient_given;         /* the program says how the gradient is computed */
    bool sum_of_squares;         /* the loss is a sum of squares and nothing else */
};

/* The parts of a picture, in the order in which the runtime is told (crnl_plot_...): options of the picture;
 * then each panel with its options and its curves, each curve after its own options. */
enum drawn_kind { DRAWN_OPTION, DRAWN_PANEL, DRAWN_CURVE };
struct drawn {
    enum drawn_kind kind;
    int32_t option, word;         /* OPTION: crnl_plot_option, crnl_plot_word or the kind of an axis */
    int32_t line;                 /* OPTION: the number of the place of its value */
    expr_id text;                 /* OPTION: a text; 0: none */
    expr_id value, x, y;          /* real arrays, or scalars. OPTION: value, or 0. CURVE: as the kind of curve
                                     needs */
    struct crnl_curve_spec curve; /* texts in the arena */
};

struct stmt {
    enum stmt_kind kind;
    struct span span;
    int32_t line;
    int32_t index_line; /* STORE: the number of the place of its indices */
    int32_t var; /* ASSIGN STORE FOR; RECORD SERIES: record number; SAVE LOAD: neural model; LEARN_ROW: 0 for
                         * training, 1 for validation */
    expr_id value;      /* ASSIGN STORE RECORD PRINT (text) ASSERT IF WHILE WARN (condition) IMAGE (real[h,
                         * w]) */
    expr_id text;       /* ASSERT: message; PRINT, PLOT, IMAGE, SAVE, LOAD: file; 0 none */
    const char *source; /* ASSERT: the condition as written; WARN: the warning */
    VEC(expr_id)
    index;              /* STORE: leading indices of the target (checked); LEARN_ROW: real, its fields; LOSS:
                         * real[count], its derivatives by the targets */
    VEC(expr_id) term;  /* LOSS: real arrays, whose elements are squared and added up */
    expr_id from, to;   /* FOR: half-open integer range */
    int32_t net, trace; /* SERIES: the trace of the network's last run whose rows are taken; net = -1: none */
    int32_t depth;      /* FOR, WHILE: number of enclosing loops */
    int32_t loop;       /* FOR, WHILE: number of the loop */
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

struct program_place {       /* where a statement or an index stands, for messages at run time */
    int line, shown, column; /* line: stmt.line, another number than the line if it is not the first statement
                                there; shown: the line that messages name */
    const char *excerpt;     /* the line, and a line that marks the statements; in the arena */
    const char *of;          /* of an index: what it counts, "the elements of `a`"; else NULL */
    struct span at;          /* the statements, where messages show them */
};

struct program {
    struct arena *arena;
    struct expr_pool *ex;
    const char *file;             /* as given by the user */
    const char *digest;           /* digest of the whole program as text; NULL: not needed */
    const char *experiment, *doc; /* NULL: a single network without experiment */
    VEC(struct net_use) net;
    VEC(struct global) global;
    VEC(struct crnl_data_spec) data; /* texts in the arena */
    VEC(struct crnl_neural) neural;  /* texts and arrays in the arena */
    VEC(struct program_place) place; /* places of statements and indices, by `line`, each once */
    VEC(struct variable) variable;
    VEC(const char *)
    record;               /* names; the variable of the same name holds the last value; "": a series that only
                             the program itself reads */
    int32_t n_statements; /* random statements and runs have the numbers 0 .. n_statements */
    int32_t n_loops;
    bool keeps_going; /* the program goes on after a run or a plot that fails; the values are then NaN */
    struct block *body;
};

struct program *program_create(void);
void program_destroy(struct program *p); /* frees the networks too */
/* Whether a run that ends by its time, before the condition of `until` is true, should say so: nothing in the
 * program asks when runs of the network end. */
bool program_tells_missed(const struct program *p, const struct run *r);
/* Whether the condition of `until` may become true by the passing of time alone. */
bool program_until_reads_time(const struct program *p, const struct run *r);
/* The networks of the program, without those that are models themselves: their number, and number i of
 * them. */
size_t program_count_networks(const struct program *p);
struct net *program_network(const struct program *p, size_t i);
/* Removes the experiment and what it asks of networks; the networks, data sets and parameters stay. */
void program_reset(struct program *p);
void program_print(FILE *out, const struct program *p);
const char *program_stat_name(enum stat_kind kind); /* as programs call it */
/* Sets the flags of symbols that statements read and set (SYMBOL_IS_READ, SYMBOL_IS_SET). */
void program_mark_uses(struct program *p);
/* An upper bound on the number of elements that the statements of the experiment compute, without its runs;
 * INFINITY: it is known only at run time. */
double program_work(const struct program *p);
/* How many numbers of the program network parameters can refer to: parameters of the program, then those of
 * its models, then those of its tables (struct net_param). */
int64_t program_numbers(const struct program *p);
int64_t program_table_number(const struct program *p, int32_t data); /* the first number of that table */
bool program_verify(const struct program *p, struct diag *diag);

#endif

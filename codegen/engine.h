/* Three ways to execute a program. Each makes a struct crnl_program for the runtime. Their results must be
 * equal: bit for bit in stochastic runs, to round-off in ODE runs. */
#ifndef CODEGEN_ENGINE_H
#define CODEGEN_ENGINE_H

#include "codegen/plan/plan.h"
#include "support/diag.h"

struct codegen_options {
    int opt_level; /* 0..3, default 2 */
    struct plan_options plan;
    bool time;        /* prints the times of the stages to standard error */
    bool models_only; /* engine_jit: makes no code for the experiment, which another engine executes */
    bool all_lanes;   /* engine_jit: code of lanes for all kinds of processors, not only for this one */
    bool is_static;   /* codegen_write: makes an executable that needs no shared library */
    /* engine_begun: operations to interpret before it compiles; < 0: estimated from the networks */
    int64_t compile_after;
    /* engine_begun: gets a line of warning, on any thread, if LLVM is missing; NULL: it is printed to
     * standard error. */
    void (*warn)(void *env, const char *text);
    void *env;
};

/* ---- The calls of an experiment ---------------------------------------------------------------------------
 *
 * What crnl_program.run does in every engine. The interpreter does it as written here; generated code makes
 * the same calls in the same order. A call that returns a status other than 0 ends the experiment: `run`
 * returns the status at once.
 *
 * crnl_alone(ctx) comes first where a generator keeps variables in static memory.
 *
 * Variables. TYPE_REAL is double, TYPE_INT int64_t, TYPE_BOOL uint8_t (0 or 1), TYPE_TEXT const char *;
 * arrays are row-major. All start as zero bits each time `run` is called. A value is computed in full
 * before any of it is stored (w = matmul(w, w)). A text is stored by crnl_text_keep(ctx, &element, s),
 * element by element, also from one variable to another.
 *
 * Expressions: operands before the operator, in any order, equal nodes once or more often; AND, OR, SELECT as
 * expr.def says. A node that draws (RANDOM, SHUFFLE) is computed exactly once for each turn of the loops
 * (MAP, FOLD) around it.
 *   GLOBAL    crnl_get_global(ctx, a)
 *   NET_GET   crnl_get(ctx, a, b, 0, size of the symbol, out, line of the statement): the whole symbol,
 *             real
 *   NET_TIME  crnl_get_time(ctx, a)
 *   NET_COUNT crnl_count_reactions(ctx, a, out, line of the statement)
 *   SERIES_AT    crnl_series_at(ctx, a, argument 0, out, line of the statement)
 *   SERIES_SIZE  crnl_series_size(ctx, a, b, out, line of the statement)
 *   STAT      crnl_stat(ctx, a, b, argument 0 or 0.0, elements of the result, out, line of the statement)
 *   DATA      crnl_data(ctx, a, b / 2, b % 2, argument 0, out, line of the statement)
 *   LIMIT     all values, then crnl_bind(ctx, a, symbol, 0, its size, value, broadcast, CRNL_WITH, line) of
 *             each in order; crnl_limit(ctx, a, b, out, line of the statement)
 *   GRADIENT  all adjoints, then crnl_cotangent(ctx, a, which, elements, adjoint, line of the statement) of
 *             each in order; crnl_gradient(ctx, a, b, elements of the result, out, line of the statement)
 *   INFER     the same with the arguments from the third on; crnl_infer(ctx, default method of ode, a, b,
 *   argument 0, argument 1, out,
 *             line of the statement)
 *   NEURAL_ADJOINT  crnl_neural_adjoint(ctx, a, arguments 0 to 3, b, out, line of the statement)
 *   NEURAL    crnl_neural_apply(ctx, a, argument 0, out, line of the statement)
 *   NEURAL_LAW  crnl_neural_law(ctx, a, b, argument 0, argument 1, out, line of the statement)
 *   NEURAL_GET  crnl_neural_get(ctx, a, b, out, line of the statement): the whole array
 *   RANDOM    crnl_random(ctx, a, b, elements n of the result, arg 0, stride, arg 1, stride, out); stride 1
 *             for an operand that is an array, 0 for a scalar. The result is real, also of bernoulli; a
 *             missing operand is one 0.0
 *   SHUFFLE   crnl_shuffle(ctx, b, arg 0, elements of the result, out)
 *   TAKE GATHER  an index outside 0 .. size of the axis: crnl_index_error(ctx, index, size, b)
 *   ADD SUB MUL NEG ABS POW MOD of integers, also in SUM, FOLD_SUM and MATMUL: crnl_int_error(ctx, op, x,
 *             y, line of the statement) where the result does not fit or does not exist; FLOOR:
 *             crnl_floor_error(ctx, x, line)
 *   FORMAT    crnl_text_begin; one of crnl_text_real / crnl_text_int / crnl_text_bool (values, rank, dim,
 *             v.text or NULL when that is empty), crnl_text_string (text, v.text unused); crnl_text_end.
 *             Booleans are given as integers 0 and 1
 *   JOIN      crnl_text_begin; crnl_text_string of each; crnl_text_end. A generator may write a FORMAT
 *             inside a JOIN straight into the open text: the result is the same. Only one text is open at a
 *             time: operands are computed before crnl_text_begin
 *
 * Statements. After ASSIGN STORE RUN SET PRINT RECORD ASSERT PLOT IMAGE, and after the conditions and
 * bounds of IF WHILE FOR, comes crnl_text_reset(ctx), which may be left out where nothing built a text.
 * `line` is stmt->line unless said.
 *   ASSIGN    var = value
 *   STORE     indices left to right, each checked as soon as it is known (crnl_index_error(ctx, index, dim,
 *             line)); then the value, then the elements are stored
 *   IF        the condition, then one block
 *   FOR       from, to; then for (i = from; i < to; i++) { crnl_turn(ctx, loop, depth, i - from, to -
 *             from); var = i; body }
 *   WHILE     for (i = 0; condition; i++) { crnl_turn(ctx, loop, depth, i, -1); body }
 *   PRINT     value, then text; crnl_print(ctx, value, text or NULL, line)
 *   RECORD    crnl_record(ctx, var, value). The variable of the same name is written by an ASSIGN of its
 *             own
 *   ASSERT    crnl_assert(ctx, value, source, message, line), always called; the message is computed only
 *             when the condition is false, else (and without a message) NULL
 *   WARN      crnl_warn(ctx, value, source, line)
 *   SET       one bind of kind CRNL_SET
 *   RUN       binds in order, each of its kind; then from, after, duration, every, the options that are
 *             given, in the order of crnl_method.def, file, the captures in order; crnl_run(ctx, spec,
 *             args). Absent ones are 0 or NULL; capture is NULL when there is none. spec is constant data:
 *             engine_run_spec
 *   ROWS      crnl_rows_begin(ctx, spec); body; crnl_rows_end(ctx). spec is that of the RUN inside, which
 *             has key too: those of the sources in order, after the captures (and after all that the times
 *             of courses, in order)
 *   PLOT      text (the file); crnl_plot_begin(ctx, file, line); what is drawn in order, crnl_plot_option,
 *             crnl_plot_panel, crnl_plot_curve, text and arrays (value, then x, y) computed just before the
 *             call; crnl_plot_end(ctx)
 *   IMAGE     value, then text; crnl_image(ctx, value, rows, columns, text, line)
 *   LEARN     the options in order; crnl_learn_begin(ctx, spec, options), where spec is constant data:
 *             engine_learn_spec; then for (;;) { crnl_learn_next(ctx, &go); if go is CRNL_LEARN_ENDS:
 *             break; if it is CRNL_LEARN_ROWS: body; crnl_learn_step(ctx) }; crnl_learn_end(ctx, result);
 *             the results into the variables in order
 *   MINIMIZE  the options in order; lo of each target, then hi; crnl_minimize(ctx, spec, options, lo, hi,
 *             block, frame, out), where spec is constant data: engine_minimize_spec, `block` a function
 *             that executes the body in the context that it is given, with own variables var_from .. var_to
 *             (zero bits), on several threads at once; out are the variables
 *   LOSS      value; crnl_loss(ctx, value, &wants); if wants has CRNL_WANTS_GRADIENT the values of index in
 *             order, each with crnl_loss_gradient(ctx, target, its size, values); if it has
 *             CRNL_WANTS_RESIDUALS those of term, each with crnl_loss_residuals(ctx, its size, values)
 *   LEARN_ROW  the fields in order; crnl_learn_row(ctx, var, fields)
 *   START     value; crnl_neural_start(ctx, var, value, line)
 *   SAVE      text, then value, NULL where there is none; crnl_neural_save(ctx, var, value, text, line)
 *   LOAD      text; crnl_neural_load(ctx, var, text, line)
 *   EXCHANGE  crnl_exchange(ctx, var, the memory of variable var)
 * A bind: its indices as those of STORE lead to `first`. Then the value; crnl_bind(ctx, net, symbol, first,
 * count, value, broadcast, kind, bind->line) where broadcast is 1 for a scalar value.
 * Operands that a call takes as double (durations, records, binds, captures) are real expressions; options
 * are of the type that crnl_option_info says.
 *
 * A program without an experiment (experiment == NULL) has run == NULL; `method` then lists the tables of
 * plan_methods(), `sink` every sink.
 *
 * Functions of a model are called by several threads at once: they only read `env`. In `expr` the leaf
 * SPECIES a is x[a] * inv_volume; rhs, jac and laws in it see inv_volume = 1. A law's effective k
 * multiplies its value. */

/* An executable form of a program in memory; engine_base.h is for the files that make one. The program and
 * its plans must outlive it. */
struct engine;
const struct crnl_program *engine_program(const struct engine *e);
void engine_destroy(struct engine *e);

/* Walks the expressions and statements. It is slow and simple; the other engines are tested against it. */
struct engine *engine_interpret(const struct program *p, struct plan *const *plans,
                                const struct codegen_options *o);
/* Compiles by LLVM in memory. NULL after an error (reported). */
struct engine *engine_jit(const struct program *p, struct plan *const *plans, const struct codegen_options *o,
                          struct diag *diag);
/* Walks networks until compiling them has been worth its time, then compiles them by LLVM, also in the middle
 * of a run. The experiment is interpreted to its end. The bytes of the results do not depend on when that
 * happens. If LLVM is missing, it warns and interprets everything. */
struct engine *engine_begun(const struct program *p, struct plan *const *plans,
                            const struct codegen_options *o);

/* Writes a file of the given kind and reports errors. An object exports `crnl_program` (struct crnl_program);
 * an executable also has main. A shared library exports only the functions of runtime/crnl_embed.def, for the
 * one network of a program without an experiment. */
/* ORDER output_kind */
enum output_kind { OUTPUT_EXECUTABLE, OUTPUT_OBJECT, OUTPUT_LLVM, OUTPUT_ASSEMBLY, OUTPUT_SHARED };
bool codegen_write(const struct program *p, struct plan *const *plans, const struct codegen_options *o,
                   enum output_kind kind, const char *path, const char *runtime_dir, struct diag *diag);
/* Writes the C header of a shared library. */
bool codegen_write_header(const struct net *n, const char *path, struct diag *diag);

#endif

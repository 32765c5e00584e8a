/* Shared by the sedml*.c files: XML as trees of libxml2, models, tasks, and the program that is being
 * written. */
#ifndef IMPORT_SEDML_IMPL_H
#define IMPORT_SEDML_IMPL_H

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xpath.h>
#include <stdio.h>

#include "import/import_impl.h"
#include "import/sedml/sedml.h"

/* ---- XML (sedml_xml.c) ---- */

/* A file as a tree. The private data of an element is the number of its tag, from 1, or 0 if a change has
 * made the element. */
struct sedml_xml {
    struct importer x; /* the text, for places */
    xmlDoc *doc;
    VEC(struct span) tag; /* place of the tag of each element, in the order of the text */
};

struct sedml;
struct sedml_model;

struct sedml_xml *sedml_xml_read(struct sedml *s, uint32_t file); /* NULL after a report */
/* The first child element with that name, and the next one of the same parent; NULL: there is none. If name
 * is NULL, elements of any name count. */
const xmlNode *sedml_child(const xmlNode *parent, const char *name);
const xmlNode *sedml_next(const xmlNode *n, const char *name);
bool sedml_is(const xmlNode *n, const char *name);
/* The value of an attribute. If it is missing, sedml_get returns NULL and sedml_text_of "". */
const char *sedml_get(const xmlNode *n, const char *attribute);
const char *sedml_text_of(const xmlNode *n, const char *attribute);
/* The text in an element without surrounding blanks. */
const char *sedml_content(struct sedml *s, const xmlNode *n);
struct span sedml_place(const xmlNode *n); /* place of the tag */
/* place of the attribute's value, or else of the tag */
struct span sedml_place_of(const xmlNode *n, const char *attribute);
/* The first node that the XPath in an attribute of `n` selects in a model. NULL after a report. */
xmlNode *sedml_select(struct sedml *s, const xmlNode *n, const char *attribute, struct sedml_model *m);
double sedml_number(const char *text, bool *good); /* value of an attribute */

/* ---- archives (sedml_archive.c) ---- */
struct sedml_archive;
struct sedml_archive *sedml_archive_open(struct sedml *s, uint32_t file, const char *path);
void sedml_archive_close(struct sedml_archive *a);
/* The member as a text of the sources, whose path is that of the archive followed by its name; 0 after a
 * report at `from`. */
uint32_t sedml_archive_read(struct sedml *s, const char *member, struct span from);
/* The member with the description of simulations; NULL after a report. */
const char *sedml_archive_main(struct sedml *s);

/* ---- models (sedml_model.c, sedml_change.c) ---- */
struct sedml_model {
    const char *id;
    const xmlNode *node;
    enum { MODEL_NEW, MODEL_BUSY, MODEL_READ, MODEL_REFUSED } state;
    const char *name;   /* name of the network in the program */
    const char *import; /* path of the file as in the program */
    struct sedml_xml *xml;
    xmlDoc *doc; /* the tree with the changes */
    bool changed, needed;
    struct net *net; /* the network, if it is needed */
    /* its symbols by their names in the model, its reactions by their labels */
    struct map symbol_by, label_by;
    bool reads_time;
    bool reads_past; /* it reads delayed amounts, which are known only within a run and its continuation */
};
bool sedml_find_models(struct sedml *s);
/* The model with that id, whose file was read; NULL after a report or if it was refused. */
struct sedml_model *sedml_model(struct sedml *s, const xmlNode *n, const char *attribute);
/* Applies the changes of the model; false after a report. */
bool sedml_change(struct sedml *s, struct sedml_model *m);
/* A quantity of a model that an experiment reads or sets. */
struct sedml_quantity {
    enum { QUANTITY_TIME, QUANTITY_VALUE, QUANTITY_FLUX, QUANTITY_ZERO } kind;
    const char *text;    /* what follows `NETWORK.` */
    const char *size;    /* for a concentration that is set: size of the compartment, as a factor */
    const char *size_of; /* the parameter of the network that is this size, if it is one */
    bool is_amount;      /* the amount of a species, or another number of the state */
    bool is_param, settable;
};
/* The quantity of a variable or of a setValue; false after an error, or after a warning that it is not
 * used. */
bool sedml_quantity(struct sedml *s, const xmlNode *n, struct sedml_model *m, struct sedml_quantity *q);
/* The value of a variable's target in the model without simulation; false after a report. */
bool sedml_value_in(struct sedml *s, const xmlNode *variable, struct sedml_model *m, double *v);

/* ---- formulas (sedml_math.c) ---- */
struct sedml_scope {
    /* What a name in the formula is called in the program; NULL: there is no such name. */
    const char *(*name)(void *env, const char *id);
    void *env;
    const char *indent; /* indentation of statements that a formula needs before it */
};
/* The formula in the syntax of the language, as an expression that needs no parentheses; NULL after a
 * report. */
const char *sedml_formula(struct sedml *s, const xmlNode *math, const struct sedml_scope *scope);
/* Whether the formula must be computed for single numbers, since a choice between values does not work on
 * arrays. */
bool sedml_chooses(const xmlNode *math);
/* The value of a formula, where names have values (true: it has one). False after a report. */
bool sedml_compute(struct sedml *s, const xmlNode *math, bool (*value)(void *env, const char *id, double *v),
                   void *env, double *v);
const char *sedml_number_text(struct sedml *s, double v); /* negative numbers in parentheses */

/* ---- methods (sedml_method.c) ---- */
/* What follows `by` for a simulation with rows `interval` apart (0: no rows); NULL after a warning that there
 * is no such method. */
const char *sedml_method(struct sedml *s, const xmlNode *simulation, double interval);

/* ---- tasks (sedml_task.c, sedml_range.c, sedml_run.c) ---- */
/* Something that a repeated task sets before each turn. */
struct sedml_set {
    const xmlNode *node;
    struct sedml_model *model;
    struct sedml_quantity what;
};
struct sedml_task {
    const char *id;
    const xmlNode *node;
    enum { TASK_NEW, TASK_BUSY, TASK_READY, TASK_REFUSED } state;
    bool is_repeated;
    /* For a task that is not repeated. */
    struct sedml_model *model;
    enum { RUN_COURSE, RUN_STEP, RUN_STEADY } run;
    /* COURSE: the start of time, the start and the end of rows; STEP: 0, and the duration */
    double initial, start, end;
    int64_t intervals; /* COURSE: number of intervals between rows */
    const char *method;
    /* For a repeated task. */
    bool resets;
    int64_t turns;
    struct sedml_task **sub; /* sub-tasks in their order */
    const xmlNode **sub_node;
    size_t n_subs;
    struct sedml_set *set;
    size_t n_sets;
    /* The shape of its results: `runs` one after the other, with `rows` numbers each. */
    int64_t runs, rows;
    int64_t leaves; /* number of plain tasks in it, each of which becomes a statement of the program */
};
/* A number, or a vector of runs * rows numbers, by its name in the program. */
struct sedml_result {
    const xmlNode *variable;
    const struct sedml_task *task;
    const char *name;
};
bool sedml_find_tasks(struct sedml *s);
/* The task that an attribute names, made ready; NULL after a report or if it was refused. */
struct sedml_task *sedml_task(struct sedml *s, const xmlNode *n, const char *attribute);
/* Whether the time of a course that continues from the state starts again. It does, as the description says,
 * for models that read the time; for others it makes no difference. */
bool sedml_begins_anew(const struct sedml_task *t);
/* What a variable of a data generator is called in the program; NULL after a report or a warning. */
const struct sedml_result *sedml_result(struct sedml *s, const xmlNode *variable);
bool sedml_is_vector(const struct sedml_task *t); /* whether it is more than one number */

/* The number of repetitions of a task; -1 after a report or a warning. */
int64_t sedml_count_turns(struct sedml *s, const xmlNode *task);
/* A repeated task around the place that is being written. */
struct sedml_level {
    const struct sedml_task *task;
    const struct sedml_level *outer;
    const char *index;  /* the turn, from 0 */
    const char *indent; /* indentation inside the loop */
    struct map range;   /* from ids of ranges to indices in `name` */
    VEC(const char *) name;
    VEC(const char *) values; /* by range that is not functional: the vector of its values */
    const char **set;         /* [n_sets] values of what is set */
};
/* The first writes the values of ranges before the loop, the second the value of each in the current turn.
 * False after a report. */
bool sedml_write_ranges(struct sedml *s, struct sedml_level *l, const char *indent);
bool sedml_write_turn(struct sedml *s, struct sedml_level *l);
bool sedml_write_tasks(struct sedml *s);

/* ---- what is shown (sedml_output.c, sedml_generator.c) ---- */
struct sedml_generator {
    const char *id, *name;
    const xmlNode *node;
    enum { GENERATOR_NEW, GENERATOR_READY, GENERATOR_REFUSED } state;
    bool is_vector;
    int64_t runs, rows; /* as those of a task; both 1 for a number */
};
bool sedml_find_generators(struct sedml *s);
/* NULL after a report or if it was refused. Its results are then known to the tasks. */
struct sedml_generator *sedml_generator(struct sedml *s, const xmlNode *n, const char *attribute);
bool sedml_write_generators(struct sedml *s);
/* The name of an element of an output, or another text if it has none. */
const char *sedml_shown_name(const xmlNode *n, const char *other);
int64_t sedml_length(const struct sedml_generator *g); /* how many numbers it has */
/* A kind of plots (sedml_plot.c, sedml_surface.c). `find` returns whether there is something to show. `put`
 * writes curves and options, and before them the statements that they need. */
struct sedml_plot_kind {
    const char *name;
    bool (*find)(struct sedml *s, const xmlNode *n);
    bool (*put)(struct sedml *s, const xmlNode *n, FILE *to);
};
extern const struct sedml_plot_kind sedml_plot2d, sedml_plot3d;
/* Writes an axis of a plot as options. `list`: its curves or surfaces, whose attributes `log` said in earlier
 * versions that the axis is logarithmic. */
void sedml_put_axis(struct sedml *s, FILE *to, const xmlNode *plot, const char *option, const char *list,
                    const char *axis, const char *log);
bool sedml_find_outputs(struct sedml *s);
bool sedml_write_outputs(struct sedml *s);

/* ---- the whole program (sedml.c) ---- */
struct sedml {
    struct sources *sources;
    struct diag *diag;
    struct arena *arena;
    const struct sedml_options *options;
    const char *path;   /* path of the description; in an archive it follows the path of the archive */
    const char *folder; /* with a final slash, or "" */
    const char *stem;
    struct sedml_archive *archive;
    const char *member; /* name in the archive */
    struct sedml_xml *xml;
    const xmlNode *root;
    VEC(struct sedml_xml *) read; /* all that were read */
    VEC(struct sedml_model) model;
    VEC(struct sedml_task) task;
    VEC(struct sedml_result) result;
    VEC(struct sedml_generator) generator;
    /* number of models derived from others, or tasks repeating others, that are being read */
    int depth;
    struct map result_by; /* results of tasks, by what identifies them */
    struct map model_by, task_by, generator_by, taken, taken_files;
    FILE *out; /* writes to `text`, which has `size` bytes after a flush */
    char *text;
    size_t size, counted;    /* bytes of lines whose origin is known */
    struct span here;        /* origin of the lines that follow */
    VEC(struct span) origin; /* origin of each line so far */
};
/* Makes `n` the origin of the lines that follow, so that messages of the running program name its place. */
void sedml_stand_for(struct sedml *s, const xmlNode *n);
/* Warn that a part is left out, at the value of an attribute (NULL: at the tag); return NULL and false. */
void *sedml_skip(struct sedml *s, const xmlNode *n, const char *attribute, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Reports an error there; returns NULL. */
void *sedml_refuse(struct sedml *s, enum diag_code code, const xmlNode *n, const char *attribute,
                   const char *format, ...) __attribute__((format(printf, 5, 6)));
/* Reports that there is no WHAT with this id; the help names those of the list whose first element is
 * `first`, which may be NULL. Returns NULL. */
void *sedml_unknown(struct sedml *s, const xmlNode *n, const char *attribute, const char *what,
                    const char *id, const xmlNode *first);
/* An identifier made from a text, different from all others of the program; the other function makes names of
 * files. */
const char *sedml_name(struct sedml *s, const char *text);
const char *sedml_file_name(struct sedml *s, const char *text);
/* The path that `name` has in the folder of `path`; NULL: it is above it. */
const char *sedml_path_join(struct sedml *s, const char *path, const char *name);
/* A text in quotes of the language. */
const char *sedml_quoted(struct sedml *s, const char *text);
/* The elements of the description's list with that name. */
const xmlNode *sedml_list(const xmlNode *parent, const char *list);

#endif

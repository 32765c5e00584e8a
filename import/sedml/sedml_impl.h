/* Inside of SED-ML: XML as trees of libxml2, models, tasks, and the program that is written. */
#ifndef IMPORT_SEDML_IMPL_H
#define IMPORT_SEDML_IMPL_H

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xpath.h>
#include <stdio.h>

#include "import/import_impl.h"
#include "import/sedml/sedml.h"

/* ---- XML (sedml_xml.c) ---- */

/* A file as a tree. The private data of an element is the number of its tag, from 1; of what a change made,
 * 0. */
struct sedml_xml {
    struct importer x; /* the text, for places */
    xmlDoc *doc;
    VEC(struct span) tag; /* of each element, in the order of the text */
};

struct sedml;
struct sedml_model;

struct sedml_xml *sedml_xml_read(struct sedml *s, uint32_t file); /* NULL after a report */
/* The first child element of that name, and the next one of the same parent; NULL: there is none. Name NULL:
 * of any. */
const xmlNode *sedml_child(const xmlNode *parent, const char *name);
const xmlNode *sedml_next(const xmlNode *n, const char *name);
bool sedml_is(const xmlNode *n, const char *name);
/* The value of an attribute; NULL where there is none, and "" where it must not be NULL. */
const char *sedml_get(const xmlNode *n, const char *attribute);
const char *sedml_text_of(const xmlNode *n, const char *attribute);
/* The text in an element, without the blanks around it. */
const char *sedml_content(struct sedml *s, const xmlNode *n);
struct span sedml_place(const xmlNode *n);                           /* of the tag */
struct span sedml_place_of(const xmlNode *n, const char *attribute); /* of its value, else of the tag */
/* What the XPath in an attribute of `n` selects in a model; its first node. NULL after a report. */
xmlNode *sedml_select(struct sedml *s, const xmlNode *n, const char *attribute, struct sedml_model *m);
double sedml_number(const char *text, bool *good); /* of an attribute */

/* ---- archives (sedml_archive.c) ---- */
struct sedml_archive;
struct sedml_archive *sedml_archive_open(struct sedml *s, uint32_t file, const char *path);
void sedml_archive_close(struct sedml_archive *a);
/* The member as a text of the sources, under the path of the archive and its name; 0 after a report at
 * `from`. */
uint32_t sedml_archive_read(struct sedml *s, const char *member, struct span from);
/* The member that describes the simulations; NULL after a report. */
const char *sedml_archive_main(struct sedml *s);

/* ---- models (sedml_model.c, sedml_change.c) ---- */
struct sedml_model {
    const char *id;
    const xmlNode *node;
    enum { MODEL_NEW, MODEL_BUSY, MODEL_READ, MODEL_REFUSED } state;
    const char *name;   /* of the network in the program */
    const char *import; /* path of the file, as the program has it */
    struct sedml_xml *xml;
    xmlDoc *doc; /* with the changes */
    bool changed, needed;
    struct net *net;                /* of a model that is needed */
    struct map symbol_by, label_by; /* its symbols by the model's names, its reactions by their labels */
    bool reads_time;
    bool reads_past; /* what was some time ago, which only a run that goes on knows */
};
bool sedml_find_models(struct sedml *s);
/* By its id, with its file read; NULL after a report, or where it was refused. */
struct sedml_model *sedml_model(struct sedml *s, const xmlNode *n, const char *attribute);
/* Applies the changes of the model; false after a report. */
bool sedml_change(struct sedml *s, struct sedml_model *m);
/* What an experiment reads or sets of a model. */
struct sedml_quantity {
    enum { QUANTITY_TIME, QUANTITY_VALUE, QUANTITY_FLUX, QUANTITY_ZERO } kind;
    const char *text;    /* behind `NETWORK.` */
    const char *size;    /* of what is set as a concentration: the size of its compartment, to multiply by */
    const char *size_of; /* that, if it is a parameter of the network: which one */
    bool is_amount;      /* of a species, or another number that the state has */
    bool is_param, settable;
};
/* Of a variable or a setValue; false after a warning that the construct is not used, or an error. */
bool sedml_quantity(struct sedml *s, const xmlNode *n, struct sedml_model *m, struct sedml_quantity *q);
/* The number that the target of a variable has in the model as it is; false after a report. */
bool sedml_value_in(struct sedml *s, const xmlNode *variable, struct sedml_model *m, double *v);

/* ---- formulas (sedml_math.c) ---- */
struct sedml_scope {
    /* What a name of the formula is in the program; NULL: there is no such name. */
    const char *(*name)(void *env, const char *id);
    void *env;
    const char *indent; /* of statements that a formula needs before it */
};
/* The formula as the language writes it, an expression that needs no parentheses; NULL after a report. */
const char *sedml_formula(struct sedml *s, const xmlNode *math, const struct sedml_scope *scope);
/* Whether it is one of single numbers: what chooses does not go over arrays. */
bool sedml_chooses(const xmlNode *math);
/* Its number, of names that have one (true). False after a report. */
bool sedml_compute(struct sedml *s, const xmlNode *math, bool (*value)(void *env, const char *id, double *v),
                   void *env, double *v);
const char *sedml_number_text(struct sedml *s, double v); /* negative ones in parentheses */

/* ---- methods (sedml_method.c) ---- */
/* What stands behind `by`, of a simulation whose rows are `interval` apart (0: no rows); NULL after a warning
 * that there is no such method. */
const char *sedml_method(struct sedml *s, const xmlNode *simulation, double interval);

/* ---- tasks (sedml_task.c, sedml_range.c, sedml_run.c) ---- */
/* What a repeated task sets before each turn. */
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
    /* Of a plain one. */
    struct sedml_model *model;
    enum { RUN_COURSE, RUN_STEP, RUN_STEADY } run;
    double initial, start, end; /* COURSE: of its time, and of the rows; STEP: 0 and how long */
    int64_t intervals;          /* COURSE: between the rows */
    const char *method;
    /* Of a repeated one. */
    bool resets;
    int64_t turns;
    struct sedml_task **sub; /* in order */
    const xmlNode **sub_node;
    size_t n_subs;
    struct sedml_set *set;
    size_t n_sets;
    /* What its results are: `runs` one after the other, of `rows` numbers each. */
    int64_t runs, rows;
    int64_t leaves; /* plain tasks in it, each of which is a statement of the program */
};
/* A number, or a vector of runs * rows numbers, by its name in the program. */
struct sedml_result {
    const xmlNode *variable;
    const struct sedml_task *task;
    const char *name;
};
bool sedml_find_tasks(struct sedml *s);
/* The task that an attribute names, ready; NULL after a report, or where it was refused. */
struct sedml_task *sedml_task(struct sedml *s, const xmlNode *n, const char *attribute);
/* Whether a course of the task that goes on from the state has its time begin anew: of a model that reads
 * it, as the description says; to others it makes no difference. */
bool sedml_begins_anew(const struct sedml_task *t);
/* What a variable of a data generator is in the program; NULL after a report or a warning. */
const struct sedml_result *sedml_result(struct sedml *s, const xmlNode *variable);
bool sedml_is_vector(const struct sedml_task *t); /* not a single number */

/* How often the task is repeated; -1 after a report or a warning. */
int64_t sedml_count_turns(struct sedml *s, const xmlNode *task);
/* A task that is being repeated, when it is written. */
struct sedml_level {
    const struct sedml_task *task;
    const struct sedml_level *outer;
    const char *index;  /* 0 .. turns */
    const char *indent; /* of what is in the loop */
    struct map range;   /* ids of ranges, with places in `name` */
    VEC(const char *) name;
    VEC(const char *) values; /* of ranges that are not functional, in order: their vectors */
    const char **set;         /* [n_sets]: their values */
};
/* The values of the ranges, before the loop; in the loop, the value of each in this turn. False after a
 * report. */
bool sedml_write_ranges(struct sedml *s, struct sedml_level *l, const char *indent);
bool sedml_write_turn(struct sedml *s, struct sedml_level *l);
bool sedml_write_tasks(struct sedml *s);

/* ---- what is shown (sedml_output.c, sedml_generator.c) ---- */
struct sedml_generator {
    const char *id, *name;
    const xmlNode *node;
    enum { GENERATOR_NEW, GENERATOR_READY, GENERATOR_REFUSED } state;
    bool is_vector;
    int64_t runs, rows; /* as those of a task; 1 and 1 of a number */
};
bool sedml_find_generators(struct sedml *s);
/* NULL after a report, or where it was refused. Its results are known to the tasks afterwards. */
struct sedml_generator *sedml_generator(struct sedml *s, const xmlNode *n, const char *attribute);
bool sedml_write_generators(struct sedml *s);
/* Of an element of an output: its name, or another. */
const char *sedml_shown_name(const xmlNode *n, const char *other);
int64_t sedml_length(const struct sedml_generator *g); /* numbers in it */
/* A kind of plots (sedml_plot.c, sedml_surface.c). `find`: whether there is something to show. `put` writes
 * curves and options, and into the program what they need before. */
struct sedml_plot_kind {
    const char *name;
    bool (*find)(struct sedml *s, const xmlNode *n);
    bool (*put)(struct sedml *s, const xmlNode *n, FILE *to);
};
extern const struct sedml_plot_kind sedml_plot2d, sedml_plot3d;
/* An axis of a plot as options; `list`: of its curves or surfaces, which said in earlier versions by `log`
 * that it is logarithmic. */
void sedml_put_axis(struct sedml *s, FILE *to, const xmlNode *plot, const char *option, const char *list,
                    const char *axis, const char *log);
bool sedml_find_outputs(struct sedml *s);
bool sedml_write_outputs(struct sedml *s);

/* ---- the whole (sedml.c) ---- */
struct sedml {
    struct sources *sources;
    struct diag *diag;
    struct arena *arena;
    const struct sedml_options *options;
    const char *path;   /* of the description, in an archive behind that of the archive */
    const char *folder; /* with a slash at the end, or "" */
    const char *stem;
    struct sedml_archive *archive;
    const char *member; /* of the archive */
    struct sedml_xml *xml;
    const xmlNode *root;
    VEC(struct sedml_xml *) read; /* all of them */
    VEC(struct sedml_model) model;
    VEC(struct sedml_task) task;
    VEC(struct sedml_result) result;
    VEC(struct sedml_generator) generator;
    int depth;            /* of models that derive from others, of tasks that repeat others */
    struct map result_by; /* by what says which they are */
    struct map model_by, task_by, generator_by, taken, taken_files;
    FILE *out; /* into `text`, of `size` bytes when it is flushed */
    char *text;
    size_t size, counted;    /* bytes whose lines have their origin */
    struct span here;        /* that of the lines which follow */
    VEC(struct span) origin; /* of each line so far */
};
/* The lines that are written from here on are there because of `n`: messages of the running program name its
 * place. */
void sedml_stand_for(struct sedml *s, const xmlNode *n);
/* Reports a part that is left out, at the value of an attribute (NULL: at the tag); NULL and false. */
void *sedml_skip(struct sedml *s, const xmlNode *n, const char *attribute, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* An error there; NULL. */
void *sedml_refuse(struct sedml *s, enum diag_code code, const xmlNode *n, const char *attribute,
                   const char *format, ...) __attribute__((format(printf, 5, 6)));
/* An identifier made of a text, unlike all others of the program; unlike those of all other files. */
const char *sedml_name(struct sedml *s, const char *text);
const char *sedml_file_name(struct sedml *s, const char *text);
/* A path that `name` means in the folder of `path`; NULL: it leads above it. */
const char *sedml_path_join(struct sedml *s, const char *path, const char *name);
/* A text as it stands in quotes of the language. */
const char *sedml_quoted(struct sedml *s, const char *text);
/* What the list of that name in the description has. */
const xmlNode *sedml_list(const xmlNode *parent, const char *list);

#endif

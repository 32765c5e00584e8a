/* The list of methods and their options (crnl_method.def) as enums and tables, shared by compiler and
 * runtime. This is constant data; nothing here simulates. */
#ifndef CRNL_METHOD_H
#define CRNL_METHOD_H

#include <stdbool.h>
#include <stdint.h>

/* Number of intervals between rows of a run of known length without `every`. */
enum { CRNL_DEFAULT_INTERVALS = 1000 };

enum crnl_method_kind {
#define METHOD(id, family, name, symbol, ...) CRNL_METHOD_##id,
#include "crnl_method.def"
    CRNL_METHOD_COUNT
};

enum crnl_option_id {
#define OPTION(id, name, ...) CRNL_OPTION_##id,
#include "crnl_method.def"
    CRNL_OPTION_COUNT
};

enum crnl_need_place {
#define NEED(id, name) CRNL_NEED_##id,
#include "crnl_method.def"
    CRNL_NEED_COUNT
};
enum crnl_need {
#define NEED(id, name) CRNL_NEEDS_##id = 1 << CRNL_NEED_##id,
#include "crnl_method.def"
};

enum crnl_trait_place {
#define TRAIT(id) CRNL_TRAIT_##id,
#include "crnl_method.def"
    CRNL_TRAIT_COUNT
};
enum crnl_trait {
#define TRAIT(id) CRNL_##id = 1 << CRNL_TRAIT_##id,
#include "crnl_method.def"
};

enum crnl_result_kind {
    CRNL_RESULT_EXACT,
    CRNL_RESULT_COUNTS, /* amounts are whole numbers */
    CRNL_RESULT_NUMERIC /* amounts have an error */
};

struct crnl_method_info {
    const char *family, *name; /* the name after `by`; the name in --method and messages */
    const char *symbol;        /* C name of its struct crnl_method */
    const char *libraries;     /* linker flags for the libraries that it calls, or NULL */
    const char *help;
    uint32_t needs;  /* CRNL_NEEDS_... */
    uint32_t traits; /* enum crnl_trait */
    enum crnl_result_kind result;
};
extern const struct crnl_method_info crnl_method_info[CRNL_METHOD_COUNT];

enum crnl_value_type {
    CRNL_REAL,
    CRNL_INT,
    CRNL_BOOL,
    CRNL_INFINITE,    /* the word `infinite`, represented as 1 */
    CRNL_KERNEL_NAME, /* the name of a kernel of the method, enum crnl_kernel_id; known at compile time */
    CRNL_LINEAR_NAME  /* the name of a linear solver, enum crnl_linear_id */
};
union crnl_value {
    double real;
    int64_t integer; /* also a boolean as 0 or 1, and the enum value of a name */
};
enum crnl_bound { CRNL_ANY, CRNL_POSITIVE, CRNL_FRACTION };
/* The word for a number within the bound, such as "positive". */
const char *crnl_bound_text(enum crnl_bound bound);

struct crnl_option_info {
    const char *name, *help;
    const char *standard_text; /* text for the default value, or NULL: the value itself */
    const char *required;      /* not NULL if there is no default value; an example of a value */
    double standard;
    uint32_t of; /* traits of the methods that have the option */
    enum crnl_value_type type;
    enum crnl_bound bound; /* bound of a number */
};
extern const struct crnl_option_info crnl_option_info[CRNL_OPTION_COUNT];

extern const char *const crnl_need_name[CRNL_NEED_COUNT];

bool crnl_method_takes(enum crnl_method_kind method, enum crnl_option_id option);
bool crnl_option_admits(enum crnl_option_id id, double v);

#endif

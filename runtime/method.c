/* The tables of methods and options. */
#include "crnl_method.h"

#include <math.h>
#include <stddef.h>

/* Derivatives of a state at rest need a sparse system, whatever method reached the state, and places where
 * laws jump need a dense one. */
#define CRNL_KLU_LIBRARIES "-lklu -lbtf -lsundials_sunmatrixdense"
#define CRNL_CVODE_LIBRARIES \
    "-lsundials_cvode -lsundials_sunlinsoldense " CRNL_KLU_LIBRARIES " -lsundials_nvecserial"

const struct crnl_method_info crnl_method_info[CRNL_METHOD_COUNT] = {
#define METHOD(id, family, name, symbol, ...) {family, name, #symbol, __VA_ARGS__},
#include "crnl_method.def"
};

const struct crnl_option_info crnl_option_info[CRNL_OPTION_COUNT] = {
#define OPTION(id, name, ...) {name, __VA_ARGS__},
#include "crnl_method.def"
};

const char *const crnl_need_name[CRNL_NEED_COUNT] = {
#define NEED(id, name) name,
#include "crnl_method.def"
};

bool crnl_method_takes(enum crnl_method_kind method, enum crnl_option_id option)
{
    return (crnl_method_info[method].traits & crnl_option_info[option].of) != 0;
}

bool crnl_option_admits(enum crnl_option_id id, double v)
{
    switch (crnl_option_info[id].bound) {
    case CRNL_POSITIVE: return v > 0 && v < INFINITY;
    case CRNL_FRACTION: return v > 0 && v < 1;
    case CRNL_ANY: break;
    }
    return v > -INFINITY && v < INFINITY;
}

const char *crnl_bound_text(enum crnl_bound bound)
{
    static const char *const text[] = {
        [CRNL_ANY] = "finite", [CRNL_POSITIVE] = "positive", [CRNL_FRACTION] = "between 0 and 1"};
    return text[bound];
}

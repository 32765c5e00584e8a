#include "codegen/emit/neural.h"

#include <stddef.h>

static const struct {
    const struct crnl_neural_kind *kind;
    const char *symbol;
} kinds[] = {
#define KIND(symbol) {&symbol, #symbol},
#define LEARNER(symbol)
#include "codegen/emit/neural.def"
#undef KIND
#undef LEARNER
};

static const struct {
    const struct crnl_learner *rule;
    const char *symbol;
} learners[] = {
#define KIND(symbol)
#define LEARNER(symbol) {&symbol, #symbol},
#include "codegen/emit/neural.def"
#undef KIND
#undef LEARNER
};

const char *neural_kind_symbol(const struct crnl_neural_kind *kind)
{
    size_t i = 0;
    while (kinds[i].kind != kind) {
        i++;
    }
    return kinds[i].symbol;
}

const char *neural_learner_symbol(const struct crnl_learner *rule)
{
    size_t i = 0;
    while (learners[i].rule != rule) {
        i++;
    }
    return learners[i].symbol;
}

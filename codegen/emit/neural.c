#include "codegen/emit/neural.h"

#include <stddef.h>

static const struct {
    const struct crnl_neural_kind *kind;
    const char *symbol;
} kinds[] = {
#define KIND(symbol) {&symbol, #symbol},
#define LEARNER(symbol, library)
#include "codegen/emit/neural.def"
#undef KIND
#undef LEARNER
};

static const struct learner {
    const struct crnl_learner *rule;
    const char *symbol, *library;
} learners[] = {
#define KIND(symbol)
#define LEARNER(symbol, library) {&symbol, #symbol, library},
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

static const struct learner *find_learner(const struct crnl_learner *rule)
{
    const struct learner *l = learners;
    while (l->rule != rule) {
        l++;
    }
    return l;
}

const char *neural_learner_symbol(const struct crnl_learner *rule)
{
    return find_learner(rule)->symbol;
}

const char *neural_learner_library(const struct crnl_learner *rule)
{
    return find_learner(rule)->library;
}

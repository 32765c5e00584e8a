#include "codegen/emit/neural.h"

#include <stddef.h>

static const struct {
    const struct crnl_neural_kind *kind;
    const char *symbol;
} kinds[] = {
#define NEURAL_KIND(name) {&crnl_neural_##name, "crnl_neural_" #name},
#include "runtime/crnl_neural.def"
};

static const struct {
    const struct crnl_learner *rule;
    const char *symbol;
} learners[] = {
#define LEARNER(name) {&crnl_learn_##name, "crnl_learn_" #name},
#include "runtime/crnl_neural.def"
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

/* Names of the runtime's tables for neural models, for generated code. */
#ifndef CODEGEN_NEURAL_H
#define CODEGEN_NEURAL_H

#include "runtime/crnl_neural.h"

const char *neural_kind_symbol(const struct crnl_neural_kind *kind);
const char *neural_learner_symbol(const struct crnl_learner *rule);

#endif

#include "ir/fact/facts.h"

#include <string.h>

#define FACT(name)                                                        \
    const struct name *facts_##name(struct facts *f, const struct net *n) \
    {                                                                     \
        if (!f->has_##name) {                                             \
            f->name = fact_##name(n);                                     \
            f->has_##name = true;                                         \
        }                                                                 \
        return &f->name;                                                  \
    }
#include "ir/fact/facts.def"
#undef FACT

/* Whether `name` is in a list of names that are separated by commas and blanks. */
static bool in_list(const char *list, const char *name)
{
    size_t length = strlen(name);
    while (*list) {
        list += strspn(list, ", ");
        size_t word = strcspn(list, ", ");
        if (word == length && strncmp(list, name, length) == 0) {
            return true;
        }
        list += word;
    }
    return false;
}

void facts_need(struct facts *f, const struct net *n, const char *list)
{
#define FACT(name)                \
    if (in_list(list, #name)) {   \
        (void)facts_##name(f, n); \
    }
#include "ir/fact/facts.def"
#undef FACT
}

void facts_keep(struct facts *f, const char *list)
{
#define FACT(name)                                                            \
    if (f->has_##name && !in_list(list, #name) && strcmp(list, "all") != 0) { \
        fact_##name##_free(&f->name);                                         \
        f->has_##name = false;                                                \
    }
#include "ir/fact/facts.def"
#undef FACT
}

void facts_free(struct facts *f)
{
    facts_keep(f, "");
}

/* Networks from their text form, for tests. */
#ifndef TESTS_UNIT_IR_TEXT_H
#define TESTS_UNIT_IR_TEXT_H

#include <stdio.h>
#include <string.h>

#include "ir/net/net.h"
#include "support/diag.h"

/* The statements of a network; the test fails if they cannot be read. */
static inline struct net *net_of(const char *statements)
{
    struct sources *sources = sources_create();
    struct diag *diag = diag_create(sources);
    struct arena *a = arena_create();
    const char *text = arena_printf(a, "network \"test\" {\n%s\n}\n", statements);
    struct net *n = net_read(sources, sources_add(sources, "test.net", text, strlen(text)), diag);
    diag_print(diag, stderr, false);
    arena_destroy(a);
    diag_destroy(diag);
    sources_destroy(sources);
    assert_non_null(n);
    return n;
}

#endif

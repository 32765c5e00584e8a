/* Parser: what trees look like, how errors are reported, and that nothing breaks it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frontend/text/parse.h"

struct parsed {
    struct sources *sources;
    struct diag *diag;
    struct arena *arena;
    struct intern *names;
    struct ast *tree;
};

static struct parsed parse_bytes(const char *text, size_t length)
{
    struct parsed p;
    p.sources = sources_create();
    p.diag = diag_create(p.sources);
    p.arena = arena_create();
    p.names = intern_create();
    uint32_t file = sources_add(p.sources, "t.crnl", text, length);
    p.tree = parse_file(p.sources, file, p.arena, p.names, p.diag);
    assert_non_null(p.tree);
    assert_int_equal(p.tree->kind, AST_FILE);
    return p;
}

static struct parsed parse_text(const char *text)
{
    return parse_bytes(text, strlen(text));
}

static void release(struct parsed *p)
{
    intern_destroy(p->names);
    arena_destroy(p->arena);
    diag_destroy(p->diag);
    sources_destroy(p->sources);
}

static char *messages(const struct parsed *p)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    diag_print(p->diag, out, false);
    fclose(out);
    return text;
}

/* The text gives just this many messages, and one of them holds the words. */
static void expect(const char *text, size_t count, const char *words)
{
    struct parsed p = parse_text(text);
    char *out = messages(&p);
    if (diag_count(p.diag) != count || !strstr(out, words)) {
        print_error("%s\n-- gives --\n%s", text, out);
    }
    assert_int_equal(diag_count(p.diag), count);
    assert_non_null(strstr(out, words));
    free(out);
    release(&p);
}

static void good_text_gives_no_message(void **state)
{
    (void)state;
    expect("network a { species A; A -> 0; }\n", 0, "");
    expect("", 0, "");
    expect("\xEF\xBB\xBF"
           "const n = 3;\r\n",
           0, "");
    expect("experiment e { if x<-1 { } run a until A<B -> \"f\"; }", 0, "");
}

static void contextual_words_are_names(void **state)
{
    (void)state;
    expect("network a { species time, learn, gamma, energy, input, phase, sum, fast, run, M, s;\n"
           "  learn + 2 run ->{gamma} input; fast -> energy; fast fast -> 2 sum; 2 s -> 3 M; phase = 3; }",
           0, "");
    expect("experiment e { let run = 1, set = 2; run = 3; set += 1; learn(run); save to to \"f\"; }", 0, "");
}

static const struct ast *kid(const struct ast *node, uint32_t i)
{
    assert_true(i < node->n);
    return node->kid[i];
}

static void spans_and_values(void **state)
{
    (void)state;
    struct parsed p = parse_text("const n = 1 + 20;");
    const struct ast *c = kid(p.tree, 0), *sum = kid(c, 0);
    assert_int_equal(c->kind, AST_CONST);
    assert_string_equal(c->name, "n");
    assert_int_equal(c->span.lo, 0);
    assert_int_equal(c->span.hi, 17);
    assert_int_equal(sum->op, OP_ADD);
    assert_int_equal(sum->span.lo, 10);
    assert_int_equal(sum->span.hi, 16);
    assert_int_equal(kid(sum, 1)->v.integer, 20);
    assert_int_equal(sum->depth, 2);
    release(&p);
}

static void docs_attach_to_what_follows(void **state)
{
    (void)state;
    struct parsed p = parse_text("/// one\n/// two\nparam k = 1;\n//// none\nparam l = 2;\n"
                                 "network a(/// rate\n  k = 1, b = 2) { /// S\n species S; }");
    assert_string_equal(kid(p.tree, 0)->doc, "one\ntwo");
    assert_string_equal(kid(kid(p.tree, 0), 0)->doc, "one\ntwo");
    assert_null(kid(p.tree, 1)->doc);
    const struct ast *net = kid(p.tree, 2);
    assert_string_equal(kid(kid(net, 0), 0)->doc, "rate");
    assert_null(kid(kid(net, 0), 1)->doc);
    assert_string_equal(kid(kid(kid(net, 1), 0), 0)->doc, "S");
    release(&p);
}

static void one_slip_one_message(void **state)
{
    (void)state;
    expect("network a { A + B = C; A -> B; }", 1, "help: write `A + B -> ...`");
    expect("network a { k A -> B; A -> B; }", 1, "`->{k}`");
    expect("network a { A -> B\n  B -> C; }", 1, "t.crnl:1:19: error[E0107]");
    expect("network a { A -> B {k}; }", 1, "help: write `->{k}`");
    expect("network a { A -{k}-> B; }", 1, "error[E0106]");
    expect("network a { A ->{2x} B; }", 1, "a product is written `2 * x`");
    expect("network a { 2*A -> B; }", 1, "help: write `2 A`");
    expect("experiment e { print \"abc; }\n}", 1, "error[E0104]");
    expect("experiment e { print \"a {x\"; }\n}", 1, "error[E0104]");
}

static void errors_keep_the_rest(void **state)
{
    (void)state;
    struct parsed p =
        parse_text("network a { A ->{k +} B; B -> C; }\nnetwork b { for i im 0..3 { C -> D; } D -> 0; }\n"
                   "network c = lower;\nnetwork d {\n  A -> B;\nexperiment e { print 1 2 3 4; print 5; }\n");
    assert_int_equal(p.tree->n, 4); /* a, b, d, e: c has no meaning */
    assert_int_equal(kid(kid(p.tree, 0), 1)->n, 1);
    assert_string_equal(kid(p.tree, 3)->name, "e");
    release(&p);
}

static void generic_messages_name_what_was_found(void **state)
{
    (void)state;
    expect("const 3 = 4;", 1, "found `3`, expected a name");
    expect("network a { A -> B via; }", 1, "found `;`, expected a species");
    expect("experiment e { run a for; }", 1, "found `;`, expected an expression");
    expect("fn", 1, "found the end of the file, expected a name");
    expect("3", 1, "expected a declaration");
    expect("const x = 1 --2;", 1, "two minus signs stand apart");
}

static char *repeated(const char *head, const char *unit, size_t n, const char *tail)
{
    size_t unit_length = strlen(unit), at = strlen(head);
    char *text = malloc(at + unit_length * n + strlen(tail) + 1);
    assert_non_null(text);
    strcpy(text, head);
    for (size_t i = 0; i < n; i++, at += unit_length) {
        memcpy(text + at, unit, unit_length);
    }
    strcpy(text + at, tail);
    return text;
}

static void depth_is_limited(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"const x = ", "(", "1;"},      {"const x = ", "- ", "1;"},
        {"const x = 1", "+1", ";"},     {"const x = 1", "^1", ";"},
        {"const x = ", "[", "1;"},      {"const x = a", ".b", ";"},
        {"const x = a", "[0]", ";"},    {"const x = ", "\"{", "1;"},
        {"network a {", "if x {", "}"}, {"network a { if x { }", " else if x { }", "}"},
        {"experiment e ", "{", ""},     {"network a { ", "{", ""},
        {"network a = ", "(", "b;"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = repeated(cases[i][0], cases[i][1], 100000, cases[i][2]);
        struct parsed p = parse_text(text);
        char *out = messages(&p);
        if (!strstr(out, "error[E0110]")) {
            print_error("%s%s...: %s", cases[i][0], cases[i][1], out);
        }
        assert_non_null(strstr(out, "error[E0110]"));
        free(out);
        release(&p);
        free(text);
    }
}

static void long_lists_are_no_depth(void **state)
{
    (void)state;
    char *text = repeated("network a { ", "A -> B; ", 20000, "}");
    struct parsed p = parse_text(text);
    assert_int_equal(diag_count(p.diag), 0);
    assert_int_equal(kid(kid(p.tree, 0), 1)->n, 20000);
    release(&p);
    free(text);
}

static void bytes_that_are_no_text(void **state)
{
    (void)state;
    expect("const n = 3; \xFF\xFE\x80", 1, "this is not valid UTF-8");
    struct parsed p = parse_bytes("const n\0 = \"a\0b\"; /* \0 */ /// \0\n", 33);
    assert_int_equal(diag_count(p.diag), 1);
    release(&p);
    char *text = repeated("", "\x01 ) } { \" \xC3\xA9 ", 20000, "");
    p = parse_text(text);
    assert_true(diag_count(p.diag) > 0);
    release(&p);
    free(text);
}

/* Cutting a program anywhere must give a tree and, but for cuts between declarations, a message. */
static void every_prefix_is_survived(void **state)
{
    (void)state;
    static const char text[] =
        "/// d\nnetwork a(k = 1) { species A[2] = 3; r: A[0] + 2 B ->{k*2} 0 via C; A -> sum(i in 0..2 : "
        "B[i]); }\n"
        "model m = relu[4, 2] { weights = binary; }\n"
        "experiment e { let x = [1.5, f(a = 2)] ; print \"v {x[0]:.3f} {\"n\"}\"; run a for 3 by ode; }\n";
    for (size_t n = 0; n <= strlen(text); n++) {
        struct parsed p = parse_bytes(text, n);
        release(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_text_gives_no_message),
        cmocka_unit_test(contextual_words_are_names),
        cmocka_unit_test(spans_and_values),
        cmocka_unit_test(docs_attach_to_what_follows),
        cmocka_unit_test(one_slip_one_message),
        cmocka_unit_test(errors_keep_the_rest),
        cmocka_unit_test(generic_messages_name_what_was_found),
        cmocka_unit_test(depth_is_limited),
        cmocka_unit_test(long_lists_are_no_depth),
        cmocka_unit_test(bytes_that_are_no_text),
        cmocka_unit_test(every_prefix_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Long lists of plain reactions: opened one after the other they are what the parser makes of the same text, to
 * the last place; what is not plain is left to the parser; messages are those of the text in full. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frontend/text/parse.h"
#include "frontend/text/reaction_lines.h"

typedef struct ast *parser(struct sources *sources, uint32_t file, struct arena *arena, struct intern *names,
                           struct diag *diag);

struct seen {
    char *text;                 /* the tree, then the messages */
    uint32_t lists, statements; /* REACTIONS nodes of the first network, statements in them */
};

static const struct ast *first_block(const struct ast *file)
{
    for (uint32_t i = 0; i < file->n; i++) {
        if (file_declaration(file, i)->kind == AST_NETWORK) {
            return network_block(file_declaration(file, i));
        }
    }
    return NULL;
}

static struct seen see(parser *parse, const char *text)
{
    struct seen s = {0};
    size_t size;
    struct sources *sources = sources_create();
    struct diag *diag = diag_create(sources);
    struct arena *arena = arena_create();
    struct intern *names = intern_create();
    const struct ast *tree =
        parse(sources, sources_add(sources, "t.crnl", text, strlen(text)), arena, names, diag);
    FILE *out = open_memstream(&s.text, &size);
    ast_print(out, tree, sources);
    diag_print(diag, out, false);
    fclose(out);
    const struct ast *block = first_block(tree);
    for (uint32_t i = 0; block && i < block->n; i++) {
        const struct ast *a = block_statement(block, i);
        s.lists += a->kind == AST_REACTIONS;
        s.statements += a->kind == AST_REACTIONS ? reaction_lines_count(a) : 0;
    }
    intern_destroy(names);
    arena_destroy(arena);
    diag_destroy(diag);
    sources_destroy(sources);
    return s;
}

/* Both parsers see the same; how many lists there are, and statements in them. */
static void compare(const char *text, uint32_t lists, uint32_t statements)
{
    struct seen full = see(parse_file, text), compact = see(parse_compact, text);
    assert_string_equal(full.text, compact.text);
    assert_int_equal(full.lists, 0);
    if (compact.lists != lists || compact.statements != statements) {
        print_error("%s\n", text);
    }
    assert_int_equal(compact.lists, lists);
    assert_int_equal(compact.statements, statements);
    free(full.text);
    free(compact.text);
}

enum { MANY = 40 };

/* A network of a line, MANY plain reactions, the line, and as many again. */
static char *around(const char *line)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    fputs("/// What it is.\nnetwork n {\n  species A = 1, X[9];\n", out);
    for (int half = 0; half < 2; half++) {
        fputs(line, out);
        for (int i = 0; i < MANY; i++) {
            fprintf(out, "  X[%d] ->{%d} A;\n", i % 9, i);
        }
    }
    fputs("}\nexperiment main { run n for 1; }\n", out);
    fclose(out);
    return text;
}

static void check_around(const char *line, uint32_t lists, uint32_t statements)
{
    char *text = around(line);
    compare(text, lists, statements);
    free(text);
}

static void plain_statements_are_read_alike(void **state)
{
    (void)state;
    static const char *const plain[] = {
        "A -> 0;",
        "0 -> A;",
        "0 ->{2} 2 A + 3 X[0] ;",
        "A<->{1,2}X[1];",
        "A <-> X[1];",
        "A -> A + A;",
        "X[0,1] + X[ 2 , 3 ] ->{ k } A;",
        "A ->{pi} X[1];",
        "A\n  ->{1}\n X[1]\n;",
        "\tA  +  2\tX[1]  ->{1.5}  0  ;",
        "// a comment\n  A -> 0; // another\n",
        "s + mol ->{1} A;", /* names of units */
        "A ->{1e3} 0;",
        "A ->{1.25E-7} 0;",
        "A ->{1e22} 0; A ->{123456789012345e22} 0; A ->{1e23} 0; A ->{3e-23} 0;",
        "A ->{0.1234567890123456789} 0;",
        "A ->{8.98846567431158e307} 0; A ->{2.2250738585072014e-308} 0; A ->{123456789.123456789e-200} 0;",
        "A ->{9007199254740993.0} 0; A ->{0.30000000000000004} 0; A ->{1.7976931348623157e308} 0;",
        "X[000000000000000001] ->{007} A;",
        "X[999999999999999999] -> 0;",
        "_a1 -> B_2;",
    };
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        uint32_t n = 0;
        for (const char *c = plain[i]; *c; c++) {
            n += *c == ';';
        }
        check_around(plain[i], 1, 2 * (MANY + n));
    }
}

static void other_statements_end_a_list(void **state)
{
    (void)state;
    static const char *const others[] = {
        "fast A -> 0;",
        "R1: A -> 0;",
        "A -> 0 via X[1];",
        "A =>{ A * 2 } 0;",
        "A <=>{1} X[1];",
        "A ->{1 /s} 0;",
        "A ->{-1} 0;",
        "A ->{k * 2} 0;",
        "A ->{f(2)} 0;",
        "A ->{k[1]} 0;",
        "m.S -> 0;",
        "X[i] -> 0;",
        "X[1 + 1] -> 0;",
        "X[1][2] -> 0;",
        "1.5 A -> 0;",
        "(2) A -> 0;",
        "2A -> 0;",
        "A /* why */ -> 0;",
        "A -> 0 // why\n;",
        "/// What it does.\nA -> 0;",
        "for i in 0..3 { X[i] -> 0; }",
        "sum(i in 0..3 : X[i]) -> 0;",
        "∅ -> A;",
        "A = 3;",
        "species B;",
        "X[12345678901234567890] -> 0;",
        "X[99999999999999999999] -> 0;",
        "9223372036854775808 A -> 0;",
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        check_around(others[i], 2, 2 * MANY);
    }
}

/* In full they are read again, so that the messages are the same. */
static void errors_are_told_as_ever(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "A ->{1, 2} 0;", "A <->{1} X[1];",
        "A -> 0",        "0 A -> 0;",
        "00 A -> 0;",    "A --> 0;",
        "for -> 0;",     "A ->{1e999} 0;",
        "A ->{1.} 0;",   "A -> ;",
        "->{1} A;",      "A + -> 0;",
        "A ->{1 A;",     "};",
        "A ->{1x} 0;",   "species species;",
        "A -> 0 $;",     "let x = \"A -> 0;",
        "α -> 0;",       "Aα -> 0;",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char *text = around(wrong[i]);
        struct seen full = see(parse_file, text), compact = see(parse_compact, text);
        assert_string_equal(full.text, compact.text);
        assert_non_null(strstr(full.text, "error["));
        free(full.text);
        free(compact.text);
        free(text);
    }
}

static void short_lists_and_other_places_are_left_alone(void **state)
{
    (void)state;
    compare("network n { species A; A -> 0; A -> 0; A -> 0; }\n", 0, 0);
    char text[4096] = "network n { species A; }\nexperiment main {\n";
    for (int i = 0; i < MANY; i++) {
        strcat(text, "  A -> 0;\n");
    }
    strcat(text, "}\n");
    compare(text, 0, 0);
}

/* Plain and other statements, blanks and comments, in any order. */
static void mixtures_are_read_alike(void **state)
{
    (void)state;
    static const char *const piece[] = {
        "A -> 0;",
        "2 A + X[1] ->{0.1} X[2,3];",
        "X[4]<->{1,k}0;",
        "0 ->{3.5e-9} A;",
        "  ",
        "\n",
        "// words; A -> 0;\n",
        "R: A -> 0;",
        "/// doc\n",
        "A ->{2 /s} 0;",
        "for i in 0..2 { A -> 0; A -> 0; }",
        "/* ; A -> 0; */",
    };
    uint64_t random = 88172645463325252u;
    for (int trial = 0; trial < 200; trial++) {
        char *text = NULL;
        size_t size;
        FILE *out = open_memstream(&text, &size);
        fputs("network n {", out);
        int plain_only = trial % 3;
        for (int i = 0; i < 300; i++) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            bool any = plain_only == 0 || i % 75 == 74;
            fprintf(out, "A ->{%.*g} 0;", (int)(random % 17) + 1,
                    ldexp((double)(random >> 11), (int)(random % 160) - 133));
            fputs(piece[random % (any ? sizeof piece / sizeof *piece : 7)], out);
        }
        fputs("}\n", out);
        fclose(out);
        struct seen full = see(parse_file, text), compact = see(parse_compact, text);
        assert_string_equal(full.text, compact.text);
        assert_true(plain_only == 0 || compact.lists >= 1);
        free(full.text);
        free(compact.text);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_statements_are_read_alike),
        cmocka_unit_test(other_statements_end_a_list),
        cmocka_unit_test(errors_are_told_as_ever),
        cmocka_unit_test(short_lists_and_other_places_are_left_alone),
        cmocka_unit_test(mixtures_are_read_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

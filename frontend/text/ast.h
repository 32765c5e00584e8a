/* The syntax tree contains exactly what was written. All nodes have one type; ast.def lists their kinds
 * and names the children of each kind. Nodes live in the arena of the parse, names are interned, and
 * nothing is freed singly. After parsing, only the bindings of names change. */
#ifndef FRONTEND_AST_H
#define FRONTEND_AST_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "support/arena.h"
#include "support/source.h"

enum ast_kind {
#define AST(kind)             AST_##kind,
#define AST_LIKE(kind, other) AST_##kind,
#include "frontend/text/ast.def"
    AST_KIND_COUNT
};

/* The meaning of `op` depends on the kind of the node. There is one enumeration for all kinds, so that a
 * printer needs only one table. */
enum ast_op {
    OP_NONE,
    /* BINARY, UNARY */
    OP_ADD,
    OP_SUB,
    OP_MUL,
    OP_DIV,
    OP_MOD,
    OP_POW,
    OP_EQ,
    OP_NE,
    OP_LT,
    OP_LE,
    OP_GT,
    OP_GE,
    OP_AND,
    OP_OR,
    OP_NEG,
    OP_NOT,
    /* ASSIGN, SET */
    OP_SET,
    OP_SET_ADD,
    OP_SET_SUB,
    OP_SET_MUL,
    OP_SET_DIV,
    /* REACTION: -> <-> <=> => */
    OP_ARROW,
    OP_REVERSIBLE,
    OP_BALANCED,
    OP_LAW,
    /* NPARAM, ENTITY: what is declared */
    OP_PARAM,
    OP_CONST,
    OP_SPECIES,
    OP_DUAL,
    OP_BULK,
    /* CLAUSE */
    OP_WITH,
    OP_FROM,
    OP_AFTER,
    OP_FOR,
    OP_UNTIL,
    OP_TO_STEADY,
    OP_TO_LIMIT,
    OP_EVERY,
    OP_BY,
    OP_OVER,
    OP_AS, /* of `run NET as NAME`: NET */
    /* CLAUSE after/for: the unit of the count */
    /* (in `flags`: AST_EVENTS, AST_CYCLES) */
    /* BIND */
    OP_BIND,
    OP_CLAMP,
    OP_HOLD,
    /* EVENT */
    OP_AT,
    OP_EVERY_EVENT,
    OP_WHEN,
    OP_COUNT
};

enum {                         /* bits of `flags` */
       AST_IS_CONST = 1,       /* ENTITY: const species, const bulk; LET: const */
       AST_IS_FAST = 2,        /* REACTION: fast */
       AST_IS_PATH = 4,        /* USE: a quoted path, not a module name */
       AST_OF_LEARN = 4,       /* CLAUSE: `with` of `learn`, where what is not clamped is hidden */
       AST_EVENTS = 8,         /* CLAUSE for/after: events */
       AST_CYCLES = 16,        /* CLAUSE for: cycles */
       AST_PAREN = 32,         /* expression written in parentheses (for fmt and messages) */
       AST_UNICODE_EMPTY = 64, /* SIDE: written with the empty-set sign */
       AST_TRAILING = 128,     /* ARGS, ARRAY: trailing comma (for fmt) */
       AST_IS_MENDED = 512, /* FILE: all errors of the file are mended, so that nothing of its text is lost */
       AST_BECOMES_REAL =
           256 /* DCL of a variable that begins as an integer: it is given a real number later. Known
                                * after the walk of check/. */
};

struct name;
struct reaction_lines;

struct ast {
    uint8_t kind, op;
    uint16_t flags;
    uint32_t n; /* number of children */
    struct span span;
    uint32_t depth;   /* nodes on the longest path down, itself included; the parser bounds it */
    const char *name; /* interned, or NULL */
    const char *doc;  /* text of the /// lines before a declaration, or NULL */
    union {
        double real;
        int64_t integer;
        const struct reaction_lines *lines; /* REACTIONS */
        struct name
            *bound; /* NAME, statements that name a network or imply a name: what it means (ast_bind) */
    } v;
    struct ast **kid; /* an entry may be NULL where ast.def says 'optional' */
};

extern const uint8_t ast_layout[]; /* by kind: the kind in ast.def that names its children */

/* The children by their names in ast.def, as in learn_from(a) or call_arg(a, i). */
#define CHILD(kind_, at, name_)                                    \
    static inline struct ast *name_(const struct ast *a)           \
    {                                                              \
        assert(ast_layout[a->kind] == AST_##kind_ && (at) < a->n); \
        return a->kid[at];                                         \
    }
#define EACH(kind_, from, name_)                                                  \
    static inline struct ast *name_(const struct ast *a, uint32_t i)              \
    {                                                                             \
        assert(ast_layout[a->kind] == AST_##kind_ && i - (from) < a->n - (from)); \
        return a->kid[i];                                                         \
    }
#include "frontend/text/ast.def"

/* The i-th child, for walks over nodes of any kind. */
static inline struct ast *ast_child(const struct ast *a, uint32_t i)
{
    assert(i < a->n);
    return a->kid[i];
}

/* A parameter of a network that reacts was meant as a species, which has been reported. */
static inline void ast_becomes_species(const struct ast *a)
{
    ((struct ast *)(uintptr_t)a)->op = OP_SPECIES;
}

static inline void ast_becomes_real(const struct ast *a)
{
    ((struct ast *)(uintptr_t)a)->flags |= AST_BECOMES_REAL;
}

/* Binds a name to its declaration, which the walk of check/ finds; NULL: it is a word without a
 * declaration. */
static inline void ast_bind(const struct ast *a, struct name *n)
{
    ((struct ast *)(uintptr_t)a)->v.bound = n;
}

/* What stands left of the point or bracket of a FIELD or INDEX. */
static inline struct ast *ast_base(const struct ast *a)
{
    return a->kind == AST_FIELD ? field_base(a) : index_base(a);
}

/* Walks over the tree, each node before its children, and returns the first node for which the test says so;
 * NULL: there is none. Children of a node that is left out are left out too. */
enum ast_verdict { AST_GO_ON, AST_LEAVE_OUT, AST_FOUND };
typedef enum ast_verdict ast_test(void *env, const struct ast *a);
const struct ast *ast_find(const struct ast *a, ast_test *test, void *env);

/* Orders trees by what they say, whatever blanks, comments and parentheses they are written with; 0 if they
 * say the same. Names are compared by their text. Either tree may be NULL. */
int ast_order(const struct ast *a, const struct ast *b);
static inline bool ast_same(const struct ast *a, const struct ast *b)
{
    return ast_order(a, b) == 0;
}

const char *ast_kind_name(enum ast_kind kind);
const char *ast_op_text(enum ast_op op); /* as written: "+", "<->", "with" */

/* Prints the tree with one indented node on each line, and with places as line:column if `sources` is not
 * NULL. Golden tests compare this text, so its form does not change. */
void ast_print(FILE *out, const struct ast *node, const struct sources *sources);
/* What stands behind a backslash for this character of a text; '\0': it stands for itself. */
char ast_escape(char c);

#endif

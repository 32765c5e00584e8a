/* The state that the lexer, the parser and the builders of nodes share while a file is parsed. The text
 * is first cut into tokens, so that the parser, the messages and the repairs can look ahead and back.
 * parse_file owns the state and the tokens; names and nodes live longer. */
#ifndef FRONTEND_PARSE_STATE_H
#define FRONTEND_PARSE_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "frontend/text/ast.h"
#include "support/diag.h"
#include "support/intern.h"
#include "support/vec.h"

enum {                         /* bits of `flags` of a token */
       TOKEN_LINE_START = 1,   /* only blanks precede it on its line */
       TOKEN_BLANK_BEFORE = 2, /* a blank, a comment or a line end precedes it */
       TOKEN_MADE_UP = 4,      /* not in the text: a repair inserted it */
       TOKEN_BROKEN = 8,       /* the end of a string that swallowed the rest of its line */
       TOKEN_READ_AS = 16      /* its text stands in place of what is written, which has been reported */
};

enum { DEEPEST_BRACKETS = 200 };

enum token_place { PLACE_TOP, PLACE_NETWORK, PLACE_MODEL, PLACE_EXPERIMENT };

struct token {
    int kind;             /* a token number of parser.h */
    uint8_t flags, place; /* place: the declaration that the token stands in */
    struct span span;
    const char *text; /* words: as written; strings: with escapes resolved; interned */
    const char *doc;  /* the text of the /// lines before it, or NULL */
    union {
        double real;
        int64_t integer;
        struct ast *lines; /* REACTIONS */
    } v;
};

struct hole {           /* an open string whose {hole} is being read */
    struct span string; /* start of the string, for messages */
    int parentheses;    /* open ( and [ within the hole */
};

enum edit_kind { EDIT_NONE, EDIT_INSERT, EDIT_REPLACE, EDIT_DELETE, EDIT_DROP };

struct edit { /* a repair of the token list, applied before the text is parsed again */
    enum edit_kind what;
    size_t at;
    struct token token;
    /* INSERT, REPLACE: also insert a `}` before this token, by its current index; 0: none. DROP: the
     * first token behind `at` that stays. */
    size_t close;
};

struct parse {
    struct sources *sources;
    uint32_t file;
    const char *text;
    size_t length;
    struct arena *arena;
    struct intern *names;
    struct diag *diag;

    /* lexer */
    VEC(struct token) tokens;
    uint32_t lo, hi; /* bytes of the current match */
    uint32_t string_start, part_start, comment_start;
    /* end of the last character that no token has: such characters side by side are one mistake */
    uint32_t stray_end;
    bool string_has_head, line_has_token, blank;
    VEC(char) string, doc;
    VEC(struct hole) holes;
    bool has_doc, any_doc;
    uint32_t doc_end;     /* end of the last line of `doc` */
    const char *file_doc; /* the doc comment of the file itself, or NULL */
    struct word_table *words;

    bool is_compact;      /* long lists of reactions become one token, and errors are not reported */
    bool is_refused;      /* is_compact, and there was an error */
    uint32_t no_list_end; /* no list of reactions begins before this offset */

    /* parser */
    size_t at; /* index of the next token to hand out */
    struct edit edit;
    size_t repairs;
    bool may_repair;
    struct ast *root;
    bool stop;              /* parsing has given up: nothing more is reported */
    bool muted;             /* the last report was dropped, so its notes are dropped too */
    size_t reports, mended; /* `mended` counts reports whose repair lost nothing of the text */
    size_t last_mended;     /* the number of reports at the last of these */
    bool *expected; /* indexed by token number: whether it may stand at token `asked`; NULL if nobody asks */
    size_t asked;
};

/* Reads the text and cuts it into arranged tokens; sources, file, arena, names and diag must be set. */
void parse_open(struct parse *p);
void parse_close(struct parse *p); /* releases all but names and nodes */

/* Cuts the text into p->tokens, ending with the end-of-file token. In lexer.l. */
void lexer_scan(struct parse *p);

/* Reports an error of the text, unless parsing has given up or has said enough. */
bool parse_error(struct parse *p, enum diag_code code, struct span at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
bool parse_is_silent(const struct parse *p); /* whether nothing more is reported */
void parse_help(struct parse *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A fix: the text at the place should be `text`. */
void parse_fix(struct parse *p, struct span at, const char *text);
void parse_note(struct parse *p, struct span at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Called by the lexer's rules; see parse_tokens.c. */
struct token *token_add(struct parse *p, int kind);
void token_word(struct parse *p, const char *text, size_t length);
void token_integer(struct parse *p, const char *text);
void token_real(struct parse *p, const char *text);
void token_bad_real(struct parse *p, const char *text);
void token_wrong(struct parse *p, int kind, const char *what, const char *instead);
void token_greek(struct parse *p, const char *text, size_t length);
void token_stray(struct parse *p, const char *text, size_t length);
void token_hash(struct parse *p);
void token_doc(struct parse *p, const char *text, size_t length);
void token_newline(struct parse *p);
bool token_in_hole(const struct parse *p);
bool token_in_format(const struct parse *p);
void token_string_open(struct parse *p);
void token_string_text(struct parse *p, const char *text, size_t length);
void token_string_escape(struct parse *p, char c);
void token_string_hole(struct parse *p);
void token_string_resume(struct parse *p);
void token_string_close(struct parse *p);
void token_string_broken(struct parse *p);
void token_holes_broken(struct parse *p, uint32_t offset);
/* Called behind `;` and braces: makes a token of a long list of reactions. Returns its number of bytes; 0
 * if there is none. */
uint32_t token_reactions(struct parse *p);
void token_parenthesis(struct parse *p, int change);
void token_format(struct parse *p, const char *text, size_t length);
void token_comment_unclosed(struct parse *p);

/* Finds the structure of brackets, braces of rates, and units behind `/`. For these a token is seen
 * together with its neighbours. */
void tokens_arrange(struct parse *p);

/* Called by the parser. `found` is the index of the token that does not fit, `expected` the token numbers
 * that could stand there. */
void parse_report_syntax(struct parse *p, size_t found, const int *expected, size_t n);

/* Reports per-units that could be divisions by a visible value. */
void parse_check_units(struct parse *p);

/* What messages call a token number: "species", "a name". In parser.y. */
const char *grammar_token_name(int kind);

#endif

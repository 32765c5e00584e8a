#include "frontend/text/parse_expect.h"

#include "frontend/text/ast_build.h"
#include "frontend/text/parse_state.h"
#include "frontend/text/parse_words.h"
#include "grammar/parser.h"

/* The index behind the last token of the text; later tokens were added to close what is open. */
static size_t end_of_text(const struct parse *p)
{
    size_t i = p->tokens.n - 1;
    while (i > 0 && (p->tokens.data[i - 1].flags & TOKEN_MADE_UP)) {
        i--;
    }
    return i;
}

static bool begins_statement(const struct parse *p, size_t at)
{
    int before = at > 0 ? p->tokens.data[at - 1].kind : ';';
    return before == ';' || before == '{' || before == '}';
}

/* A word that may be a name is accepted wherever a name is. It is offered as a word only where it begins
 * a statement of this place, or where no name may stand. */
static bool is_meant(const struct word *w, const struct expectation *e, uint8_t place)
{
    if (w->role == WORD_RESERVED || !e->name) {
        return true;
    }
    switch (w->role) {
    case WORD_OPENING:
    case WORD_OF_EXPERIMENT: return e->statement && place == PLACE_EXPERIMENT;
    case WORD_OF_NETWORK: return e->statement && place == PLACE_NETWORK;
    case WORD_OF_MODEL: return e->statement && place == PLACE_MODEL;
    default: return false;
    }
}

void parse_expect(struct sources *sources, uint32_t file, struct expectation *e)
{
    struct diag *diag = diag_create(sources);
    struct parse p = {
        .sources = sources, .file = file, .arena = arena_create(), .names = intern_create(), .diag = diag};
    bool expected[512] = {0};
    *e = (struct expectation){0};
    parse_open(&p);
    size_t at = end_of_text(&p);
    struct token end = vec_last(&p.tokens);
    vec_push(&p.tokens, end);
    uint8_t place = p.tokens.data[at].place;
    /* a token that never fits, with the end of the file behind it */
    p.tokens.data[at].kind = T_GRAMMAR_UNDEF;
    p.expected = expected;
    p.asked = at;
    p.root = ast_list(&p, (struct span){file, 0, 0});
    grammar_parse(&p);
    e->name = expected[T_IDENT];
    e->unit = expected[T_UNIT_WORD] && !expected[T_IDENT];
    e->statement = begins_statement(&p, at);
    for (int i = 0; i < word_list_count; i++) {
        const struct word *w = &word_list[i];
        if (expected[w->token] && is_meant(w, e, place)) {
            e->word[e->n_words++] = w->text;
        }
    }
    parse_close(&p);
    intern_destroy(p.names);
    arena_destroy(p.arena);
    diag_destroy(diag);
}

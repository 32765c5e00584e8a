/* Antimony: walks over tokens and reports unexpected ones. */
#include <string.h>
#include <strings.h>

#include "import/antimony/antimony_impl.h"

static const char *const reserved[] = {
    "module",   "model",    "end",           "species",     "formula", "reaction",
    "DNA",      "gene",     "operator",      "compartment", "has",     "in",
    "is",       "var",      "const",         "ext",         "import",  "event",
    "at",       "after",    "function",      "unit",        "delete",  "constraint",
    "maximize", "minimize", "substanceOnly",
};

bool antimony_is_reserved(const char *word)
{
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
        if (strcmp(word, reserved[i]) == 0) {
            return true;
        }
    }
    return false;
}

static const char *const uncertainties[] = {
    "mean",
    "stdev",
    "standardDeviation",
    "coefficientOfVariation",
    "kurtosis",
    "median",
    "mode",
    "sampleSize",
    "skewness",
    "standardError",
    "variance",
    "confidenceInterval",
    "credibleInterval",
    "interquartileRange",
    "range",
    "distribution",
    "externalParameter",
};

bool antimony_is_remark_part(const char *name)
{
    for (size_t i = 0; i < sizeof uncertainties / sizeof *uncertainties; i++) {
        if (strcmp(name, uncertainties[i]) == 0) {
            return true;
        }
    }
    return strcasecmp(name, "sboTerm") == 0;
}

const struct token *antimony_token_behind(const struct reader *r, size_t n)
{
    return r->at + n < r->end ? &r->token.data[r->at + n] : &r->token.data[r->end];
}

const struct token *antimony_token(const struct reader *r)
{
    return antimony_token_behind(r, 0);
}

static bool is_sign(const struct token *t, int sign)
{
    return t->kind == TOKEN_SIGN && t->sign == sign;
}

bool antimony_is_sign(const struct reader *r, int sign)
{
    return r->at < r->end && is_sign(antimony_token(r), sign);
}

bool antimony_is_word(const struct reader *r, const char *word)
{
    const struct token *t = antimony_token(r);
    return r->at < r->end && t->kind == TOKEN_NAME && strcmp(t->text, word) == 0;
}

bool antimony_take_sign(struct reader *r, int sign)
{
    bool is = antimony_is_sign(r, sign);
    r->at += is;
    return is;
}

bool antimony_take_word(struct reader *r, const char *word)
{
    bool is = antimony_is_word(r, word);
    r->at += is;
    return is;
}

bool antimony_at_line_end(const struct reader *r)
{
    return r->at >= r->end || antimony_token(r)->kind == TOKEN_LINE_END || antimony_is_sign(r, ';');
}

bool antimony_error(struct reader *r, enum diag_code code, struct span at, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    diag_report(r->x->diag, code, at, "%s", arena_vprintf(r->x->arena, format, ap));
    va_end(ap);
    return false;
}

/* The current token as in the file. */
static const char *found(const struct reader *r)
{
    const struct token *t = antimony_token(r);
    if (r->at >= r->end || t->kind == TOKEN_FILE_END) {
        return r->at < r->end ? "the end of the file" : "the end of the module";
    }
    if (t->kind == TOKEN_LINE_END) {
        return "the end of the line";
    }
    if (t->kind == TOKEN_STRING) {
        return "a text";
    }
    const char *text = sources_text(r->x->sources, t->at.file, NULL);
    return arena_printf(r->x->arena, "'%.*s'", (int)(t->at.hi - t->at.lo), text + t->at.lo);
}

bool antimony_expected(struct reader *r, const char *what)
{
    const char *help = diag_help_in(what);
    return antimony_error(r, DIAG_E0831, antimony_token(r)->at, "expected %.*s, found %s%s",
                          (int)(strlen(what) - strlen(help)), what, found(r), help);
}

bool antimony_expect_sign(struct reader *r, int sign, const char *what)
{
    return antimony_take_sign(r, sign) || antimony_expected(r, what);
}

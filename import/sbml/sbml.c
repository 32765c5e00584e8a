/* SBML Level 2 and 3: the core, parsed by libsbml. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "import/sbml/sbml_impl.h"
#include "import/unbounded.h"
#include "import/xml.h"
#include "support/sbml/libsbml.h"

/* The place of the first word of a line, which is a tag; no place if there is no such line. */
static struct span line_span(const struct sbml *s, unsigned line)
{
    const struct importer *x = s->x;
    size_t n;
    if (s->place) {
        struct span at = line > 0 && line <= s->n_places ? s->place[line - 1] : (struct span){0};
        return at.file ? at : (struct span){x->file, 0, 0};
    }
    const char *from = sources_line(x->sources, x->file, line > 0 ? (int)line : 1, &n);
    if (from < x->text || from > x->end) {
        return import_span(x, x->text, x->text);
    }
    const char *end = from + n;
    while (from < end && (*from == ' ' || *from == '\t')) {
        from++;
    }
    const char *to = from;
    while (to < end && *to != ' ' && *to != '\t') {
        to++;
    }
    return import_span(x, from, to);
}

struct span sbml_line(const struct sbml *s, const void *object)
{
    return line_span(s, SBase_getLine(object));
}

int sbml_unsupported(struct sbml *s, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    diag_report(s->x->diag, DIAG_E0832, s->at, "%s", arena_vprintf(s->x->arena, format, ap));
    va_end(ap);
    return 0;
}

/* The first sentence of a message of libsbml, as one line. */
static const char *first_line(struct arena *arena, const char *message)
{
    char *text = arena_strdup(arena, message + strspn(message, " \n\t\r"));
    for (char *c = text; *c; c++) {
        if (*c == '.' && (c[1] == ' ' || c[1] == '\n')) {
            *c = '\0';
            break;
        }
    }
    for (char *c = text; *c; c++) {
        *c = *c == '\n' || *c == '\t' || *c == '\r' ? ' ' : *c;
    }
    for (size_t n = strlen(text); n > 0 && (text[n - 1] == ' ' || text[n - 1] == '.'); n--) {
        text[n - 1] = '\0';
    }
    return text;
}

bool sbml_check_errors(struct sbml *s)
{
    enum { MAX_REPORTS = 20 };
    unsigned n = SBMLDocument_getNumErrors(s->document), reported = 0;
    for (unsigned i = 0; i < n && reported < MAX_REPORTS; i++) {
        const XMLError_t *e = (const XMLError_t *)SBMLDocument_getError(s->document, i);
        bool is_of_unit =
            XMLError_getErrorId(e) == InvalidUnitIdSyntax || XMLError_getErrorId(e) == DanglingUnitReference;
        if (XMLError_isFatal(e) || (XMLError_isError(e) && !is_of_unit)) { /* units have no effect here */
            const char *message = XMLError_getMessage(e);
            diag_report(s->x->diag, DIAG_E0831, line_span(s, XMLError_getLine(e)), "%s\n  help: %s",
                        first_line(s->x->arena, message && *message ? message : XMLError_getShortMessage(e)),
                        XMLError_getErrorId(e) < XMLErrorCodesUpperBound
                            ? "this is no whole XML: fetch or save the file again"
                            : "correct this in the tool that made the model: it is a rule of SBML");
            reported++;
        }
    }
    return reported == 0;
}

static bool check_document(struct sbml *s)
{
    if (!sbml_check_errors(s)) {
        return false;
    }
    s->model = SBMLDocument_getModel(s->document);
    s->at = line_span(s, 1);
    return s->model || diag_report(s->x->diag, DIAG_E0831, s->at,
                                   "this document has no model\n  help: it needs an element `<model>`: save "
                                   "it again with the tool that made it");
}

static bool check_level(struct sbml *s)
{
    unsigned level = SBMLDocument_getLevel(s->document);
    s->may_lack_math = level > 3 || (level == 3 && SBMLDocument_getVersion(s->document) >= 2);
    return level >= 2 ||
           sbml_unsupported(s, "SBML of Level 1; tools convert it to Level 2 or 3\n  help: the program that "
                               "wrote it, or sbmlConvert of libsbml, writes it anew");
}

/* Amounts in SBML may be negative (import_unbounded), but they must be numbers. */
static bool check_amounts(const struct importer *x)
{
    bool ok = true;
    double v;
    for (size_t i = 0; i < x->net->species.n; i++) {
        const struct species *s = &x->net->species.data[i];
        bool is_negative = s->init && expr_const_real(x->net->ex, s->init, &v) && v < 0 && v > -INFINITY;
        bool may_be = s->kind != SPECIES_CONSTANT || (s->flags & SPECIES_SIGNED);
        ok = ((is_negative && may_be) || (s->flags & SPECIES_SIGNED) ||
              import_check_amount(x, s->init, s->span)) &&
             ok;
    }
    return ok;
}

/* The XML namespace of SBML for a level and version. */
static const char *namespace_of(struct arena *a, const char *level, const char *version)
{
    bool alone = strcmp(level, "1") == 0 || (strcmp(level, "2") == 0 && strcmp(version, "1") == 0);
    return alone ? arena_printf(a, "http://www.sbml.org/sbml/level%s", level)
                 : arena_printf(a, "http://www.sbml.org/sbml/level%s/version%s%s", level, version,
                                strcmp(level, "3") == 0 ? "/core" : "");
}

/* Refuses the attribute `fast` where SBML no longer has it: from Level 3 Version 2 on, libsbml only reports
 * that an attribute is wrong. */
static bool check_fast(struct importer *x, const char *level, const char *version)
{
    static const char element[] = "reaction";
    const char *at = x->text, *tag, *end;
    struct xml_attribute a;
    if (atoi(level) < 3 || (atoi(level) == 3 && atoi(version) < 2) || !strstr(x->text, "fast")) {
        return true;
    }
    while (xml_next_tag(x, &at, &tag, &end)) {
        size_t n = strcspn(tag, " \t\r\n/>"), m = strlen(element);
        bool is_reaction =
            n >= m && memcmp(tag + n - m, element, m) == 0 && (n == m || tag[n - m - 1] == ':');
        for (const char *to = tag; is_reaction && xml_next_attribute(&to, end, &a);) {
            if (xml_is_named(&a, "fast")) {
                return diag_report(
                    x->diag, DIAG_E0831, import_span(x, a.name, a.value + a.n_value + 1),
                    "Level 3 Version 2 has no fast reactions: its reactions have no attribute 'fast'\n  "
                    "help: leave the attribute out, or write the file as Level 3 Version 1");
            }
        }
    }
    return true;
}

/* Checks the namespace, since libsbml ends the process if it does not belong to the level and version and
 * inner elements need it. */
static bool check_namespace(struct importer *x)
{
    const char *tag, *end, *level = "", *version = "";
    struct xml_attribute a;
    if (!xml_root(x, &tag, &end)) {
        return true; /* libsbml reports what it is instead */
    }
    for (const char *at = tag; xml_next_attribute(&at, end, &a);) {
        const char **to = xml_is_named(&a, "level") ? &level : xml_is_named(&a, "version") ? &version : NULL;
        if (to) {
            *to = arena_printf(x->arena, "%.*s", (int)a.n_value, a.value);
        }
    }
    const char *want = namespace_of(x->arena, level, version);
    for (const char *at = tag; xml_next_attribute(&at, end, &a);) {
        bool declares = xml_is_named(&a, "xmlns") || (a.n_name > 6 && memcmp(a.name, "xmlns:", 6) == 0);
        if (declares && a.n_value == strlen(want) && memcmp(a.value, want, a.n_value) == 0) {
            return check_fast(x, level, version);
        }
    }
    return diag_report(
        x->diag, DIAG_E0831, import_span(x, tag, end),
        "the root element declares no namespace of SBML of its level and version, xmlns=\"%s\"\n  help: "
        "write it into the element `<sbml>`, or correct its level and version",
        want);
}

/* Checks rules of the whole model, such as two rules for one variable or names without a meaning. libsbml
 * does it, in a time that grows faster than the model; large models are checked by crnlc, for fewer rules. */
static bool check_consistency(struct sbml *s)
{
    enum { MOST_BYTES = 1 << 20 };
    static const int left_out[] = {LIBSBML_CAT_UNITS_CONSISTENCY, LIBSBML_CAT_SBO_CONSISTENCY,
                                   LIBSBML_CAT_MODELING_PRACTICE};
    if (s->x->end - s->x->text > MOST_BYTES) {
        return sbml_check(s);
    }
    for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++) {
        SBMLDocument_setConsistencyChecks(s->document, left_out[i], 0);
    }
    SBMLDocument_checkConsistency(s->document);
    return sbml_check_errors(s);
}

static bool read_document(struct sbml *s)
{
    s->document = readSBMLFromString(s->x->text);
    bool ok = check_document(s) && check_level(s) && sbml_flatten(s) && sbml_declare(s);
    if (ok) {
        sbml_own_start(s);
    }
    ok = ok && sbml_solve(s) && sbml_start(s) && sbml_reactions(s) && sbml_rates(s) &&
         sbml_implicit_rates(s) && sbml_events(s) && sbml_outputs(s) && sbml_own_end(s) &&
         check_amounts(s->x) && check_consistency(s);
    if (ok) {
        sbml_put_solutions(s);
        if (!sbml_own_bounds(s)) {
            import_unbounded(s->x->net);
        }
    }
    return ok;
}

static void release(struct sbml *s)
{
    for (size_t i = 0; i < s->entity.n; i++) {
        if (s->entity.data[i].locals) {
            map_free(&s->entity.data[i].locals->names);
        }
    }
    for (size_t i = 0; i < s->fast.n; i++) {
        vec_free(&s->fast.data[i].products);
    }
    vec_free(&s->fast);
    vec_free(&s->pivot);
    vec_free(&s->moved);
    vec_free(&s->algebraic);
    vec_free(&s->implicit);
    vec_free(&s->phase);
    vec_free(&s->event_number);
    map_free(&s->names);
    map_free(&s->functions);
    vec_free(&s->entity);
    SBMLDocument_free(s->document);
}

bool import_sbml(struct importer *x)
{
    struct sbml s = {.x = x};
    if (!xml_check(x) || !check_namespace(x) || !libsbml_load(x->diag) || !sbml_packages(&s)) {
        return false;
    }
    bool ok = read_document(&s);
    release(&s);
    return ok;
}

bool import_sbml_made(struct importer *x, const char *text, const struct span *place, size_t n_lines)
{
    const struct importer file = *x;
    struct sbml s = {.x = x, .place = place, .n_places = n_lines, .made_of = &file};
    if (!libsbml_load(x->diag)) {
        return false;
    }
    x->text = text;
    x->end = text + strlen(text);
    bool ok = read_document(&s);
    release(&s);
    x->text = file.text;
    x->end = file.end;
    return ok;
}

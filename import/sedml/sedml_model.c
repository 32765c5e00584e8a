/* Models of SED-ML: their files, models derived from others, and quantities that are read or set. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "import/sedml/sedml_impl.h"
#include "ir/net/each_expr.h"

/* ---- files ---- */

/* Decodes %20 and the like, which a location may contain. */
static const char *decoded(struct sedml *s, const char *text)
{
    char *result = arena_strdup(s->arena, text), *to = result;
    for (; *text; text++) {
        unsigned byte;
        if (*text == '%' && strspn(text + 1, "0123456789abcdefABCDEF") >= 2 &&
            sscanf(text + 1, "%2x", &byte) == 1 && byte) {
            *to++ = (char)byte;
            text += 2;
        } else {
            *to++ = *text;
        }
    }
    *to = '\0';
    return result;
}

/* Models at addresses of databases are not fetched; a copy may be in the folder of the description. */
static const char *local_name(struct sedml *s, const char *source)
{
    const char *last = source;
    for (const char *at = source; *at; at++) {
        last = *at == ':' || *at == '/' || *at == '#' ? at + 1 : last;
    }
    bool remote = strstr(source, "://") || strncmp(source, "urn:", 4) == 0;
    return !remote ? decoded(s, source) : arena_printf(s->arena, "%s.xml", last);
}

static uint32_t refuse_file(struct sedml *s, const struct sedml_model *m, const char *name, const char *wrong)
{
    const char *source = sedml_text_of(m->node, "source");
    sedml_refuse(s, DIAG_E0202, m->node, "source", "the model '%s', %s", source, wrong);
    if (strstr(source, "://") || strncmp(source, "urn:", 4) == 0) {
        diag_help(s->diag, "models are not fetched from elsewhere: save it as %s beside this file", name);
    }
    return 0;
}

/* A path with links resolved; NULL: it is not a folder. */
static const char *real_folder(struct sedml *s)
{
    char *real = realpath(*s->folder ? s->folder : ".", NULL);
    const char *folder = real ? arena_strdup(s->arena, real) : NULL;
    free(real);
    return folder;
}

static uint32_t read_member(struct sedml *s, struct sedml_model *m, const char *name)
{
    const char *member = sedml_path_join(s, s->member, name), *slash = strrchr(s->member, '/');
    size_t folder = slash ? (size_t)(slash + 1 - s->member) : 0;
    if (!member) {
        return refuse_file(s, m, name, "a file outside of the archive");
    }
    if (strncmp(member, s->member, folder) == 0 && import_knows(member)) {
        m->import = member + folder;
    }
    return sedml_archive_read(s, member, sedml_place_of(m->node, "source"));
}

static uint32_t read_file(struct sedml *s, struct sedml_model *m, const char *name)
{
    const char *wrong = "which is no file in the folder of this one", *folder = real_folder(s);
    const char *path = folder ? import_path_below(s->arena, folder, folder, name, &wrong) : NULL;
    if (!path) {
        return refuse_file(s, m, name, wrong);
    }
    uint32_t file = sources_read(s->sources, arena_printf(s->arena, "%s%s", s->folder, name));
    if (!file) {
        refuse_file(s, m, name, "which cannot be read");
        diag_help_path(s->diag, sedml_place_of(m->node, "source"), name);
        return 0;
    }
    m->import = import_knows(name) ? name : NULL;
    return file;
}

/* The model that this one is derived from; NULL: it has a file of its own. */
static const char *base_of(struct sedml *s, const char *source)
{
    return *source == '#' ? source + 1 : map_find(&s->model_by, source) >= 0 ? source : NULL;
}

static struct sedml_model *read_model(struct sedml *s, struct sedml_model *m);

static bool derive(struct sedml *s, struct sedml_model *m, const char *base)
{
    int32_t i = map_find(&s->model_by, base);
    if (i < 0) {
        return sedml_unknown(s, m->node, "source", "model", base, sedml_list(s->root, "listOfModels"));
    }
    struct sedml_model *from = &s->model.data[i];
    if (s->depth > IMPORT_MAX_DEPTH) {
        return sedml_refuse(s, DIAG_E0833, m->node, "source",
                            "a chain of more than %d models\n  help: derive them from the first",
                            IMPORT_MAX_DEPTH);
    }
    if (from->state == MODEL_BUSY) {
        sedml_refuse(s, DIAG_E0831, m->node, "source",
                     "the models derive from one another in a cycle: `%s` from `%s`\n  help: let one of them "
                     "have a file as its "
                     "source",
                     m->id, from->id);
        return false;
    }
    s->depth++;
    from = read_model(s, from);
    s->depth--;
    if (from) {
        m->doc = xmlCopyDoc(from->doc, 1);
        m->xml = from->xml;
        m->changed = true;
    }
    return from != NULL;
}

static bool read_own(struct sedml *s, struct sedml_model *m, const char *source)
{
    const char *name = local_name(s, source);
    uint32_t file = s->archive ? read_member(s, m, name) : read_file(s, m, name);
    m->xml = file ? sedml_xml_read(s, file) : NULL;
    m->doc = m->xml ? m->xml->doc : NULL;
    return m->doc != NULL;
}

/* Writes the changed tree as a file in the program's folder. */
static bool make_file(struct sedml *s, struct sedml_model *m)
{
    xmlBuffer *text = xmlBufferCreate();
    xmlNodeDump(text, m->doc, xmlDocGetRootElement(m->doc), 0, 0);
    const char *all = arena_printf(s->arena, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n%s\n",
                                   (const char *)xmlBufferContent(text));
    xmlBufferFree(text);
    m->import = arena_printf(s->arena, "%s-%s.xml", s->stem, m->name);
    const char *path = arena_printf(s->arena, "%s%s", s->folder, m->import);
    return sources_add_made(s->sources, path, all, strlen(all)) != 0 ||
           sedml_refuse(s, DIAG_E0833, m->node, "source",
                        "the model would be too large\n  help: change fewer of its elements");
}

static bool is_sbml(const char *language)
{
    return !*language || strstr(language, "sbml") || strstr(language, "SBML");
}

static struct sedml_model *read_model(struct sedml *s, struct sedml_model *m)
{
    if (m->state == MODEL_READ || m->state == MODEL_REFUSED) {
        return m->state == MODEL_READ ? m : NULL;
    }
    const char *source = sedml_text_of(m->node, "source"), *base = base_of(s, source);
    m->state = MODEL_BUSY;
    m->name = sedml_name(s, m->id);
    bool good =
        *source ||
        sedml_refuse(s, DIAG_E0831, m->node, NULL,
                     "the model `%s` has no source\n  help: write source=\"...\", the file of the model",
                     m->id);
    if (good && !base && !is_sbml(sedml_text_of(m->node, "language"))) {
        good = sedml_skip(s, m->node, "language", "models in this language are not read: %s",
                          sedml_text_of(m->node, "language"));
    }
    good = good && (base ? derive(s, m, base) : read_own(s, m, source)) && sedml_change(s, m);
    good = good && ((!m->changed && m->import) || make_file(s, m));
    m->state = good ? MODEL_READ : MODEL_REFUSED;
    return good ? m : NULL;
}

bool sedml_find_models(struct sedml *s)
{
    for (const xmlNode *n = sedml_list(s->root, "listOfModels"); n; n = sedml_next(n, NULL)) {
        const char *id = sedml_text_of(n, "id");
        if (!sedml_is(n, "model")) {
            continue;
        }
        if (!*id || !map_add(&s->model_by, id, (int32_t)s->model.n)) {
            return sedml_refuse(s, DIAG_E0831, n, "id",
                                *id ? "a second model `%s`\n  help: leave one of the two out, or rename it"
                                    : "a model without id\n  help: write id=\"...\" to it%s",
                                id);
        }
        vec_push(&s->model, ((struct sedml_model){.id = id, .node = n}));
    }
    return true;
}

struct sedml_model *sedml_model(struct sedml *s, const xmlNode *n, const char *attribute)
{
    const char *id = sedml_text_of(n, attribute);
    int32_t i = map_find(&s->model_by, *id == '#' ? id + 1 : id);
    if (i < 0) {
        return sedml_unknown(s, n, attribute, "model", id, sedml_list(s->root, "listOfModels"));
    }
    return read_model(s, &s->model.data[i]);
}

/* ---- what is read and set ---- */

/* Species and parameters have the names of the model besides the identifiers of their symbols. */
static void index_net(struct sedml_model *m)
{
    const struct net *net = m->net;
    VEC(int32_t) of_slot = {0};
    for (size_t i = 0; i < net->param.n; i++) {
        while ((int32_t)of_slot.n <= net->param.data[i].first) {
            vec_push(&of_slot, (int32_t)i);
        }
    }
    for (size_t i = 0; i < net->symbol.n; i++) {
        const struct symbol *y = &net->symbol.data[i];
        const struct expr *e = shape_size(y->shape) == 1 ? expr_get(net->ex, net->elem.data[y->first]) : NULL;
        if (e && y->kind == SYMBOL_SPECIES && e->op == EXPR_SPECIES) {
            map_add(&m->symbol_by, net->species.data[e->a].name, (int32_t)i);
        } else if (e && y->kind == SYMBOL_PARAM && e->op == EXPR_PARAM) {
            map_add(&m->symbol_by, net->param.data[of_slot.data[e->a]].name, (int32_t)i);
        }
    }
    for (size_t i = 0; i < net->reaction.n; i++) {
        if (net->reaction.data[i].label) {
            map_add(&m->label_by, net->reaction.data[i].label, (int32_t)i);
        }
    }
    vec_free(&of_slot);
}

static struct net *net_of(struct sedml *s, struct sedml_model *m)
{
    struct import_options options = {.max_reactions =
                                         s->options->max_reactions ? s->options->max_reactions : INT64_MAX};
    if (!m->net && m->state == MODEL_READ) {
        uint32_t file = sources_read(s->sources, arena_printf(s->arena, "%s%s", s->folder, m->import));
        m->net = file ? import_text(s->sources, file, IMPORT_SBML, &options, s->diag) : NULL;
        if (!m->net) {
            m->state = MODEL_REFUSED;
            return NULL;
        }
        index_net(m);
        for (struct net_expr e = net_exprs(m->net); net_next_expr(&e);) {
            m->reads_time |= expr_uses(m->net->ex, e.id, EXPR_TIME, 0);
        }
        for (size_t i = 0; i < m->net->event.n; i++) {
            m->reads_time |= m->net->event.data[i].kind != EVENT_WHEN;
        }
        struct span at;
        m->reads_past = net_first_delay(m->net, &at) != 0;
    }
    return m->net;
}

/* The symbol by which experiments see what the model calls `name`. */
static const struct symbol *symbol_of(const struct sedml_model *m, const char *name)
{
    int32_t i = map_find(&m->symbol_by, name);
    i = i >= 0 ? i : net_find_symbol(m->net, name);
    return i >= 0 ? &m->net->symbol.data[i] : NULL;
}

/* ---- elements of a model ---- */

/* The enclosing element with that name; NULL: there is none. */
static const xmlNode *around(const xmlNode *n, const char *name)
{
    while (n && !(n->type == XML_ELEMENT_NODE && sedml_is(n, name))) {
        n = n->parent;
    }
    return n;
}

static const xmlNode *find_id(const xmlNode *model, const char *list, const char *id)
{
    const xmlNode *n = sedml_list(model, list);
    while (n && strcmp(sedml_text_of(n, "id"), id) != 0) {
        n = sedml_next(n, NULL);
    }
    return n;
}

static bool is_true(const char *text)
{
    return strcmp(text, "true") == 0 || strcmp(text, "1") == 0;
}

/* The compartment of a species, if formulas mean its concentration. */
static const xmlNode *concentration_in(const xmlNode *species)
{
    const xmlNode *c =
        find_id(around(species, "model"), "listOfCompartments", sedml_text_of(species, "compartment"));
    const char *dimensions = c ? sedml_text_of(c, "spatialDimensions") : "0";
    bool is_point = *dimensions && strtod(dimensions, NULL) == 0;
    return c && !is_point && !is_true(sedml_text_of(species, "hasOnlySubstanceUnits")) ? c : NULL;
}

static const char *symbol_term(const xmlNode *n)
{
    const char *symbol = sedml_text_of(n, "symbol"), *last = strrchr(symbol, ':');
    const char *term = sedml_text_of(n, "term");
    return !*symbol && *term ? term : strncmp(symbol, "KISAO", 5) == 0 || !last ? symbol : last + 1;
}

enum meaning { MEANS_ITSELF, MEANS_TIME, MEANS_AMOUNT, MEANS_CONCENTRATION, MEANS_OTHER };

static enum meaning meaning_of(const xmlNode *n)
{
    static const struct {
        const char *name;
        enum meaning meaning;
    } known[] = {
        {"", MEANS_ITSELF},
        {"time", MEANS_TIME},
        {"KISAO:0000832", MEANS_TIME},
        {"amount", MEANS_AMOUNT},
        {"KISAO:0000836", MEANS_AMOUNT},
        {"concentration", MEANS_CONCENTRATION},
        {"KISAO:0000838", MEANS_CONCENTRATION},
    };
    const char *term = symbol_term(n);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(term, known[i].name) == 0) {
            return known[i].meaning;
        }
    }
    return MEANS_OTHER;
}

static bool is_attribute(const xmlNode *n, const char *name)
{
    return n->type == XML_ATTRIBUTE_NODE && sedml_is(n, name);
}

/* The factor from a concentration in a compartment to the amount: a parameter if the size is one. */
static void take_size(struct sedml *s, const struct sedml_model *m, const xmlNode *compartment,
                      struct sedml_quantity *q)
{
    const struct symbol *y = symbol_of(m, sedml_text_of(compartment, "id"));
    bool good;
    double v = sedml_number(sedml_text_of(compartment, "size"), &good);
    q->size_of = y && y->kind == SYMBOL_PARAM ? y->name : NULL;
    q->size =
        q->size_of ? arena_printf(s->arena, "%s.%s", m->name, y->name) : sedml_number_text(s, good ? v : 1);
}

static bool species_quantity(struct sedml *s, const xmlNode *selected, const xmlNode *species,
                             enum meaning meaning, struct sedml_model *m, const struct symbol *y,
                             struct sedml_quantity *q)
{
    const xmlNode *in = concentration_in(species);
    bool amount = meaning == MEANS_AMOUNT || is_attribute(selected, "initialAmount");
    bool concentration = meaning == MEANS_CONCENTRATION || is_attribute(selected, "initialConcentration");
    q->text = y->name;
    q->is_amount = true;
    if (!amount && (in || concentration)) {
        const char *name = arena_printf(s->arena, "%s.concentration", y->name);
        if (net_find_symbol(m->net, name) < 0) {
            return false;
        }
        q->text = name;
        if (in) {
            take_size(s, m, in, q);
        }
    }
    q->settable = y->kind == SYMBOL_SPECIES && (in || !concentration);
    return true;
}

static bool reaction_quantity(struct sedml_model *m, const xmlNode *reaction, struct sedml_quantity *q)
{
    const char *id = sedml_text_of(reaction, "id");
    q->kind = sedml_child(reaction, "kineticLaw") ? QUANTITY_FLUX : QUANTITY_ZERO;
    q->text = id;
    return q->kind == QUANTITY_ZERO || map_find(&m->label_by, id) >= 0;
}

static bool element_quantity(struct sedml *s, const xmlNode *selected, const xmlNode *n, enum meaning meaning,
                             struct sedml_model *m, struct sedml_quantity *q)
{
    const char *id = sedml_text_of(n, "id");
    if (sedml_is(n, "reaction")) {
        return reaction_quantity(m, n, q);
    }
    bool is_local = sedml_is(n, "localParameter") || (sedml_is(n, "parameter") && around(n, "kineticLaw"));
    if (is_local) {
        id = arena_printf(s->arena, "%s.%s", sedml_text_of(around(n, "reaction"), "id"), id);
    } else if (!sedml_is(n, "species") && !sedml_is(n, "parameter") && !sedml_is(n, "compartment")) {
        return false;
    }
    const struct symbol *y = symbol_of(m, id);
    if (!y) {
        return false;
    }
    if (sedml_is(n, "species")) {
        return species_quantity(s, selected, n, meaning, m, y, q);
    }
    q->text = y->name;
    q->is_param = y->kind == SYMBOL_PARAM;
    q->is_amount = y->kind == SYMBOL_SPECIES; /* it is part of the state */
    q->settable = y->kind == SYMBOL_PARAM || y->kind == SYMBOL_SPECIES;
    return true;
}

bool sedml_quantity(struct sedml *s, const xmlNode *n, struct sedml_model *m, struct sedml_quantity *q)
{
    enum meaning meaning = meaning_of(n);
    *q = (struct sedml_quantity){.kind = QUANTITY_VALUE};
    if (!net_of(s, m)) {
        return false;
    }
    if (meaning == MEANS_OTHER) {
        return sedml_skip(s, n, *sedml_text_of(n, "symbol") ? "symbol" : "term",
                          "this is not known of a model: %s", symbol_term(n));
    }
    if (meaning == MEANS_TIME && !sedml_get(n, "target")) {
        q->kind = QUANTITY_TIME;
        q->text = "time";
        return true;
    }
    xmlNode *selected = sedml_select(s, n, "target", m);
    const xmlNode *element = selected && selected->type == XML_ATTRIBUTE_NODE ? selected->parent : selected;
    if (!element) {
        return false;
    }
    return element_quantity(s, selected, element, meaning, m, q) ||
           sedml_skip(s, n, "target", "the network has no number for this `%s` of the model `%s`",
                      (const char *)element->name, m->id);
}

bool sedml_value_in(struct sedml *s, const xmlNode *variable, struct sedml_model *m, double *v)
{
    static const char *const attributes[] = {"value", "initialConcentration", "initialAmount", "size",
                                             "stoichiometry"};
    xmlNode *selected = sedml_select(s, variable, "target", m);
    const char *text = NULL;
    bool good = false;
    if (!selected) {
        return false;
    }
    if (selected->type == XML_ATTRIBUTE_NODE) {
        text = selected->children ? (const char *)selected->children->content : "";
    }
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes && !text; i++) {
        text = sedml_get(selected, attributes[i]);
    }
    if (text) {
        *v = sedml_number(text, &good);
    }
    return good || sedml_refuse(s, DIAG_E0831, variable, "target",
                                "what this selects in the model `%s` has no number\n  help: give it one in "
                                "the model, or change it "
                                "before",
                                m->id);
}

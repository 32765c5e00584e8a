/* XML as trees of libxml2, with places in the text; XPath. */
#include <libxml/xpathInternals.h>
#include <string.h>

#include "import/sedml/sedml_impl.h"
#include "import/xml.h"

enum { MAX_PATH = 4000, MAX_OPERATIONS = 10000000 }; /* limits of an XPath: its length, its evaluation */

/* ---- reading ---- */

/* The first mistake that the parser finds, since others may follow from it. */
struct mistake {
    int line, column; /* from 1; the column counts bytes */
    char text[200];   /* "": no mistake */
};

static void note_mistake(void *env, xmlError *e)
{
    struct mistake *m = ((const xmlParserCtxt *)env)->_private;
    if (!*m->text && e->level >= XML_ERR_ERROR) {
        m->line = e->line;
        m->column = e->int2;
        snprintf(m->text, sizeof m->text, "%s", e->message ? e->message : "it cannot be read");
        m->text[strcspn(m->text, "\n")] = '\0';
    }
}

static struct span mistake_span(const struct sedml *s, const struct importer *x, const struct mistake *m)
{
    size_t n;
    const char *line = sources_line(s->sources, x->file, m->line > 0 ? m->line : 1, &n);
    size_t column = m->column > 0 ? (size_t)m->column - 1 : 0;
    const char *from = line + (column < n ? column : n);
    return import_span(x, from, from < x->end ? from + 1 : from);
}

/* The parser visits start tags in the order of the text. */
static void number_tags(struct sedml_xml *xml)
{
    const char *at = xml->x.text, *tag, *end;
    while (xml_next_tag(&xml->x, &at, &tag, &end)) {
        vec_push(&xml->tag, import_span(&xml->x, tag - 1, end));
    }
    xmlNode *n = xmlDocGetRootElement(xml->doc);
    size_t count = 0;
    while (n) {
        if (n->type == XML_ELEMENT_NODE) {
            n->_private = (void *)(uintptr_t)++count;
        }
        xmlNode *next = n->type == XML_ELEMENT_NODE && n->children ? n->children : n->next;
        for (; !next && n->parent && n->parent->type == XML_ELEMENT_NODE; next = n->next) {
            n = n->parent;
        }
        n = next;
    }
}

static bool parse(struct sedml *s, struct sedml_xml *xml)
{
    enum { OPTIONS = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA };
    struct importer *x = &xml->x;
    xmlParserCtxt *parser = xmlNewParserCtxt();
    if (!parser) {
        return diag_report(s->diag, DIAG_E0833, import_span(x, x->text, x->text), "memory is not enough");
    }
    struct mistake first = {0};
    parser->_private = &first;
    parser->sax->serror = (xmlStructuredErrorFunc)note_mistake;
    xml->doc = xmlCtxtReadMemory(parser, x->text, (int)(x->end - x->text), NULL, NULL, OPTIONS);
    if (!xml->doc) {
        diag_report(s->diag, DIAG_E0831, mistake_span(s, x, &first),
                    "this is not XML: %s\n  help: correct the element, or make the file again",
                    *first.text ? first.text : "it cannot be read");
    }
    xmlFreeParserCtxt(parser);
    return xml->doc != NULL;
}

struct sedml_xml *sedml_xml_read(struct sedml *s, uint32_t file)
{
    size_t length;
    for (size_t i = 0; i < s->read.n; i++) {
        if (s->read.data[i]->x.file == file) {
            return s->read.data[i]->doc ? s->read.data[i] : NULL;
        }
    }
    struct sedml_xml *xml = arena_alloc(s->arena, sizeof *xml);
    vec_push(&s->read, xml);
    xml->x = (struct importer){.sources = s->sources, .file = file, .diag = s->diag, .arena = s->arena};
    xml->x.text = sources_text(s->sources, file, &length);
    xml->x.end = xml->x.text + length;
    if (strlen(xml->x.text) != length) {
        const char *nul = xml->x.text + strlen(xml->x.text);
        diag_report(s->diag, DIAG_E0831, import_span(&xml->x, nul, nul + 1),
                    "a byte 0, which no text has\n  help: save the file as text, UTF-8");
        return NULL;
    }
    if (!xml_check(&xml->x) || !parse(s, xml)) {
        return NULL;
    }
    number_tags(xml);
    xml->doc->_private = xml;
    return xml;
}

/* ---- looking ---- */

bool sedml_is(const xmlNode *n, const char *name)
{
    return strcmp((const char *)n->name, name) == 0;
}

static const xmlNode *element_from(const xmlNode *n, const char *name)
{
    while (n && (n->type != XML_ELEMENT_NODE || (name && !sedml_is(n, name)))) {
        n = n->next;
    }
    return n;
}

const xmlNode *sedml_child(const xmlNode *parent, const char *name)
{
    return parent ? element_from(parent->children, name) : NULL;
}

const xmlNode *sedml_next(const xmlNode *n, const char *name)
{
    return element_from(n->next, name);
}

const xmlNode *sedml_list(const xmlNode *parent, const char *list)
{
    return sedml_child(sedml_child(parent, list), NULL);
}

const char *sedml_get(const xmlNode *n, const char *attribute)
{
    for (const xmlAttr *a = n->properties; a; a = a->next) {
        if (!a->ns && strcmp((const char *)a->name, attribute) == 0) {
            return a->children && a->children->content ? (const char *)a->children->content : "";
        }
    }
    return NULL;
}

const char *sedml_text_of(const xmlNode *n, const char *attribute)
{
    const char *value = sedml_get(n, attribute);
    return value ? value : "";
}

const char *sedml_content(struct sedml *s, const xmlNode *n)
{
    static const char blanks[] = " \t\r\n";
    const char *all = "";
    for (const xmlNode *t = n->children; t; t = t->next) {
        if ((t->type == XML_TEXT_NODE || t->type == XML_CDATA_SECTION_NODE) && t->content) {
            all = *all ? arena_printf(s->arena, "%s%s", all, (const char *)t->content)
                       : (const char *)t->content;
        }
    }
    all += strspn(all, blanks);
    size_t length = strlen(all);
    while (length > 0 && strchr(blanks, all[length - 1])) {
        length--;
    }
    return arena_strndup(s->arena, all, length);
}

double sedml_number(const char *text, bool *good)
{
    char *end;
    double v = strtod(text, &end);
    *good = end > text && !end[strspn(end, " \t\r\n")];
    return v;
}

struct span sedml_place(const xmlNode *n)
{
    const struct sedml_xml *xml = n && n->doc ? n->doc->_private : NULL;
    size_t i = n ? (size_t)(uintptr_t)n->_private : 0;
    return xml && i > 0 && i <= xml->tag.n ? xml->tag.data[i - 1] : (struct span){0};
}

struct span sedml_place_of(const xmlNode *n, const char *attribute)
{
    struct span tag = sedml_place(n);
    if (!tag.file || !attribute) {
        return tag;
    }
    const struct importer *x = &((const struct sedml_xml *)n->doc->_private)->x;
    const char *at = x->text + tag.lo, *end = x->text + tag.hi;
    struct xml_attribute a;
    while (xml_next_attribute(&at, end, &a)) {
        if (xml_is_named(&a, attribute)) {
            return import_span(x, a.value, a.value + a.n_value);
        }
    }
    return tag;
}

/* ---- XPath ---- */

static void say_nothing(void *env, xmlError *e)
{
    (void)env, (void)e; /* mistakes are reported with their place in the description instead */
}

/* Registers the prefixes declared at the element and around it; of equal ones the innermost counts. */
static void register_prefixes(xmlXPathContext *c, const xmlNode *n)
{
    if (n->parent && n->parent->type == XML_ELEMENT_NODE) {
        register_prefixes(c, n->parent);
    }
    for (const xmlNs *ns = n->nsDef; ns; ns = ns->next) {
        if (ns->prefix && ns->href) {
            xmlXPathRegisterNs(c, ns->prefix, ns->href);
        }
    }
}

static xmlXPathObject *evaluate(xmlDoc *doc, const xmlNode *n, const char *path)
{
    xmlXPathContext *c = xmlXPathNewContext(doc);
    if (!c) {
        return NULL;
    }
    c->error = (xmlStructuredErrorFunc)say_nothing;
    c->opLimit = MAX_OPERATIONS;
    register_prefixes(c, n);
    xmlXPathObject *found = xmlXPathEvalExpression((const xmlChar *)path, c);
    xmlXPathFreeContext(c);
    return found;
}

/* What is wrong with a path that selects nothing, as far as that is known. */
static void help_nothing(struct sedml *s, const xmlNode *n, const char *path, const struct sedml_model *m)
{
    const char *slash = strrchr(path, '/');
    if (slash && slash[1] == '@') {
        const char *element = arena_strndup(s->arena, path, (size_t)(slash - path)), *list = "";
        xmlXPathObject *found = evaluate(m->doc, n, element);
        if (found && found->type == XPATH_NODESET && found->nodesetval && found->nodesetval->nodeNr > 0 &&
            found->nodesetval->nodeTab[0]->type == XML_ELEMENT_NODE) {
            for (const xmlAttr *a = found->nodesetval->nodeTab[0]->properties; a; a = a->next) {
                list = arena_printf(s->arena, "%s%s%s", list, *list ? ", " : "", (const char *)a->name);
            }
            diag_help(s->diag, "the element is there, with the attributes %s", list);
        }
        if (found) {
            xmlXPathFreeObject(found);
        }
        return;
    }
    const xmlNode *root = xmlDocGetRootElement(m->doc);
    if (root && root->ns && root->ns->href) {
        diag_help(s->diag, "elements of the model are of the namespace %s, for which the path needs a prefix",
                  (const char *)root->ns->href);
    }
}

xmlNode *sedml_select(struct sedml *s, const xmlNode *n, const char *attribute, struct sedml_model *m)
{
    const char *path = sedml_get(n, attribute);
    if (!path || !*path) {
        return sedml_refuse(s, DIAG_E0831, n, attribute,
                            "`%s` has no %s, an XPath into the model\n  help: such as "
                            "/sbml:sbml/sbml:model/sbml:listOfSpecies/"
                            "sbml:species[@id='A']",
                            (const char *)n->name, attribute);
    }
    if (strlen(path) > MAX_PATH) {
        return sedml_refuse(s, DIAG_E0833, n, attribute,
                            "an XPath of more than %d letters\n  help: select an element by its id",
                            MAX_PATH);
    }
    xmlXPathObject *found = evaluate(m->doc, n, path);
    if (!found || found->type != XPATH_NODESET) {
        if (found) {
            xmlXPathFreeObject(found);
        }
        return sedml_refuse(s, DIAG_E0831, n, attribute,
                            "this is no XPath that selects something of a model: %s\n  help: such as "
                            "/sbml:sbml/sbml:model/sbml:listOfSpecies/sbml:species[@id='A']",
                            path);
    }
    int count = found->nodesetval ? found->nodesetval->nodeNr : 0;
    xmlNode *first = count > 0 ? found->nodesetval->nodeTab[0] : NULL;
    xmlXPathFreeObject(found);
    if (count == 0) {
        sedml_refuse(s, DIAG_E0834, n, attribute, "this XPath selects nothing in the model `%s`", m->id);
        help_nothing(s, n, path, m);
        return NULL;
    }
    if (count > 1) {
        return sedml_refuse(s, DIAG_E0831, n, attribute,
                            "this XPath selects %d places of the model `%s`, and one is meant\n  help: say "
                            "which, by `[@id='...']`",
                            count, m->id);
    }
    if (first->type != XML_ELEMENT_NODE && first->type != XML_ATTRIBUTE_NODE) {
        return sedml_refuse(
            s, DIAG_E0831, n, attribute,
            "this XPath selects neither an element nor an attribute\n  help: leave `/text()` and such out");
    }
    return first;
}

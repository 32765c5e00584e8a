/* Applies changes to the trees of models. */
#include <string.h>

#include "import/sedml/sedml_impl.h"

/* Gives the model a tree of its own at its first change. */
static bool own_tree(struct sedml *s, struct sedml_model *m)
{
    if (!m->changed) {
        m->doc = xmlCopyDoc(m->doc, 1);
        m->changed = true;
    }
    return m->doc || diag_report(s->diag, DIAG_E0833, sedml_place(m->node), "memory is not enough");
}

static bool set_attribute(struct sedml *s, const xmlNode *n, struct sedml_model *m, const char *value)
{
    xmlNode *found = sedml_select(s, n, "target", m);
    if (!found) {
        return false;
    }
    if (found->type != XML_ATTRIBUTE_NODE) {
        return sedml_refuse(s, DIAG_E0831, n, "target",
                            "this selects the element `%s`, and an attribute is changed\n  help: write `/@` "
                            "and the attribute's name "
                            "behind it, such as `/@value`",
                            (const char *)found->name);
    }
    xmlSetNsProp(found->parent, found->ns, found->name, (const xmlChar *)value);
    return true;
}

static bool change_attribute(struct sedml *s, const xmlNode *n, struct sedml_model *m)
{
    const char *value = sedml_get(n, "newValue");
    return value ? set_attribute(s, n, m, value)
                 : sedml_refuse(s, DIAG_E0831, n, NULL,
                                "this change has no newValue\n  help: write newValue=\"...\"") != NULL;
}

/* ---- elements ---- */

/* Copies of the elements in newXML, as a list linked by `next`; NULL: there are none. */
static xmlNode *new_elements(const xmlNode *change, struct sedml_model *m)
{
    xmlNode *first = NULL, *last = NULL;
    for (const xmlNode *n = sedml_list(change, "newXML"); n; n = sedml_next(n, NULL)) {
        xmlNode *copy = xmlDocCopyNode((xmlNode *)n, m->doc, 1);
        if (copy && last) {
            last->next = copy;
            copy->prev = last;
        }
        first = first ? first : copy;
        last = copy ? copy : last;
    }
    return first;
}

/* Inserts them into `parent` after `after`, or at its end if that is NULL. */
static void put_elements(xmlNode *parent, xmlNode *after, xmlNode *list, struct sedml_model *m)
{
    while (list) {
        xmlNode *n = list;
        list = n->next;
        n->next = n->prev = NULL;
        after = after ? xmlAddNextSibling(after, n) : xmlAddChild(parent, n);
        xmlReconciliateNs(m->doc, n);
    }
}

static bool change_elements(struct sedml *s, const xmlNode *n, struct sedml_model *m)
{
    bool adds = sedml_is(n, "addXML"), removes = sedml_is(n, "removeXML");
    xmlNode *found = sedml_select(s, n, "target", m);
    if (!found) {
        return false;
    }
    if (found->type == XML_ATTRIBUTE_NODE && removes) {
        xmlRemoveProp((xmlAttr *)found);
        return true;
    }
    if (found->type != XML_ELEMENT_NODE || (!adds && found == xmlDocGetRootElement(m->doc))) {
        return sedml_refuse(s, DIAG_E0831, n, "target",
                            "this selects %s, and an element is changed\n  help: a target is the path of an "
                            "element, without `/@`",
                            found->type == XML_ELEMENT_NODE ? "the whole model" : "an attribute");
    }
    xmlNode *list = removes ? NULL : new_elements(n, m);
    if (!removes && !list) {
        return sedml_refuse(
            s, DIAG_E0831, n, NULL,
            "this change has no elements in `newXML`\n  help: write them between `<newXML>` and `</newXML>`");
    }
    if (adds) {
        put_elements(found, NULL, list, m);
        return true;
    }
    put_elements(found->parent, found, list, m);
    xmlUnlinkNode(found);
    xmlFreeNode(found);
    return true;
}

/* ---- computed values ---- */

struct computing {
    struct sedml *s;
    const xmlNode *change;
    struct sedml_model *model;
    bool failed;
};

static bool value_of(void *env, const char *id, double *v)
{
    struct computing *c = env;
    for (const xmlNode *n = sedml_list(c->change, "listOfParameters"); n; n = sedml_next(n, NULL)) {
        bool good;
        if (strcmp(sedml_text_of(n, "id"), id) == 0) {
            *v = sedml_number(sedml_text_of(n, "value"), &good);
            return good;
        }
    }
    for (const xmlNode *n = sedml_list(c->change, "listOfVariables"); n; n = sedml_next(n, NULL)) {
        if (strcmp(sedml_text_of(n, "id"), id) == 0) {
            const char *other = sedml_get(n, "modelReference");
            bool own = !other || strcmp(other, c->model->id) == 0;
            struct sedml_model *m = own ? c->model : sedml_model(c->s, n, "modelReference");
            c->failed = !m || !sedml_value_in(c->s, n, m, v);
            return !c->failed;
        }
    }
    return false;
}

static bool compute_change(struct sedml *s, const xmlNode *n, struct sedml_model *m)
{
    struct computing c = {s, n, m, false};
    const xmlNode *math = sedml_child(n, "math");
    double v;
    if (!math) {
        return sedml_refuse(s, DIAG_E0831, n, NULL,
                            "this change has no formula\n  help: write it inside `math`");
    }
    return sedml_compute(s, math, value_of, &c, &v) &&
           set_attribute(s, n, m, arena_printf(s->arena, "%.17g", v));
}

bool sedml_change(struct sedml *s, struct sedml_model *m)
{
    static const struct {
        const char *name;
        bool (*change)(struct sedml *s, const xmlNode *n, struct sedml_model *m);
    } known[] = {
        {"changeAttribute", change_attribute}, {"computeChange", compute_change}, {"addXML", change_elements},
        {"removeXML", change_elements},        {"changeXML", change_elements},
    };
    for (const xmlNode *n = sedml_list(m->node, "listOfChanges"); n; n = sedml_next(n, NULL)) {
        size_t i = 0;
        while (i < sizeof known / sizeof *known && !sedml_is(n, known[i].name)) {
            i++;
        }
        if (i == sizeof known / sizeof *known) {
            return sedml_skip(s, n, NULL, "`%s` is no change that is known: the model `%s` is left out",
                              (const char *)n->name, m->id);
        }
        if (!own_tree(s, m) || !known[i].change(s, n, m)) {
            return false;
        }
    }
    return true;
}

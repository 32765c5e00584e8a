/* Packages of SBML Level 3. libsbml makes a single model from one that is composed of others (package comp).
 * External files with models must be in the model's folder or below it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "import/sbml/sbml_impl.h"
#include "import/xml.h"

/* ---- which packages ---- */

struct package {
    const char *prefix; /* of its elements and attributes */
    const char *name;
    struct span at; /* where the file says whether it is required */
    bool is_required, is_used;
};

/* "comp" for ".../level3/version1/comp/version1", the namespace of the prefix; the prefix itself if the
 * namespace has another form. */
static const char *package_name(struct importer *x, const char *tag, const char *end, const char *prefix)
{
    static const char level[] = "/level3/version1/";
    const char *declared = arena_printf(x->arena, "xmlns:%s", prefix);
    struct xml_attribute a;
    for (const char *at = tag; xml_next_attribute(&at, end, &a);) {
        const char *value = arena_strndup(x->arena, a.value, a.n_value);
        const char *name = xml_is_named(&a, declared) ? strstr(value, level) : NULL;
        if (name) {
            name += strlen(level);
            return arena_strndup(x->arena, name, strcspn(name, "/"));
        }
    }
    return prefix;
}

/* Whether an element after the first belongs to the package, or has an attribute of it. */
static bool is_used(const struct importer *x, const char *behind, const char *prefix)
{
    const char *at = behind, *tag, *end;
    size_t n = strlen(prefix);
    struct xml_attribute a;
    while (xml_next_tag(x, &at, &tag, &end)) {
        if (strncmp(tag, prefix, n) == 0 && tag[n] == ':') {
            return true;
        }
        for (const char *to = tag; xml_next_attribute(&to, end, &a);) {
            if (a.n_name > n && memcmp(a.name, prefix, n) == 0 && a.name[n] == ':') {
                return true;
            }
        }
    }
    return false;
}

/* Finds the next package that the first element declares, from *at on. */
static bool next_package(struct importer *x, const char *tag, const char **at, const char *end,
                         struct package *p)
{
    static const char required[] = ":required";
    size_t n = strlen(required);
    struct xml_attribute a;
    while (xml_next_attribute(at, end, &a)) {
        if (a.n_name <= n || memcmp(a.name + a.n_name - n, required, n) != 0) {
            continue;
        }
        p->prefix = arena_strndup(x->arena, a.name, a.n_name - n);
        p->name = package_name(x, tag, end, p->prefix);
        p->at = import_span(x, a.name, a.value + a.n_value + 1);
        p->is_required = a.n_value > 0 && (*a.value == 't' || *a.value == '1');
        p->is_used = is_used(x, end, p->prefix);
        return true;
    }
    return false;
}

/* ---- external files ---- */

struct externals {
    struct sbml *s;
    const char *folder; /* folder of the model, with links resolved */
    VEC(uint32_t) file; /* files that were checked */
};

static bool look_into(struct externals *e, struct importer *x, const char *folder, int depth);

/* Finds the attribute with this local name in a tag. */
static bool find_attribute(const char *tag, const char *end, const char *name, struct xml_attribute *a)
{
    size_t n = strlen(name);
    while (xml_next_attribute(&tag, end, a)) {
        if (a->n_name >= n && memcmp(a->name + a->n_name - n, name, n) == 0 &&
            (a->n_name == n || a->name[a->n_name - n - 1] == ':')) {
            return true;
        }
    }
    return false;
}

/* Reads a file that `x` names, to check that it may be read, and checks the files that it names itself. */
static bool check_external(struct externals *e, struct importer *x, const struct xml_attribute *a,
                           const char *folder, int depth)
{
    struct span at = import_span(x, a->value, a->value + a->n_value);
    const char *name = arena_strndup(x->arena, a->value, a->n_value);
    name += strncmp(name, "file:", 5) == 0 ? 5 : 0;
    const char *wrong = "which is no file in the folder of this one"; /* also for a name with an XML entity */
    const char *path =
        strchr(name, '&') ? NULL : import_path_below(x->arena, folder, e->folder, name, &wrong);
    uint32_t file = path ? sources_read(x->sources, path) : 0;
    if (!file) {
        return diag_report(x->diag, DIAG_E0832, at, "the external model '%s', %s", name,
                           wrong ? wrong : strerror(errno));
    }
    const char *below = arena_strndup(x->arena, path, (size_t)(strrchr(path, '/') - path));
    for (size_t i = 0; i < e->file.n; i++) {
        if (e->file.data[i] == file) {
            return true;
        }
    }
    vec_push(&e->file, file);
    size_t length;
    struct importer y = *x;
    y.file = file;
    y.text = sources_text(x->sources, file, &length);
    y.end = y.text + length;
    return xml_check(&y) && look_into(e, &y, below, depth + 1);
}

/* Checks all files from which the text takes models. */
static bool look_into(struct externals *e, struct importer *x, const char *folder, int depth)
{
    enum { MAX_EXTERNALS = 50 };
    static const char element[] = "externalModelDefinition";
    const char *at = x->text, *tag, *end;
    struct xml_attribute a;
    while (xml_next_tag(x, &at, &tag, &end)) {
        size_t n = strcspn(tag, " \t\r\n/>"), m = strlen(element);
        if (n < m || memcmp(tag + n - m, element, m) != 0 || !find_attribute(tag, end, "source", &a)) {
            continue;
        }
        if (depth >= MAX_EXTERNALS) {
            return diag_report(x->diag, DIAG_E0833, import_span(x, tag, tag + n),
                               "external models that need one another more than %d deep\n  help: copy their "
                               "definitions into this file",
                               MAX_EXTERNALS);
        }
        if (!check_external(e, x, &a, folder, depth)) {
            return false;
        }
    }
    return true;
}

/* ---- models of models ---- */

static bool convert(struct sbml *s, const char *folder)
{
    ConversionProperties_t *how = ConversionProperties_create();
    ConversionProperties_addOptionWithKey(how, "flatten comp");
    ConversionProperties_addOptionWithKey(how, "performValidation");
    ConversionProperties_setBoolValue(how, "performValidation", 1);
    ConversionProperties_addOptionWithKey(how, "basePath");
    ConversionProperties_setValue(how, "basePath", folder);
    int status = SBMLDocument_convert(s->document, how);
    ConversionProperties_free(how);
    s->model = SBMLDocument_getModel(s->document);
    return status == LIBSBML_OPERATION_SUCCESS && s->model;
}

bool sbml_flatten(struct sbml *s)
{
    if (!s->composed.file) {
        return true;
    }
    struct externals e = {.s = s, .folder = import_folder(s->x)};
    bool ok = look_into(&e, s->x, e.folder, 0);
    vec_free(&e.file);
    if (!ok) {
        return false;
    }
    s->at = s->composed;
    SBMLDocument_setLocationURI(s->document, arena_printf(s->x->arena, "file:%s/", e.folder));
    ok = convert(s, e.folder);
    return sbml_check_errors(s) &&
           (ok || sbml_unsupported(s, "models put together so that libsbml does not make them one\n  help: "
                                      "let a tool flatten the file, such as flattenModel of libsbml"));
}

bool sbml_packages(struct sbml *s)
{
    const char *tag, *end;
    struct package p;
    bool ok = true;
    if (!xml_root(s->x, &tag, &end)) {
        return true;
    }
    for (const char *at = tag; ok && next_package(s->x, tag, &at, end, &p);) {
        if (!p.is_used || strcmp(p.name, "l3v2extendedmath") == 0) {
            continue; /* functions of Level 3 Version 2, which may be in any formula */
        }
        if (strcmp(p.name, "comp") == 0) {
            s->composed = p.at;
        } else if (strcmp(p.name, "fbc") == 0) {
            diag_report(
                s->x->diag, DIAG_W0832, p.at,
                "this is a model for flux balance: it is read as a network, whose fluxes are not optimised");
        } else if (p.is_required) {
            s->at = p.at;
            ok = sbml_unsupported(s,
                                  "the package '%s' of SBML\n  help: save the model without it; crnlc reads "
                                  "core SBML, `comp`, and the functions of "
                                  "`l3v2extendedmath`",
                                  p.name);
        }
    }
    return ok;
}

/* Networks of other tools, by `network n = import "file"` and as the file of a command. */
#include <string.h>

#include "frontend/network/network.h"
#include "import/import.h"

static struct net *import_path(struct front *f, const char *path, struct span at, struct units *units)
{
    struct import_options options = {.max_reactions = f->max_reactions - f->n_reactions};
    struct net *net = import_file(f->sources, path, at, &options, f->diag);
    *units = (struct units){0};
    if (net && (net->units.amount || net->units.time)) {
        const struct net_units *u = &net->units;
        *units = (struct units){.given = true,
                                .amount = u->amount_factor,
                                .time = u->time_factor,
                                .is_concentration = u->is_concentration,
                                .amount_name = u->amount ? arena_strdup(f->arena, u->amount) : NULL,
                                .time_name = u->time ? arena_strdup(f->arena, u->time) : NULL,
                                .volume = u->volume};
    }
    return net;
}

static struct imported *find(struct front *f, const struct ast *import)
{
    size_t i = 0;
    while (i < f->imported.n && f->imported.data[i].import != import) {
        i++;
    }
    return i < f->imported.n ? &f->imported.data[i] : NULL;
}

/* What to do with a file of a tool that writes one of the formats, too. */
static bool help_foreign_file(struct front *f, const char *end)
{
    static const struct {
        const char *end, *help;
    } list[] = {
        {".cps", "COPASI writes its models as SBML: File, Export SBML; then import the .xml file"},
        {".mat", "export it as SBML from the tool that wrote it; then import the .xml file"},
        {".sbproj", "SimBiology writes its models as SBML: Export, SBML; then import the .xml file"},
        {".cellml", "convert it to SBML; then import the .xml file"},
        {".ode", "write its equations here: `network n { species x = 1; x' = -0.5 * x; }`"},
        {".m", "write its equations here: `network n { species x = 1; x' = -0.5 * x; }`"},
        {".py", "write the network of the program as SBML or Antimony; then import that file"},
        {".jl", "write the network of the program as SBML; then import the .xml file"},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        if (strcmp(list[i].end, end) == 0) {
            diag_help(f->diag, "%s", list[i].help);
            return true;
        }
    }
    return false;
}

/* The path of a file of a known format; NULL after an error. */
static const char *path_of(struct front *f, const struct module *m, const struct ast *import)
{
    const char *folder = f->options->data_dir;
    const char *path = folder && import->name[0] != '/'
                           ? arena_printf(f->arena, "%s/%s", folder, import->name)
                           : module_path(f, m, import->name);
    if (!import_knows(path)) {
        diag_report(f->diag, DIAG_E0202, import->span, "'%s' is of no format that can be imported",
                    import->name);
        const char *end = strrchr(import->name, '.');
        if (end && strcmp(end, ".crnl") == 0) {
            diag_help(f->diag, "what a program declares is used by `use \"%s\";` before the networks",
                      import->name);
        } else if (end && (strcmp(end, ".csv") == 0 || strcmp(end, ".npz") == 0)) {
            diag_help(f->diag, "data are declared: `data d = %s(\"%s\", ...);`", end + 1, import->name);
        } else if (end && help_foreign_file(f, end)) {
            return NULL;
        } else {
            diag_help(f->diag, "formats are known by the ends of names: %s", import_extensions(f->arena));
        }
        return NULL;
    }
    return path;
}

static struct net *read_net(struct front *f, const struct module *m, const struct ast *import,
                            struct units *units)
{
    const char *path = path_of(f, m, import);
    return path ? import_path(f, path, import->span, units) : NULL;
}

void network_import_is_there(struct front *f, const struct module *m, const struct ast *import)
{
    const char *path = find(f, import) ? NULL : path_of(f, m, import);
    if (!find(f, import) && !(path && import_finds(f->sources, path, import->span, f->diag))) {
        vec_push(&f->imported, (struct imported){.import = import});
    }
}

struct net *network_import(struct front *f, const struct module *m, const struct ast *import,
                           struct units *units)
{
    struct imported *kept = find(f, import);
    if (!kept || kept->is_handed_over) {
        return read_net(f, m, import, units);
    }
    struct net *net = kept->net;
    *units = kept->units;
    kept->net = NULL;
    kept->is_handed_over = net != NULL;
    return net;
}

const struct net *network_imported(struct front *f, const struct module *m, const struct ast *import)
{
    struct imported *kept = find(f, import);
    if (!kept) {
        struct imported one = {.import = import};
        one.net = read_net(f, m, import, &one.units);
        vec_push(&f->imported, one);
        return one.net;
    }
    return kept->net;
}

int32_t network_import_file(struct front *f, const char *path)
{
    struct units units;
    struct net *net = import_path(f, path, (struct span){0}, &units);
    if (!net) {
        return -1;
    }
    f->n_reactions += (int64_t)net->reaction.n;
    struct net_use use = {.net = net};
    vec_push(&f->program->net, use);
    vec_push(&f->units, units);
    return (int32_t)f->program->net.n - 1;
}

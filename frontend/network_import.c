/* Networks of other tools, by `network n = import "file"` and as the file of a command. */
#include <string.h>

#include "frontend/network.h"
#include "import/import.h"

static int32_t add_imported(struct front *f, const char *path, struct span at, const char *name)
{
    struct import_options options = {.max_reactions = f->max_reactions - f->n_reactions};
    struct net *net = import_file(f->sources, path, at, &options, f->diag);
    if (!net) {
        return -1;
    }
    if (name) {
        net->name = intern_text(net->names, name);
    }
    f->n_reactions += (int64_t)net->reaction.n;
    struct net_use use = {.net = net};
    vec_push(&f->program->net, use);
    vec_push(&f->units, (struct units){0});
    return (int32_t)f->program->net.n - 1;
}

int32_t network_import(struct front *f, const struct name *name)
{
    const struct ast *import = name->ast->kid[0];
    const char *folder = f->options->data_dir;
    const char *path = folder && import->name[0] != '/' ? arena_printf(f->arena, "%s/%s", folder, import->name)
                                                       : module_path(f, name->module, import->name);
    if (!import_knows(path)) {
        diag_report(f->diag, DIAG_E0202, import->span, "'%s' is of no format that can be imported", import->name);
        diag_help(f->diag, "formats are known by the ends of names: %s", import_extensions(f->arena));
        return -1;
    }
    return add_imported(f, path, import->span, name->text);
}

int32_t network_import_file(struct front *f, const char *path)
{
    return add_imported(f, path, (struct span){0}, NULL);
}

/* crnlc report: the cost of a network before and after each pass, as a table or as JSON. */
#include <math.h>

#include "codegen/text/report.h"
#include "driver/command.h"
#include "driver/pipeline.h"

struct table {
    bool json;
    size_t rows;
};

static void print_heading(const struct net *n)
{
    printf("network %s: strands are signals and fuels by Soloveichik 2010, scales the ratio of the fastest "
           "to the slowest at "
           "the initial amounts\n",
           n->name);
    printf("%-24s %10s %10s %10s %10s %9s %10s %9s\n", "after", "species", "reactions", "entries",
           "reactants", "products", "strands", "scales");
}

static void print_row(void *env, const char *pass, const struct net *n)
{
    struct table *t = env;
    struct network_cost c = report_cost(n);
    if (t->json) {
        printf("%s\n  {\"after\": \"%s\", \"species\": %zu, \"reactions\": %zu, \"entries\": %lld, "
               "\"max_reactants\": %lld, "
               "\"max_products\": %lld, \"strands\": %lld, \"scales\": ",
               t->rows++ ? "," : "", pass, c.species, c.reactions, (long long)c.entries,
               (long long)c.max_reactants, (long long)c.max_products, (long long)c.strands);
        if (isfinite(c.spread)) {
            printf("%.6g}", c.spread);
        } else {
            fputs("null}", stdout);
        }
        return;
    }
    if (t->rows++ == 0) {
        print_heading(n);
    }
    printf("%-24s %10zu %10zu %10lld %10lld %9lld %10lld ", pass, c.species, c.reactions,
           (long long)c.entries, (long long)c.max_reactants, (long long)c.max_products, (long long)c.strands);
    if (isfinite(c.spread)) {
        printf("%9.3g\n", c.spread);
    } else {
        printf("%9s\n", "-");
    }
}

int command_report(const struct options *o)
{
    const char *file = command_file(o);
    if (!file) {
        return EXIT_STATUS_USAGE;
    }
    struct table table = {.json = o->json};
    struct options with_table = *o;
    with_table.pass.after = print_row;
    with_table.pass.env = &table;
    struct pipeline p;
    pipeline_open(&p, &with_table);
    struct net *net = pipeline_net(&p, file);
    if (net) {
        fputs(o->json ? "[" : "", stdout);
        print_row(&table, "nothing", net);
        pipeline_optimise(&p, net, o->passes);
        fputs(o->json ? "\n]\n" : "", stdout);
    }
    net_destroy(net);
    int status = pipeline_report(&p);
    pipeline_close(&p);
    return status;
}

/* Parser for events and the clock in the text form of a network. */
#include "ir/net/net_read.h"

bool net_reader_amount(struct net_reader *r, species_id *species, expr_id *value)
{
    enum net_name_kind kind;
    if (!expr_read_entity(&r->expr, &kind, species)) {
        return false;
    }
    if (kind != NAME_SPECIES) {
        return net_lexer_error(&r->lexer, DIAG_E0703, "this is a parameter, not a species");
    }
    return net_lexer_expect(&r->lexer, '=', "'='") && (*value = expr_read_real(&r->expr, NULL)) != 0;
}

bool net_reader_event(struct net_reader *r)
{
    static const char *const kinds[] = {"at", "every", "when"};
    struct net_lexer *x = &r->lexer;
    int kind = 0;
    while (kind < 3 && !net_lexer_accept_word(x, kinds[kind])) {
        kind++;
    }
    if (kind == 3) {
        return net_lexer_error(x, DIAG_E0701, "expected at, every or when after 'event'");
    }
    expr_id when = kind == EVENT_WHEN ? expr_read(&r->expr) : expr_read_real(&r->expr, NULL);
    struct event more = {0};
    if (!when || (net_lexer_accept_word(x, "after") && !(more.delay = expr_read_real(&r->expr, NULL))) ||
        (net_lexer_accept_word(x, "until") && !(more.longest = expr_read_real(&r->expr, NULL))) ||
        (net_lexer_accept_word(x, "priority") && !(more.priority = expr_read_real(&r->expr, NULL))) ||
        !net_reader_flags(r, &more.flags)) {
        return false;
    }
    VEC(struct change) change = {0};
    bool good = true;
    if (net_lexer_accept(x, ':')) {
        do {
            struct change c;
            if ((good = net_reader_amount(r, &c.species, &c.value))) {
                vec_push(&change, c);
            }
        } while (good && net_lexer_accept(x, ','));
    }
    good = good && net_reader_end(r);
    if (good) {
        net_add_event(r->net, (enum event_kind)kind, when, change.data, change.n, net_reader_span(r));
        vec_last(&r->net->event).flags = more.flags;
        vec_last(&r->net->event).delay = more.delay;
        vec_last(&r->net->event).longest = more.longest;
        vec_last(&r->net->event).priority = more.priority;
    }
    vec_free(&change);
    return good;
}

bool net_reader_clock(struct net_reader *r)
{
    struct net_lexer *x = &r->lexer;
    if (r->net->clock.n > 0) {
        return net_lexer_error(x, DIAG_E0701, "the network has a clock already");
    }
    do {
        struct phase p = {0};
        if (!net_reader_guard_name(r, &p.guard) || !net_lexer_expect(x, '=', "'='") ||
            !(p.duration = expr_read_real(&r->expr, NULL))) {
            return false;
        }
        vec_push(&r->net->clock, p);
    } while (net_lexer_accept(x, ','));
    return net_reader_end(r);
}

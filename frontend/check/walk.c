/* Names that the walk has met: what is known of each, and where it is used. */
#include "frontend/check/walk.h"

struct meaning *meaning_of(struct walk *k, struct name *n)
{
    if (!n->meaning) {
        n->meaning = arena_alloc(k->f->arena, sizeof *n->meaning);
        n->meaning->typing = typing_unknown();
        if (!k->is_again) {
            vec_push(&k->names->name, n);
        }
    }
    return n->meaning;
}

struct name *walk_declare(struct walk *k, const char *text, enum name_kind kind, struct span span,
                          struct typing typing)
{
    struct name *n = scope_add(k->w.scope, text, kind, span);
    if (n) {
        meaning_of(k, n)->typing = typing;
        return n;
    }
    n = scope_find_here(k->w.scope, text);
    meaning_of(k, n)->typing = typing_either(meaning_of(k, n)->typing, typing);
    return n;
}

void walk_use(struct walk *k, struct name *n, struct span at)
{
    struct meaning *m = meaning_of(k, n);
    m->is_read = true;
    if (!k->f->keeps_uses || k->is_again) {
        return; /* nobody asks where names are used */
    }
    at = front_place_of_word(k->f, at, n->text);
    if (m->use.n == 0 || vec_last(&m->use).lo != at.lo) {
        vec_push(&m->use, at);
    }
}

struct name *walk_find_text(struct walk *k, const char *text, struct span at)
{
    struct name *n = value_find(&k->w, text);
    if (n) {
        walk_use(k, n, at);
    }
    return n;
}

void walk_bind_name(struct walk *k, const struct ast *a, struct name *n)
{
    if (!k->is_again) {
        ast_bind(a, n);
    }
    walk_use(k, n, a->span);
}

struct name *walk_find(struct walk *k, const struct ast *a)
{
    struct name *n = value_find(&k->w, a->name);
    if (n) {
        walk_bind_name(k, a, n);
    }
    return n;
}

struct walk walk_inside(const struct walk *k)
{
    struct walk inner = *k;
    inner.w.scope = scope_create(k->f->arena, k->w.scope);
    return inner;
}

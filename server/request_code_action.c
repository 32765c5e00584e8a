/* Fixes of diagnostics, whose help lines describe them in words. */
#include "server/server_impl.h"

static bool is_before(struct position a, struct position b)
{
    return a.line != b.line ? a.line < b.line : a.character < b.character;
}

/* Whether two ranges touch. */
static bool meets(const json_t *range, const json_t *other)
{
    struct position from, to, lo, hi;
    return place_read(json_object_get(range, "start"), &from) &&
           place_read(json_object_get(range, "end"), &to) &&
           place_read(json_object_get(other, "start"), &lo) &&
           place_read(json_object_get(other, "end"), &hi) && !is_before(to, lo) && !is_before(hi, from);
}

json_t *code_actions(const struct document *d, const json_t *params)
{
    const json_t *asked = json_object_get(params, "range");
    json_t *actions = json_array();
    size_t i, k;
    json_t *one, *fix;
    json_array_foreach(d->found, i, one)
    {
        if (!meets(json_object_get(one, "range"), asked)) {
            continue;
        }
        json_t *shown = json_copy(one);
        json_object_del(shown, "fixes");
        json_array_foreach(json_object_get(one, "fixes"), k, fix)
        {
            json_array_append_new(
                actions, json_pack("{sO, ss, s[O], sb, s{s{s[O]}}}", "title", json_object_get(fix, "title"),
                                   "kind", "quickfix", "diagnostics", shown, "isPreferred",
                                   json_array_size(json_object_get(one, "fixes")) == 1, "edit", "changes",
                                   d->uri, json_object_get(fix, "edit")));
        }
        json_decref(shown);
    }
    return actions;
}

json_t *request_code_action(struct request *r)
{
    struct document *d = request_document(r);
    if (!d) {
        return NULL;
    }
    if (d->is_checked) {
        return code_actions(d, r->params);
    }
    json_array_append_new(d->waiting, json_pack("[O, O]", r->id, r->params));
    r->is_later = true;
    return NULL;
}

/* The tree of a JSON text, in the order of the text: a list or an object is followed by what it holds, an
 * object's key by its value. */
#ifndef IMPORT_JSON_PARSE_H
#define IMPORT_JSON_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "support/vec.h"

enum json_node_type {
    JSON_NODE_OBJECT,
    JSON_NODE_LIST,
    JSON_NODE_TEXT,
    JSON_NODE_INTEGER,
    JSON_NODE_REAL,
    JSON_NODE_TRUE,
    JSON_NODE_FALSE,
    JSON_NODE_NULL
};

struct json_node {
    const char *at; /* its first character in the text */
    enum json_node_type type;
    size_t n;    /* values of a list, members of an object, bytes of a text */
    size_t size; /* nodes, with all that it holds: the next one is behind them */
    union {
        int64_t integer;
        double real;
        char *text; /* without escapes, with NUL at its end, where it stands in the tree's copy */
    };
};

struct json_tree {
    VEC(struct json_node) node;
    char *text; /* a copy, with the text of each node in the place where the node is, or less of it */
};

/* text[n] is NUL. False: it is not JSON; the tree is to be freed all the same. */
bool json_parse(struct json_tree *tree, const char *text, size_t n);
void json_tree_free(struct json_tree *tree);

#endif

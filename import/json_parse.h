/* The tree of a JSON text, in the order of the text: a list or an object is followed by its content, the key
 * of a member by its value. */
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
    size_t n;    /* number of values of a list, members of an object, bytes of a text */
    size_t size; /* number of nodes with everything inside, so that the next one is `size` nodes further */
    union {
        int64_t integer;
        double real;
        char *text; /* without escapes, with a final NUL, in the tree's copy of the text */
    };
};

struct json_tree {
    VEC(struct json_node) node;
    char *text; /* a copy; the text of each node is where the node is in the original, or shorter */
};

/* text[n] is NUL. False if it is not JSON; the tree must be freed in either case. */
bool json_parse(struct json_tree *tree, const char *text, size_t n);
void json_tree_free(struct json_tree *tree);

#endif

#include "frontend/parse_state.h"
void parse_report_syntax(struct parse *p, size_t found, const int *expected, size_t n)
{ (void)expected;(void)n; parse_error(p, DIAG_E0101, p->tokens.data[found].span, "syntax error"); }

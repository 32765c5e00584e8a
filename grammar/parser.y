/* The grammar of .crnl: pure LALR(1) with LAC, no conflicts. Actions only call constructors (ast_build.h).
 * reference.md shows the same rules for reading. Errors are recovered from by `error ';'` in lists of
 * statements and by `'{' statements error '}'` in blocks; a statement must never take the `}`, which would
 * close its parent. */
%define api.pure full
%define api.prefix {grammar_}
%define api.token.prefix {T_}
%define api.location.type {struct span}
%define parse.error custom
%define parse.lac full
%locations
%param {struct parse *p}

%code requires {
#include "frontend/text/parse_state.h"
}

%code {
#include "frontend/text/ast_build.h"
#include "frontend/text/parse_words.h"

/* Deep enough for any text that the limit on brackets allows. */
#define YYINITDEPTH 400
#define YYMAXDEPTH 20000

#define YYLLOC_DEFAULT(current, rhs, n)                                                     \
    do {                                                                                    \
        (current) = (n) ? YYRHSLOC(rhs, 1) : span_after(YYRHSLOC(rhs, 0));                  \
        for (int rhs_ = 2; rhs_ <= (n); rhs_++) {                                           \
            (current) = span_extend((current), YYRHSLOC(rhs, rhs_));                        \
        }                                                                                   \
    } while (0)

int grammar_lex(GRAMMAR_STYPE *value, struct span *at, struct parse *p);
static void grammar_error(const struct span *at, struct parse *p, const char *message);
}

%union {
    struct ast *node;
    const struct token *token;
    int op;
}

/* The words are those of frontend/text/word.def, which holds their texts. Names in quotes are what
 * messages call the other tokens. */
%token END 0 "end of file"
%token <token> USE CONST PARAM FN DATA NETWORK MODEL EXPERIMENT SPECIES LET FOR IN WHERE IF ELSE WHILE
    TRUE FALSE VIA AT EVERY WHEN ASSUME PRINT PLOT ASSERT IMAGE MINIMIZE LOSS DUAL BULK ENERGY INPUT
    OUTPUT PHASE CLOCK REPLICATE OF SHARE DIFFUSE ALONG FAST SUM VOLUME UNITS VISIBLE HIDDEN STATE CONNECT
    THETA READOUT SET RUN CONTINUE FLUSH TEACH LEARN SAVE LOAD RECORD WITH BY TO FROM AFTER UNTIL OVER AS
    VS THEN EVENTS CYCLE CYCLES STEADY LIMIT CLAMP HOLD LOWER OPTIMIZE IMPORT
%token <token> IDENT "a name" UNIT_WORD "a unit" PER_UNIT "a per-unit"
%token <token> INT "a whole number" ZERO "`0`" EMPTY_SET "`∅`" REAL "a number"
%token <token> STRING "a string" STRING_HEAD "a string with a hole" STRING_MIDDLE "`}` of a hole"
    STRING_TAIL "the end of a string" FORMAT "a format"
%token <token> ARROW "`->`" REVERSIBLE "`<->`" BALANCED "`<=>`" LAW "`=>`" RATE_OPEN "`{` of a rate"
    RATE_CLOSE "`}` of a rate" DASH_RATE "`-{`" EDGE "`--`"
%token <token> REACTIONS "reactions"
%token DOTS "`..`" EQUAL "`==`" UNEQUAL "`!=`" AT_MOST "`<=`" AT_LEAST "`>=`" AND "`&&`" OR "`||`"
    ADD_SET "`+=`" SUB_SET "`-=`" MUL_SET "`*=`" DIV_SET "`/=`"

%type <token> word common_word stem start_word any_word name instance_name
%type <node> file decls decl use_path network_head nparams nparam_list nparam network_expr atom ctors ctor
%type <node> ctor_list dcls dcl dims init names plain_dcl nblock nstmts nstmt nelse reaction
    plain_reaction side terms term via rate lateness
%type <node> exprs expr or_expr and_expr comparison sum_expr product unary power postfix primary number units
%type <node> string string_parts hole ref refs target targets args arg_list arg binders binder_list binder
    condition indices index
%type <node> curve curves curve_of curve_form plot_with panels panel
%type <node> range range_init eblock events event energies energy outputs output replicate_tail shares sharing
%type <node> mblock mstmts mstmt mref edges edge xblock xstmts xstmt xelse xref clauses clause binds bind
    out records
%type <node> label assignments assigned elements plain_binds tuple_args entries entry numbers fn_params
%type <op> arrow joins assign_op count entity nparam_kind compare

%start file

%%

file
    : decls                                 { p->root = ast_as($1, AST_FILE, @$); }
    ;

decls
    : %empty                                { $$ = p->root = ast_list(p, @$); }
    | decls decl                            { $$ = ast_declare(p, $1, $2); }
    | decls error                           { $$ = $1; }
    ;

decl
    : USE use_path ';'                      { $$ = ast_spanned($2, @$); }
    | USE STRING ';'                        { $$ = ast_use_path(p, @$, $2); }
    | CONST word '=' range ';'              { $$ = ast_named(ast_node(p, AST_CONST, @$, $4), $2); }
    | PARAM dcls ';'                        { $$ = ast_as($2, AST_PARAM, @$); }
    | FN word '(' fn_params ')' '=' expr ';'    { $$ = ast_named(ast_node(p, AST_FN, @$, $4, $7), $2); }
    | FN word '=' expr ';'                  { $$ = ast_table(p, @$, $2, $4); }
    | DATA word '=' expr ';'                { $$ = ast_data(p, @$, $2, $4); }
    | network_head nblock                   { $$ = ast_network(p, @$, $1, $2); }
    | NETWORK word '=' network_expr ';'     { $$ = ast_named(ast_node(p, AST_NETWORK_EXPR, @$, $4), $2); }
    | NETWORK error nblock                  { $$ = NULL; }
    | NETWORK error ';'                     { $$ = NULL; yyerrok; }
    | MODEL word '=' name dims ';'
      { $$ = ast_named(ast_node(p, AST_MODEL, @$, ast_word(p, $4), $5, NULL), $2); }
    | MODEL word '=' name dims mblock
      { $$ = ast_named(ast_node(p, AST_MODEL, @$, ast_word(p, $4), $5, $6), $2); }
    | MODEL word '=' name FROM string ';'
      { $$ = ast_named(ast_node(p, AST_MODEL_FROM, @$, ast_word(p, $4), $6), $2); }
    | MODEL error mblock                    { $$ = NULL; }
    | MODEL error ';'                       { $$ = NULL; yyerrok; }
    | EXPERIMENT word xblock                { $$ = ast_named(ast_node(p, AST_EXPERIMENT, @$, $3), $2); }
    | EXPERIMENT error xblock               { $$ = NULL; }
    ;

use_path
    : word                                  { $$ = ast_use(p, @$, $1); }
    | use_path '.' any_word                 { $$ = ast_use_more(p, $1, $3); }
    ;

fn_params
    : %empty                                { $$ = ast_list(p, @$); }
    | names                                 { $$ = $1; }
    ;

network_head
    : NETWORK word
      { $$ = ast_named(ast_node(p, AST_NETWORK, @$, ast_list(p, span_after(@$)), NULL), $2); }
    | NETWORK word '(' nparams ')'
      { $$ = ast_named(ast_node(p, AST_NETWORK, @$, ast_spanned($4, span_extend(@3, @5)), NULL), $2); }
    ;

nparams
    : %empty                                { $$ = ast_list(p, @$); }
    | nparam_list                           { $$ = $1; }
    | nparam_list ','                       { $$ = $1; }
    ;

nparam_list
    : nparam                                { $$ = ast_declare(p, ast_list(p, @$), $1); }
    | nparam_list ',' nparam                { $$ = ast_declare(p, $1, $3); }
    ;

nparam
    : dcl                                   { $$ = ast_nparam($1, OP_PARAM, @$); }
    | nparam_kind dcl                       { $$ = ast_nparam($2, $1, @$); }
    ;

nparam_kind
    : PARAM                                 { $$ = OP_PARAM; }
    | CONST                                 { $$ = OP_CONST; }
    | SPECIES                               { $$ = OP_SPECIES; }
    | DUAL                                  { $$ = OP_DUAL; }
    | BULK                                  { $$ = OP_BULK; }
    ;

network_expr
    : atom                                  { $$ = $1; }
    | LOWER atom TO ctors                   { $$ = ast_joined(p, AST_LOWER, @$, $4, $2); }
    | OPTIMIZE atom                         { $$ = ast_node(p, AST_OPTIMIZE, @$, $2); }
    | OPTIMIZE atom BY '(' ctor_list ')'    { $$ = ast_joined(p, AST_OPTIMIZE, @$, $5, $2); }
    | OPTIMIZE atom BY ctor                 { $$ = ast_node(p, AST_OPTIMIZE, @$, $2, $4); }
    | IMPORT STRING                         { $$ = ast_named(ast_node0(p, AST_IMPORT, @$), $2); }
    ;

atom
    : name                                  { $$ = ast_word(p, $1); }
    | name '(' args ')'                     { $$ = ast_instance(p, @$, NULL, $1, $3); }
    | '(' network_expr ')'                  { $$ = $2; }
    ;

ctors
    : ctor                                  { $$ = ast_push(p, ast_list(p, @$), $1); }
    | ctors TO ctor                         { $$ = ast_push(p, $1, $3); }
    ;

ctor_list
    : ctor                                  { $$ = ast_push(p, ast_list(p, @$), $1); }
    | ctor_list ',' ctor                    { $$ = ast_push(p, $1, $3); }
    ;

ctor
    : name                                  { $$ = ast_named(ast_node0(p, AST_CTOR, @$), $1); }
    | name '(' args ')'                     { $$ = ast_named(ast_as($3, AST_CTOR, @$), $1); }
    ;

/* -- declared names -- */

dcls
    : dcl                                   { $$ = ast_declare(p, ast_list(p, @$), $1); }
    | dcls ',' dcl                          { $$ = ast_declare(p, $1, $3); }
    ;

dcl
    : word dims init                        { $$ = ast_named(ast_node(p, AST_DCL, @$, $2, $3), $1); }
    ;

dims
    : %empty                                { $$ = NULL; }
    | '[' exprs ']'                         { $$ = ast_as($2, AST_DIMS, @$); }
    ;

init
    : %empty                                { $$ = NULL; }
    | '=' range                             { $$ = $2; }
    ;

names
    : plain_dcl                             { $$ = ast_declare(p, ast_list(p, @$), $1); }
    | names ',' plain_dcl                   { $$ = ast_declare(p, $1, $3); }
    ;

plain_dcl
    : word dims                             { $$ = ast_named(ast_node(p, AST_DCL, @$, $2, NULL), $1); }
    ;

/* -- networks -- */

nblock
    : '{' nstmts '}'                        { $$ = ast_as($2, AST_BLOCK, @$); }
    | '{' nstmts error '}'                  { $$ = ast_as($2, AST_BLOCK, @$); yyerrok; }
    ;

nstmts
    : %empty                                { $$ = ast_list(p, @$); }
    | nstmts nstmt                          { $$ = ast_declare(p, $1, $2); }
    ;

entity
    : SPECIES                               { $$ = OP_SPECIES; }
    | DUAL                                  { $$ = OP_DUAL; }
    | BULK                                  { $$ = OP_BULK; }
    ;

nstmt
    : entity dcls ';'                       { $$ = ast_op($2, AST_ENTITY, @$, $1); }
    | CONST SPECIES dcls ';'
      { $$ = ast_flag(ast_op($3, AST_ENTITY, @$, OP_SPECIES), AST_IS_CONST); }
    | CONST BULK dcls ';'
      { $$ = ast_flag(ast_op($3, AST_ENTITY, @$, OP_BULK), AST_IS_CONST); }
    | CONST word '=' range ';'              { $$ = ast_named(ast_node(p, AST_CONST, @$, $4), $2); }
    | PARAM dcls ';'                        { $$ = ast_as($2, AST_PARAM, @$); }
    | INPUT dcls ';'                        { $$ = ast_as($2, AST_INPUT, @$); }
    | OUTPUT outputs ';'                    { $$ = ast_as($2, AST_OUTPUT, @$); }
    | ENERGY energies ';'                   { $$ = ast_as($2, AST_ENERGY, @$); }
    | reaction ';'                          { $$ = ast_finished_reaction(p, @$, $1); }
    | REACTIONS                             { $$ = $1->v.lines; }
    | label reaction ';'                    { $$ = ast_labelled(p, @$, $1, $2); }
    | instance_name '(' args ')' ';'        { $$ = ast_instance(p, @$, NULL, $1, $3); }
    | label instance_name '(' args ')' ';'  { $$ = ast_instance(p, @$, $1, $2, $4); }
    | ref '=' expr ';'
      { $$ = ast_op(ast_node(p, AST_ASSIGN, @$, $1, $3), AST_ASSIGN, @$, OP_SET); }
    | ref '\'' '=' expr ';'                 { $$ = ast_node(p, AST_ODE, @$, $1, $4); }
    | FOR binders nblock                    { $$ = ast_node(p, AST_FOR, @$, $2, $3); }
    | FOR error nblock                      { $$ = NULL; }
    | IF expr nblock nelse                  { $$ = ast_node(p, AST_IF, @$, $2, $3, $4); }
    | IF error nblock nelse                 { $$ = NULL; }
    | PHASE word nblock                     { $$ = ast_named(ast_node(p, AST_PHASE, @$, $3), $2); }
    | PHASE error nblock                    { $$ = NULL; }
    | CLOCK word '(' args ')' ';'           { $$ = ast_named(ast_as($4, AST_CLOCK, @$), $2); }
    | REPLICATE word dims OF name '(' args ')' replicate_tail
      { $$ = ast_named(ast_node(p, AST_REPLICATE, @$, $3, ast_word(p, $5), $7, $9), $2); }
    | AT expr eblock
      { $$ = ast_op(ast_node(p, AST_EVENT, @$, $2, $3), AST_EVENT, @$, OP_AT); }
    | EVERY expr eblock
      { $$ = ast_op(ast_node(p, AST_EVENT, @$, $2, $3), AST_EVENT, @$, OP_EVERY_EVENT); }
    | WHEN expr eblock
      { $$ = ast_op(ast_node(p, AST_EVENT, @$, $2, $3), AST_EVENT, @$, OP_WHEN); }
    | AT error eblock                       { $$ = NULL; }
    | EVERY error eblock                    { $$ = NULL; }
    | WHEN error eblock                     { $$ = NULL; }
    | ASSUME expr ';'                       { $$ = ast_node(p, AST_ASSUME, @$, $2); }
    | VOLUME number ';'                     { $$ = ast_node(p, AST_VOLUME, @$, $2); }
    | UNITS assignments ';'                 { $$ = ast_as($2, AST_UNITS, @$); }
    | error ';'                             { $$ = NULL; yyerrok; }
    ;

label
    : ref ':'                               { $$ = $1; }
    ;

nelse
    : %empty                                { $$ = NULL; }
    | ELSE nblock                           { $$ = $2; }
    | ELSE IF expr nblock nelse             { $$ = ast_node(p, AST_IF, span_extend(@2, @5), $3, $4, $5); }
    | ELSE IF error nblock nelse            { $$ = NULL; }
    ;

reaction
    : plain_reaction                        { $$ = $1; }
    | FAST plain_reaction                   { $$ = ast_spanned(ast_flag($2, AST_IS_FAST), @$); }
    ;

/* The last three alternatives are slips, which are reported and repaired. */
plain_reaction
    : side arrow rate side via              { $$ = ast_reaction(p, @$, $2, $1, $3, $4, $5); }
    | side arrow rate side via '{' exprs '}'
      { $$ = ast_misplaced_rate(p, @$, span_extend(@6, @8), $7, ast_reaction(p, @$, $2, $1, $3, $4, $5)); }
    | '{' exprs '}' side arrow rate side via
      { $$ = ast_misplaced_rate(p, @$, span_extend(@1, @3), $2, ast_reaction(p, @$, $5, $4, $6, $7, $8)); }
    | side DASH_RATE exprs RATE_CLOSE arrow rate side via
      { $$ = ast_misplaced_rate(p, @$, span_extend(@2, @4), $3, ast_reaction(p, @$, $5, $1, $6, $7, $8)); }
    ;

arrow
    : ARROW                                 { $$ = OP_ARROW; }
    | REVERSIBLE                            { $$ = OP_REVERSIBLE; }
    | BALANCED                              { $$ = OP_BALANCED; }
    | LAW                                   { $$ = OP_LAW; }
    ;

rate
    : %empty                                { $$ = NULL; }
    | RATE_OPEN exprs RATE_CLOSE            { $$ = ast_spanned($2, @$); }
    | RATE_OPEN exprs ',' lateness RATE_CLOSE   { $$ = ast_spanned(ast_push(p, $2, $4), @$); }
    | RATE_OPEN lateness RATE_CLOSE         { $$ = ast_spanned(ast_push(p, ast_list(p, @$), $2), @$); }
    ;

lateness
    : word '=' expr                         { $$ = ast_lateness(p, @$, $1, $3); }
    ;

via
    : %empty                                { $$ = NULL; }
    | VIA side                              { $$ = $2; }
    ;

side
    : ZERO                                  { $$ = ast_as(ast_list(p, @$), AST_SIDE, @$); }
    | EMPTY_SET
      { $$ = ast_flag(ast_as(ast_list(p, @$), AST_SIDE, @$), AST_UNICODE_EMPTY); }
    | terms                                 { $$ = ast_as($1, AST_SIDE, @$); }
    ;

terms
    : term                                  { $$ = ast_push(p, ast_list(p, @$), $1); }
    | terms '+' term                        { $$ = ast_push(p, $1, $3); }
    ;

term
    : ref                                   { $$ = ast_term(p, @$, NULL, $1); }
    | INT ref                               { $$ = ast_term(p, @$, $1, $2); }
    | REAL ref
        { $$ = ast_node(p, AST_TERM, @$, ast_number(@1, AST_REAL, $1, ast_list(p, @1)), $2); }
    | '(' expr ')' ref                      { $$ = ast_node(p, AST_TERM, @$, $2, $4); }
    | SUM '(' binders ':' terms ')'
      { $$ = ast_node(p, AST_SIDE_SUM, @$, $3, ast_as($5, AST_SIDE, @5)); }
    ;

ref
    : word                                  { $$ = ast_word(p, $1); }
    | ref '[' indices ']'                   { $$ = ast_joined(p, AST_INDEX, @$, $3, $1); }
    | ref '.' any_word                      { $$ = ast_named(ast_node(p, AST_FIELD, @$, $1), $3); }
    ;

refs
    : ref                                   { $$ = ast_push(p, ast_list(p, @$), $1); }
    | refs ',' ref                          { $$ = ast_push(p, $1, $3); }
    ;

curves
    : curve                                 { $$ = ast_push(p, ast_list(p, @$), $1); }
    | curves ',' curve                      { $$ = ast_push(p, $1, $3); }
    ;

curve
    : curve_of                              { $$ = $1; }
    | word ':' curve_of                     { $$ = ast_spanned(ast_named($3, $1), @$); }
    ;

curve_of
    : expr curve_form                       { $$ = ast_node(p, AST_CURVE, @$, $1, NULL, $2); }
    | expr VS expr curve_form               { $$ = ast_node(p, AST_CURVE, @$, $1, $3, $4); }
    ;

curve_form
    : %empty                                { $$ = NULL; }
    | AS ctor                               { $$ = $2; }
    ;

plot_with
    : %empty                                { $$ = NULL; }
    | WITH arg_list                         { $$ = $2; }
    ;

panels
    : panel                                 { $$ = ast_push(p, ast_list(p, @$), $1); }
    | panels panel                          { $$ = ast_push(p, $1, $2); }
    ;

panel
    : '{' curves plot_with '}'              { $$ = ast_node(p, AST_PANEL, @$, $3, $2); }
    ;

targets
    : target                                { $$ = ast_push(p, ast_list(p, @$), $1); }
    | targets ',' target                    { $$ = ast_push(p, $1, $3); }
    ;

target
    : ref                                   { $$ = ast_node(p, AST_TARGET, @$, $1, NULL); }
    | ref IN expr DOTS expr
      { $$ = ast_node(p, AST_TARGET, @$, $1, ast_node(p, AST_RANGE, @$, $3, $5)); }
    ;

energies
    : energy                                { $$ = ast_push(p, ast_list(p, @$), $1); }
    | energies ',' energy                   { $$ = ast_push(p, $1, $3); }
    ;

energy
    : ref '=' expr
      { $$ = ast_op(ast_node(p, AST_ASSIGN, @$, $1, $3), AST_ASSIGN, @$, OP_SET); }
    ;

outputs
    : output                                { $$ = ast_declare(p, ast_list(p, @$), $1); }
    | outputs ',' output                    { $$ = ast_declare(p, $1, $3); }
    ;

output
    : word dims                             { $$ = ast_named(ast_node(p, AST_DCL, @$, $2, NULL), $1); }
    | word '=' expr                         { $$ = ast_named(ast_node(p, AST_DCL, @$, NULL, $3), $1); }
    ;

replicate_tail
    : ';'                                   { $$ = NULL; }
    | '{' shares '}'                        { $$ = ast_as($2, AST_BLOCK, @$); }
    | '{' shares error '}'                  { $$ = ast_as($2, AST_BLOCK, @$); yyerrok; }
    ;

shares
    : %empty                                { $$ = ast_list(p, @$); }
    | shares sharing                        { $$ = ast_push(p, $1, $2); }
    ;

sharing
    : SHARE refs ';'                        { $$ = ast_as($2, AST_SHARE, @$); }
    | DIFFUSE word REVERSIBLE rate ALONG expr ';'
      { $$ = ast_diffuse(p, @$, $2, $4, $6); }
    | error ';'                             { $$ = NULL; yyerrok; }
    ;

eblock
    : '{' events '}'                        { $$ = ast_as($2, AST_BLOCK, @$); }
    | '{' events error '}'                  { $$ = ast_as($2, AST_BLOCK, @$); yyerrok; }
    ;

events
    : %empty                                { $$ = ast_list(p, @$); }
    | events event                          { $$ = ast_push(p, $1, $2); }
    ;

event
    : ref assign_op expr ';'
      { $$ = ast_op(ast_node(p, AST_ASSIGN, @$, $1, $3), AST_ASSIGN, @$, $2); }
    | error ';'                             { $$ = NULL; yyerrok; }
    ;

assign_op
    : '='                                   { $$ = OP_SET; }
    | ADD_SET                               { $$ = OP_SET_ADD; }
    | SUB_SET                               { $$ = OP_SET_SUB; }
    | MUL_SET                               { $$ = OP_SET_MUL; }
    | DIV_SET                               { $$ = OP_SET_DIV; }
    ;

/* name = expression, as in `units` and `theta` */
assignments
    : assigned                              { $$ = ast_push(p, ast_list(p, @$), $1); }
    | assignments ',' assigned              { $$ = ast_push(p, $1, $3); }
    ;

assigned
    : word '=' expr                         { $$ = ast_named(ast_node(p, AST_ARG, @$, $3), $1); }
    ;

/* -- models -- */

mblock
    : '{' mstmts '}'                        { $$ = ast_as($2, AST_BLOCK, @$); }
    | '{' mstmts error '}'                  { $$ = ast_as($2, AST_BLOCK, @$); yyerrok; }
    ;

mstmts
    : %empty                                { $$ = ast_list(p, @$); }
    | mstmts mstmt                          { $$ = ast_declare(p, $1, $2); }
    ;

/* `connect [` and `readout [` begin statements, so these two words cannot be variables of a model. */
mref
    : common_word                           { $$ = ast_word(p, $1); }
    | start_word                            { $$ = ast_word(p, $1); }
    | FAST                                  { $$ = ast_word(p, $1); }
    | SUM                                   { $$ = ast_word(p, $1); }
    | mref '[' indices ']'                  { $$ = ast_joined(p, AST_INDEX, @$, $3, $1); }
    | mref '.' any_word                     { $$ = ast_named(ast_node(p, AST_FIELD, @$, $1), $3); }
    ;

mstmt
    : mref '=' range ';'
      { $$ = ast_op(ast_node(p, AST_ASSIGN, @$, $1, $3), AST_ASSIGN, @$, OP_SET); }
    | mref '\'' '=' expr ';'                { $$ = ast_node(p, AST_ODE, @$, $1, $4); }
    | CONST word '=' range ';'              { $$ = ast_named(ast_node(p, AST_CONST, @$, $4), $2); }
    | PARAM dcls ';'                        { $$ = ast_as($2, AST_PARAM, @$); }
    | INPUT dcls ';'                        { $$ = ast_as($2, AST_INPUT, @$); }
    | VISIBLE names ';'                     { $$ = ast_as($2, AST_VISIBLE, @$); }
    | HIDDEN names ';'                      { $$ = ast_as($2, AST_HIDDEN, @$); }
    | STATE dcls ';'                        { $$ = ast_as($2, AST_STATE, @$); }
    | SPECIES expr ';'                      { $$ = ast_model_species(p, @$, $2); }
    | READOUT expr ';'                      { $$ = ast_node(p, AST_READOUT, @$, $2); }
    | THETA assignments ';'                 { $$ = ast_as($2, AST_THETA, @$); }
    | CONNECT edges ';'                     { $$ = ast_as($2, AST_CONNECT, @$); }
    | CONNECT expr ';'                      { $$ = ast_connect(p, @$, $2); }
    | ASSUME expr ';'                       { $$ = ast_node(p, AST_ASSUME, @$, $2); }
    | error ';'                             { $$ = NULL; yyerrok; }
    ;

edges
    : edge                                  { $$ = ast_push(p, ast_list(p, @$), $1); }
    | edges ',' edge                        { $$ = ast_push(p, $1, $3); }
    ;

edge
    : postfix joins ref                     { $$ = ast_edge(p, @$, $1, $2, $3, NULL); }
    | postfix joins ref '=' expr            { $$ = ast_edge(p, @$, $1, $2, $3, $5); }
    ;

joins
    : EDGE                                  { $$ = OP_NONE; }
    | ARROW                                 { $$ = OP_ARROW; }
    ;

/* -- experiments -- */

xblock
    : '{' xstmts '}'                        { $$ = ast_as($2, AST_BLOCK, @$); }
    | '{' xstmts error '}'                  { $$ = ast_as($2, AST_BLOCK, @$); yyerrok; }
    ;

xstmts
    : %empty                                { $$ = ast_list(p, @$); }
    | xstmts xstmt                          { $$ = ast_push(p, $1, $2); }
    ;

xstmt
    : LET records ';'                       { $$ = ast_as($2, AST_LET, @$); }
    | CONST records ';'                     { $$ = ast_flag(ast_as($2, AST_LET, @$), AST_IS_CONST); }
    | xref assign_op range ';'              { $$ = ast_assign(p, @$, $1, $2, $3); }
    | stem '(' args ')' ';'                 { $$ = ast_call_stmt(p, @$, $1, $3); }
    | FAST '(' args ')' ';'                 { $$ = ast_call_stmt(p, @$, $1, $3); }
    | SUM '(' args ')' ';'                  { $$ = ast_call_stmt(p, @$, $1, $3); }
    | SET ref assign_op range ';'
      { $$ = ast_op(ast_node(p, AST_SET_STMT, @$, $2, $4), AST_SET_STMT, @$, $3); }
    | RUN word clauses out ';'              { $$ = ast_run(p, AST_RUN, @$, $2, $3, $4); }
    | RUN word AS word clauses out ';'      { $$ = ast_run_as(p, @$, $2, @2, $4, $5, $6); }
    | CONTINUE word clauses out ';'         { $$ = ast_run(p, AST_CONTINUE, @$, $2, $3, $4); }
    | FLUSH refs ';'                        { $$ = ast_as($2, AST_FLUSH, @$); }
    | TEACH word WITH plain_binds clauses out ';'   { $$ = ast_teach(p, @$, $2, $4, $5, $6); }
    | LEARN name FROM expr BY ctor ';'
      { $$ = ast_node(p, AST_LEARN, @$, ast_word(p, $2), $4, NULL, $6); }
    | LEARN name FROM binder WITH binds BY ctor ';'
      { $$ = ast_node(p, AST_LEARN, @$, ast_word(p, $2), $4, $6, $8); }
    | MINIMIZE OVER targets BY ctor xblock  { $$ = ast_node(p, AST_MINIMIZE, @$, $3, $5, $6); }
    | MINIMIZE error xblock                 { $$ = NULL; }
    | LOSS expr ';'                         { $$ = ast_node(p, AST_LOSS, @$, $2); }
    | SAVE ref TO string ';'                { $$ = ast_node(p, AST_SAVE, @$, $2, $4); }
    | LOAD ref FROM string ';'              { $$ = ast_node(p, AST_LOAD, @$, $2, $4); }
    | PRINT exprs out ';'                   { $$ = ast_joined(p, AST_PRINT, @$, $2, $3); }
    | RECORD records ';'                    { $$ = ast_as($2, AST_RECORD, @$); }
    | ASSERT expr ';'                       { $$ = ast_node(p, AST_ASSERT, @$, $2, NULL); }
    | ASSERT expr ',' expr ';'              { $$ = ast_node(p, AST_ASSERT, @$, $2, $4); }
    | PLOT curves plot_with out ';'
      { $$ = ast_node(p, AST_PLOT, @$, $4, $3, ast_node(p, AST_PANEL, @2, NULL, $2)); }
    | PLOT panels plot_with out ';'         { $$ = ast_node(p, AST_PLOT, @$, $4, $3, $2); }
    | IMAGE expr out ';'                    { $$ = ast_node(p, AST_IMAGE, @$, $2, NULL, $3); }
    | IMAGE expr AS expr out ';'            { $$ = ast_node(p, AST_IMAGE, @$, $2, $4, $5); }
    | FOR binders xblock                    { $$ = ast_node(p, AST_FOR, @$, $2, $3); }
    | FOR error xblock                      { $$ = NULL; }
    | WHILE expr xblock                     { $$ = ast_node(p, AST_WHILE, @$, $2, $3); }
    | WHILE error xblock                    { $$ = NULL; }
    | IF expr xblock xelse                  { $$ = ast_node(p, AST_IF, @$, $2, $3, $4); }
    | IF error xblock xelse                 { $$ = NULL; }
    | error ';'                             { $$ = NULL; yyerrok; }
    ;

xelse
    : %empty                                { $$ = NULL; }
    | ELSE xblock                           { $$ = $2; }
    | ELSE IF expr xblock xelse             { $$ = ast_node(p, AST_IF, span_extend(@2, @5), $3, $4, $5); }
    | ELSE IF error xblock xelse            { $$ = NULL; }
    ;

/* The target of an assignment. Words that begin a statement of their own cannot begin a target. */
xref
    : stem                                  { $$ = ast_word(p, $1); }
    | FAST                                  { $$ = ast_word(p, $1); }
    | SUM                                   { $$ = ast_word(p, $1); }
    | xref '[' indices ']'                  { $$ = ast_joined(p, AST_INDEX, @$, $3, $1); }
    | xref '.' any_word                     { $$ = ast_named(ast_node(p, AST_FIELD, @$, $1), $3); }
    ;

records
    : word range_init
      { $$ = ast_declare(p, ast_list(p, @$), ast_named(ast_node(p, AST_DCL, @$, NULL, $2), $1)); }
    | records ',' word range_init
      { $$ = ast_declare(p, $1, ast_named(ast_node(p, AST_DCL, span_extend(@3, @4), NULL, $4), $3)); }
    ;

range_init
    : '=' range                             { $$ = $2; }
    ;

clauses
    : %empty                                { $$ = ast_list(p, @$); }
    | clauses clause                        { $$ = ast_clause(p, $1, $2); }
    ;

clause
    : WITH binds                            { $$ = ast_op($2, AST_CLAUSE, @$, OP_WITH); }
    | AFTER expr count
      { $$ = ast_flag(ast_op(ast_node(p, AST_CLAUSE, @$, $2), AST_CLAUSE, @$, OP_AFTER), $3); }
    | FOR expr count
      { $$ = ast_flag(ast_op(ast_node(p, AST_CLAUSE, @$, $2), AST_CLAUSE, @$, OP_FOR), $3); }
    | UNTIL expr
      { $$ = ast_op(ast_node(p, AST_CLAUSE, @$, $2), AST_CLAUSE, @$, OP_UNTIL); }
    | FROM expr
      { $$ = ast_op(ast_node(p, AST_CLAUSE, @$, $2), AST_CLAUSE, @$, OP_FROM); }
    | TO STEADY
      { $$ = ast_op(ast_node0(p, AST_CLAUSE, @$), AST_CLAUSE, @$, OP_TO_STEADY); }
    | TO LIMIT
      { $$ = ast_op(ast_node0(p, AST_CLAUSE, @$), AST_CLAUSE, @$, OP_TO_LIMIT); }
    | EVERY expr
      { $$ = ast_op(ast_node(p, AST_CLAUSE, @$, $2), AST_CLAUSE, @$, OP_EVERY); }
    | BY ctor
      { $$ = ast_op(ast_node(p, AST_CLAUSE, @$, $2), AST_CLAUSE, @$, OP_BY); }
    | OVER binder_list                      { $$ = ast_op($2, AST_CLAUSE, @$, OP_OVER); }
    ;

count
    : %empty                                { $$ = 0; }
    | EVENTS                                { $$ = AST_EVENTS; }
    | CYCLE                                 { $$ = AST_CYCLES; }
    | CYCLES                                { $$ = AST_CYCLES; }
    ;

binds
    : bind                                  { $$ = ast_push(p, ast_list(p, @$), $1); }
    | binds ',' bind                        { $$ = ast_push(p, $1, $3); }
    ;

bind
    : ref '=' expr
      { $$ = ast_op(ast_node(p, AST_BIND, @$, $1, $3), AST_BIND, @$, OP_BIND); }
    | CLAMP ref '=' expr
      { $$ = ast_op(ast_node(p, AST_BIND, @$, $2, $4), AST_BIND, @$, OP_CLAMP); }
    | HOLD ref '=' expr
      { $$ = ast_op(ast_node(p, AST_BIND, @$, $2, $4), AST_BIND, @$, OP_HOLD); }
    ;

plain_binds
    : ref '=' expr
      { $$ = ast_push(p, ast_list(p, @$), ast_op(ast_node(p, AST_BIND, @$, $1, $3), AST_BIND, @$, OP_BIND)); }
    | plain_binds ',' ref '=' expr
      { $$ = ast_push(p, $1, ast_op(ast_node(p, AST_BIND, span_extend(@3, @5), $3, $5), AST_BIND,
                                    span_extend(@3, @5), OP_BIND)); }
    ;

out
    : %empty                                { $$ = NULL; }
    | ARROW string                          { $$ = $2; }
    ;

/* -- expressions -- */

exprs
    : expr                                  { $$ = ast_push(p, ast_list(p, @$), $1); }
    | exprs ',' expr                        { $$ = ast_push(p, $1, $3); }
    ;

range
    : expr                                  { $$ = $1; }
    | expr DOTS expr                        { $$ = ast_node(p, AST_RANGE, @$, $1, $3); }
    ;

indices
    : index                                 { $$ = ast_push(p, ast_list(p, @$), $1); }
    | indices ',' index                     { $$ = ast_push(p, $1, $3); }
    ;

index
    : range                                 { $$ = $1; }
    | DOTS                                  { $$ = ast_node(p, AST_RANGE, @$, NULL, NULL); }
    | expr DOTS                             { $$ = ast_node(p, AST_RANGE, @$, $1, NULL); }
    | DOTS expr                             { $$ = ast_node(p, AST_RANGE, @$, NULL, $2); }
    ;

binders
    : binder_list condition                 { $$ = ast_joined(p, AST_BINDERS, @$, $1, $2); }
    ;

binder_list
    : binder                                { $$ = ast_push(p, ast_list(p, @$), $1); }
    | binder_list ',' binder                { $$ = ast_push(p, $1, $3); }
    ;

binder
    : word IN range                         { $$ = ast_named(ast_node(p, AST_BINDER, @$, $3), $1); }
    ;

condition
    : %empty                                { $$ = NULL; }
    | WHERE expr                            { $$ = $2; }
    ;

expr
    : or_expr
    | IF expr THEN expr ELSE expr           { $$ = ast_node(p, AST_CHOICE, @$, $2, $4, $6); }
    ;

or_expr
    : and_expr
    | or_expr OR and_expr                   { $$ = ast_binary(p, @$, OP_OR, $1, $3); }
    ;

and_expr
    : comparison
    | and_expr AND comparison               { $$ = ast_binary(p, @$, OP_AND, $1, $3); }
    ;

comparison
    : sum_expr
    | sum_expr compare sum_expr             { $$ = ast_binary(p, @$, $2, $1, $3); }
    ;

compare
    : EQUAL                                 { $$ = OP_EQ; }
    | UNEQUAL                               { $$ = OP_NE; }
    | '<'                                   { $$ = OP_LT; }
    | '>'                                   { $$ = OP_GT; }
    | AT_MOST                               { $$ = OP_LE; }
    | AT_LEAST                              { $$ = OP_GE; }
    ;

sum_expr
    : product
    | sum_expr '+' product                  { $$ = ast_binary(p, @$, OP_ADD, $1, $3); }
    | sum_expr '-' product                  { $$ = ast_binary(p, @$, OP_SUB, $1, $3); }
    ;

product
    : unary
    | product '*' unary                     { $$ = ast_binary(p, @$, OP_MUL, $1, $3); }
    | product '/' unary                     { $$ = ast_binary(p, @$, OP_DIV, $1, $3); }
    | product '%' unary                     { $$ = ast_binary(p, @$, OP_MOD, $1, $3); }
    ;

unary
    : power
    | '-' unary
      { $$ = ast_op(ast_node(p, AST_UNARY, @$, $2), AST_UNARY, @$, OP_NEG); }
    | '!' unary
      { $$ = ast_op(ast_node(p, AST_UNARY, @$, $2), AST_UNARY, @$, OP_NOT); }
    ;

power
    : postfix
    | postfix '^' unary                     { $$ = ast_binary(p, @$, OP_POW, $1, $3); }
    ;

postfix
    : primary
    | postfix '[' indices ']'               { $$ = ast_joined(p, AST_INDEX, @$, $3, $1); }
    | postfix '.' any_word                  { $$ = ast_named(ast_node(p, AST_FIELD, @$, $1), $3); }
    | postfix '(' args ')'                  { $$ = ast_joined(p, AST_CALL, @$, $3, $1); }
    | postfix '(' binders ':' expr ')'      { $$ = ast_node(p, AST_CALL_OVER, @$, $1, $3, $5); }
    ;

primary
    : number
    | word                                  { $$ = ast_word(p, $1); }
    | TRUE                                  { $$ = ast_bool(p, @$, true); }
    | FALSE                                 { $$ = ast_bool(p, @$, false); }
    | string
    | '(' expr ')'                          { $$ = ast_flag($2, AST_PAREN); }
    | '(' tuple_args ')'                    { $$ = ast_as($2, AST_TUPLE, @$); }
    | '[' elements ']'                      { $$ = ast_as($2, AST_ARRAY, @$); }
    | '[' binders ':' expr ']'              { $$ = ast_node(p, AST_ARRAY_OVER, @$, $2, $4); }
    ;

tuple_args
    : entries                               { $$ = $1; }
    | entries ','                           { $$ = ast_flag($1, AST_TRAILING); }
    | numbers                               { $$ = $1; }
    ;

entries
    : entry                                 { $$ = ast_push(p, ast_list(p, @$), $1); }
    | entries ',' entry                     { $$ = ast_push(p, $1, $3); }
    ;

entry
    : postfix '=' expr                      { $$ = ast_entry(p, @$, $1, $3); }
    ;

/* At least two: (e) is an expression in parentheses. */
numbers
    : expr ',' expr
      { $$ = ast_push(p, ast_push(p, ast_list(p, @$), ast_node(p, AST_ARG, @1, $1)),
                      ast_node(p, AST_ARG, @3, $3)); }
    | numbers ',' expr                      { $$ = ast_push(p, $1, ast_node(p, AST_ARG, @3, $3)); }
    ;

elements
    : %empty                                { $$ = ast_list(p, @$); }
    | exprs                                 { $$ = $1; }
    | exprs ','                             { $$ = ast_flag($1, AST_TRAILING); }
    ;

args
    : %empty                                { $$ = ast_list(p, @$); }
    | arg_list                              { $$ = $1; }
    | arg_list ','                          { $$ = ast_flag($1, AST_TRAILING); }
    ;

arg_list
    : arg                                   { $$ = ast_push(p, ast_list(p, @$), $1); }
    | arg_list ',' arg                      { $$ = ast_push(p, $1, $3); }
    ;

arg
    : range                                 { $$ = ast_node(p, AST_ARG, @$, $1); }
    | any_word '=' range                    { $$ = ast_named(ast_node(p, AST_ARG, @$, $3), $1); }
    | any_word '=' SPECIES /* a word that a construction takes */
      { $$ = ast_named(ast_node(p, AST_ARG, @$, ast_word(p, $3)), $1); }
    | postfix '.' any_word '=' range        { $$ = ast_dotted_arg(p, @$, $1, $3, $5); }
    ;

number
    : INT units                             { $$ = ast_number(@$, AST_INT, $1, $2); }
    | ZERO units                            { $$ = ast_number(@$, AST_INT, $1, $2); }
    | REAL units                            { $$ = ast_number(@$, AST_REAL, $1, $2); }
    ;

units
    : %empty                                { $$ = ast_list(p, @$); }
    | UNIT_WORD                             { $$ = ast_push(p, ast_list(p, @$), ast_unit(p, $1, 1)); }
    | units PER_UNIT                        { $$ = ast_push(p, $1, ast_unit(p, $2, -1)); }
    ;

string
    : STRING                                { $$ = ast_string(p, @$, $1); }
    | STRING_HEAD string_parts STRING_TAIL  { $$ = ast_string_end(p, @$, $1, $2, $3); }
    ;

string_parts
    : hole                                  { $$ = ast_push(p, ast_list(p, @$), $1); }
    | string_parts STRING_MIDDLE hole       { $$ = ast_push(p, ast_string_part(p, $1, $2), $3); }
    ;

hole
    : expr                                  { $$ = ast_node(p, AST_HOLE, @$, $1); }
    | expr FORMAT                           { $$ = ast_named(ast_node(p, AST_HOLE, @$, $1), $2); }
    ;

/* -- words -- */

name
    : IDENT | UNIT_WORD
    ;

/* A name wherever a statement may begin. */
common_word
    : name | DUAL | BULK | ENERGY | INPUT | OUTPUT | PHASE | CLOCK | REPLICATE | OF | SHARE | DIFFUSE | ALONG
    | VOLUME | UNITS | VISIBLE | HIDDEN | STATE | THETA | SET | RUN | CONTINUE | FLUSH | TEACH
    | LEARN | SAVE | LOAD | RECORD | WITH | BY | TO | FROM | AFTER | UNTIL | OVER | AS | VS | THEN | EVENTS
    | CYCLE | CYCLES | STEADY | LIMIT | CLAMP | HOLD | LOWER | OPTIMIZE | IMPORT
    ;

stem
    : common_word | CONNECT | READOUT
    ;

start_word
    : PRINT | PLOT | ASSERT | IMAGE | MINIMIZE | LOSS
    ;

instance_name
    : stem | start_word
    ;

word
    : instance_name | FAST | SUM
    ;

/* After a point, and left of `=` in arguments, reserved words are harmless. */
any_word
    : word | USE | CONST | PARAM | FN | DATA | NETWORK | MODEL | EXPERIMENT | SPECIES | LET | FOR | IN | WHERE
    | IF | ELSE | WHILE | TRUE | FALSE | VIA | AT | EVERY | WHEN | ASSUME
    ;

%%

/* Token numbers are those of single characters, then all numbers from 258 up; 0 is the end of the file. */
static int token_of_symbol(yysymbol_kind_t symbol)
{
    for (int token = 0; token <= YYMAXUTOK; token = token == 127 ? 258 : token + 1) {
        if (YYTRANSLATE(token) == symbol) {
            return token;
        }
    }
    return T_GRAMMAR_UNDEF;
}

const char *grammar_token_name(int kind)
{
    const struct word *word = word_of_token(kind);
    return word ? word->text : yysymbol_name(YYTRANSLATE(kind));
}

static int yyreport_syntax_error(const yypcontext_t *context, struct parse *p)
{
    yysymbol_kind_t symbols[YYNTOKENS];
    int expected[YYNTOKENS];
    int n = yypcontext_expected_tokens(context, symbols, YYNTOKENS);
    size_t known = 0;
    for (int i = 0; i < n; i++) {
        if (symbols[i] != YYSYMBOL_REACTIONS) { /* it stands for what can be written in other ways */
            expected[known++] = token_of_symbol(symbols[i]);
        }
    }
    if (n >= 0) {
        parse_report_syntax(p, p->at > 0 ? p->at - 1 : 0, expected, known);
    }
    return 0;
}

/* Bison calls this only when its stacks are full. */
static void grammar_error(const struct span *at, struct parse *p, const char *message)
{
    (void)message;
    parse_error(p, DIAG_E0110, *at, "this is nested too deeply");
    p->stop = true;
}

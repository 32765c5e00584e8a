/* Structures that programs hold as constants are lists of members: macros that apply M to each member. Both
 * the declaration and the constant in generated code (codegen/emit/emit_members.h) come from the list, so
 * that a member is added in a single place.
 *
 *     M_INT(name)                 int32_t
 *     M_REAL(name)                double
 *     M_TEXT(name)                const char *
 *     M_INTS(name, count)         int32_t [count]
 *     M_REALS(name, count)        double [count]
 *     M_ARRAY(type, name, count)  const type *, an array of numbers; `count` may use the structure `m`
 *     M_MEMBER(type, name)        anything else */
#ifndef CRNL_MEMBERS_H
#define CRNL_MEMBERS_H

#define CRNL_DECLARE_INT(name)                int32_t name;
#define CRNL_DECLARE_REAL(name)               double name;
#define CRNL_DECLARE_TEXT(name)               const char *name;
#define CRNL_DECLARE_INTS(name, count)        int32_t name[count];
#define CRNL_DECLARE_REALS(name, count)       double name[count];
#define CRNL_DECLARE_ARRAY(type, name, count) const type *name;
#define CRNL_DECLARE_MEMBER(type, name)       type name;

#endif

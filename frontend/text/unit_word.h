/* Units in words and in other spellings. */
#ifndef FRONTEND_UNIT_WORD_H
#define FRONTEND_UNIT_WORD_H

/* The unit that is called `text` elsewhere: "s" of "sec"; NULL: none. */
const char *unit_in_other_words(const char *text);

#endif

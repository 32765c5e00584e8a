/* Units in words and in other spellings. */
#ifndef FRONTEND_UNIT_WORD_H
#define FRONTEND_UNIT_WORD_H

/* The unit that other languages call `text`, such as "s" for "sec"; NULL if there is none. */
const char *unit_in_other_words(const char *text);

#endif

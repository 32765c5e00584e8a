/* BioNetGen's table functions: tfun([0,1,2],[10,20,30],time), tfun('light.tfun',A,method=>"step"). */
#ifndef IMPORT_TFUN_H
#define IMPORT_TFUN_H

#include "import/infix.h"

/* Reads a table function after the word `tfun`; i->name gives the meaning of its index. 0 after a report. */
expr_id tfun_read(struct infix *i);

#endif

#ifndef PLUMBLINE_CEXPAT_SHIM_H
#define PLUMBLINE_CEXPAT_SHIM_H

#include <expat.h>

#endif

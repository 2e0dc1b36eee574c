#ifndef PLUMBLINE_CZIP_SHIM_H
#define PLUMBLINE_CZIP_SHIM_H

#include <zip.h>

#endif

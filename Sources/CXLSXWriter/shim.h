#ifndef PLUMBLINE_CXLSXWRITER_SHIM_H
#define PLUMBLINE_CXLSXWRITER_SHIM_H

#include <xlsxwriter.h>

#endif

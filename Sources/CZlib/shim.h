// zlib as it is installed: Swift sees its functions, types and plain constants without help.
#ifndef WINNOW_CZLIB_SHIM_H
#define WINNOW_CZLIB_SHIM_H

#include <zlib.h>

#endif

"""Writes npy_headers.tsv: what numpy itself puts before the data, for types and shapes of all
lengths.  A line is: type string or list of fields, shape, header bytes in hex.

    python3 make_npy_headers.py > npy_headers.tsv        # made with numpy 2.4.6
"""

import io

import numpy

TYPES = ["|u1", "<u4", "<u8", "<f2", "<f4", "<f8", "<i8"]
FIELDS = [
    [("f0", "<u8"), ("f1", "<u8")],
    [("size", "<u8"), ("d_intra", "<f8"), ("d_inter", "<f8"), ("complexity", "<f8")],
    [("a" * n, "<f4") for n in (1, 20, 30, 45)],
]
SHAPES = [(), (0,), (1,), (7,), (12345,), (2, 3), (0, 384), (440012118, 768), (10**18,), (2, 3, 4),
          (1, 1, 1, 1, 1, 1, 1)]


def header(dtype, shape):
    # The header alone, so that no array of that size has to exist.
    out = io.BytesIO()
    entries = {"descr": numpy.lib.format.dtype_to_descr(numpy.dtype(dtype)),
               "fortran_order": False, "shape": shape}
    numpy.lib.format.write_array_header_1_0(out, entries)
    return out.getvalue()


for dtype in TYPES + FIELDS:
    for shape in SHAPES:
        kind = dtype if isinstance(dtype, str) else ";".join(f"{n}:{t}" for n, t in dtype)
        print(kind, ",".join(map(str, shape)), header(dtype, shape).hex(), sep="\t")

#!/usr/bin/python3
"""peer_scipy - scipy's linear_sum_assignment on a finished matrix, for bench/run.

peer_scipy.py max|min FILE. FILE holds int32 rows, int32 columns, then the weights row by
row. max: weights of 0 are no pairs, and adding them changes no total. min: a perfect
assignment of least cost. Prints `seconds=` of the solver alone, which gets the matrix in
the form it works on (float64), and the optimum as `total=`.
"""
import sys
import time

import numpy
from scipy.optimize import linear_sum_assignment


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in ("max", "min"):
        sys.exit("usage: peer_scipy.py max|min FILE")
    rows, columns = numpy.fromfile(sys.argv[2], numpy.int32, 2)
    weight = numpy.fromfile(sys.argv[2], numpy.int32, offset=8).astype(numpy.float64)
    weight = weight.reshape(int(rows), int(columns))
    began = time.perf_counter()
    row, column = linear_sum_assignment(weight, maximize=sys.argv[1] == "max")
    seconds = time.perf_counter() - began
    print(f"seconds={seconds:.6f}\ntotal={int(weight[row, column].sum())}")


main()

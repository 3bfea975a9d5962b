"""What the product costs, each figure beside that of a peer or of the bare limit in the same run.

`python -m benchmarks` measures everything that is quick enough; names after it choose. A machine that does
other things at the same time slows both sides of a ratio, so ratios are what to believe; absolute figures
are those of the machine at that hour.
"""

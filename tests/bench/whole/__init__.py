"""The whole milter, measured: see ../README.md."""

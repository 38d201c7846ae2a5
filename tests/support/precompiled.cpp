// For this file the headers are compiled that all tests share (paraph_precompiled in cmake/paraph.cmake).

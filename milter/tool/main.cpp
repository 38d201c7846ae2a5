// paraph: the operator's tool.

#include "milter/tool/run.h"

#include <iostream>

int main(int argc, char** argv) {
    tool::Console console{std::cin, std::cout, std::cerr};
    return static_cast<int>(tool::run({argv + 1, argv + argc}, console));
}

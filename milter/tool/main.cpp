// paraph: the operator's tool.

#include "milter/tool/daemon_user.h"
#include "milter/tool/run.h"

#include <iostream>

int main(int argc, char** argv) {
    milter::tool::join_daemon_group();
    milter::tool::Console console{std::cin, std::cout, std::cerr};
    return static_cast<int>(milter::tool::run({argv + 1, argv + argc}, console));
}

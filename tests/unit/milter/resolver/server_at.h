// A name server at an address, for tables.
#pragma once

#include "dns/server.h"

namespace test {

inline dns::Server server_at(const char* address) {
    return dns::parse_server(address).value();
}

} // namespace test

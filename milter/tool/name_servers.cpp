#include "milter/tool/name_servers.h"

#include "milter/resolver/resolv_conf.h"

#include <chrono>

namespace milter::tool {

std::vector<dns::Server> name_servers(const resolver::Options& options) {
    return !options.servers.empty() ? options.servers
                                    : resolver::ResolvConf(options.resolv_conf)
                                          .changed(std::chrono::steady_clock::now())
                                          .value_or(resolver::parse_resolv_conf(""));
}

} // namespace milter::tool

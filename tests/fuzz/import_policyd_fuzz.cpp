// policyd-spf.conf.
#include "fuzz/imported.h"

namespace {

void run(std::string_view input) {
    fuzz::import_all({{"/etc/postfix-policyd-spf-python/policyd-spf.conf", std::string(input)}});
}

const fuzz::Target target("import_policyd", run);

} // namespace

// opendkim.conf, with the input as its tables, lists and included files as well.
#include "fuzz/imported.h"

namespace {

void run(std::string_view input) {
    const std::string text(input);
    fuzz::import_all({{"/etc/opendkim.conf", text},
                      {"/list", text},
                      {"/lib/systemd/system/opendkim.service", "[Service]\nExecStart=/usr/sbin/opendkim\n"},
                      {"/etc/default/opendkim", text}});
}

const fuzz::Target target("import_opendkim", run);

} // namespace

// opendmarc.conf, with the input as its lists as well.
#include "fuzz/imported.h"

namespace {

void run(std::string_view input) {
    const std::string text(input);
    fuzz::import_all({{"/etc/opendmarc.conf", text}, {"/list", text}, {"/etc/default/opendmarc", text}});
}

const fuzz::Target target("import_opendmarc", run);

} // namespace

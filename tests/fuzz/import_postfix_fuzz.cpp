// main.cf and master.cf, sendmail.mc, and units of systemd, around a plain opendkim.conf and
// policyd-spf.conf.
#include "fuzz/imported.h"

namespace {

void run(std::string_view input) {
    const std::string text(input);
    fuzz::import_all({{"/etc/opendkim.conf", "Socket inet:8891@localhost\nMode sv\n"},
                      {"/etc/postfix-policyd-spf-python/policyd-spf.conf", "TestOnly = 1\n"},
                      {"/etc/systemd/system/opendkim.service", text},
                      {"/etc/postfix/main.cf", text},
                      {"/etc/postfix/master.cf", text}});
    fuzz::import_all(
        {{"/etc/opendkim.conf", "Socket inet:8891@localhost\n"}, {"/etc/mail/sendmail.mc", text}});
}

const fuzz::Target target("import_postfix", run);

} // namespace

// noop_milter: what libmilter itself costs. Wants every event, needs no replies and does nothing; with
// --header it adds a field at the end, as a filter that checks mail does, and with --crypto it does at the
// end what bare_crypto measures under that name.
//
//     noop_milter SOCKET [--header] [--crypto OPERATION]
#include "bench/arithmetic.h"
#include "support/program.h"

#include <CLI/CLI.hpp>
#include <libmilter/mfapi.h>

#include <cstdlib>
#include <optional>
#include <string>

namespace {

bool adds_header = false;
const bench::Arithmetic::Operation* operation = nullptr;
std::optional<bench::Arithmetic> arithmetic;

sfsistat negotiate(SMFICTX*, unsigned long, unsigned long steps, unsigned long, unsigned long,
                   unsigned long* wanted_actions, unsigned long* wanted_steps, unsigned long* reserved1,
                   unsigned long* reserved2) {
    constexpr unsigned long silent = SMFIP_NR_CONN | SMFIP_NR_HELO | SMFIP_NR_MAIL | SMFIP_NR_RCPT |
                                     SMFIP_NR_DATA | SMFIP_NR_UNKN | SMFIP_NR_HDR | SMFIP_NR_EOH |
                                     SMFIP_NR_BODY;
    *wanted_actions = SMFIF_ADDHDRS;
    *wanted_steps = steps & (silent | SMFIP_HDR_LEADSPC);
    *reserved1 = 0;
    *reserved2 = 0;
    return SMFIS_CONTINUE;
}

// For events of any signature.
template <class... Arguments>
sfsistat ignore(SMFICTX*, Arguments...) {
    return SMFIS_NOREPLY;
}

sfsistat end_of_message(SMFICTX* context) {
    if (operation != nullptr) {
        ((*arithmetic).*(operation->work))();
    }
    if (adds_header) {
        std::string name = "Authentication-Results";
        std::string body = " mx.rcpt.example;\n\tspf=pass smtp.mailfrom=sender.example;\n\tdkim=pass "
                           "header.d=sender.example;\n\tdmarc=pass header.from=sender.example";
        smfi_insheader(context, 0, name.data(), body.data());
    }
    return SMFIS_CONTINUE;
}

sfsistat proceed(SMFICTX*) {
    return SMFIS_CONTINUE;
}

smfiDesc description(std::string& name) {
    smfiDesc filter{};
    filter.xxfi_name = name.data();
    filter.xxfi_version = SMFI_VERSION;
    filter.xxfi_flags = SMFIF_ADDHDRS;
    filter.xxfi_negotiate = negotiate;
    filter.xxfi_connect = ignore<char*, _SOCK_ADDR*>;
    filter.xxfi_helo = ignore<char*>;
    filter.xxfi_envfrom = ignore<char**>;
    filter.xxfi_envrcpt = ignore<char**>;
    filter.xxfi_data = ignore<>;
    filter.xxfi_unknown = ignore<const char*>;
    filter.xxfi_header = ignore<char*, char*>;
    filter.xxfi_eoh = ignore<>;
    filter.xxfi_body = ignore<unsigned char*, std::size_t>;
    filter.xxfi_eom = end_of_message;
    filter.xxfi_abort = proceed;
    filter.xxfi_close = proceed;
    return filter;
}

int run(int argc, char** argv) {
    std::string socket;
    std::string crypto;
    CLI::App app("A filter that does nothing");
    app.add_option("socket", socket)->required();
    app.add_flag("--header", adds_header, "Add a field at the end");
    app.add_option("--crypto", crypto, "Do this at the end")
        ->check(CLI::IsMember(bench::Arithmetic::names()));
    CLI11_PARSE(app, argc, argv);
    if (!crypto.empty()) {
        operation = bench::Arithmetic::find(crypto);
        arithmetic.emplace(bench::Arithmetic::Sizes{});
    }
    std::string name = "noop_milter";
    const bool served = smfi_setconn(socket.data()) == MI_SUCCESS &&
                        smfi_register(description(name)) == MI_SUCCESS && smfi_main() == MI_SUCCESS;
    return served ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace

int main(int argc, char** argv) {
    return test::run_program([&] { return run(argc, argv); });
}

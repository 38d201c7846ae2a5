// What a subcommand of `paraph` is made of.
//
// A subcommand's file declares its options on an App and names the function that runs once they are
// parsed. That function reads and writes through a Console, so that tests run it in their own process, and
// returns how it ended.
#pragma once

#include "base/result.h"

#include <functional>
#include <iosfwd>
#include <string>

namespace milter::tool {

// Those of sysexits(3), which mail systems have always used, except for one.
enum class ExitCode : int {
    ok = 0,
    found = 1,         // as of grep(1): a result that --fail-on names
    usage = 64,        // EX_USAGE
    data = 65,         // EX_DATAERR: the input cannot be understood
    no_input = 66,     // EX_NOINPUT: the input cannot be read
    unavailable = 69,  // EX_UNAVAILABLE: the daemon cannot be reached
    internal = 70,     // EX_SOFTWARE
    cannot_write = 73, // EX_CANTCREAT
    temporary = 75,    // EX_TEMPFAIL: the DNS left the answer open
    protocol = 76,     // EX_PROTOCOL: the peer does not speak the milter protocol
    config = 78,       // EX_CONFIG
};

// Why a subcommand could not do its work. The message names the file, address or domain that is to blame.
struct Failure {
    ExitCode code = ExitCode::data;
    std::string message;
};

template <class T>
using Result = base::Result<T, Failure>;

[[nodiscard]] inline auto fail(ExitCode code, std::string message) {
    return tl::make_unexpected(Failure{code, std::move(message)});
}

struct Console {
    std::istream& in;
    std::ostream& out;
    std::ostream& err;
};

// The one that the command line chose; empty until it is parsed.
using Command = std::function<Result<ExitCode>(Console&)>;

} // namespace milter::tool

// Journals of keys that rotate: what is read is written as it was, and nothing else is read.
#include "fuzz/property.h"
#include "keys/rotation_journal.h"

#include <algorithm>

namespace {

void check(std::string_view text) {
    const auto read = keys::read_journal(text);
    if (!read) {
        fuzz::require(!read.error().empty(), "what is refused has a reason");
        return;
    }
    const std::string printed = print(*read);
    const auto again = keys::read_journal(printed);
    fuzz::require(again.has_value(), "a journal reads its own text");
    fuzz::require(print(*again) == printed, "a journal survives its own text");
    fuzz::require(again->files == read->files && again->domain == read->domain, "files and domain survive");
    fuzz::require(read->files.size() == read->keys.size(), "each key has a file");
    // Cut off anywhere it is none: the last line says that it is whole.
    const auto whole = printed.find_last_not_of('\n') + 1;
    for (std::size_t size = 0; size < whole; size += std::max<std::size_t>(1, whole / 64)) {
        fuzz::require(!keys::read_journal(printed.substr(0, size)), "what is cut off is refused");
    }
}

void run(std::string_view input) {
    check(input);
    check("paraph rotation 1\n" + std::string(input) + "\nend\n");
}

const fuzz::Target target("rotation_journal", run);

} // namespace

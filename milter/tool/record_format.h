// The records of keys in the forms in which they are published.
#pragma once

#include "milter/tool/named_key.h"

#include <iosfwd>
#include <string>
#include <vector>

namespace milter::command_line {
class App;
}

namespace milter::tool {

struct ReadKey {
    NamedKey name;
    crypto::SigningKey key;
};

struct RecordFormat {
    std::string format = "text";
    unsigned ttl = 3600; // of nsupdate
    std::string server = {};
    std::string zone = {};
};

void add_record_format(command_line::App& app, RecordFormat& format);

void print_records(const std::vector<ReadKey>& keys, const RecordFormat& format, std::ostream& out);

} // namespace milter::tool

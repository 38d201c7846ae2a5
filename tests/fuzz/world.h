// Inputs of the evaluators: text that mutations can hardly spoil.
//
//     client 192.0.2.1                  a fact: a word, a space, whatever it says
//     example.org TXT v=spf1 mx -all    a DNS record: name, type, data as it is
//     example.org MX 10 mx.example.org
//     slow.example.org TXT TIMEOUT      or SERVFAIL, NODATA, NXDOMAIN, ALIASED (an alias to nowhere)
//     * A 192.0.2.1                     what every name has that has nothing of its own
//
//     after the first empty line: the rest, for instance a message
//
// ${rsa} and ${ed25519} stand for the p= values of the test keys. Lines that say nothing are passed over, so
// that an input is never refused: that is why the text is not that of an answers file.
#pragma once

#include "crypto/signing_key.h"
#include "support/world/zone.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fuzz {

class World {
  public:
    explicit World(std::string_view input);

    // Empty when the fact is not told; the first when it is told twice.
    [[nodiscard]] std::string fact(std::string_view name) const;
    [[nodiscard]] std::vector<std::string> facts(std::string_view name) const;
    [[nodiscard]] bool has(std::string_view name) const { return !facts(name).empty(); }
    [[nodiscard]] const std::string& rest() const { return rest_; }

    [[nodiscard]] dns::Answer answer(const dns::Question& question) const { return zone_.answer(question); }

  private:
    void read_line(std::string_view line);

    std::vector<std::pair<std::string, std::string>> facts_;
    test::Zone zone_;
    std::string rest_;
};

// "rsa" or "ed25519"; the latter for any other name.
[[nodiscard]] const crypto::SigningKey& test_key(std::string_view name);

} // namespace fuzz

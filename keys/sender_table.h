// Who may write which addresses in From.
//
//     LOGIN or NETWORK   addresses and domains, with commas or blanks between them
//
//     ann                ann@example.org, sales@example.org
//     *@example.net      %s             every login of this form: the address it is
//     *                  %d             every login: all addresses of its own domain
//     192.0.2.0/24       example.org .example.org
//
// A login may hold `*` for anything. A network is for clients that do not log in. ADDRESS is one address,
// DOMAIN all addresses at that domain and at no other, .DOMAIN or *.DOMAIN all below it, * everybody. Of the
// login, %s is all, %u what stands before the last @, and %d what stands behind it.
#pragma once

#include "base/domain_name.h"
#include "keys/pattern_index.h"
#include "keys/problem.h"
#include "keys/submitter.h"
#include "keys/text_pool.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keys {

// Where it is known what somebody may write: a file, or something that is asked.
class SenderSource {
  public:
    struct Answer {
        std::vector<std::string> allowed; // addresses and domains as above; none: nothing is allowed
        std::string failure;              // why there may be more; empty: `allowed` is all there is
    };

    SenderSource() = default;
    SenderSource(const SenderSource&) = delete;
    SenderSource& operator=(const SenderSource&) = delete;
    virtual ~SenderSource() = default;

    // The name of a login in lower case, not empty.
    [[nodiscard]] virtual Answer of_login(std::string_view login) const = 0;
    [[nodiscard]] virtual Answer of_client(const base::IpAddress& client) const = 0;
};

class SenderTable : public SenderSource {
  public:
    // The rows of a file, whose name is for diagnostics.
    [[nodiscard]] static std::shared_ptr<const SenderTable>
    parse(std::string_view text, const std::string& file, std::vector<Problem>& problems);
    // PATH or file:PATH.
    [[nodiscard]] static std::shared_ptr<const SenderTable> load(const std::string& table,
                                                                 std::vector<Problem>& problems);

    [[nodiscard]] Answer of_login(std::string_view login) const override;
    [[nodiscard]] Answer of_client(const base::IpAddress& client) const override;

    [[nodiscard]] std::size_t rows() const { return values_.size(); }
    [[nodiscard]] bool has_networks() const { return !networks_.empty(); }

  private:
    void add(std::string_view name, std::string_view value);

    TextPool texts_;
    std::vector<std::string_view> values_;
    PatternIndex by_login_;                                         // to a value
    std::vector<std::pair<base::IpNetwork, std::size_t>> networks_; // and a value
};

enum class Fit : std::uint8_t { fits, does_not_fit, unknown };

struct SenderFit {
    Fit fit = Fit::fits;
    std::string why; // unless it fits, in plain words
};

// May this submitter write all of these addresses at one domain? `delimiters` are those between a local-part
// and its extension. An empty local-part is one that nobody can tell: only a row for the whole domain allows
// it.
[[nodiscard]] SenderFit may_write(const SenderSource& source, std::string_view delimiters,
                                  const Submitter& submitter,
                                  const std::vector<std::string_view>& local_parts,
                                  const base::DomainName& domain);

// The addresses and domains of a row.
[[nodiscard]] std::vector<std::string> sender_words(std::string_view value);
// Why an address or domain of a table will not do; empty: it will.
[[nodiscard]] std::string sender_refusal(std::string_view text);

} // namespace keys

#include "milter/tool/rotation/tsig_key.h"

#include "base/ascii.h"
#include "base/base64.h"
#include "base/domain_name.h"
#include "keys/file_bytes.h"
#include "keys/key_file.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace milter::tool::rotation {

namespace {

// Words, without quotation marks, comments and punctuation. No comment begins within a word or between
// quotation marks: base64 may have two slashes there.
std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    for (const std::string_view line : base::split(text, '\n')) {
        std::string word;
        bool is_quoted = false;
        for (std::size_t at = 0; at < line.size(); ++at) {
            const bool may_begin = word.empty() && !is_quoted;
            if (may_begin && (line[at] == '#' || line.substr(at).starts_with("//"))) {
                break;
            }
            is_quoted = is_quoted != (line[at] == '"');
            if (std::string_view(" \t\r\"{};").find(line[at]) == std::string_view::npos) {
                word += line[at];
            } else if (!word.empty()) {
                words.push_back(std::exchange(word, {}));
            }
        }
        if (!word.empty()) {
            words.push_back(std::move(word));
        }
    }
    return words;
}

// Not hmac-sha384: ldns 1.8 knows it by a misspelt name only. Not hmac-md5 and hmac-sha1, which are weak.
bool is_known(const std::string& algorithm) {
    return algorithm == "hmac-sha256" || algorithm == "hmac-sha512";
}

base::Result<TsigKey, std::string> checked(TsigKey key) {
    key.algorithm = base::to_lower(key.algorithm);
    if (!is_known(key.algorithm)) {
        return base::refuse(std::string("the algorithm must be hmac-sha256 or hmac-sha512"));
    }
    const auto name = base::DomainName::parse(key.name);
    if (!name) {
        return base::refuse(std::string("the name of the key is not a domain name"));
    }
    key.name = name->text();
    if (key.secret.empty() || !base::base64_decode(key.secret)) {
        return base::refuse(std::string("the secret is not base64"));
    }
    return key;
}

} // namespace

base::Result<TsigKey, std::string> parse_tsig_key(std::string_view text) {
    const auto words = words_of(text);
    if (words.size() == 1) {
        const auto parts = base::split(words[0], ':');
        if (parts.size() == 3) {
            return checked({std::string(parts[0]), std::string(parts[1]), std::string(parts[2])});
        }
    }
    if (words.size() == 6 && words[0] == "key") {
        const std::size_t secret = words[2] == "secret" ? 3 : 5;
        const std::size_t algorithm = secret == 3 ? 5 : 3;
        if (words[secret - 1] == "secret" && words[algorithm - 1] == "algorithm") {
            return checked({words[algorithm], words[1], words[secret]});
        }
    }
    return base::refuse(std::string("expected one key statement, or ALGORITHM:NAME:SECRET"));
}

base::Result<TsigKey, std::string> read_tsig_key(const std::string& path) {
    const auto reader = keys::Reader::self();
    const auto finding = keys::KeyFileCheck(reader).examine(path);
    if (!finding.problem.empty() || !finding.danger.empty()) {
        return base::refuse(!finding.problem.empty() ? finding.problem : finding.danger);
    }
    constexpr std::size_t longest = 4096;
    const auto text = keys::OpenFile(path).read(longest);
    auto key = text ? parse_tsig_key(*text) : base::Result<TsigKey, std::string>(base::refuse(text.error()));
    if (!key) {
        return base::refuse(fmt::format("{}: {}", path, key.error()));
    }
    return key;
}

} // namespace milter::tool::rotation

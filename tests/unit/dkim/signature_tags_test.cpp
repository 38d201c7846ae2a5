#include "dkim/signature_tags.h"

#include "support/catch.h"

#include <string>

namespace {

using tag_list::TagList;

TagList tags(std::string_view text) {
    auto list = TagList::parse(text);
    REQUIRE(list);
    return std::move(*list);
}

} // namespace

// What a DKIM-Signature makes of them is in signature_test.cpp. These are the tags of ARC-Seal (RFC
// 8617 4.1.3).
TEST_CASE("tags are read from any list that has them", "[rfc6376-3.5]") {
    const std::string field = " i=1; a=rsa-sha256; t=12345; cv=none; d=Example.org; s=S1;\r\n\tb=YW Jj";
    const TagList seal = tags(field);
    CHECK(dkim::read_algorithm(seal) == crypto::SignatureAlgorithm::rsa_sha256);
    CHECK(dkim::read_domain(seal)->text() == "example.org");
    CHECK(dkim::read_selector(seal) == "s1");
    CHECK(dkim::read_times(seal)->timestamp == 12345);
    CHECK_FALSE(dkim::read_times(seal)->expiration);
    const auto data = dkim::read_signature_data(seal);
    REQUIRE(data);
    CHECK(data->bytes == "abc");
    CHECK(data->text == "YWJj");
    CHECK(field.substr(data->begin, data->end - data->begin) == "YW Jj");
}

TEST_CASE("of a tag that is not there the default is read, or nothing", "[rfc6376-3.5]") {
    const TagList none = tags("x=5");
    CHECK(dkim::read_canonicalizations(none)->header == dkim::Canonicalization::simple);
    CHECK(dkim::read_canonicalizations(none)->body == dkim::Canonicalization::simple);
    CHECK_FALSE(dkim::read_body_length(none)->has_value());
    CHECK(dkim::check_query_methods(none).empty());
    CHECK(dkim::read_algorithm(none).error() == "unsupported algorithm");
    CHECK(dkim::read_signature_data(none).error() == "invalid base64 in b=");
    CHECK(dkim::read_body_hash(none).error() == "invalid base64 in bh=");
    CHECK(dkim::read_domain(none).error() == "invalid domain");
    CHECK(dkim::read_selector(none).error() == "invalid selector");
    CHECK(dkim::read_signed_fields(none).error() == "invalid field name in h=");
}

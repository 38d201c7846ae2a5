#include "sample.h"

namespace {

const crypto::SigningKey& rsa() {
    static const crypto::SigningKey key = signing_key(support::rsa_pem);
    return key;
}

std::string refusal(const dkim::SignOptions& options, std::string_view text = sample_message) {
    const auto body = dkim::sign(options, rsa(), parsed(text).headers, crypto::Sha256{}, sample_time);
    return body ? "" : body.error().message;
}

dkim::Signature made(const dkim::SignOptions& options, std::string_view text = sample_message) {
    const auto signature = dkim::parse_signature(sign_body(options, rsa(), parsed(text)));
    REQUIRE(signature);
    return *signature;
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) {
        text += (text.empty() ? "" : ":") + name;
    }
    return text;
}

} // namespace

TEST_CASE("a signature says who, when and how", "[rfc6376-5]") {
    auto options = sample_options();
    options.header_canonicalization = dkim::Canonicalization::simple;
    options.lifetime = 86400;
    options.identity = "joe=bar@sub.example.org";
    const dkim::Signature signature = made(options);
    CHECK(signature.algorithm == crypto::SignatureAlgorithm::rsa_sha256);
    CHECK(signature.header_canonicalization == dkim::Canonicalization::simple);
    CHECK(signature.body_canonicalization == dkim::Canonicalization::relaxed);
    CHECK(signature.domain.text() == "example.org");
    CHECK(signature.selector == "s");
    CHECK(signature.identity == "joe=bar@sub.example.org");
    CHECK(signature.timestamp == sample_time);
    CHECK(signature.expiration == sample_time + 86400);
    CHECK_FALSE(signature.body_length); // RFC 6376 8.2: never l=
    CHECK(signature.signature.size() == 128);
}

TEST_CASE("i= and x= are left out unless asked for") {
    const std::string body = sign_body(sample_options(), rsa(), parsed(sample_message));
    CHECK(body.find("i=") == std::string::npos);
    CHECK(body.find("x=") == std::string::npos);
    CHECK(body.rfind(" v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=s;", 0) == 0);
}

TEST_CASE("every instance of a field is signed, oversigned ones once more", "[rfc6376-5.4][rfc6376-8.15]") {
    struct Case {
        std::string name;
        std::string header;
        std::vector<std::string> fields;
        std::vector<std::string> oversigned;
        std::string expected;
        std::vector<std::string> if_present = {};
    };
    const std::vector<Case> cases = {
        {"only From", "From: a@b.c\r\n", {"from"}, {}, "from"},
        {"From is signed though nobody named it", "From: a@b.c\r\nTo: x\r\n", {"to"}, {}, "from:to"},
        {"From oversigned", "From: a@b.c\r\n", {"from"}, {"from"}, "from:from"},
        {"an absent field is not named", "From: a@b.c\r\n", {"from", "cc"}, {}, "from"},
        {"an absent oversigned field is named once", "From: a@b.c\r\n", {"from"}, {"cc"}, "from:cc"},
        {"repeated fields", "To: x\r\nFrom: a@b.c\r\nTO: y\r\n", {"from", "to"}, {"to"}, "from:to:to:to"},
        {"names in any case, each once",
         "From: a@b.c\r\nTo: x\r\n",
         {"From", "TO", "to"},
         {"From", "To"},
         "from:from:to:to"},
        {"fields on no list", "From: a@b.c\r\nX-Other: x\r\n", {"from"}, {}, "from"},
        {"an absent field of those that are oversigned if present",
         "From: a@b.c\r\n",
         {"from", "date"},
         {},
         "from",
         {"date"}},
        {"a present one", "From: a@b.c\r\nDate: x\r\n", {"from", "date"}, {}, "from:date:date", {"Date"}},
        {"two of them",
         "From: a@b.c\r\nDate: x\r\ndate: y\r\n",
         {"from", "date"},
         {},
         "from:date:date:date",
         {"date"}},
        {"one that is not signed otherwise", "From: a@b.c\r\nDate: x\r\n", {"from"}, {}, "from", {"date"}},
        {"the stricter of two lists counts",
         "From: a@b.c\r\n",
         {"from", "date"},
         {"date"},
         "from:date",
         {"date"}},
    };
    for (const Case& c : cases) {
        CAPTURE(c.name);
        auto options = sample_options();
        options.signed_fields = c.fields;
        options.oversigned_fields = c.oversigned;
        options.oversigned_if_present = c.if_present;
        CHECK(joined(made(options, c.header + "\r\nbody\r\n").signed_fields) == c.expected);
    }
}

TEST_CASE("the default lists protect what a reader is shown and leave an MTA its additions") {
    CHECK(joined(made(sample_options()).signed_fields) ==
          "from:from:reply-to:subject:subject:to:to:cc:mime-version:content-type:content-transfer-encoding:"
          "content-disposition:content-id:content-description:content-location:content-base:in-reply-to:"
          "references:mail-reply-to:mail-followup-to:disposition-notification-to:return-receipt-to:"
          "x-confirm-reading-to:newsgroups:followup-to:autocrypt:autocrypt-setup-message:openpgp:x-message-"
          "flag:"
          "sensitivity:expires:expiry-date:reply-by:chat-version:face:x-face:"
          "date:date:message-id:message-id");
}

TEST_CASE("what cannot be signed honestly is not signed") {
    struct Case {
        std::string name;
        std::function<void(dkim::SignOptions&)> change;
        std::string expected;
    };
    const std::vector<Case> cases = {
        {"no domain", [](auto& o) { o.domain = ""; }, "the signing domain is no domain name"},
        {"a single label", [](auto& o) { o.domain = "org"; }, "the signing domain needs two labels at least"},
        {"a domain with a blank", [](auto& o) { o.domain = "exa mple.org"; },
         "the signing domain is no domain name"},
        {"a U-label",
         [](auto& o) {
             o.domain = "b\xc3\xbc"
                        "cher.example";
         },
         "the signing domain is no domain name"},
        {"a trailing dot", [](auto& o) { o.domain = "example.org."; },
         "the signing domain is no domain name"},
        {"no selector", [](auto& o) { o.selector = ""; }, "the selector is no valid name"},
        {"a selector that ends the tag", [](auto& o) { o.selector = "s; l=0"; },
         "the selector is no valid name"},
        {"a stranger's identity", [](auto& o) { o.identity = "@example.net"; },
         "the identity does not belong to the signing domain"},
        {"an identity that is none", [](auto& o) { o.identity = "joe"; },
         "the identity does not belong to the signing domain"},
        {"an identity that fits no line",
         [](auto& o) { o.identity = std::string(400, 'a') + "@example.org"; },
         "the identity is longer than any address"},
        {"a field name that fits no line", [](auto& o) { o.signed_fields = {std::string(1000, 'a')}; },
         "a name to be signed is no field name"},
        {"a field name with a colon", [](auto& o) { o.signed_fields = {"a:b"}; },
         "a name to be signed is no field name"},
        {"an empty field name", [](auto& o) { o.oversigned_fields = {""}; },
         "a name to be signed is no field name"},
        {"a field name with a blank", [](auto& o) { o.oversigned_if_present = {"a b"}; },
         "a name to be signed is no field name"},
        {"a negative lifetime", [](auto& o) { o.lifetime = -1; }, "the lifetime is negative"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.name);
        auto options = sample_options();
        c.change(options);
        CHECK(refusal(options) == c.expected);
    }
}

TEST_CASE("a message without exactly one From is not signed", "[rfc5322-3.6]") {
    CHECK(refusal(sample_options(), "To: x\r\n\r\n") == "no From field");
    CHECK(refusal(sample_options(), "From: a\r\nFROM: b\r\n\r\n") == "several From fields");
    CHECK(refusal(sample_options(), "From: a\r\nFrom : b\r\n\r\n") == "several From fields");
}

TEST_CASE("names of signed fields that fill more than a signature may hold are not signed") {
    std::string text = "From: a@b.c\r\n";
    auto options = sample_options();
    options.signed_fields = {"from", "x-" + std::string(300, 'a')};
    for (int i = 0; i < 85; ++i) {
        text += options.signed_fields.back() + ": x\r\n";
    }
    CHECK(refusal(options, text + "\r\n").empty());
    for (int i = 0; i < 20; ++i) {
        text += options.signed_fields.back() + ": x\r\n";
    }
    CHECK(refusal(options, text + "\r\n") == "too many header fields to sign");
    CHECK(dkim::signing_obstacle(options, parsed(text + "\r\n").headers) == "too many header fields to sign");
}

TEST_CASE("a header with more fields than one signature can name is not signed") {
    std::string text = "From: a@b.c\r\n";
    for (int i = 0; i < 995; ++i) {
        text += "To: x\r\n";
    }
    CHECK(refusal(sample_options(), text + "\r\n") == "too many header fields to sign");
}

TEST_CASE("the field is folded at 78 octets with CRLF and a tab, and nowhere else") {
    auto options = sample_options();
    options.domain = "a-long-domain-name-indeed.and-a-longer-one.example.org";
    options.selector = "selector-of-some-length";
    const std::string body = "DKIM-Signature:" + sign_body(options, rsa(), parsed(sample_message));
    std::size_t begin = 0;
    while (begin < body.size()) {
        const auto end = std::min(body.find("\r\n", begin), body.size());
        CHECK(end - begin <= 78);
        if (end + 2 < body.size()) {
            CHECK(body[end + 2] == '\t');
        }
        begin = end + 2;
    }
    CHECK(body.find('\n') != std::string::npos);
    CHECK(body.substr(body.size() - 2) != "\r\n");
}

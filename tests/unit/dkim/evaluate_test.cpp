#include "sample.h"

#include "dkim/header_hash.h"

#include <functional>

namespace {

const std::string key_name = "s._domainkey.example.org";

const crypto::SigningKey& rsa() {
    static const crypto::SigningKey key = signing_key(support::rsa_pem);
    return key;
}

const crypto::SigningKey& ed25519() {
    static const crypto::SigningKey key = signing_key(support::ed25519_pem);
    return key;
}

// Without records the answer is an empty one.
Zone zone_with(std::vector<std::string> records) {
    dns::Answer answer;
    answer.status = dns::Status::found;
    answer.texts = std::move(records);
    return Zone().set({key_name, dns::Type::txt}, std::move(answer));
}
Zone good_zone() {
    return zone_with({key_record(rsa())});
}

std::string signed_sample(const crypto::SigningKey& key = rsa()) {
    return signed_text(sample_options(), key, sample_message);
}

// A signature made by hand, for what sign() does not do: l=, times of all kinds, other algorithms' names.
std::string signed_by_hand(const std::function<void(dkim::Signature&)>& change,
                           std::string_view text = sample_message) {
    const message::Message message = parsed(text);
    auto draft = dkim::parse_signature(
        "v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=s; h=from; bh=YQ==; b=YQ==");
    REQUIRE(draft);
    draft->signature_text.clear();
    change(*draft);
    dkim::BodyHashes bodies;
    const std::size_t hash = bodies.request(draft->body_canonicalization, draft->body_length);
    bodies.update(message.body);
    bodies.finish();
    draft->body_hash.assign(bodies.digest(hash).begin(), bodies.digest(hash).end());
    const message::HeaderField own("DKIM-Signature", dkim::print(*draft));
    const auto digest = dkim::header_hash(draft->header_canonicalization, message.headers,
                                          draft->signed_fields, message.headers.size(), own);
    draft->signature_text = base::base64_encode(*rsa().sign(digest));
    return "DKIM-Signature:" + dkim::print(*draft) + "\r\n" + std::string(text);
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    const auto at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), with);
}

} // namespace

TEST_CASE("the key record decides as RFC 6376 6.1.2 says", "[rfc6376-6.1.2]") {
    const std::string p = "p=" + base::base64_encode(rsa().public_record_bytes());
    // The 512-bit half of support::rsa_512_pem.
    const std::string small =
        "p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAMOMbp6WDCZ/DKT9BWI6uhV675EY99VR+WQRtYVYCiqGnlxCNEqit"
        "2086qfpJseO7Lq2KmWSZX55oPB1f0midFUCAwEAAQ==";
    struct Case {
        std::string name;
        std::vector<std::string> records;
        std::string expected;
    };
    const std::vector<Case> cases = {
        {"a plain record", {p}, "pass"},
        {"testing", {"t=y; " + p}, "pass"},
        {"revoked", {"v=DKIM1; p="}, "permerror: key revoked"},
        {"no key tag", {"v=DKIM1; k=rsa"}, "permerror: no usable key record"},
        {"another version", {"v=DKIM2; " + p}, "permerror: no usable key record"},
        {"no DER", {"p=YWJj"}, "permerror: unreadable public key"},
        {"another type of key", {key_record(ed25519())}, "permerror: inappropriate key algorithm"},
        {"an unknown type of key", {"k=x; " + p}, "permerror: inappropriate key algorithm"},
        {"not for sha256", {"h=sha1; " + p}, "permerror: inappropriate hash algorithm"},
        {"not for email", {"s=tlsrpt; " + p}, "permerror: key not for email"},
        {"no subdomains, and none used", {"t=s; " + p}, "pass"},
        {"a small key", {small}, "policy: key too small"},
        {"a stranger's key",
         {key_record(*crypto::SigningKey::generate(crypto::KeyType::rsa, 1024))},
         "fail: signature did not verify"},
        {"a good record behind others", {"v=spf1 -all", "p=", p}, "pass"},
        {"the first key record says why not", {"words", "p=", "p=YWJj"}, "permerror: key revoked"},
        {"a good record beyond the limit", {"a", "b", "c", "d", "e", p}, "permerror: no usable key record"},
        {"a record that is too long",
         {p + "; n=" + std::string(4097 - p.size() - 4, 'x')},
         "permerror: no usable key record"},
        {"a record as long as allowed", {p + "; n=" + std::string(4096 - p.size() - 4, 'x')}, "pass"},
        {"no record at all", {}, "permerror: no usable key record"},
    };
    const std::string text = signed_sample();
    for (const Case& c : cases) {
        CAPTURE(c.name);
        CHECK(results_of(text, zone_with(c.records)) == c.expected);
    }
}

TEST_CASE("no key, no answer and no question are told apart", "[rfc6376-6.1.2]") {
    const message::Message message = parsed(signed_sample());
    const dkim::Options options;
    dkim::BodyHashes bodies;
    const auto candidates = dkim::find_signatures(message.headers, options.limits, bodies);
    bodies.update(message.body);
    bodies.finish();
    REQUIRE(candidates.size() == 1);
    const auto outcome = [&](const std::optional<dns::Answer>& answer) {
        dns::Answers answers;
        if (answer) {
            answers.insert({key_name, dns::Type::txt}, *answer);
        }
        return dkim::evaluate({candidates.front(), message.headers, bodies, sample_time}, answers, options);
    };
    CHECK(std::get<dns::Questions>(outcome({})) == dkim::key_questions(candidates.front()));
    CHECK(std::get<dkim::Verdict>(outcome(dns::no_name())).reason == "no key for signature");
    CHECK(std::get<dkim::Verdict>(outcome(dns::no_data())).result == dkim::Result::permerror);
    const auto timeout = std::get<dkim::Verdict>(outcome(dns::failed(dns::Failure::timeout)));
    CHECK(timeout.result == dkim::Result::temperror);
    CHECK(timeout.reason == "key lookup failed: timeout");
}

TEST_CASE("the key's question is known as soon as the field is, and only when it can matter") {
    const auto asked = [](const std::string& text) {
        const message::Message message = parsed(text);
        dkim::BodyHashes bodies;
        std::string names;
        for (const auto& candidate : dkim::find_signatures(message.headers, {}, bodies)) {
            for (const dns::Question& question : dkim::key_questions(candidate)) {
                names += dns::print(question) + " ";
            }
        }
        return names;
    };
    CHECK(asked(signed_sample()) == "TXT s._domainkey.example.org ");
    CHECK(asked(replaced(signed_sample(), "a=rsa-sha256", "a=rsa-sha1")).empty());
    CHECK(asked(replaced(signed_sample(), "v=1", "v=2")).empty());
}

TEST_CASE("a key name too long for the DNS is a key that does not exist") {
    const std::string label(60, 'a');
    const std::string selector = label + "." + label + "." + label + "." + label;
    CHECK(results_of(signed_by_hand([&](dkim::Signature& s) { s.selector = selector; }), {}) ==
          "permerror: no key for signature");
}

TEST_CASE("rsa-sha1 is never a pass, whatever key there is", "[rfc8301-3.1]") {
    const std::string text =
        signed_by_hand([](dkim::Signature& s) { s.algorithm = crypto::SignatureAlgorithm::rsa_sha1; });
    CHECK(results_of(text, good_zone()) == "permerror: rsa-sha1 is no longer acceptable");
}

TEST_CASE("key sizes are a matter of policy between 1024 and 4096 bits", "[rfc8301-3.2]") {
    dkim::Options options;
    options.limits.minimum_rsa_bits = 1025;
    CHECK(results_of(signed_sample(), good_zone(), options) == "policy: key too small");
    options.limits.minimum_rsa_bits = 512;
    options.limits.maximum_rsa_bits = 1023;
    CHECK(results_of(signed_sample(), good_zone(), options) == "policy: key too large");
    CHECK(results_of(signed_sample(ed25519()), zone_with({key_record(ed25519())}), options) == "pass");
}

TEST_CASE("times are judged with the clock drift allowed", "[rfc6376-3.5]") {
    const auto result = [](std::optional<base::UnixTime> made, std::optional<base::UnixTime> expires) {
        return results_of(signed_by_hand([&](dkim::Signature& s) {
                              s.timestamp = made;
                              s.expiration = expires;
                          }),
                          good_zone());
    };
    CHECK(result({}, {}) == "pass");
    CHECK(result(sample_time + 300, {}) == "pass");
    CHECK(result(sample_time + 301, {}) == "permerror: signature from the future");
    CHECK(result({}, sample_time - 300) == "pass");
    CHECK(result({}, sample_time - 301) == "fail: signature expired");
    CHECK(result({}, 0) == "fail: signature expired");
    CHECK(result({}, 999999999999) == "pass");
}

TEST_CASE("a length shorter than the body is refused unless the policy accepts it", "[rfc6376-8.2]") {
    const std::string whole = "Hi.\r\n\r\nWe lost the game.\r\n\r\nJoe.\r\n"; // the sample's body, relaxed
    const auto text = [](std::uint64_t length) {
        return signed_by_hand([&](dkim::Signature& s) { s.body_length = length; });
    };
    dkim::Options accept;
    accept.partial_body = dkim::PartialBody::accept;
    CHECK(results_of(text(whole.size()), good_zone()) == "pass");
    CHECK(results_of(text(whole.size()) + "\r\n\r\n", good_zone()) == "pass"); // nothing canonical was added
    CHECK(results_of(text(whole.size()) + "more", good_zone()) == "policy: body only partly signed");
    CHECK(results_of(text(whole.size()) + "more", good_zone(), accept) == "pass");
    CHECK(results_of(text(5), good_zone()) == "policy: body only partly signed");
    CHECK(results_of(text(0), good_zone()) == "policy: body only partly signed");
    CHECK(results_of(text(whole.size() + 1), good_zone(), accept) == "fail: body shorter than signed length");
    CHECK(results_of(text(~0ULL), good_zone(), accept) == "fail: body shorter than signed length");
    // Policy never hides that a signature is wrong.
    CHECK(results_of(replaced(text(5), "From: Joe", "From: Jim"), good_zone()) ==
          "fail: signature did not verify");
}

TEST_CASE("t=s binds i= to d= itself", "[rfc6376-3.6.1]") {
    auto options = sample_options();
    options.identity = "joe@sub.example.org";
    const std::string text = signed_text(options, rsa(), sample_message);
    CHECK(results_of(text, good_zone()) == "pass");
    CHECK(results_of(text, zone_with({key_record(rsa(), "t=s; ")})) == "permerror: key not for subdomains");
    options.identity = "joe@EXAMPLE.org";
    CHECK(results_of(signed_text(options, rsa(), sample_message), zone_with({key_record(rsa(), "t=s; ")})) ==
          "pass");
}

TEST_CASE("test mode and the AD bit are told beside the result", "[rfc6376-3.6.1]") {
    const auto testing = verdicts_of(signed_sample(), zone_with({key_record(rsa(), "t=y; ")})).front();
    CHECK(testing.test_mode);
    CHECK(testing.comment == "1024-bit key, test mode");
    const auto revoked = verdicts_of(signed_sample(), zone_with({"t=y; p="})).front();
    CHECK(revoked.comment == "test mode");
    CHECK_FALSE(revoked.secure_key);

    const message::Message message = parsed(signed_sample());
    dkim::BodyHashes bodies;
    const auto candidates = dkim::find_signatures(message.headers, {}, bodies);
    bodies.update(message.body);
    bodies.finish();
    dns::Answer answer;
    answer.status = dns::Status::found;
    answer.secure = true;
    answer.texts = {key_record(rsa())};
    dns::Answers answers;
    answers.insert({key_name, dns::Type::txt}, answer);
    const auto outcome =
        dkim::evaluate({candidates.front(), message.headers, bodies, sample_time}, answers, {});
    CHECK(std::get<dkim::Verdict>(outcome).secure_key);
}

TEST_CASE("without steps the verdict is the same") {
    dkim::Options silent;
    silent.steps = false;
    const std::string broken = "DKIM-Signature: v=1; a=x\r\n";
    for (const auto& zone : {good_zone(), Zone()}) {
        const auto told = verdicts_of(broken + signed_sample(), zone);
        const auto untold = verdicts_of(broken + signed_sample(), zone, silent);
        REQUIRE(untold.size() == told.size());
        for (std::size_t i = 0; i < told.size(); ++i) {
            CHECK_FALSE(told[i].steps.empty());
            CHECK(untold[i].steps.empty());
            CHECK(untold[i].result == told[i].result);
            CHECK(untold[i].reason == told[i].reason);
            CHECK(untold[i].comment == told[i].comment);
        }
    }
}

TEST_CASE("a bad signature never spoils a good one, and order means nothing", "[rfc6376-4.2][rfc6376-6.1]") {
    const std::string broken = "DKIM-Signature: v=1; a=x\r\n";
    const std::string forged = replaced(signed_sample(), "t=17", "t=16");
    const std::string forged_field = forged.substr(0, forged.find("\r\nFrom:") + 2);
    CHECK(results_of(broken + forged_field + signed_sample(), good_zone()) ==
          "neutral: missing tag: b; fail: signature did not verify; pass");
    CHECK(results_of(sample_message, good_zone()) == "none");
}

TEST_CASE("that there are signatures beyond the limit is said once", "[rfc6376-6.1]") {
    dkim::Options options;
    options.limits.signatures = 2;
    std::string text = signed_sample();
    const std::string field = text.substr(0, text.find("\r\nFrom:") + 2);
    for (int i = 0; i < 6; ++i) {
        text = field + text;
    }
    CHECK(results_of(text, good_zone(), options) == "pass; pass; policy: too many signatures");
}

TEST_CASE("the limit is spent on what is near the author first, then from the top", "[rfc6376-6.1]") {
    const auto field = [](const std::string& domain, const std::string& algorithm = "rsa-sha256") {
        return "DKIM-Signature: v=1; a=" + algorithm + "; d=" + domain + "; s=s; h=from; bh=YWJj; b=YWJj\r\n";
    };
    const std::string text = field("r1.example") + field("r2.example") +
                             field("news.example.org", "rsa-sha1") + field("x.news.example.org") +
                             "DKIM-Signature: d=news.example.org\r\n" + field("example.org") +
                             field("r3.example") + field("news.example.org") + field("shop.example.org") +
                             "From: ann@news.example.org\r\n\r\n";
    const message::Message message = parsed(text);
    const std::vector<base::DomainName> authors{*base::DomainName::parse("elsewhere.test"),
                                                *base::DomainName::parse("news.example.org")};
    const auto chosen = [&](std::size_t limit, const std::vector<base::DomainName>& near) {
        dkim::Limits limits;
        limits.signatures = limit;
        dkim::BodyHashes bodies;
        std::string places;
        for (const auto& candidate : dkim::find_signatures(message.headers, limits, bodies, near)) {
            places += std::to_string(candidate.field_index) + (candidate.over_limit ? "! " : " ");
        }
        return places;
    };
    CHECK(chosen(1, authors) == "7 0! ");
    CHECK(chosen(2, authors) == "3 7 0! ");
    CHECK(chosen(4, authors) == "3 5 7 8 0! ");
    CHECK(chosen(6, authors) == "0 1 3 5 7 8 2! ");
    CHECK(chosen(9, authors) == "0 1 2 3 4 5 6 7 8 ");
    CHECK(chosen(2, {}) == "0 1 2! ");
    CHECK(chosen(0, authors) == "0! ");
}

TEST_CASE("long signature fields and long lists of names are refused") {
    dkim::Options options;
    options.limits.signature_field = 100;
    CHECK(results_of(signed_sample(), good_zone(), options) == "neutral: signature field too long");
    options = {};
    options.limits.signed_fields = 3;
    CHECK(results_of(signed_sample(), good_zone(), options) == "neutral: too many names in h=");
    CHECK(verdicts_of(signed_sample(), good_zone(), options).front().domain == "example.org");
}

TEST_CASE("fields put on top of a signed message break it when they were signed as absent",
          "[rfc6376-8.15]") {
    struct Case {
        std::string field;
        std::string expected;
    };
    const std::vector<Case> cases = {
        {"From: x@example.net\r\n", "fail: signature did not verify"},
        {"Subject: other\r\n", "fail: signature did not verify"},
        {"To: other@example.net\r\n", "fail: signature did not verify"},
        {"Cc: other@example.net\r\n", "fail: signature did not verify"},
        {"Reply-To: other@example.net\r\n", "fail: signature did not verify"},
        {"Content-Type: text/html\r\n", "fail: signature did not verify"},
        {"MIME-Version: 1.0\r\n", "fail: signature did not verify"},
        {"Content-Transfer-Encoding: quoted-printable\r\n", "fail: signature did not verify"},
        {"Content-Disposition: attachment\r\n", "fail: signature did not verify"},
        {"Mail-Followup-To: other@example.net\r\n", "fail: signature did not verify"},
        {"Disposition-Notification-To: other@example.net\r\n", "fail: signature did not verify"},
        {"Autocrypt: addr=joe@example.org; keydata=AAAA\r\n", "fail: signature did not verify"},
        // The message has one of each.
        {"Date: Fri, 11 Jul 2003 21:00:38 -0700\r\n", "fail: signature did not verify"},
        {"Message-ID: <2@example.org>\r\n", "fail: signature did not verify"},
        // What a mailing list or an MTA adds must not break a signature.
        {"Sender: list@example.net\r\n", "pass"},
        {"List-Id: <list.example.net>\r\n", "pass"},
        {"List-Unsubscribe: <mailto:list-leave@example.net>\r\n", "pass"},
        {"Resent-From: other@example.net\r\n", "pass"},
        {"Received: from x\r\n", "pass"},
        {"Authentication-Results: x; none\r\n", "pass"},
        {"DKIM-Signature: v=1\r\n", "neutral: missing tag: a; pass"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.field);
        CHECK(results_of(c.field + signed_sample(), good_zone()) == c.expected);
    }
}

TEST_CASE("what an MTA adds after its filters breaks no signature", "[rfc6376-8.15]") {
    const std::string bare = signed_text(sample_options(), rsa(), "From: joe@example.org\r\n\r\nHi.\r\n");
    for (const std::string field :
         {"Date: Fri, 11 Jul 2003 21:00:37 -0700\r\n", "Message-ID: <1@example.org>\r\n",
          "Sender: joe@example.org\r\n", "Resent-Date: Fri, 11 Jul 2003 21:00:37 -0700\r\n"}) {
        CAPTURE(field);
        CHECK(results_of(field + bare, good_zone()) == "pass");
    }
}

TEST_CASE("the value of b= may be folded anew by a relay, every other byte of a simple field may not",
          "[rfc6376-3.7]") {
    auto options = sample_options();
    options.header_canonicalization = dkim::Canonicalization::simple;
    const std::string text = signed_text(options, rsa(), sample_message);
    const auto b = text.find("\tb=") + 3;
    std::string refolded = text;
    refolded.insert(b + 10, " \t\r\n ");
    refolded.insert(b, " ");
    CHECK(results_of(refolded, good_zone()) == "pass");
    refolded.insert(b - 1, " ");
    CHECK(results_of(refolded, good_zone()) == "fail: signature did not verify");
    CHECK(results_of(replaced(text, " v=1;", "  v=1;"), good_zone()) == "fail: signature did not verify");
    CHECK(results_of(replaced(text, "DKIM-Signature:", "DKIM-signature:"), good_zone()) ==
          "fail: signature did not verify");
}

TEST_CASE("a relaxed signature survives new folding, blanks and case of names", "[rfc6376-3.4.2]") {
    std::string text = signed_sample();
    text = replaced(text, " v=1;", "\r\n\t  v=1;");
    text = replaced(text, "DKIM-Signature:", "dkim-SIGNATURE :");
    text = replaced(text, "Subject: Is  dinner", "SUBJECT:Is\r\n dinner");
    text = replaced(text, "Hi.\r\n", "Hi.  \t\r\n");
    CHECK(results_of(text, good_zone()) == "pass");
}

TEST_CASE("other signatures may be signed, one's own never is", "[rfc6376-3.5]") {
    const std::string first = signed_sample();
    const std::string both =
        signed_by_hand([](dkim::Signature& s) { s.signed_fields = {"from", "dkim-signature"}; }, first);
    CHECK(results_of(both, good_zone()) == "pass; pass");
    // The signature's field moved below the one it signs: it still is not its own input.
    const auto end = both.find("DKIM-Signature:", 10);
    const auto from = both.find("\r\nFrom:") + 2;
    const std::string moved = both.substr(end, from - end) + both.substr(0, end) + both.substr(from);
    CHECK(results_of(moved, good_zone()) == "pass; pass");
}

TEST_CASE("more answers than were asked for change nothing") {
    Zone zone = good_zone();
    const std::string alone = results_of(signed_sample(), zone);
    zone.add("TXT example.org", "v=spf1 -all");
    zone.add("TXT other._domainkey.example.org", "p=");
    CHECK(results_of(signed_sample(), zone) == alone);
}

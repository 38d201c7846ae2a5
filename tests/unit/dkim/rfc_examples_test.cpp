#include "sample.h"

namespace {

// RFC 6376 A.2 with the errata 3192 (body) and 4926 (header): one space between the sentences of the
// body.
const std::string rfc6376_signed = R"(DKIM-Signature: v=1; a=rsa-sha256; s=brisbane; d=example.com;
      c=simple/simple; q=dns/txt; i=joe@football.example.com;
      h=Received : From : To : Subject : Date : Message-ID;
      bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
      b=AuUoFEfDxTDkHlLXSZEpZj79LICEps6eda7W3deTVFOk4yAUoqOB
        4nujc7YopdG5dWLSdNg6xNAZpOPr+kHxt1IrE+NahM6L/LbvaHut
        KVdkLLkpVaVVQPzeRDI009SO2Il5Lu7rDNH6mZckBdrIx0orEtZV
        4bmp/YzhwvcubU4=;
Received: from client1.football.example.com  [192.0.2.1]
      by submitserver.example.com with SUBMISSION;
      Fri, 11 Jul 2003 21:01:54 -0700 (PDT)
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game. Are you hungry yet?

Joe.
)";

// RFC 6376 C: the key record of the example.
const Zone rfc6376_zone = {
    {"TXT brisbane._domainkey.example.com",
     "v=DKIM1; "
     "p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4j"
     "YfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/"
     "NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDA"
     "QAB"}};

// RFC 8463 A.3: one message, signed with both algorithms.
const std::string rfc8463_signed = R"(DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=test; t=1528637909; h=from : to : subject :
 date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
 DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
 dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.
)";

const std::string rfc8463_rsa_record =
    "v=DKIM1; k=rsa; "
    "p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0"
    "Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/"
    "8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QI"
    "DAQAB";
const std::string rfc8463_ed25519_record =
    "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

const Zone rfc8463_zone = {{"TXT brisbane._domainkey.football.example.com", rfc8463_ed25519_record},
                           {"TXT test._domainkey.football.example.com", rfc8463_rsa_record}};

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    const auto at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), with);
}

} // namespace

TEST_CASE("the example of RFC 6376 A verifies", "[rfc6376-A]") {
    CHECK(results_of(rfc6376_signed, rfc6376_zone) == "pass");
    const auto verdict = verdicts_of(rfc6376_signed, rfc6376_zone).front();
    CHECK(verdict.domain == "example.com");
    CHECK(verdict.selector == "brisbane");
    CHECK(verdict.identity == "joe@football.example.com");
    CHECK(verdict.algorithm == "rsa-sha256");
    CHECK(verdict.key_bits == 1024);
    CHECK(verdict.comment == "1024-bit key");
}

TEST_CASE("the example of RFC 6376 A does not verify once touched", "[rfc6376-A]") {
    CHECK(results_of(replaced(rfc6376_signed, "game. Are", "game.  Are"), rfc6376_zone) ==
          "fail: body hash did not verify");
    CHECK(results_of(
              replaced(rfc6376_signed, "client1.football.example.com  [", "client1.football.example.com ["),
              rfc6376_zone) == "fail: signature did not verify");
}

TEST_CASE("both signatures of RFC 8463 A verify", "[rfc8463-A]") {
    CHECK(results_of(rfc8463_signed, rfc8463_zone) == "pass; pass");
    const auto verdicts = verdicts_of(rfc8463_signed, rfc8463_zone);
    CHECK(verdicts[0].algorithm == "ed25519-sha256");
    CHECK(verdicts[0].key_bits == 256);
    CHECK(verdicts[1].algorithm == "rsa-sha256");
}

TEST_CASE("each signature of RFC 8463 A stands for itself", "[rfc6376-6.1]") {
    const Zone only_rsa{{"TXT test._domainkey.football.example.com", rfc8463_rsa_record}};
    CHECK(results_of(rfc8463_signed, only_rsa) == "permerror: no key for signature; pass");
    const Zone swapped{{"TXT brisbane._domainkey.football.example.com", rfc8463_rsa_record},
                       {"TXT test._domainkey.football.example.com", rfc8463_ed25519_record}};
    CHECK(results_of(rfc8463_signed, swapped) ==
          "permerror: inappropriate key algorithm; permerror: inappropriate key algorithm");
}

TEST_CASE("the signed names of RFC 8463 A leave no room for a second From", "[rfc6376-8.15]") {
    CHECK(results_of(replaced(rfc8463_signed, "From: Joe", "From: x@example.net\r\nFrom: Joe"),
                     rfc8463_zone) == "fail: signature did not verify; fail: signature did not verify");
}

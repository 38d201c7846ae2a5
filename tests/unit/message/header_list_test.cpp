#include "message/header_list.h"

#include "support/catch.h"

using message::HeaderField;
using message::HeaderList;

TEST_CASE("a header list finds fields by name, top to bottom", "[message]") {
    HeaderList headers;
    headers.add(HeaderField("Received", " one"));
    headers.add(HeaderField("From", " ann@example.org"));
    headers.add(HeaderField("RECEIVED", " two"));

    CHECK(headers.size() == 3);
    CHECK(headers.indexes_of("received") == std::vector<std::size_t>{0, 2});
    CHECK(headers.count("Received") == 2);
    CHECK(headers.count("To") == 0);
    REQUIRE(headers.first("Received") != nullptr);
    CHECK(headers.first("Received")->body() == " one");
    CHECK(headers.first("To") == nullptr);
    CHECK(headers[2].name() == "RECEIVED");
    CHECK(headers.byte_count() ==
          std::string("Received: one\r\nFrom: ann@example.org\r\nRECEIVED: two\r\n").size());
}

TEST_CASE("a field without a name has no namesakes", "[message]") {
    HeaderList headers;
    headers.add(HeaderField::from_text("no colon here"));
    CHECK(headers.count("no colon here") == 0);
    CHECK(headers.indexes_of("From").empty());
    CHECK(HeaderList().byte_count() == 0);
}

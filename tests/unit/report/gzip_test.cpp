#include "report/gzip.h"

#include "support/catch.h"

#include <zlib.h>

#include <string>

namespace {

std::string unzipped(const std::string& compressed) {
    z_stream stream{};
    REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK); // gzip alone
    std::string text(std::size_t{4} << 20U, '\0');
    std::string input = compressed;
    stream.next_in = reinterpret_cast<Bytef*>(input.data());
    stream.avail_in = static_cast<uInt>(input.size());
    stream.next_out = reinterpret_cast<Bytef*>(text.data());
    stream.avail_out = static_cast<uInt>(text.size());
    CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
    CHECK(stream.avail_in == 0); // one member
    text.resize(stream.total_out);
    inflateEnd(&stream);
    return text;
}

std::string zipped(report::Gzip& gzip, const std::string& text) {
    gzip.add(text);
    return gzip.finish();
}

} // namespace

TEST_CASE("what is compressed comes out again") {
    report::Gzip gzip;
    std::string mixed;
    for (unsigned i = 0; i < 200000; ++i) {
        mixed += static_cast<char>(i * i >> 3U);
    }
    for (const std::string& text : {std::string(), std::string("a"), std::string(1000000, 'x'), mixed}) {
        CHECK(unzipped(zipped(gzip, text)) == text);
    }
}

TEST_CASE("the same text gives the same bytes, in pieces or not, first or later") {
    report::Gzip gzip;
    const std::string first = zipped(gzip, "one report");
    CHECK(zipped(gzip, "one report") == first);
    gzip.add("one ");
    gzip.add("");
    gzip.add("report");
    CHECK(gzip.finish() == first);
    CHECK(first.substr(4, 4) == std::string(4, '\0')); // no time
    CHECK(first[3] == '\0');                           // nor a name
}

#include "milter/tool/probe/milter_frame.h"

#include "support/catch.h"

using milter::tool::Frame;
using milter::tool::FrameReader;

TEST_CASE("frames come out of a stream wherever it is cut") {
    const std::vector<Frame> frames{{'c', ""}, {'y', std::string("550 no\0", 7)}, {'p', ""}, {'h', "abc"}};
    std::string stream;
    for (const Frame& frame : frames) {
        stream += milter::tool::encode(frame);
    }
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        INFO("cut at " << cut);
        FrameReader reader;
        std::vector<Frame> got;
        for (const std::string& piece : {stream.substr(0, cut), stream.substr(cut)}) {
            reader.append(piece);
            while (auto frame = reader.next()) {
                got.push_back(std::move(*frame));
            }
        }
        CHECK(got == frames);
        CHECK_FALSE(reader.broken());
    }
}

TEST_CASE("a length that no frame has breaks the stream") {
    struct Case {
        const char* name;
        std::string bytes;
    };
    const auto test = GENERATE(values<Case>({
        {"nothing, not even a code", std::string("\0\0\0\0c", 5)},
        {"over the limit", std::string("\xff\xff\xff\xff", 4)},
        {"another protocol", "220 mx.example.org ESMTP\r\n"},
    }));
    INFO(test.name);
    FrameReader reader;
    reader.append(test.bytes);
    CHECK_FALSE(reader.next());
    CHECK(reader.broken());
    reader.append(milter::tool::encode({'c', ""}));
    CHECK_FALSE(reader.next());
}

TEST_CASE("what is put into a frame is taken out of it") {
    std::string data;
    milter::tool::put_number(data, 0xfedcba98U);
    milter::tool::put_text(data, "text");
    milter::tool::put_text(data, std::string_view("cut\0here", 8));
    std::string_view rest = data;
    CHECK(milter::tool::take_number(rest) == 0xfedcba98U);
    CHECK(milter::tool::take_text(rest) == "text");
    CHECK(milter::tool::take_text(rest) == "cut");
    CHECK(rest.empty());
    CHECK_FALSE(milter::tool::take_text(rest));
    CHECK_FALSE(milter::tool::take_number(rest));
}
